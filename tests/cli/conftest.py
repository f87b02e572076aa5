"""The command under test, speech to feed it, and what every failure must look like."""

import os
import pathlib
import subprocess

import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly

PAYLOAD = "0123456789abcdef"
ROOT = pathlib.Path(__file__).resolve().parents[2]
SENTENCES = (
    "She sells sea shells by the sea shore, and the shells she sells are sea shells, I am sure. "
    "Six thick thistle sticks stood in the soft summer grass, just past the church."
)


def binary():
    path = pathlib.Path(os.environ.get("EARMARK", ROOT / "build-release" / "tools" / "earmark"))
    assert path.is_file(), f"{path} is not built"
    return str(path)


class Result:
    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr.decode()

    @property
    def text(self):
        return self.out.decode()


def run(*words, stdin=b"", **more):
    words = [binary(), *map(str, words)]
    return Result(subprocess.run(words, input=stdin, capture_output=True, timeout=120, **more))


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
    """Speech by sample rate, float64 within +-0.9."""
    path = stock / "voice.wav"
    subprocess.run(["espeak-ng", "-w", path, SENTENCES], check=True)
    samples, rate = soundfile.read(path)
    made = {}

    def at(wanted):
        if wanted not in made:
            divisor = np.gcd(wanted, rate)
            made[wanted] = np.clip(resample_poly(samples, wanted // divisor, rate // divisor), -0.9, 0.9)
        return made[wanted]

    return at


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
