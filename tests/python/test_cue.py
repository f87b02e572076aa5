"""The audible cue: made, put between samples, found again; streams give what the whole gives."""

import pickle

import numpy as np
import pytest

import earmark
from conftest import PAYLOAD

RATE = 16000


def test_rhythm_shape_and_level():
    cue = earmark.rhythm_cue(sample_rate=RATE)
    assert cue.dtype == np.float32 and cue.shape == (11 * 1920,)
    assert earmark.loudness(cue, sample_rate=RATE) == pytest.approx(-23, abs=0.1)
    pair = earmark.rhythm_cue(sample_rate=RATE, channels=2, level_lufs=-30, unit_s=0.06, pitch_hz=1000)
    assert pair.shape == (2, 11 * 960) and np.array_equal(pair[0], pair[1])
    assert earmark.loudness(pair, sample_rate=RATE) == pytest.approx(-30, abs=0.1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
def test_the_host_comes_out_sample_for_sample(stereo, dtype):
    x = (stereo * (32767 if dtype is np.int16 else 1)).astype(dtype)
    cue = earmark.rhythm_cue(sample_rate=24000)
    cued = earmark.insert_cue(x, cue, sample_rate=24000, at=[0, 24000], at_end=True)
    added = len(cue) + 2 * 6000
    assert cued.dtype == dtype and cued.shape == (2, x.shape[1] + 3 * added)
    expected = x.astype(np.float32) if dtype is np.float64 else x
    assert np.array_equal(cued[:, added : added + 24000], expected[:, :24000])
    assert np.array_equal(cued[:, 2 * added + 24000 : -added], expected[:, 24000:])
    starts = [found.start_s for found in earmark.find_rhythm(cued, sample_rate=24000)]
    assert np.allclose(starts, [0.25, 1 + added / 24000 + 0.25, (cued.shape[1] - added) / 24000 + 0.25], atol=0.01)


def test_the_mark_covers_the_cue(speech, key):
    cue = earmark.rhythm_cue(sample_rate=RATE, level_lufs=earmark.loudness(speech, sample_rate=RATE))
    cued = earmark.insert_cue(speech, cue, sample_rate=RATE)
    marked = earmark.embed(cued, sample_rate=RATE, key=key, payload=PAYLOAD)
    cue_part = slice(4000, 4000 + len(cue))
    assert not np.array_equal(marked[cue_part], cued[cue_part])
    assert len(earmark.find_rhythm(marked, sample_rate=RATE)) == 1
    assert earmark.detect(marked, sample_rate=RATE, key=key).payload == PAYLOAD
    assert earmark.find_rhythm(speech, sample_rate=RATE) == ()


@pytest.mark.parametrize("size", [1000, 4801, 10**9])
def test_streams_give_what_the_whole_gives(stereo, size):
    cue = earmark.rhythm_cue(sample_rate=24000, channels=2)
    places = {"at": [0, 30000], "every_s": 2, "at_end": True}
    whole = earmark.insert_cue(stereo, cue, sample_rate=24000, **places)
    inserter = earmark.CueInserter(cue, sample_rate=24000, channels=2, **places)
    detector = earmark.RhythmDetector(sample_rate=24000, channels=2)
    for _ in range(2):  # the second signal through the same objects
        parts = [inserter.process(stereo[:, at : at + size]) for at in range(0, stereo.shape[1], size)]
        parts.append(inserter.finish())
        assert np.array_equal(np.concatenate(parts, axis=1), whole)
        for part in parts:
            detector.push(part)
        assert detector.finish() == earmark.find_rhythm(whole, sample_rate=24000) != ()


BAD = [
    (lambda x: earmark.rhythm_cue(sample_rate=7999), "sample_rate: 7999"),
    (lambda x: earmark.rhythm_cue(sample_rate=RATE, channels=65), "channels: 65"),
    (lambda x: earmark.rhythm_cue(sample_rate=RATE, pitch_hz=100), "pitch_hz: 100"),
    (lambda x: earmark.rhythm_cue(sample_rate=RATE, unit_s=1), "unit_s: 1"),
    (lambda x: earmark.rhythm_cue(sample_rate=RATE, level_lufs=float("nan")), "level_lufs: nan"),
    (lambda x: earmark.insert_cue(x, x[:0], sample_rate=RATE), "cue: 0 samples"),
    (lambda x: earmark.insert_cue(x, np.stack([x, x]), sample_rate=RATE), "cue: 2 channels"),
    (lambda x: earmark.insert_cue(x, x, sample_rate=RATE, at=[-1]), "at: -1"),
    (lambda x: earmark.insert_cue(x, x, sample_rate=RATE, at=[5, 5]), "at: positions"),
    (lambda x: earmark.insert_cue(x, x, sample_rate=RATE, every_s=0.1), "every_s: 0.1"),
    (lambda x: earmark.insert_cue(x, x, sample_rate=RATE, pause_s=-1), "pause_s: -1"),
    (lambda x: earmark.find_rhythm(x * np.nan, sample_rate=RATE), "x: nan"),
    (lambda x: earmark.CueInserter(x, sample_rate=RATE).process(np.stack([x, x])), "block: 2 channels"),
    (lambda x: earmark.RhythmDetector(sample_rate=RATE).push(np.stack([x, x])), "block: 2 channels"),
]


@pytest.mark.parametrize("call,hint", BAD, ids=[hint for _, hint in BAD])
def test_bad_input_is_named(speech, call, hint):
    with pytest.raises(ValueError) as caught:
        call(speech[8000:24000])
    assert str(caught.value).startswith(hint)


def test_not_pickled(speech):
    for thing in (earmark.RhythmDetector(sample_rate=RATE), earmark.CueInserter(speech, sample_rate=RATE)):
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(thing)
