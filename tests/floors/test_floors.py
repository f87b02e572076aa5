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
    "dsp/realtime": {"include"},
    "dsp/transform": {"simd"},
    "dsp/masking": {"include", "transform", "simd"},
    "dsp/embed": {"include", "masking", "transform", "carrier", "coding", "simd"},
    "dsp/cue": {"include", "transform", "simd"},
    "dsp/detect": {"include", "transform", "carrier", "coding", "simd"},
    "bindings": {"include"},
    "tools/loading": {"include"},
    "tools/ledger": {"include", "tools/loading"},
    "tools/metadata": {"include"},
    "tools": {"include", "tools/ledger", "tools/loading", "tools/metadata"},
}
EVERYTHING = {"tests", "benchmarks"}  # may look into any room, but not into each other ...
SHARED = "tests/support/random.hpp"  # ... but for the numbers from a seed

# foreign header: the only rooms that may know it (tests and benchmarks measure against the originals). libsodium has
# two: the library keeps its keys to itself, and the ledger hashes with what is no key of a mark.
FOREIGN = {
    r"fftw3\.h": "dsp/transform",
    r"kiss_fft.*": "dsp/transform",
    r"ebur128\.h": "dsp/cue",
    r"sodium(/.*|\.h)": ("dsp/carrier", "tools/ledger"),
    r"sqlite3\.h": "tools/ledger",
    r"hwy/.*": "dsp/simd",
    r"(immintrin|arm_neon|x86intrin|emmintrin|xmmintrin)\.h": "dsp/simd",
    r"sndfile\.(h|hh)": "tools",
    r"(portaudio|pa_.*)\.h": "tools",
    r"CLI/.*": "tools",
    r"nlohmann/.*": ("tools", "tools/metadata"),
    r"(tag|fileref|(flac|mpeg|mp4|opus|vorbis|riff|wav|ogg)file|(id3v2|asf|ape|mp4|riff).*|xiphcomment|textidentificationframe)\.h": "tools/metadata",
    r"soxr\.h": "tools",
    r"pybind11/.*": "bindings",
    r"ladspa\.h": "bindings",
    r"doctest/.*": "tests",
    r"benchmark/.*": "benchmarks",
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def room_of(path):
    parts = path.split("/")
    return "/".join(parts[:2]) if "/".join(parts[:2]) in ROOMS or parts[0] == "dsp" else parts[0]


def target_of(source, bracket, name):
    """The room an include leads to; None for std and foreign headers."""
    if name.startswith("earmark/"):
        return "include"
    if name.startswith(("dsp/", "tools/", "bindings/", "tests/", "benchmarks/")):
        return room_of(name)
    if bracket == '"' and name.startswith("ledger/") and room_of(source) == "tools":
        return "tools/ledger"
    return room_of(source) if bracket == '"' else None


def breaches(source, text):
    room, found = room_of(source), []
    for bracket, name in INCLUDE.findall(text):
        target = target_of(source, bracket, name)
        if ".." in name.split("/"):
            found.append(f"{source}: {name} climbs out of its room")
        elif target is None:
            for pattern, only in FOREIGN.items():
                rooms = (only,) if isinstance(only, str) else only
                if re.fullmatch(pattern, name) and room not in rooms and room not in EVERYTHING:
                    found.append(f"{source}: {name} belongs to {' and '.join(rooms)} alone")
        elif target == room:
            continue
        elif room in EVERYTHING:
            if target in EVERYTHING and name != SHARED:
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
        ("tools/label/label_job.cpp", "#include <mpegfile.h>"),
        ("tools/label/label_job.cpp", '#include "dsp/cue/tones.hpp"'),
        ("tools/metadata/tags.cpp", "#include <sndfile.h>"),
        ("tools/metadata/tags.cpp", '#include "tools/audio_reader.hpp"'),
        ("dsp/embed/embedder.cpp", '#include "dsp/cue/tones.hpp"'),
        ("dsp/embed/embedder.cpp", "#include <ebur128.h>"),
        ("tests/cli/x.cpp", '#include "benchmarks/clock.hpp"'),
        ("benchmarks/clock.cpp", '#include "tests/support/signals.hpp"'),
        ("tools/cmd_trace.cpp", "#include <sqlite3.h>"),
        ("tools/cmd_trace.cpp", "#include <sodium.h>"),
        ("tools/ledger/log.cpp", '#include "tools/options.hpp"'),
        ("tools/ledger/log.cpp", "#include <nlohmann/json.hpp>"),
        ("bindings/module.cpp", '#include "tools/ledger/ledger.hpp"'),
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
        ("tools/label/label_job.cpp", '#include "tools/metadata/aigc_label.hpp"'),
        ("tools/label/label_job.cpp", '#include "tools/audio_reader.hpp"'),
        ("tools/metadata/tags.cpp", "#include <mpegfile.h>"),
        ("tools/metadata/aigc_label.cpp", "#include <nlohmann/json.hpp>"),
        ("tests/detect/test_cells.cpp", '#include "dsp/detect/cells.hpp"'),
        ("benchmarks/clock.cpp", '#include "tests/support/random.hpp"'),
        ("tools/cmd_trace.cpp", '#include "ledger/ledger.hpp"'),
        ("tools/ledger/database.cpp", "#include <sqlite3.h>"),
    ],
)
def test_what_the_table_allows_passes(source, line):
    assert breaches(source, line) == []
