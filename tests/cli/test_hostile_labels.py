"""Files that mean harm: truncated chunks, sizes of 4 GiB, two labels, no JSON, no UTF-8. Seeds are fixed."""

import pathlib
import subprocess

import pytest
from conftest import binary, run
from labelled import KINDS, LABEL, make

ROUNDS = 2000


def test_fuzz(tmp_path, short):
    (tmp_path / "in").mkdir()
    files = []
    for kind in KINDS:
        files.append(tmp_path / kind)
        assert run("label", make(tmp_path / "in", short, kind), files[-1], *LABEL).code == 0
    fuzz = pathlib.Path(binary()).parents[1] / "tests" / "fuzz_labels"
    done = subprocess.run([fuzz, str(ROUNDS), "1", *files], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:].split("\r")[-1]
    words = done.stdout.split()
    rounds, read, written = int(words[0]), int(words[2]), int(words[4])
    # Most damage is to the audio: a harness that opened nothing would prove nothing.
    assert rounds == ROUNDS and read > ROUNDS / 3 and written > ROUNDS / 3


@pytest.mark.parametrize("kind", KINDS)
def test_cut_off_anywhere(tmp_path, short, kind):
    (tmp_path / "in").mkdir()
    whole, cut = tmp_path / kind, tmp_path / f"cut-{kind}"
    assert run("label", make(tmp_path / "in", short, kind), whole, *LABEL).code == 0
    data = whole.read_bytes()
    for length in (0, 1, 4, 11, 12, 40, 100, len(data) // 2, len(data) - 100, len(data) - 1):
        cut.write_bytes(data[:length])
        result = run("label", "--check", cut)
        assert result.code in (0, 1, 3), (length, result.err)
        assert (result.code == 3) == (len(result.err.splitlines()) == 1)
