"""The command under test, speech to feed it, and what every failure must look like."""

import pathlib
import signal
import subprocess
import sys

import pytest
import soundfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from command import ROOT, SENTENCES, Result, binary, run, spoken  # noqa: E402, F401

PAYLOAD = "0123456789abcdef"

# A run in the background or under nohup ignores some signals, and children inherit that: the tests' endings must reach them.
for ending in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
    if signal.getsignal(ending) is signal.SIG_IGN:
        signal.signal(ending, signal.default_int_handler)


def refused(result, code, *hints):
    """One line on stderr that says what was wrong, the right exit code, nothing on stdout."""
    assert result.code == code, (result.code, result.err)
    assert result.out == b""
    lines = result.err.splitlines()
    assert len(lines) == 1 and lines[0].startswith("earmark: "), result.err
    for hint in hints:
        assert hint in lines[0], (hint, lines[0])


@pytest.fixture(scope="session")
def stock(tmp_path_factory):
    return tmp_path_factory.mktemp("stock")


@pytest.fixture(scope="session")
def key(stock):
    path = stock / "vendor.key"
    assert run("keygen", path, "--screening", stock / "screen.key").code == 0
    return path


@pytest.fixture(scope="session")
def screening(key):
    return key.with_name("screen.key")


@pytest.fixture(scope="session")
def other_key(stock):
    path = stock / "other.key"
    assert run("keygen", path).code == 0
    return path


@pytest.fixture(scope="session")
def voice(stock):
    return spoken(stock / "voice.wav", "espeak-ng", SENTENCES, "-w")


@pytest.fixture(scope="session")
def speech(stock, voice):
    path = stock / "speech.wav"
    soundfile.write(path, voice(16000), 16000, subtype="PCM_16")
    return path


@pytest.fixture(scope="session")
def short(stock, voice):
    """1.5 s, for tests that do the same thing very often."""
    path = stock / "short.wav"
    soundfile.write(path, voice(16000)[:24000], 16000)
    return path


@pytest.fixture(scope="session")
def marked(stock, speech, key):
    path = stock / "marked.wav"
    assert run("embed", speech, path, "--key", key, "--payload", PAYLOAD).code == 0
    return path


@pytest.fixture
def embed(key):
    def call(source, target, *more, **kwargs):
        return run("embed", source, target, "--key", key, "--payload", PAYLOAD, *more, **kwargs)

    return call


@pytest.fixture(scope="session")
def killer(tmp_path_factory):
    path = tmp_path_factory.mktemp("killer") / "kill_at_write.so"
    source = ROOT / "tests" / "cli" / "kill_at_write.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", path, source, "-ldl"], check=True)
    return path
