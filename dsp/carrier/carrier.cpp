#include "dsp/carrier/carrier.hpp"

#include "dsp/carrier/keyed_stream.hpp"

#include <numeric>
#include <type_traits>
#include <variant>

namespace earmark {
namespace {

constexpr std::int16_t sync_chip = -1;
constexpr std::int16_t unread_payload_chip = -2;

static_assert(chip_bands % 2 == 1 && chip_rows % 2 == 0, "the deal pairs bands, and the rows of the odd band");

constexpr std::size_t chip_index(int row, int band) {
    return static_cast<std::size_t>(row * chip_bands + band);
}

std::int8_t draw_sign(KeyedStream& stream) {
    return stream.bit() ? std::int8_t{-1} : std::int8_t{1};
}

// Marks the sync chips in code_bit; see carrier.hpp for the rule. One bit a pair: first all pairs of bands, row by row,
// then the pairs of rows of the last band. 64 * 15 + 32 = 992 pairs, and each gives one chip to sync.
void deal_sync(const Secret& sync, Carrier& carrier) {
    KeyedStream stream(sync, "deal");
    carrier.code_bit.fill(unread_payload_chip);
    for (int row = 0; row < chip_rows; ++row)
        for (int band = 0; band + 1 < chip_bands; band += 2)
            carrier.code_bit[chip_index(row, band + (stream.bit() ? 1 : 0))] = sync_chip;
    for (int row = 0; row < chip_rows; row += 2)
        carrier.code_bit[chip_index(row + (stream.bit() ? 1 : 0), chip_bands - 1)] = sync_chip;
}

void draw_sync_signs(const Secret& sync, Carrier& carrier) {
    KeyedStream stream(sync, "sync signs");
    for (std::size_t chip = 0; chip < packet_chips; ++chip) {
        if (carrier.code_bit[chip] != sync_chip) continue;
        carrier.sign[chip] = draw_sign(stream);
        carrier.sync_sign[chip / chip_bands * padded_chip_bands + chip % chip_bands] = carrier.sign[chip];
    }
}

void draw_slow_signs(const Secret& sync, Carrier& carrier) {
    KeyedStream stream(sync, "slow signs");
    for (std::int8_t& sign : carrier.slow_sign) sign = draw_sign(stream);
}

// The order is uniform over all permutations: neighbouring code bits fall anywhere in the packet, so that a burst of
// noise or a lost band takes scattered bits of the code.
void draw_payload(const Secret& payload, Carrier& carrier) {
    KeyedStream signs(payload, "payload signs");
    KeyedStream order_stream(payload, "code bit order");
    std::array<std::int16_t, payload_chips> order;
    std::iota(order.begin(), order.end(), std::int16_t{0});
    order_stream.shuffle(std::span(order));
    std::size_t next = 0;
    for (std::size_t chip = 0; chip < packet_chips; ++chip) {
        if (carrier.code_bit[chip] == sync_chip) continue;
        carrier.sign[chip] = draw_sign(signs);
        carrier.code_bit[chip] = order[next++];
    }
}

}  // namespace

Carrier make_carrier(const Secret& sync, const Secret* payload) {
    Carrier carrier;
    deal_sync(sync, carrier);
    draw_sync_signs(sync, carrier);
    draw_slow_signs(sync, carrier);
    if (payload != nullptr) draw_payload(*payload, carrier);
    return carrier;
}

Carrier make_carrier(const AnyKey& key) {
    if (const auto* master = std::get_if<Key>(&key)) return make_carrier(master->sync(), &master->payload());
    return make_carrier(std::get<ScreeningKey>(key).sync(), nullptr);
}

}  // namespace earmark
