#include "dsp/coding/codeword.hpp"

#include "tests/coding/noisy_channel.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using earmark::Codeword;
using earmark::codeword_bits;
using earmark::decode;
using earmark::encode;
using earmark::Payload;
using earmark::test::noise_deviation;
using earmark::test::NoisyChannel;
using earmark::test::SoftBits;

namespace {

// Where a union bound over all payloads of the format reaches one in a million: what a caller would ask for.
double callers_bound(int payload_bits) {
    return std::sqrt(2 * (payload_bits * std::numbers::ln2 + std::log(1e6)));
}

Payload filled(int bits, std::uint8_t byte) {
    const std::vector<std::uint8_t> bytes(static_cast<std::size_t>(bits) / 8, byte);
    return Payload::from_bytes(bytes);
}

// FNV-1a over the code bits, one byte each.
std::uint64_t digest(const Codeword& codeword) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const std::int8_t bit : codeword) hash = (hash ^ (bit < 0 ? 1U : 0U)) * 0x100000001b3U;
    return hash;
}

int failures(int payload_bits, int heard_bits, double deviation, int trials, std::uint64_t seed) {
    NoisyChannel channel(seed);
    int failed = 0;
    for (int trial = 0; trial < trials; ++trial) {
        const Payload payload = channel.payload(payload_bits);
        failed += decode(channel.send(encode(payload), heard_bits, deviation), payload_bits) != payload;
    }
    return failed;
}

}  // namespace

// Digests of reference.py, a separate model of the encoder written from the comments of dsp/coding.
TEST_CASE("encode is the same on every platform") {
    CHECK(digest(encode(Payload::from_hex("00000000"))) == 0xdd9203cb1b7b11feU);
    CHECK(digest(encode(Payload::from_hex("01234567"))) == 0x892baef6d757a762U);
    CHECK(digest(encode(Payload::from_hex("0000000000000000"))) == 0x989690b0566b9161U);
    CHECK(digest(encode(Payload::from_hex("0123456789abcdef"))) == 0xac6ca9a132d58573U);
    CHECK(digest(encode(Payload::from_hex("00000000000000000000000000000000"))) == 0x7af986359c170f2aU);
    CHECK(digest(encode(Payload::from_hex("0123456789abcdef0123456789abcdef"))) == 0x80f0dea96afd154eU);
}

TEST_CASE("payloads of all zeros and all ones are ordinary codewords") {
    for (const int bits : Payload::formats_bits)
        for (const std::uint8_t byte : {0x00, 0xff}) {
            int sum = 0, changes = 0;
            const Codeword codeword = encode(filled(bits, byte));
            for (std::size_t i = 0; i < codeword.size(); ++i) {
                sum += codeword[i];
                changes += i > 0 && codeword[i] != codeword[i - 1];
            }
            CHECK(std::abs(sum) < 4 * std::sqrt(codeword_bits));
            CHECK(std::abs(changes - codeword_bits / 2) < 2 * std::sqrt(codeword_bits));
            CHECK(decode(NoisyChannel(1).send(codeword, codeword_bits, 0), bits) == filled(bits, byte));
        }
}

TEST_CASE("codewords come back without noise, whole and with three quarters erased") {
    for (const int bits : Payload::formats_bits) {
        CHECK(failures(bits, codeword_bits, 0, 100, 2) == 0);
        CHECK(failures(bits, codeword_bits / 4, 0, 100, 3) == 0);
    }
}

// About 0.5 dB above the Eb/N0 of a block error of 1e-2 (benchmark_coding), where it is 1e-3 to 3e-3.
TEST_CASE("block error under noise stays below its limit") {
    struct Limit {
        int payload_bits, heard_bits;
        double eb_n0_db;
    };
    constexpr int trials = 200, most_failures = 4;
    for (const Limit& limit :
         {Limit{32, 992, 2.7}, Limit{32, 496, 2.9}, Limit{32, 248, 3.1}, Limit{64, 992, 2.0}, Limit{64, 496, 2.3},
          Limit{64, 248, 2.8}, Limit{128, 992, 1.8}, Limit{128, 496, 2.3}, Limit{128, 248, 3.6}}) {
        CAPTURE(limit.payload_bits);
        CAPTURE(limit.heard_bits);
        const double deviation = noise_deviation(limit.payload_bits, limit.heard_bits, limit.eb_n0_db);
        CHECK(failures(limit.payload_bits, limit.heard_bits, deviation, trials, 4) <= most_failures);
    }
}

TEST_CASE("only ratios of soft bits matter") {
    NoisyChannel channel(5);
    for (const int bits : Payload::formats_bits)
        for (int trial = 0; trial < 20; ++trial) {
            const SoftBits soft_bits =
                channel.send(encode(channel.payload(bits)), codeword_bits, noise_deviation(bits, codeword_bits, 0.5));
            const auto expected = decode(soft_bits, bits);
            for (const float factor : {0x1p-100F, 0x1p-3F, 0x1p20F, 0x1p100F}) {
                SoftBits scaled = soft_bits;
                for (float& soft : scaled) soft *= factor;
                CHECK(decode(scaled, bits) == expected);
            }
        }
}

TEST_CASE("soft bits of very unequal weight decode") {
    NoisyChannel channel(6);
    for (const int bits : Payload::formats_bits) {
        const Payload payload = channel.payload(bits);
        SoftBits soft_bits = channel.send(encode(payload), codeword_bits, 0);
        for (std::size_t i = 0; i < soft_bits.size(); ++i) soft_bits[i] *= static_cast<float>(std::pow(1.005, i));
        CHECK(decode(soft_bits, bits) == payload);
    }
}

TEST_CASE("nothing comes of soft bits that say nothing") {
    for (const int bits : Payload::formats_bits) {
        SoftBits soft_bits{};
        CHECK_FALSE(decode(soft_bits, bits));
        soft_bits[17] = std::numeric_limits<float>::quiet_NaN();
        CHECK_FALSE(decode(soft_bits, bits));
        soft_bits[17] = -std::numeric_limits<float>::infinity();
        CHECK_FALSE(decode(soft_bits, bits));
        soft_bits[17] = std::numeric_limits<float>::denorm_min();
        CHECK_FALSE(decode(soft_bits, bits, callers_bound(bits)));
    }
}

// The share that a CRC lets through by chance, with four standard deviations to spare.
TEST_CASE("noise passes the CRC no more often than its length and the list allow") {
    const auto accepted_at_most = [](int bits, int trials, std::uint64_t seed) {
        NoisyChannel channel(seed);
        int accepted = 0;
        for (int trial = 0; trial < trials; ++trial) accepted += decode(channel.noise(), bits).has_value();
        const double expected = trials * earmark::most_candidates / 65536.0;
        CAPTURE(bits);
        CAPTURE(accepted);
        CHECK(accepted < expected + 4 * std::sqrt(expected));
    };
    accepted_at_most(32, 1200, 7);
    accepted_at_most(64, 150, 8);
    accepted_at_most(128, 60, 9);
}

TEST_CASE("with the caller's bound neither noise nor another format returns a payload") {
    NoisyChannel channel(10);
    for (const int bits : Payload::formats_bits) {
        for (int trial = 0; trial < 100; ++trial) CHECK_FALSE(decode(channel.noise(), bits, callers_bound(bits)));
        for (const int other : Payload::formats_bits)
            for (int trial = 0; trial < 30; ++trial) {
                const Payload payload = channel.payload(other);
                const auto decoded = decode(channel.send(encode(payload), codeword_bits, 0), bits, callers_bound(bits));
                CHECK(decoded.has_value() == (bits == other));
            }
    }
}
