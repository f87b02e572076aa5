#include "tools/ledger/permutation.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <numeric>
#include <set>

using namespace earmark::ledger;

namespace {

Hash counting_key() {
    Hash key;
    std::iota(key.begin(), key.end(), std::uint8_t{0});
    return key;
}

constexpr std::uint64_t most = ~std::uint64_t{0};

}  // namespace

// From permutation_reference.py.
TEST_CASE("permutation: known answers") {
    const Permutation permutation(counting_key());
    CHECK(permutation.forward(0) == 0xd3110b22bd8ec01e);
    CHECK(permutation.forward(1) == 0x791099385a670637);
    CHECK(permutation.forward(2) == 0x0d0db6ea0e63d991);
    CHECK(permutation.forward(std::uint64_t{1} << 32) == 0x404733b3d489332a);
    CHECK(permutation.forward(most) == 0x1704c24205d5fe64);
}

// There and back from both sides: no value comes from two numbers, and every value from one.
TEST_CASE("permutation: one to one") {
    const Permutation permutation(counting_key());
    std::set<std::uint64_t> seen;
    for (std::uint64_t i = 0; i < 5000; ++i) {
        for (const std::uint64_t number : {i, most - i, i << 32, i * 0x9e3779b97f4a7c15}) {
            CHECK(permutation.back(permutation.forward(number)) == number);
            CHECK(permutation.forward(permutation.back(number)) == number);
        }
        seen.insert(permutation.forward(i));
    }
    CHECK(seen.size() == 5000);
}

// Of successive numbers, every bit of the value, and of the change from one to the next, is fair: 6 sigma over 128
// bits.
TEST_CASE("permutation: successive values tell neither order nor count") {
    const Permutation permutation(counting_key());
    constexpr int values = 4000;
    std::array<int, 64> ones{}, flips{};
    std::uint64_t before = permutation.forward(0);
    for (std::uint64_t i = 1; i <= values; ++i) {
        const std::uint64_t value = permutation.forward(i);
        for (std::size_t bit = 0; bit < 64; ++bit) {
            ones[bit] += static_cast<int>(value >> bit & 1);
            flips[bit] += static_cast<int>((value ^ before) >> bit & 1);
        }
        before = value;
    }
    const double limit = 6 * std::sqrt(values / 4.0);
    for (std::size_t bit = 0; bit < 64; ++bit) {
        CHECK(std::abs(ones[bit] - values / 2) < limit);
        CHECK(std::abs(flips[bit] - values / 2) < limit);
    }
}

TEST_CASE("permutation: one bit of the key changes half of the value") {
    const Permutation permutation(counting_key());
    int changed = 0;
    for (std::size_t bit = 0; bit < 256; ++bit) {
        Hash key = counting_key();
        key[bit / 8] = static_cast<std::uint8_t>(key[bit / 8] ^ 1 << bit % 8);
        changed += std::popcount(Permutation(key).forward(7) ^ permutation.forward(7));
    }
    CHECK(changed > 256 * 32 - 6 * 64);
    CHECK(changed < 256 * 32 + 6 * 64);
}
