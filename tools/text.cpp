#include "text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace earmark::tools {

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string all;
    for (const std::string& word : words) {
        if (!all.empty()) all += between;
        all += word;
    }
    return all;
}

std::string fixed(double value, int decimals) {
    char text[64];
    const bool is_nothing = std::abs(value) < 0.5 * std::pow(10, -decimals);  // and would read -0.0
    std::snprintf(text, sizeof text, "%.*f", decimals, is_nothing ? 0.0 : value);
    return text;
}

std::string clock_time(double seconds) {
    const auto whole = static_cast<long>(seconds);
    char text[32];
    std::snprintf(text, sizeof text, "%ld:%02ld", whole / 60, whole % 60);
    return text;
}

std::string one_line(std::string_view text) {
    std::string line(text);
    while (!line.empty() && line.back() == '\n') line.pop_back();
    std::replace(line.begin(), line.end(), '\n', ' ');
    return line;
}

void warn(const std::string& text) {
    std::fprintf(stderr, "earmark: warning: %s\n", one_line(text).c_str());
}

}  // namespace earmark::tools
