"""Speech, keys and the C++ program to compare with. The package under test is the one that `import earmark` finds."""

import pathlib
import sys

import numpy as np
import pytest

import earmark

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from command import SENTENCES, binary, run, spoken  # noqa: E402, F401

PAYLOAD = 0x0123456789ABCDEF


@pytest.fixture(scope="session")
def stock(tmp_path_factory):
    return tmp_path_factory.mktemp("stock")


@pytest.fixture(scope="session")
def program():
    return binary()


@pytest.fixture(scope="session")
def key(stock):
    made = earmark.Key.generate()
    made.save(stock / "vendor.key")
    return made


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
