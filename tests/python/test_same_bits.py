"""The Python package and the C++ program agree to the last bit."""

import json

import numpy as np
import pytest
import soundfile

import earmark
from conftest import run

HEX = "0123456789abcdef"


@pytest.fixture
def by_program(key, tmp_path):
    def mark(x, rate, subtype, profile):
        host, out = tmp_path / "host.wav", tmp_path / "marked.wav"
        soundfile.write(host, x.T, rate, subtype=subtype)
        done = run("embed", host, out, "--key", key.path, "--payload", HEX, "--profile", profile)
        assert done.code == 0, done.err
        return soundfile.read(out, dtype=x.dtype.name)[0].T

    return mark


@pytest.mark.parametrize("profile", ["transparent", "standard", "robust"])
@pytest.mark.parametrize("rate", [8000, 16000, 22050, 24000, 44100, 48000])
def test_float_files(by_program, voice, key, rate, profile):
    x = voice(rate).astype(np.float32)
    marked = earmark.embed(x, sample_rate=rate, key=key, payload=HEX, profile=profile)
    assert np.array_equal(by_program(x, rate, "FLOAT", profile), marked)


@pytest.mark.parametrize("gain", [0.1, 1, 5])
def test_int16_files(by_program, stereo, key, gain):
    x = np.clip(np.rint(stereo * gain * 32768), -32768, 32767).astype(np.int16)
    marked = earmark.embed(x, sample_rate=24000, key=key, payload=HEX)
    assert np.array_equal(by_program(x, 24000, "PCM_16", "standard"), marked)


def test_verdicts(marked, speech, key, tmp_path):
    other = earmark.Key.generate()
    other.save(tmp_path / "other.key")
    paths = []
    for name, x in (("marked", marked), ("speech", speech), ("short", speech[:4000])):
        paths.append(tmp_path / f"{name}.wav")
        soundfile.write(paths[-1], x, 16000, subtype="FLOAT")
    done = run("detect", *paths, "--key", key.path, "--key", other.path, "--json", "--scores")
    assert done.code == 1, done.err
    lines = [json.loads(line) for line in done.text.splitlines()]
    for line, x in zip(lines, (marked, speech, speech[:4000])):
        del line["file"]
        for beside in ("metadata", "cue", "evidence", "wording", "note"):  # of the file, not of the samples
            line.pop(beside, None)
        found = earmark.detect(x, sample_rate=16000, key=[key, other.path], scores=True).to_dict()
        found.setdefault("scores", [])
        assert set(found) == set(line)
        for name in set(line) - {"scores", "segments"}:
            assert found[name] == (pytest.approx(line[name], abs=1e-6) if isinstance(line[name], float) else line[name])
        for name in ("scores", "segments"):
            assert len(found[name]) == len(line[name])
            for mine, theirs in zip(found[name], line[name]):
                assert mine == pytest.approx(theirs, abs=1e-6)
