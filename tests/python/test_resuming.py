"""A detector in mid-stream is copied, pickled and moved, and goes on as if nothing had been; polls are told as they come."""

import copy
import pickle

import numpy as np
import pytest

import earmark
from conftest import PAYLOAD


@pytest.fixture
def detector(key):
    return earmark.Detector(sample_rate=16000, key={"mine": key}, scores=True)


@pytest.fixture(scope="module")
def long(speech, marked):
    return np.concatenate([speech, marked, speech])


MOVES = {
    "pickle": lambda detector: pickle.loads(pickle.dumps(detector)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("at", [0, 1, 4801, 150_000])
def test_goes_on_as_the_original_would(detector, long, key, move, at):
    whole = earmark.detect(long, sample_rate=16000, key={"mine": key}, scores=True)
    assert whole.payload == PAYLOAD
    detector.push(long[:at])
    moved = MOVES[move](detector)
    assert moved.config == detector.config
    moved.push(long[at:])
    assert moved.finish() == whole
    detector.push(long[at:])  # the original has not noticed
    assert detector.finish() == whole
    assert moved.finish().duration_s == 0


def test_polls_come_at_the_same_samples_in_any_process(detector, long):
    def polls(on, chunks):
        found = []
        for chunk in chunks:
            on.push(chunk)
            if (verdict := on.poll()) is not None:
                found.append(verdict)
        return found

    chunks = np.array_split(long, len(long) // 800)
    half = len(chunks) // 2
    before = polls(detector, chunks[:half])
    moved = pickle.loads(pickle.dumps(detector))
    after = polls(detector, chunks[half:])
    assert after == polls(moved, chunks[half:]) and len(before + after) >= 1.5 * len(long) / 16000
    verdicts = [poll.marked for poll in before + after]
    assert verdicts == sorted(verdicts) and verdicts[0] is False and verdicts[-1] is True  # marked once, marked for good
    assert any(poll.ongoing for poll in before + after) and detector.poll() is None
    final = detector.finish()
    assert final.payload == PAYLOAD and 0 < final.decided_s < final.duration_s and not final.ongoing


def test_no_poll_before_there_is_something_new(detector):
    assert detector.poll() is None
    detector.push(np.zeros(10, np.float32))
    assert detector.poll() is None


def test_polls_of_unmarked_speech(detector, speech):
    for chunk in np.array_split(np.tile(speech, 3), 200):
        detector.push(chunk)
        found = detector.poll()
        assert found is None or (not found.marked and not found.ongoing and found.decided_s == 0)


def test_state_holds_no_secret(detector, long, key):
    detector.push(long[:100_000])
    secret = bytes.fromhex(key.text().split("\nsecret: ")[1].split()[0])
    for kept in (detector.save(), pickle.dumps(detector)):
        assert secret not in kept and secret.hex().encode() not in kept


def test_a_key_in_memory_is_copied_and_not_pickled(long):
    made = earmark.Key.generate()
    stream = earmark.Detector(sample_rate=16000, key=made)
    stream.push(long[:5000])
    assert copy.copy(stream).finish().duration_s == pytest.approx(5000 / 16000)
    with pytest.raises(TypeError, match="^key: only a key that has a file is pickled"):
        pickle.dumps(stream)


def test_what_cannot_be_restored(detector, long, key):
    """Each is told, and leaves the detector where it was."""
    whole = earmark.detect(long, sample_rate=16000, key={"mine": key}, scores=True)
    detector.push(long[:100_000])
    state = detector.save()
    others = {
        "rate": earmark.Detector(sample_rate=8000, key=key, scores=True),
        "key": earmark.Detector(sample_rate=16000, key=earmark.Key.generate(), scores=True),
        "channels": earmark.Detector(sample_rate=16000, key=key, channels=2, scores=True),
    }
    for other in others.values():
        with pytest.raises(ValueError):
            other.restore(state)
    rng = np.random.default_rng(0)
    for _ in range(50):
        damaged = bytearray(state)
        damaged[rng.integers(len(damaged))] ^= 1 << rng.integers(8)
        with pytest.raises(ValueError):
            detector.restore(damaged)
    for length in (0, 1, 20, len(state) // 2, len(state) - 1):
        with pytest.raises(ValueError):
            detector.restore(state[:length])
    with pytest.raises(ValueError):
        detector.restore(state + b"\0")
    for wrong in (None, "state", 5, [1]):
        with pytest.raises(TypeError, match="^state: "):
            detector.restore(wrong)
    detector.push(long[100_000:])
    assert detector.finish() == whole
