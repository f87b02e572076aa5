"""Who may include whom. The table is that of the design; a breach fails here, not in a review."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# room: the rooms it may include besides itself. Config and errors stand on the ground: masking may see them too.
ROOMS = {
    "include": set(),
    "dsp/carrier": {"include"},
    "dsp/coding": {"include"},
    "dsp/simd": {"include"},
    "dsp/realtime": set(),
    "dsp/transform": {"simd"},
    "dsp/masking": {"include", "transform", "simd"},
    "dsp/embed": {"include", "masking", "transform", "carrier", "coding", "simd"},
    "dsp/detect": {"include", "transform", "carrier", "coding", "simd"},
    "bindings": {"include"},
    "tools": {"include"},
}
EVERYTHING = {"tests", "benchmarks"}  # may look into any room, but not into each other

# foreign header: the only room that may know it (tests and benchmarks measure against the originals)
FOREIGN = {
    r"fftw3\.h": "dsp/transform",
    r"kiss_fft.*": "dsp/transform",
    r"sodium(/.*|\.h)": "dsp/carrier",
    r"hwy/.*": "dsp/simd",
    r"(immintrin|arm_neon|x86intrin|emmintrin|xmmintrin)\.h": "dsp/simd",
    r"sndfile\.(h|hh)": "tools",
    r"portaudio\.h": "tools",
    r"CLI/.*": "tools",
    r"nlohmann/.*": "tools",
    r"pybind11/.*": "bindings",
    r"doctest/.*": "tests",
    r"benchmark/.*": "benchmarks",
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def room_of(path):
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] == "dsp" else parts[0]


def target_of(source, bracket, name):
    """The room an include leads to; None for std and foreign headers."""
    if name.startswith("earmark/"):
        return "include"
    if name.startswith(("dsp/", "tools/", "bindings/", "tests/", "benchmarks/")):
        return room_of(name)
    return room_of(source) if bracket == '"' else None


def breaches(source, text):
    room, found = room_of(source), []
    for bracket, name in INCLUDE.findall(text):
        target = target_of(source, bracket, name)
        if ".." in name.split("/"):
            found.append(f"{source}: {name} climbs out of its room")
        elif target is None:
            for pattern, only in FOREIGN.items():
                if re.fullmatch(pattern, name) and room != only and room not in EVERYTHING:
                    found.append(f"{source}: {name} belongs to {only} alone")
        elif target == room:
            continue
        elif room in EVERYTHING:
            if target in EVERYTHING:
                found.append(f"{source}: {room} may not include {target}")
        elif room not in ROOMS or target.removeprefix("dsp/") not in ROOMS[room]:
            found.append(f"{source}: {room} may not include {target} ({name})")
    return found


def sources():
    tops = ("include", "dsp", "tools", "bindings", "tests", "benchmarks")
    for path in sorted(path for top in tops for path in (ROOT / top).rglob("*")):
        if path.suffix in (".h", ".hpp", ".c", ".cpp", ".cc"):
            yield path.relative_to(ROOT).as_posix(), path.read_text()


def test_no_breach():
    files = list(sources())
    assert len(files) > 20, "the tree was not found"
    assert [breach for source, text in files for breach in breaches(source, text)] == []


def test_every_room_is_in_the_table():
    rooms = {room_of(source) for source, _ in sources()}
    assert rooms <= set(ROOMS) | EVERYTHING


@pytest.mark.parametrize(
    "source,line",
    [
        ("dsp/embed/embedder.cpp", '#include "dsp/detect/detector.hpp"'),
        ("dsp/detect/detector.cpp", '#include "dsp/embed/spreader.hpp"'),
        ("dsp/masking/depth.cpp", '#include "dsp/carrier/grid.hpp"'),
        ("dsp/simd/kernels.cpp", '#  include "dsp/transform/fft.hpp"'),
        ("dsp/carrier/key.cpp", '#include "tools/text.hpp"'),
        ("dsp/newroom/a.cpp", '#include "dsp/simd/kernels.hpp"'),
        ("include/earmark/key.hpp", '#include "dsp/carrier/grid.hpp"'),
        ("include/earmark/key.hpp", "#include <sodium.h>"),
        ("dsp/coding/crc.cpp", "#include <sodium/utils.h>"),
        ("dsp/detect/cells.cpp", "#include <fftw3.h>"),
        ("dsp/detect/cells.cpp", "#include <hwy/highway.h>"),
        ("dsp/embed/embedder.cpp", "#include <sndfile.h>"),
        ("bindings/module.cpp", '#include "dsp/embed/embedder.hpp"'),
        ("bindings/module.cpp", "#include <nlohmann/json.hpp>"),
        ("tools/main.cpp", '#include "dsp/embed/embedder.hpp"'),
        ("tools/main.cpp", '#include "../dsp/embed/embedder.hpp"'),
        ("tools/main.cpp", "#include <pybind11/pybind11.h>"),
        ("tests/cli/x.cpp", '#include "benchmarks/clock.hpp"'),
    ],
)
def test_a_planted_breach_is_caught(source, line):
    assert len(breaches(source, f"#include <vector>\n{line}\n")) == 1


@pytest.mark.parametrize(
    "source,line",
    [
        ("dsp/embed/embedder.cpp", '#include "dsp/masking/depth.hpp"'),
        ("dsp/transform/fft.cpp", "#include <fftw3.h>"),
        ("tools/main.cpp", '#include "text.hpp"'),
        ("tools/main.cpp", "#include <earmark/key.hpp>"),
        ("tests/detect/test_cells.cpp", '#include "dsp/detect/cells.hpp"'),
    ],
)
def test_what_the_table_allows_passes(source, line):
    assert breaches(source, line) == []
