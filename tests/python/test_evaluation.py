"""The tidy table and its summary; a system that cannot work must come out as one that does not."""

import pathlib

import numpy as np
import pytest

import earmark
from earmark.evaluation import Earmark, Found, evaluate, summarise

ROOT = pathlib.Path(__file__).resolve().parents[2]


def white_20db(samples, rate, seed):
    noise = np.random.default_rng(seed).standard_normal(len(samples))
    return samples + noise * np.sqrt(np.mean(samples**2) / np.mean(noise**2) / 100), rate


def broken(samples, rate, seed):
    raise OSError("no such codec")


def short(samples, rate, seed):
    return samples[:0], rate


@pytest.fixture
def clips(voice, stereo):
    return [(voice(16000), 16000), (stereo[1].astype(np.float64), 24000), (voice(8000)[::-1].copy(), 8000)]


class Deaf:
    """Marks nothing and guesses."""

    name, bits = "deaf", 16

    def embed(self, samples, sample_rate, message):
        return samples.copy()

    def detect(self, samples, sample_rate):
        return Found(False, 0.0, np.zeros(16, np.uint8))


class Loud(Deaf):
    name = "loud"

    def detect(self, samples, sample_rate):
        return Found(True, 1.0)

    def embed(self, samples, sample_rate, message):
        if sample_rate == 8000:
            raise ValueError("rate")
        return samples[1:] if sample_rate == 24000 else samples + 0.01


def test_earmark(clips, key):
    rows = earmark.evaluate(Earmark(key), clips, {"none": lambda x, r, s: (x, r), "white_20db": white_20db})
    assert len(rows) == 12 and len({tuple(row) for row in rows}) == 1
    assert [row["clip"] for row in rows] == [0] * 4 + [1] * 4 + [2] * 4
    for row in rows:
        assert row["error"] is None and row["detected"] == row["marked"]
        if row["marked"]:
            assert row["log10_p"] < -6 and 10 < row["snr_db"] < 40
    clean, noisy = summarise(rows)
    assert (clean["tpr"], clean["fnr"], clean["fpr"], clean["word_acc"], clean["n"]) == (1, 0, 0, 1, 3)
    assert clean["bit_acc"] == 1 and noisy["attack"] == "white_20db" and noisy["tpr"] == 1


def test_negative_controls(clips):
    (line,) = summarise(evaluate(Deaf(), clips))
    assert line["tpr"] == 0 and line["fpr"] == 0 and 0.2 < line["bit_acc"] < 0.8 and line["word_acc"] == 0
    rows = evaluate(Loud(), clips)
    (line,) = summarise(rows)
    assert line["tpr"] == 1 and line["fpr"] == 1 and line["bit_acc"] == 0.5 and line["errors"] == 2
    assert [row["error"] for row in rows if row["marked"]] == [None, "ValueError: embed() gave shape "
            f"({len(clips[1][0]) - 1},) for ({len(clips[1][0])},)", "ValueError: rate"]


def test_errors_stay_in_their_rows(clips, key):
    rows = evaluate(Earmark(key), clips[:1], {"broken": broken, "short": short, "none": lambda x, r, s: (x, r)})
    assert [row["error"] for row in rows[:2]] == ["OSError: no such codec"] * 2
    assert all(row["error"].startswith("ValueError: x: 0 samples") for row in rows[2:4])
    assert rows[4]["detected"] and rows[4]["error"] is None
    assert [line["errors"] for line in summarise(rows)] == [2, 2, 0] and summarise(rows)[0]["tpr"] is None


def test_same_seed_same_rows(clips, key):
    runs = [evaluate(Earmark(key, bits=32), clips, {"white": white_20db}, seed=seed) for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_bootstrap_interval():
    rows = [
        {"method": "m", "attack": "a", "marked": True, "detected": n < 70, "bit_acc": 1.0, "word_acc": 1, "snr_db": 20.0,
         "error": None} for n in range(100)
    ]
    (line,) = summarise(rows, resamples=4000)
    assert line["tpr"] == 0.7 and line["tpr_low"] == pytest.approx(0.61, abs=0.02) and line["tpr_high"] == pytest.approx(
        0.79, abs=0.02)
    assert line["fnr"] == pytest.approx(0.3) and line["fpr"] is None and line == summarise(rows, resamples=4000)[0]
    with pytest.raises(ValueError, match="^resamples: "):
        summarise(rows, resamples=10)


def test_the_distortions_of_the_benchmarks_are_attacks(clips, key, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    from distortions import table

    chosen = {name: table()[name] for name in ("crop", "g711_mu", "white_20db", "polarity", "resample_8000")}
    rows = evaluate(Earmark(key), clips[:2], chosen)
    assert all(row["error"] is None and row["detected"] == row["marked"] for row in rows)


def test_settings(key):
    with pytest.raises(ValueError, match="^bits: "):
        Earmark(key, bits=16)
    with pytest.raises(TypeError, match="^key: "):
        Earmark(key.screening())
    assert evaluate(Earmark(key), []) == []
