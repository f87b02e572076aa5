"""The tidy table and its summary; a system that cannot work must come out as one that does not."""


import numpy as np
import pytest

import earmark
from earmark import attacks, benchmark_names
from earmark.evaluation import Found, evaluate, summarise
from earmark.systems import Audiowmark, AudioSeal, Earmark

import other_watermarks



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
         "score": float(n), "error": None} for n in range(100)
    ]
    (line,) = summarise(rows, resamples=4000)
    assert line["tpr"] == 0.7 and line["tpr_low"] == pytest.approx(0.61, abs=0.02) and line["tpr_high"] == pytest.approx(
        0.79, abs=0.02)
    assert line["fnr"] == pytest.approx(0.3) and line["fpr"] is None and line == summarise(rows, resamples=4000)[0]
    with pytest.raises(ValueError, match="^resamples: "):
        summarise(rows, resamples=10)


def test_the_distortion_table(clips, key):
    some = attacks.chosen(attacks.table(), "crop,g711_mu,white_20db,polarity,resample_8000,overwrite")
    rows = evaluate(Earmark(key), clips[:2], some)
    assert len(rows) == 24 and all(row["error"] is None and row["detected"] == row["marked"] for row in rows)


def test_settings(key):
    with pytest.raises(ValueError, match="^bits: "):
        Earmark(key, bits=16)
    with pytest.raises(TypeError, match="^key: "):
        Earmark(key.screening())
    assert evaluate(Earmark(key), []) == []


def test_arguments(clips, key):
    for error, name, more in (
        (TypeError, "system", {"system": None}), (TypeError, "seed", {"seed": 0.5}), (ValueError, "seed", {"seed": -1}), (TypeError, "attacks", {"attacks": [1]}),
        (TypeError, "attacks", {"attacks": {"none": 5}}), (ValueError, "workers", {"workers": 0}),
        (ValueError, "table", {"table": "csv"}), (TypeError, "clips", {"clips": [clips[0][0]]}),
    ):  # fmt: skip
        with pytest.raises(error, match=f"^{name}: "):
            evaluate(**{"system": Deaf(), "clips": clips} | more)
    assert len(evaluate(Deaf(), clips, table="pandas")) == 6


def test_scores_alone_give_auc_and_tpr_at_one_percent():
    def rows(marked, unmarked):
        scored = [(True, one) for one in marked] + [(False, one) for one in unmarked]
        return [{"method": "m", "attack": "a", "marked": truth, "detected": False, "bit_acc": 0.5, "word_acc": 0,
                 "snr_db": 20.0, "score": score, "error": None} for truth, score in scored]  # fmt: skip

    def line(*scores):
        found = summarise(rows(*scores), resamples=100)[0]
        return found["auc"], found["tpr_at_fpr_1"]

    assert line([3, 4], [1, 2]) == (1, 1) and line([1, 1], [1, 1])[0] == 0.5 and line([0, 0], [1, 2]) == (0, 0)
    assert line([1.0] * 50, [1.0] * 50)[1] == pytest.approx(0.01)  # all tied: as many found as alarms
    rng = np.random.default_rng(0)
    auc, tpr = line(rng.normal(2, 1, 4000), rng.normal(0, 1, 4000))
    assert auc == pytest.approx(0.9214, abs=0.01) and tpr == pytest.approx(0.372, abs=0.06)  # normal tables


def test_names_of_the_suites(clips, key):
    rows = evaluate(Earmark(key), clips[:2], {"none": lambda x, r, s: (x, r), "broken": broken})
    marked, unmarked = benchmark_names.omnisealbench(rows)[:2]
    assert set(marked) == {"model", "attack", "idx", "watermarked", "det", "det_score", "snr", "sisnr", "bit_acc", "word_acc",
                           "p_value", "log10_p_value", "capacity"} == set(unmarked)  # fmt: skip
    assert marked["capacity"] == 64 and marked["log10_p_value"] == pytest.approx(-64 * np.log10(2)) and marked["word_acc"] == 1
    assert unmarked["p_value"] is None and not unmarked["det"] and len(benchmark_names.omnisealbench(rows)) == 4
    (nobox, failed) = benchmark_names.audiomarkbench(rows)
    assert (nobox["perturbation"], nobox["FNR"], nobox["FPR"], nobox["BA"]) == ("none", 0, 0, 1) and failed["FNR"] is None
    from scipy.stats import binomtest

    for right, bits in ((16, 16), (9, 16), (0, 16), (40, 64)):
        expected = np.log10(binomtest(right, bits, 0.5, alternative="greater").pvalue)
        assert benchmark_names.log10_binomial_tail(right, bits) == pytest.approx(expected, abs=1e-9)


def test_audiowmark(clips, tmp_path):
    """Against a stand-in that prints candidates for everything, as the real program does."""
    program = other_watermarks.install_audiowmark(tmp_path)
    (tmp_path / "a.key").write_text("key")
    noisy = {"none": lambda x, r, s: (x, r), "white_20db": attacks.table()["white_20db"]}
    rows = evaluate(Audiowmark(str(program), key=tmp_path / "a.key", strength=15), clips[:2], noisy)
    for row in rows:
        assert row["error"] is None and row["detected"] == row["marked"] and row["method"] == "audiowmark 15"
        assert not row["marked"] or (row["word_acc"] == 1 and row["bits"] == 128 and row["snr_db"] > 3)
    other = Audiowmark(str(program))
    received = Audiowmark(str(program), key=tmp_path / "a.key").embed(*clips[0], np.ones(128, np.uint8))
    found = other.detect(received, clips[0][1])
    assert not found.detected and found.message.shape == (128,) and found.log10_p is None
    with pytest.raises(OSError, match="^audiowmark add exit 1: "):
        Audiowmark(str(program), key=tmp_path / "none.key").embed(*clips[0], np.ones(128, np.uint8))
    with pytest.raises(FileNotFoundError, match="^program: audiowmark-9 is no program"):
        Audiowmark("audiowmark-9")
    with pytest.raises(ValueError, match="^detect_speed: "):
        Audiowmark(str(program), detect_speed="fast")


def test_audioseal(clips, monkeypatch):
    """Against a stand-in that insists on the shapes, types and rate that the real models take."""
    other_watermarks.install_audioseal(monkeypatch)
    rows = evaluate(AudioSeal(), clips, {"none": lambda x, r, s: (x, r), "polarity": lambda x, r, s: (-x, r)})
    assert [row["error"] for row in rows] == [None] * 12
    for row in rows:
        assert row["detected"] == (row["marked"] and row["attack"] == "none") and row["bits"] == 16
        if row["marked"]:
            assert row["bit_acc"] == (1 if row["attack"] == "none" else 0)


def test_audioseal_is_imported_only_when_asked_for(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "audioseal", None)
    with pytest.raises(ImportError, match="AudioSeal needs its packages"):
        AudioSeal()
