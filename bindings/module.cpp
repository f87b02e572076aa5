// earmark._earmark: the C++ library as Python sees it, nothing more. Checks and comfort live in the package round it.
#include "bindings.hpp"

#include <earmark/error.hpp>
#include <earmark/version.hpp>

#include <exception>

namespace py = pybind11;

namespace {

// The message may quote a path that is not UTF-8.
void raise(PyObject* type, const char* message) {
    const auto text = py::reinterpret_steal<py::object>(PyUnicode_DecodeFSDefault(message));
    PyErr_SetObject(type, text.ptr());
}

void bind_errors(py::module_& module) {
    static PyObject* key_file_error = PyErr_NewExceptionWithDoc(
        "earmark.KeyFileError", "A key file is damaged, of another kind or of a later version; names the file.",
        PyExc_ValueError, nullptr);
    module.add_object("KeyFileError", py::reinterpret_borrow<py::object>(key_file_error));
    py::register_exception_translator([](std::exception_ptr thrown) {
        try {
            if (thrown) std::rethrow_exception(thrown);
        } catch (const earmark::Error& error) {
            raise(error.fault() == earmark::Fault::key ? key_file_error : PyExc_ValueError, error.what());
        }
    });
}

}  // namespace

PYBIND11_MODULE(_earmark, module) {
    module.doc() = "The C++ library; import earmark instead.";
    module.attr("version") = earmark::version;
    module.def("simd_target", &earmark::simd_target, "The instruction set in use, chosen at run time.");
    bind_errors(module);
    earmark::python::bind_key(module);
    earmark::python::bind_embedder(module);
    earmark::python::bind_detector(module);
    earmark::python::bind_cue(module);
}
