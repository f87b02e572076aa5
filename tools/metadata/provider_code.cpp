#include "tools/metadata/provider_code.hpp"

#include <algorithm>

namespace earmark::tools {

namespace {

constexpr std::size_t code_length = 27, credit_code_length = 18, credit_code_at = 4, role_at = 22;
constexpr std::size_t shortest_attempt = 20;

bool is_code_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

// The unified social credit code: base 31 without I, O, S, V, Z, its last character a check digit with weights 3^i
// mod 31 (GB 32100-2015).
std::string credit_code_fault(std::string_view code) {
    constexpr std::string_view digits = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    std::size_t sum = 0, weight = 1;
    for (std::size_t i = 0; i < credit_code_length; ++i) {
        const std::size_t value = digits.find(code[i]);
        if (value == std::string_view::npos) {
            return "character " + std::to_string(credit_code_at + i + 1) + " is " + code[i] +
                   ", a social credit code has no I, O, S, V and Z";
        }
        if (i + 1 < credit_code_length) sum += value * weight;
        weight = weight * 3 % digits.size();
    }
    const char check = digits[(digits.size() - sum % digits.size()) % digits.size()];
    if (code[credit_code_length - 1] == check) return "";
    return std::string("the check character of the social credit code ") + std::string(code) + " is not " +
           code[credit_code_length - 1];
}

}  // namespace

bool looks_like_code(std::string_view text) {
    return text.size() >= shortest_attempt && text.starts_with("00") &&
           std::all_of(text.begin(), text.end(), is_code_character);
}

std::string code_fault(std::string_view code) {
    if (code.size() != code_length) {
        return std::to_string(code.size()) + " characters, a provider code has " + std::to_string(code_length);
    }
    const auto bad = std::find_if_not(code.begin(), code.end(), is_code_character);
    if (bad != code.end()) return std::string("'") + *bad + "' is neither a digit nor a capital";
    if (!code.starts_with("00")) return "characters 1 and 2 are " + std::string(code.substr(0, 2)) + ", not 00";
    if (code[2] == '1' && code[3] == '1') {
        const std::string fault = credit_code_fault(code.substr(credit_code_at, credit_code_length));
        if (!fault.empty()) return fault;
    }
    if (code[role_at] < '0' || code[role_at] > '2') {
        return std::string("character 23 is ") + code[role_at] + ", allowed are 1 generation, 2 distribution, 0 unused";
    }
    if (code[role_at] == '0' && code.substr(role_at) != "00000") {
        return "character 23 is 0, so characters 24 to 27 must be 0000";
    }
    return "";
}

}  // namespace earmark::tools
