"""The verdict object."""

import dataclasses
import json

import numpy as np
import pytest

import earmark


def test_values(marked, speech, key):
    found = earmark.detect(marked, sample_rate=16000, key=key, scores=True)
    assert found.log10_p < -6 and found.reason is None and found.time_scale == 1
    assert found.duration_s == pytest.approx(len(marked) / 16000)
    assert all(isinstance(segment, earmark.Segment) for segment in found.segments) and found.segments
    assert all(isinstance(score, earmark.Score) for score in found.scores) and len(found.scores) >= 2
    other = earmark.detect(speech, sample_rate=16000, key=key)
    assert not other.marked and other.payload is None and other.key is None and other.segments == ()


def test_frozen_and_comparable(marked, key):
    found, again = (earmark.detect(marked, sample_rate=16000, key=key) for _ in range(2))
    assert found == again and hash(found) == hash(again)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.marked = False
    with pytest.raises(TypeError, match="ask .marked"):
        if found:
            pass


def test_to_dict_is_json(marked, key):
    row = json.loads(json.dumps(earmark.detect(marked, sample_rate=16000, key=key).to_dict()))
    assert row["payload"] == "0123456789abcdef" and row["segments"][0]["log10_p"] < -6 and "scores" not in row


@pytest.mark.parametrize("factor", (0.9, 1.1))
def test_found_behind_a_phase_vocoder(speech, key, factor):
    """Its windows of 128 ms smear the chips away and leave the slow layer."""
    host = np.tile(speech, 2)
    marked = earmark.embed(host, sample_rate=16000, key=key, payload=1)
    received, unmarked = (
        earmark.attacks.tempo(one, 16000, factor=factor, method="phase_vocoder")[0] for one in (marked, host)
    )
    found = earmark.detect(received, sample_rate=16000, key=key, search="full")
    assert found.marked
    slow = found.segments[-1]  # the chips may tell the first window or two, which are whole
    assert slow.log10_p < -6 and slow.payload is None and slow.end_s - slow.start_s > 0.7 * found.duration_s
    assert slow.time_scale == pytest.approx(factor, rel=0.015) and slow.frequency_scale == 1
    assert not earmark.detect(unmarked, sample_rate=16000, key=key, search="full").marked
    assert not earmark.detect(received, sample_rate=16000, key=earmark.Key.generate(), search="full").marked


def test_workers_share_a_long_signal(marked, key):
    long = np.tile(marked, 1 + 40 * 16000 // len(marked))
    alone = earmark.detect(long, sample_rate=16000, key=key, scores=True)
    for workers in (2, 5, None):
        assert earmark.detect(long, sample_rate=16000, key=key, scores=True, workers=workers) == alone
    with pytest.raises(ValueError, match="workers: 0, at least 1 is needed"):
        earmark.detect(long, sample_rate=16000, key=key, workers=0)
