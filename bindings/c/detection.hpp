#pragma once

#include <earmark/earmark.h>
#include <earmark/detector.hpp>

#include <string>

struct earmark_detection {
    explicit earmark_detection(earmark::Detection detection);
    earmark::Detection found;
    int key = -1;         // place of the key found; the library knows it by name, which is that number
    std::string payload;  // digits, empty when not read
};
