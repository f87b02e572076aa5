"""The tutorial is a program: it runs, says what its text promises, and draws."""

import os
import pathlib
import subprocess
import sys

import pytest

import earmark

TUTORIAL = pathlib.Path(__file__).resolve().parents[2] / "bindings" / "tutorial" / "voice_over_a_phone.py"


def test_tutorial(tmp_path):
    pytest.importorskip("matplotlib")
    environment = os.environ | {"PYTHONPATH": str(pathlib.Path(earmark.__file__).parent.parent)}
    done = subprocess.run([sys.executable, TUTORIAL, tmp_path], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert "marked: True" in done.stdout and "payload: None" in done.stdout
    assert "with the master key: 0123456789abcdef" in done.stdout and done.stdout.count("false alarms 0.00") == 2
    assert all((tmp_path / name).stat().st_size > 10000 for name in ("mark.png", "call.png", "roc.png"))
