#include "dsp/carrier/carrier.hpp"

#include <doctest/doctest.h>
#include <sodium.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

using namespace earmark;

namespace {

Key numbered_key(int number) {
    std::array<std::uint8_t, key_bytes> master{};
    for (std::size_t i = 0; i < master.size(); ++i) master[i] = static_cast<std::uint8_t>(i);
    master[0] = static_cast<std::uint8_t>(number);
    master[1] = static_cast<std::uint8_t>(number >> 8 ^ 1);
    return Key::from_bytes(master);
}

std::vector<Carrier> numbered_carriers(int count) {
    std::vector<Carrier> carriers;
    for (int number = 0; number < count; ++number) carriers.push_back(make_carrier(AnyKey(numbered_key(number))));
    return carriers;
}

bool is_sync(const Carrier& carrier, int row, int band) {
    return carrier.code_bit[static_cast<std::size_t>(row * chip_bands + band)] == -1;
}

std::string blake2b(const std::vector<unsigned char>& bytes) {
    std::array<unsigned char, 32> digest;
    crypto_generichash(digest.data(), digest.size(), bytes.data(), bytes.size(), nullptr, 0);
    std::array<char, 65> hex;
    return sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
}

// Of n independent fair signs |sum| exceeds this with probability at most `p` (Hoeffding). The keys are fixed, so a
// test that passes always passes; p says how surprising a failure after a change of the derivation would be.
double sum_limit(double n, double p) {
    return std::sqrt(2 * n * std::log(2 / p));
}

constexpr double surprise = 1e-6;

}  // namespace

// Values from reference.py, an implementation of its own on Python's hashlib.
TEST_CASE("carrier: known answer") {
    const Carrier carrier = make_carrier(AnyKey(numbered_key(0)));
    std::string first_row;
    for (std::size_t band = 0; band < chip_bands; ++band) first_row += carrier.sign[band] > 0 ? '+' : '-';
    CHECK(first_row == "+-++++-++++---+-+---+-+-+-+-+-+");
    const std::vector<int> first_bits(carrier.code_bit.begin(), carrier.code_bit.begin() + chip_bands);
    CHECK(first_bits == std::vector<int>{-1,  373, -1,  132, -1, 707, -1, 32,  -1,  250, 803, -1, 394, -1, -1, 254,
                                         942, -1,  580, -1,  87, -1,  -1, 650, 162, -1,  626, -1, 785, -1, 209});

    std::vector<unsigned char> bytes;
    for (const std::int8_t sign : carrier.sign) bytes.push_back(static_cast<unsigned char>(sign));
    for (const std::int16_t bit : carrier.code_bit) {
        bytes.push_back(static_cast<unsigned char>(bit & 0xff));
        bytes.push_back(static_cast<unsigned char>(bit >> 8 & 0xff));
    }
    CHECK(blake2b(bytes) == "eb70e2e594ed20e8f1f218be73f85529aaba9126940c83217cd995570aadd425");
    bytes.assign(carrier.slow_sign.begin(), carrier.slow_sign.end());
    CHECK(blake2b(bytes) == "9b14921da4919234a98919a486758f25e7ac989cf6e2efa3fa9ceef1d6664922");
}

TEST_CASE("carrier: 992 sync chips, 992 payload chips, every code bit once, every sign +-1") {
    for (const Carrier& carrier : numbered_carriers(50)) {
        CHECK(std::count(carrier.code_bit.begin(), carrier.code_bit.end(), -1) == sync_chips);
        std::vector<int> bits;
        for (const std::int16_t bit : carrier.code_bit)
            if (bit != -1) bits.push_back(bit);
        std::sort(bits.begin(), bits.end());
        std::vector<int> all(payload_chips);
        for (int i = 0; i < payload_chips; ++i) all[static_cast<std::size_t>(i)] = i;
        CHECK(bits == all);
        CHECK(std::all_of(carrier.sign.begin(), carrier.sign.end(), [](int sign) { return sign == 1 || sign == -1; }));
    }
}

TEST_CASE("carrier: every pair of bands, every row and every stretch of time is half sync") {
    for (const Carrier& carrier : numbered_carriers(50)) {
        std::array<int, chip_rows + 1> surplus{};  // sync less payload chips of the rows before
        for (int row = 0; row < chip_rows; ++row) {
            int of_row = 0;
            for (int band = 0; band < chip_bands; ++band) of_row += is_sync(carrier, row, band) ? 1 : -1;
            CHECK(std::abs(of_row) == 1);
            surplus[static_cast<std::size_t>(row + 1)] = surplus[static_cast<std::size_t>(row)] + of_row;
            for (int band = 0; band + 1 < chip_bands; band += 2)
                CHECK(is_sync(carrier, row, band) != is_sync(carrier, row, band + 1));
        }
        for (int row = 0; row < chip_rows; row += 2)
            CHECK(is_sync(carrier, row, chip_bands - 1) != is_sync(carrier, row + 1, chip_bands - 1));
        const auto [least, most] = std::minmax_element(surplus.begin(), surplus.end());
        CHECK(*most - *least <= 2);  // any stretch of whole rows
    }
}

TEST_CASE("carrier: over many keys no chip and no place of a code bit is preferred") {
    constexpr int keys = 2000;
    std::vector<int> sign_sum(packet_chips), sync_sum(packet_chips), slow_sum(slow_chips), first_bit_rows(4);
    double total = 0;
    for (int number = 0; number < keys; ++number) {
        const Carrier carrier = make_carrier(AnyKey(numbered_key(number)));
        for (std::size_t chip = 0; chip < packet_chips; ++chip) {
            sign_sum[chip] += carrier.sign[chip];
            sync_sum[chip] += carrier.code_bit[chip] == -1 ? 1 : -1;
            total += carrier.sign[chip];
            if (carrier.code_bit[chip] == 0) ++first_bit_rows[chip / chip_bands / 16];
        }
        for (std::size_t chip = 0; chip < slow_chips; ++chip) slow_sum[chip] += carrier.slow_sign[chip];
    }
    const auto largest = [](const std::vector<int>& sums) {
        return std::max(*std::max_element(sums.begin(), sums.end()), -*std::min_element(sums.begin(), sums.end()));
    };
    CHECK(largest(sign_sum) < sum_limit(keys, surprise / packet_chips));
    CHECK(largest(sync_sum) < sum_limit(keys, surprise / packet_chips));
    CHECK(largest(slow_sum) < sum_limit(keys, surprise / slow_chips));
    CHECK(std::abs(total) < sum_limit(double(keys) * packet_chips, surprise));
    // Code bit 0 falls into each quarter of the packet for a quarter of the keys; 500 +- 19.4 each, six deviations.
    for (const int count : first_bit_rows) CHECK(std::abs(count - keys / 4) < 117);
}

// What the false-alarm bound rests on: for a wrong key, even one bit away, the signs of the right one are coin throws.
TEST_CASE("carrier: carriers of different keys are uncorrelated, at every lag in rows") {
    constexpr int keys = 60;
    const auto carriers = numbered_carriers(keys);
    double largest = 0;
    for (int a = 0; a < keys; ++a)
        for (int b = a; b < keys; ++b)
            for (std::size_t lag = a == b ? 1 : 0; lag < chip_rows; ++lag) {
                const auto& left = carriers[static_cast<std::size_t>(a)].sign;
                const auto& right = carriers[static_cast<std::size_t>(b)].sign;
                int sum = 0;
                for (std::size_t chip = 0; chip < packet_chips; ++chip)
                    sum += left[chip] * right[(chip + lag * chip_bands) % packet_chips];
                largest = std::max(largest, std::abs(double(sum)));
            }
    CHECK(largest < sum_limit(packet_chips, surprise / (keys * keys / 2.0 * chip_rows)));
    CHECK(largest > 0);
}

TEST_CASE("carrier: within one key, sync and payload signs are uncorrelated with the deal") {
    constexpr int keys = 500;
    double sync_total = 0, pair_total = 0;
    for (const Carrier& carrier : numbered_carriers(keys))
        for (int row = 0; row < chip_rows; ++row)
            for (std::size_t band = 0; band + 1 < chip_bands; band += 2) {
                const std::size_t chip = static_cast<std::size_t>(row) * chip_bands + band;
                const bool lower = carrier.code_bit[chip] == -1;
                sync_total += (lower ? 1 : -1) * carrier.sign[lower ? chip : chip + 1];
                pair_total += carrier.sign[chip] * carrier.sign[chip + 1];
            }
    const double limit = sum_limit(double(keys) * chip_rows * (chip_bands / 2), surprise);
    CHECK(std::abs(sync_total) < limit);
    CHECK(std::abs(pair_total) < limit);
}

TEST_CASE("carrier: a screening key has the same sync part and no payload sign") {
    for (int number = 0; number < 20; ++number) {
        const Key key = numbered_key(number);
        const Carrier full = make_carrier(AnyKey(key));
        const Carrier screening = make_carrier(AnyKey(key.screening()));
        for (std::size_t chip = 0; chip < packet_chips; ++chip) {
            const bool sync = full.code_bit[chip] == -1;
            REQUIRE(screening.code_bit[chip] == (sync ? -1 : -2));
            REQUIRE(screening.sign[chip] == (sync ? full.sign[chip] : 0));
        }
        CHECK(screening.slow_sign == full.slow_sign);
        CHECK(make_carrier(key.sync(), &key.payload()).sign == full.sign);
    }
}

TEST_CASE("carrier: payload signs and order depend on the payload subkey alone, given the deal") {
    const Key key = numbered_key(0), other = numbered_key(1);
    const Carrier own = make_carrier(key.sync(), &key.payload());
    const Carrier mixed = make_carrier(key.sync(), &other.payload());
    int different_signs = 0, different_bits = 0;
    for (std::size_t chip = 0; chip < packet_chips; ++chip) {
        if (own.code_bit[chip] == -1) {
            REQUIRE(mixed.code_bit[chip] == -1);
            REQUIRE(mixed.sign[chip] == own.sign[chip]);
        } else {
            different_signs += mixed.sign[chip] != own.sign[chip] ? 1 : 0;
            different_bits += mixed.code_bit[chip] != own.code_bit[chip] ? 1 : 0;
        }
    }
    CHECK(std::abs(2 * different_signs - payload_chips) < sum_limit(payload_chips, surprise));
    CHECK(different_bits > payload_chips - 20);  // a random permutation keeps one in the mean
}
