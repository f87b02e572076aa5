"""README.md is typed out: every block that is not marked otherwise compiles and runs, in order, in one folder.
The Python blocks run where the package is installed: tests/python/test_readme_python.py."""

import os
import pathlib
import re
import subprocess

import pytest
from blocks import LANGUAGES, ROOT, Block, blocks, readme

BINARY = pathlib.Path(os.environ.get("EARMARK", ROOT / "build-release" / "tools" / "earmark"))
BUILD = BINARY.parents[1]
README = [block for block in readme() if not block.not_run]
SENTENCES = "She sells sea shells by the sea shore, and the shells she sells are sea shells, I am sure."

# A default sound device that hears marked.wav, over and over at its end, and plays to nowhere.
ALSA = """
pcm.null {{ type null }}
pcm.default {{ type file slave.pcm "null" infile "{0}/microphone.f32" file "/dev/null" format "raw" }}
"""


def shell(text, folder, **more):
    environment = os.environ | {
        "PATH": f"{BINARY.parent}:{os.environ['PATH']}",
        "LADSPA_PATH": str(BUILD / "bindings" / "ladspa"),
        "ALSA_CONFIG_PATH": str(folder / "alsa.conf"),
        "JACK_DEFAULT_SERVER": "none",
        **more,
    }
    words = ["bash", "-euo", "pipefail", "-c", text]
    return subprocess.run(words, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)


def prepare(commands, place):
    done = shell(commands, place)
    assert done.returncode == 0, done.stdout


def prepare_calls(place):
    """The key is README's own: this can only be done once a block has made it."""
    if (place / "calls").exists() or not (place / "vendor.key").exists():
        return
    (place / "calls").mkdir()
    prepare(
        """earmark embed in.wav prepared.wav --key vendor.key --payload 00000000000000ff
        ffmpeg -loglevel error -i prepared.wav -ar 8000 -c:a pcm_mulaw calls/one.wav; cp calls/one.wav calls/two.wav
        mkdir voices; cp in.wav voices/one.wav; cp in.wav voices/two.wav
        ffmpeg -loglevel error -i prepared.wav -ar 8000 -f mulaw call.ulaw
        ffmpeg -loglevel error -i prepared.wav -ar 44100 -f f32le microphone.f32; rm prepared.wav""",
        place,
    )


@pytest.fixture
def folder(tmp_path):
    """What the reader is taken to have: a voice, and later calls and a microphone. The rest README makes itself."""
    prepare(f'espeak-ng -w in.wav "{SENTENCES}"; ffmpeg -loglevel error -i in.wav in.flac', tmp_path)
    (tmp_path / "alsa.conf").write_text(ALSA.format(tmp_path))
    return tmp_path


def compiled(block, folder):
    """The program of a C or C++ block, with what calls it where it has no main of its own."""
    source, program = folder / f"{block}.{block.language}", folder / str(block)
    source.write_text(block.text)
    flags = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-I{ROOT / 'include'}", "-o", program]
    if block.language == "c":
        library = BUILD / "bindings" / "c"
        words = ["cc", "-std=c99", source, *flags, f"-L{library}", "-learmark-c", f"-Wl,-rpath,{library}"]
    else:
        caller = ROOT / block.run_with if block.run_with.endswith(".cpp") else None
        sources = ["-include", source, caller] if caller else [source]
        words = ["c++", "-std=c++20", *sources, *flags, BUILD / "libearmark.a", "-lfftw3f", "-lsodium", "-lebur128"]
    done = subprocess.run(list(map(str, words)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
    return program


def run_program(block, folder):
    assert "int main(" in block.text or block.run_with.endswith(".cpp"), f"{block} has no main: name what calls it"
    program = compiled(block, folder)
    words = f". {ROOT / block.run_with} " if block.run_with.endswith(".sh") else ""
    done = shell(f"PROGRAM={program}; {words or program}", folder)
    assert done.returncode == 0, done.stdout


def run_shell(block, folder):
    done = shell(block.text, folder)
    assert done.returncode == 0, done.stdout


def masked(text):
    """Numbers are of the day: keys are random, and so is p. The words are not."""
    return re.sub(r"\b[0-9a-f]{16}\b|-?\d+(\.\d+)?", "#", text)


def run_console(block, folder):
    commands = re.findall(r"^\$ (.+)$", block.text, re.MULTILINE)
    assert commands, f"{block}: no line begins with $"
    expected = [masked(line) for line in block.text.splitlines() if not line.startswith("$ ")]
    done = shell("set +e\n" + "\n".join(commands), folder)
    assert masked(done.stdout).splitlines() == expected


RUN = {"cpp": run_program, "c": run_program, "sh": run_shell, "console": run_console}


def test_every_block_in_order(folder):
    for block in README:
        if block.language not in RUN:
            continue
        try:
            RUN[block.language](block, folder)
        except AssertionError as error:
            raise AssertionError(f"README.md, line {block.line}: {error}") from error
        prepare_calls(folder)


def test_there_is_something_to_run():
    languages = [block.language for block in README]
    assert {"cpp", "c", "python", "sh", "console"} <= set(languages) <= LANGUAGES
    assert languages.count("cpp") >= 2


def test_what_nobody_runs_is_told_why():
    for block in readme():
        assert not block.not_run or len(block.not_run.split()) > 2
        assert not block.run_with or (ROOT / block.run_with).is_file()


@pytest.mark.parametrize(
    "text,line",
    [("words\n\n    earmark embed in out\n", 3), ("```\nearmark\n```\n", 1), ("```rust\nfn main() {}\n```\n", 1)],
)
def test_a_block_that_no_rule_covers(text, line):
    with pytest.raises(ValueError, match=f"line {line}:"):
        blocks(text)


@pytest.mark.parametrize(
    "language,text",
    [
        ("sh", "true\nfalse\ntrue\n"),
        ("sh", "earmark embed no-such.wav out.wav | cat\n"),
        ("console", "$ echo one 1\ntwo 2\n"),
        ("console", "$ true\nsaid\n"),
        ("c", "int main(void) { return 1; }\n"),
        ("c", "int main(void) { return nothing; }\n"),
        ("cpp", "int f() { return 0; }\n"),
        ("cpp", "#include <earmark/earmark.hpp>\nint main() { return earmark::version[0] == 'x' ? 0 : 1; }\n"),
    ],
)
def test_a_block_that_does_not_work_is_caught(folder, language, text):
    with pytest.raises(AssertionError):
        RUN[language](Block(1, language, text), folder)


def test_numbers_of_the_day():
    assert masked("p = 10^-60.1, payload 0123456789abcdef") == masked("p = 10^-7, payload fedcba9876543210")
    assert masked("MARKED") != masked("NOT FOUND")
