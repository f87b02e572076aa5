#include "dsp/coding/convolutional.hpp"

namespace earmark {

Codeword convolve(std::span<const std::uint8_t> message) {
    const Sections sections{static_cast<int>(message.size())};
    Codeword codeword{};
    std::size_t position = 0;
    std::uint32_t window = 0;
    for (int section = 0; section < sections.count(); ++section) {
        const std::uint32_t bit = section < sections.message_bits ? message[static_cast<std::size_t>(section)] : 0U;
        window = ((window << 1) | bit) & (2U * code_states - 1U);
        for (int output = 0; output < sections.outputs(section); ++output)
            codeword[position++] = static_cast<std::int8_t>(1 - 2 * code_parity(output, window));
    }
    return codeword;
}

}  // namespace earmark
