// What messages are made of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace earmark::tools {

std::string joined(const std::vector<std::string>& words, std::string_view between);
std::string fixed(double value, int decimals);
std::string clock_time(double seconds);  // 1:05

// A new line in what libraries say must not make two lines of one error.
std::string one_line(std::string_view text);
void warn(const std::string& text);  // on stderr

}  // namespace earmark::tools
