#pragma once

#include <earmark/earmark.h>
#include <earmark/key.hpp>

struct earmark_key {
    earmark::AnyKey any;
};

namespace earmark::c {

const Key& master_of(const earmark_key* key);  // throws Error(usage | key)

}  // namespace earmark::c
