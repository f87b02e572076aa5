// The carrier: one keyed sign per chip, and the keyed deal of chips to sync and payload. Bit-exact on every platform.
#pragma once

#include "dsp/carrier/grid.hpp"

#include <earmark/key.hpp>

#include <array>
#include <cstdint>

namespace earmark {

inline constexpr int padded_chip_bands = 32;            // a row fills whole vector registers
inline constexpr int sync_chips = packet_chips / 2;     // 992
inline constexpr int payload_chips = packet_chips / 2;  // 992: one code bit each

// Indexed [row * chip_bands + band], row 0..63 in time, band 0..30 in frequency. Equal keys give equal carriers; 8 kB,
// made once and kept.
struct Carrier {
    // +1 or -1; for payload chips without the payload subkey: 0.
    std::array<std::int8_t, packet_chips> sign{};
    // The same in rows of padded_chip_bands, of sync chips alone; 0 elsewhere.
    std::array<std::int8_t, chip_rows * padded_chip_bands> sync_sign{};
    // Which code bit (0..991) the chip carries; -1 for sync chips; -2 for payload chips without the payload subkey.
    std::array<std::int16_t, packet_chips> code_bit{};
    // Of the slow layer, [row * slow_bands + band - first_slow_chip]: +1 or -1.
    std::array<std::int8_t, slow_chips> slow_sign{};
};

// The deal (which chips serve sync) and the sync signs come from the sync subkey; the payload signs and the order of
// the code bits from the payload subkey: a uniform keyed permutation over the payload chips in index order. The deal is
// stratified, so that any stretch of time and any range of bands has half of each. In every chip row the bands 2i and
// 2i+1, i = 0..14, are a pair: the key says which of the two serves sync, the other serves payload. Band 30 has no
// partner in its row; there rows 2k and 2k+1, k = 0..31, are the pair. So every row has 15 or 16 sync chips, every two
// such rows 31, the packet exactly 992.
Carrier make_carrier(const Secret& sync, const Secret* payload);
Carrier make_carrier(const AnyKey& key);

}  // namespace earmark
