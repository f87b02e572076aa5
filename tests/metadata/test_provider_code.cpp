#include "tools/metadata/provider_code.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace earmark::tools;

namespace {

// Of no organisation: the registering authority's part is all zeros. Check digit by GB 32100-2015.
const std::string good = "001191000000000000000K1TEST";

}  // namespace

TEST_CASE("provider code: one that is well formed") {
    CHECK(looks_like_code(good));
    CHECK(code_fault(good) == "");
    CHECK(code_fault(std::string(good).replace(22, 5, "2APP1")) == "");
    CHECK(code_fault(std::string(good).replace(22, 5, "00000")) == "");
}

TEST_CASE("provider code: what is wrong is told") {
    const auto fault = [](std::size_t at, const std::string& part) {
        return code_fault(std::string(good).replace(at, part.size(), part));
    };
    CHECK(code_fault(good.substr(1)).find("26 characters") == 0);
    CHECK(code_fault(good + "0").find("28 characters") == 0);
    CHECK(fault(23, "t").find("neither a digit nor a capital") != std::string::npos);
    CHECK(fault(0, "01").find("not 00") != std::string::npos);
    CHECK(fault(21, "X").find("check character") != std::string::npos);
    CHECK(fault(10, "1").find("check character") != std::string::npos);
    CHECK(fault(10, "O").find("no I, O, S, V and Z") != std::string::npos);
    CHECK(fault(22, "3").find("character 23") == 0);
    CHECK(fault(22, "0").find("0000") != std::string::npos);
}

TEST_CASE("provider code: every single wrong digit of the credit code is caught") {
    for (std::size_t at = 4; at < 22; ++at) {
        for (const char other : std::string("0123456789ABCDEFGHJKLMNPQRTUWXY")) {
            if (other == good[at]) continue;
            CHECK(code_fault(std::string(good).replace(at, 1, 1, other)) != "");
        }
    }
}

TEST_CASE("provider code: names are no codes, mistyped codes are") {
    for (const char* name : {"ExampleVoice", "", "00", "007", "example-voice-of-some-length-00"}) {
        CHECK(!looks_like_code(name));
    }
    CHECK(looks_like_code(good.substr(0, 26)));
    CHECK(looks_like_code(good + "1"));
}
