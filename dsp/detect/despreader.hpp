// From the fold of a track to the payload.
#pragma once

#include "dsp/detect/statistic.hpp"

#include <earmark/payload.hpp>

#include <optional>

namespace earmark {

struct Reading {
    Payload payload;
    double log10_p;  // bound on reading any payload from audio that carries none
};

// Soft bits -> decoder -> the codeword's own statistic, tested against p_max. Every payload of every format counts as a
// hypothesis (weight 1/3 for the format, 2^-bits for the payload), so that no list or checksum is trusted.
// log_q: weight of the track. Nothing for a carrier without payload signs.
std::optional<Reading> read_payload(const Fold& fold, const Carrier& carrier, double log_q, double p_max);

}  // namespace earmark
