#include "bindings.hpp"

#include <earmark/error.hpp>
#include <earmark/key.hpp>
#include <earmark/payload.hpp>

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace py = pybind11;

namespace earmark::python {

namespace {

Key key_from_bytes(const std::string& bytes) {
    if (bytes.size() != key_bytes)
        throw Error(Fault::usage, "key: " + std::to_string(bytes.size()) + " bytes given, 32 are needed");
    std::array<std::uint8_t, key_bytes> master;
    std::copy(bytes.begin(), bytes.end(), master.begin());
    return Key::from_bytes(master);
}

template <class AnyOneKey>
void bind_common(py::class_<AnyOneKey>& type) {
    type.def("fingerprint", &AnyOneKey::fingerprint)
        .def("text", &AnyOneKey::text)
        .def("save", &AnyOneKey::save, py::arg("path"))
        .def(
            "equals", [](const AnyOneKey& one, const AnyOneKey& other) { return one == other; }, py::arg("other"));
}

}  // namespace

void bind_key(py::module_& module) {
    py::class_<ScreeningKey> screening(module, "ScreeningKey");
    bind_common(screening);

    py::class_<Key> key(module, "Key");
    bind_common(key);
    key.def_static("generate", &Key::generate)
        .def_static("from_bytes", &key_from_bytes, py::arg("master"))
        .def("screening", &Key::screening);

    module.def("load_key", &load_key, py::arg("path"));
    module.def(
        "parse_key", [](const std::string& text, const std::string& name) { return parse_key(text, name); },
        py::arg("text"), py::arg("name"));
    module.def(
        "payload_hex", [](const std::string& hex) { return Payload::from_hex(hex).hex(); }, py::arg("hex"),
        "Lower-case digits without dashes; ValueError unless 8, 16 or 32 hexadecimal digits.");
}

}  // namespace earmark::python
