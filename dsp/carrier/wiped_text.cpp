#include "dsp/carrier/wiped_text.hpp"

#include <sodium.h>

#include <stdexcept>

namespace earmark {

WipedText::WipedText(std::size_t capacity) : capacity_(capacity) {
    text_.reserve(capacity);
}

WipedText::~WipedText() {
    sodium_memzero(text_.data(), text_.size());
}

void WipedText::append(std::string_view part) {
    if (part.size() > capacity_ - text_.size()) throw std::length_error("WipedText: capacity exceeded");
    text_.append(part);
}

}  // namespace earmark
