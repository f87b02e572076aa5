"""Any chunking gives the bits of the whole; two threads on one object are told; a failed call changes nothing."""

import threading
import time

import numpy as np
import pytest

import earmark
from conftest import PAYLOAD


def chunks(x, sizes):
    at = 0
    while at < x.shape[-1]:
        size = next(sizes)
        yield x[..., at : at + size]
        at += size


def always(size):
    while True:
        yield size


def ragged(seed):
    rng = np.random.default_rng(seed)
    while True:
        yield int(rng.choice([0, 1, 7, 160, 479, 480, 481, 2047, 2048, 9001]))


SIZES = {"160": lambda: always(160), "4801": lambda: always(4801), "all": lambda: always(10**9)} | {
    f"ragged {seed}": lambda seed=seed: ragged(seed) for seed in range(3)
}


def stream(embedder, x, sizes):
    out = [embedder.process(chunk) for chunk in chunks(x, sizes)] + [embedder.flush()]
    return np.concatenate(out, axis=-1)[..., embedder.latency_samples :]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
@pytest.mark.parametrize("sizes", SIZES)
def test_embedder_any_chunking(stereo, key, sizes, dtype):
    x = (stereo * (32767 if dtype is np.int16 else 1)).astype(dtype)
    whole = earmark.embed(x, sample_rate=24000, key=key, payload=PAYLOAD)
    embedder = earmark.Embedder(sample_rate=24000, key=key, payload=PAYLOAD, channels=2)
    for _ in range(2):  # the second signal through the same object
        marked = stream(embedder, x, SIZES[sizes]())
        assert marked.dtype == dtype and np.array_equal(marked, whole)


def test_embedder_one_sample_at_a_time(speech, key):
    x = speech[8000:9600]
    embedder = earmark.Embedder(sample_rate=16000, key=key, payload=PAYLOAD)
    marked = stream(embedder, x, always(1))
    with pytest.warns(UserWarning):
        assert np.array_equal(marked, earmark.embed(x, sample_rate=16000, key=key, payload=PAYLOAD))


@pytest.mark.parametrize("sizes", SIZES)
def test_detector_any_chunking(marked, key, sizes):
    whole = earmark.detect(marked, sample_rate=16000, key=key, scores=True)
    assert whole.marked and whole.scores
    detector = earmark.Detector(sample_rate=16000, key=key, scores=True)
    for _ in range(2):
        for chunk in chunks(marked, SIZES[sizes]()):
            detector.push(chunk)
        assert detector.finish() == whole


def test_report_counts_what_has_left(speech, key):
    embedder = earmark.Embedder(sample_rate=16000, key=key, payload=PAYLOAD)
    stream(embedder, speech, always(4000))
    report = embedder.report
    assert report.samples == len(speech) and 2 < report.active_s < len(speech) / 16000 and -40 < report.mark_db < -5


def test_reset_forgets(speech, marked, key):
    embedder = earmark.Embedder(sample_rate=16000, key=key, payload=PAYLOAD)
    embedder.process(speech[::-1])
    embedder.reset()
    assert np.array_equal(stream(embedder, speech, always(999)), marked)
    detector = earmark.Detector(sample_rate=16000, key=key)
    detector.push(marked)
    detector.reset()
    detector.push(speech)
    assert not detector.finish().marked


def test_a_refused_chunk_leaves_the_stream_where_it_was(speech, marked, key):
    embedder = earmark.Embedder(sample_rate=16000, key=key, payload=PAYLOAD)
    bad = speech[:500].copy()
    bad[77] = np.nan
    out = []
    for chunk in chunks(speech, always(5000)):
        for wrong in (bad, np.stack([chunk, chunk]), chunk.astype(np.int32), chunk.astype(np.float64), None):
            with pytest.raises((TypeError, ValueError), match="^block: "):
                if not out and isinstance(wrong, np.ndarray) and wrong.dtype == np.float64:
                    raise ValueError("block: the first chunk may be of any dtype")
                embedder.process(wrong)
        out.append(embedder.process(chunk))
    out.append(embedder.flush())
    assert np.array_equal(np.concatenate(out)[embedder.latency_samples :], marked)


@pytest.mark.parametrize("make", ["embedder", "detector"])
def test_two_threads_on_one_object_are_told(key, make):
    minute = np.random.default_rng(0).normal(0, 0.1, (8, 60 * 16000)).astype(np.float32)
    if make == "embedder":
        shared = earmark.Embedder(sample_rate=16000, key=key, payload=PAYLOAD, channels=8)
        work = shared.process
    else:
        shared = earmark.Detector(sample_rate=16000, key=key, channels=8)
        work = shared.push
    started = threading.Event()

    def long_call():
        started.set()
        work(minute)

    thread = threading.Thread(target=long_call)
    thread.start()
    started.wait()
    refused = 0
    while thread.is_alive():
        try:
            work(minute[:, :1])
        except RuntimeError as error:
            assert "in use by another thread" in str(error)
            refused += 1
        time.sleep(0.01)
    thread.join()
    assert refused > 0
    work(minute[:, :100])  # free again


def test_other_threads_run_meanwhile(key):
    """A thread that only counts goes on counting while a minute is being marked."""
    minute = np.random.default_rng(0).normal(0, 0.1, 120 * 16000).astype(np.float32)
    counted, done = 0, threading.Event()

    def mark():
        earmark.embed(minute, sample_rate=16000, key=key, payload=PAYLOAD)
        done.set()

    thread = threading.Thread(target=mark)
    thread.start()
    longest, last = 0.0, time.perf_counter()
    started = last
    while not done.is_set():
        time.sleep(0.001)
        now = time.perf_counter()
        longest, last, counted = max(longest, now - last), now, counted + 1
    thread.join()
    assert counted > 5 and longest < 0.5 * (last - started)


def test_many_threads_give_the_bits_of_one(stereo, key):
    whole = earmark.embed(stereo, sample_rate=24000, key=key, payload=PAYLOAD)
    results, errors = [], []

    def work():
        try:
            for _ in range(3):
                marked = earmark.embed(stereo, sample_rate=24000, key=key, payload=PAYLOAD)
                results.append(np.array_equal(marked, whole))
                results.append(earmark.detect(marked, sample_rate=24000, key=key).payload == PAYLOAD)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors and len(results) == 48 and all(results)
