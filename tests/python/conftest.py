"""Speech, keys and the C++ program to compare with. The package under test is the one that `import earmark` finds."""

import os
import pathlib
import subprocess

import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly

import earmark

PAYLOAD = 0x0123456789ABCDEF
ROOT = pathlib.Path(__file__).resolve().parents[2]
SENTENCES = (
    "She sells sea shells by the sea shore, and the shells she sells are sea shells, I am sure. "
    "Six thick thistle sticks stood in the soft summer grass, just past the church."
)


@pytest.fixture(scope="session")
def program():
    path = pathlib.Path(os.environ.get("EARMARK", ROOT / "build-release" / "tools" / "earmark"))
    assert path.is_file(), f"{path} is not built"
    return path


@pytest.fixture(scope="session")
def stock(tmp_path_factory):
    return tmp_path_factory.mktemp("stock")


@pytest.fixture(scope="session")
def key(stock):
    made = earmark.Key.generate()
    made.save(stock / "vendor.key")
    return made


def spoken(path, *command):
    plain = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}  # no sanitizer in the synthesiser
    subprocess.run([*command, path], check=True, env=plain, timeout=60)
    samples, rate = soundfile.read(path)

    def at(wanted):
        """float64 within +-0.9."""
        divisor = np.gcd(wanted, rate)
        return np.clip(resample_poly(samples, wanted // divisor, rate // divisor), -0.9, 0.9)

    return at


@pytest.fixture(scope="session")
def voice(stock):
    return spoken(stock / "voice.wav", "espeak-ng", SENTENCES, "-w")


@pytest.fixture(scope="session")
def speech(voice):
    """float32 (samples,), 16 kHz."""
    return voice(16000).astype(np.float32)


@pytest.fixture(scope="session")
def stereo(stock, voice):
    """float32 (2, samples), 24 kHz: two speakers."""
    other = spoken(stock / "other.wav", "flite", "-voice", "slt", "-t", SENTENCES, "-o")(24000)
    one = voice(24000)
    length = min(len(one), len(other))
    return np.stack([one[:length], other[:length]]).astype(np.float32)


@pytest.fixture(scope="session")
def marked(speech, key):
    return earmark.embed(speech, sample_rate=16000, key=key, payload=PAYLOAD)
