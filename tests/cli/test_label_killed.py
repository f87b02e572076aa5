"""A label that is killed at any call that writes leaves the old file or the new one, and never half a file."""

import os
import signal
import subprocess

import pytest
from conftest import PAYLOAD, ROOT, binary, run
from labelled import LABEL, make


def killed_everywhere(killer, words, target, old, new, beside=()):
    """Kills at the first, second, ... call until the job gets through; gives how many calls there were."""
    for call in range(1, 1000):
        target.write_bytes(old)
        environment = {**os.environ, "LD_PRELOAD": str(killer), "KILL_AT": str(call), "ASAN_OPTIONS": "verify_asan_link_order=0"}
        code = subprocess.run([binary(), *map(str, words)], env=environment, stderr=subprocess.DEVNULL, timeout=60).returncode
        assert code in (0, -signal.SIGKILL), code
        assert target.read_bytes() in (old, new), call
        if target.read_bytes() == new:  # what was asked for beside it stands there before it
            assert all(path.exists() for path in beside), call
        for leftover in target.parent.iterdir():
            if leftover.name.startswith("."):
                leftover.unlink()
        for path in beside:
            path.unlink(missing_ok=True)
        if code == 0:
            assert target.read_bytes() == new
            return call
    raise AssertionError("never got through")


@pytest.mark.parametrize("kind", ["plain.wav", "id3v24.mp3", "tagged.flac", "tagged.ogg", "tagged.opus", "faststart.m4a"])
def test_metadata(tmp_path, killer, short, kind):
    (tmp_path / "in").mkdir()
    source, target = make(tmp_path / "in", short, kind), tmp_path / kind
    assert run("label", source, target, *LABEL).code == 0
    calls = killed_everywhere(killer, ["label", source, target, *LABEL], target, b"precious", target.read_bytes())
    assert calls > 4  # copy, label, sync, rename: the killer was there


def test_everything(tmp_path, killer, short, key):
    target, receipt = tmp_path / "out.wav", tmp_path / "receipt.json"
    words = ["label", short, target, "--cue", "rhythm", "--key", key, "--payload", PAYLOAD, *LABEL, "--receipt", receipt]
    assert run(*words).code == 0
    calls = killed_everywhere(killer, words, target, b"precious", target.read_bytes(), [receipt])
    assert calls > 8


def test_nothing_is_left_by_a_signal_that_can_be_caught(tmp_path, killer, short):
    """Receipt and output are both open when the job is ended."""
    target, receipt = tmp_path / "out.wav", tmp_path / "receipt.json"
    source = ROOT / "tests" / "cli" / "kill_at_write.c"
    library = tmp_path / "library" / "term.so"
    library.parent.mkdir()
    subprocess.run(["cc", "-shared", "-fPIC", "-DENDING=SIGTERM", "-o", library, source, "-ldl"], check=True)
    words = [binary(), "label", short, target, "--cue", "rhythm", *LABEL, "--receipt", receipt]
    assert subprocess.run(list(map(str, words)), stderr=subprocess.DEVNULL).returncode == 0
    complete = target.read_bytes()
    receipt.unlink()
    target.unlink()
    most = 0
    for call in range(1, 1000):
        environment = {**os.environ, "LD_PRELOAD": str(library), "KILL_AT": str(call), "ASAN_OPTIONS": "verify_asan_link_order=0"}
        code = subprocess.run(list(map(str, words)), env=environment, stderr=subprocess.DEVNULL, timeout=60).returncode
        if code == 0:
            break
        assert code == -signal.SIGTERM
        left = {path.name for path in tmp_path.iterdir()} - {"library"}
        assert left in (set(), {"receipt.json"}, {"receipt.json", "out.wav"}), (call, left)
        assert not target.exists() or target.read_bytes() == complete
        most = max(most, call)
        receipt.unlink(missing_ok=True)
        target.unlink(missing_ok=True)
    assert most > 8
