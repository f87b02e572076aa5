"""Stubs and annotations say what the module does; the examples in the docstrings run."""

import doctest
import importlib
import os
import pathlib
import pkgutil
import subprocess
import sys

import pytest

import earmark

FOLDER = pathlib.Path(earmark.__file__).resolve().parent
HERE = pathlib.Path(__file__).resolve().parent
MODULES = sorted(module.name for module in pkgutil.iter_modules([str(FOLDER)]) if module.name != "_earmark")


def mypy(tmp_path, *words):
    search = pathlib.Path(earmark.__file__).parent.parent
    environment = os.environ | {"MYPY_CACHE_DIR": str(tmp_path)}
    if search.name != "site-packages":  # mypy finds those by itself
        environment["MYPYPATH"] = str(search)
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr


def test_package_is_typed():
    assert (FOLDER / "py.typed").is_file() and (FOLDER / "_earmark.pyi").is_file()


def test_annotations(tmp_path):
    mypy(tmp_path, "mypy", "--strict", "-p", "earmark")


def test_stubs_match_the_module(tmp_path):
    mypy(tmp_path, "mypy.stubtest", "earmark", "--allowlist", str(HERE / "stubtest_allowlist.txt"))


def test_a_users_script(tmp_path):
    (tmp_path / "script.py").write_text(
        "import numpy as np, earmark\n"
        "from numpy.typing import NDArray\n"
        "key = earmark.Key.load('a.key')\n"
        "x: NDArray[np.int16] = np.zeros(100, np.int16)\n"
        "marked: NDArray[np.int16] = earmark.embed(x, sample_rate=16000, key=key, payload='01234567')\n"
        "found = earmark.detect(marked, sample_rate=16000, key=[key, key.screening(), 'b.key'])\n"
        "bits: int = found.payload.bits if found.payload else 0\n"
    )
    mypy(tmp_path, "mypy", "--strict", "script.py")


@pytest.mark.parametrize("module", ["earmark", *(f"earmark.{name}" for name in MODULES)])
def test_examples(module):
    assert doctest.testmod(importlib.import_module(module)).failed == 0


def test_every_public_name_is_explained():
    for name in earmark.__all__:
        assert name.startswith("__") or getattr(earmark, name).__doc__, name
