"""README's Python blocks, in order, as one program; tests/readme has the other languages."""

import pathlib
import sys

import numpy as np
import pytest

import earmark

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "readme"))
from blocks import readme  # noqa: E402

BLOCKS = [block for block in readme() if block.language == "python" and not block.not_run]


def test_python_blocks(tmp_path, monkeypatch):
    assert BLOCKS
    monkeypatch.chdir(tmp_path)
    earmark.Key.generate().save("vendor.key")
    names = {"x": np.random.default_rng(1).normal(0, 0.1, 240000).astype(np.float32)}  # 10 s at 24 kHz
    for block in BLOCKS:
        exec(compile(block.text, f"README.md:{block.line}", "exec"), names)
    assert names["found"].marked and int(names["found"].payload) == 0x0123456789ABCDEF
    assert len(names["marked"]) == len(names["x"]) and not np.array_equal(names["marked"], names["x"])


def test_a_block_that_does_not_work_is_caught():
    with pytest.raises(AttributeError):
        exec(compile("import earmark\nearmark.no_such_thing()", "README.md", "exec"), {})
