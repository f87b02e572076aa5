// The parts of the module, a file each.
#pragma once

#include <pybind11/pybind11.h>

namespace earmark::python {

void bind_key(pybind11::module_& module);
void bind_embedder(pybind11::module_& module);
void bind_detector(pybind11::module_& module);
void bind_cue(pybind11::module_& module);

}  // namespace earmark::python
