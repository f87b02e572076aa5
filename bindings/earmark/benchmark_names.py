"""The rows of evaluate() under the names of two published suites, to stand beside their tables.

Read in the suites' sources: OmniSealBench omnisealbench/metrics/detection_scores.py, AudioMarkBench no-box/nobox_*.py.
"""
from __future__ import annotations

import math
from collections import abc
from typing import Any

from .batch import Row
from .evaluation import summarise

_LEAST_LOG10_P = -100.0  # what OmniSealBench writes where the probability is 0 in floating point


def omnisealbench(rows: Any) -> list[Row]:
    """A line per row of a marked or unmarked clip: model, attack, idx, watermarked, det, det_score, snr, sisnr, and for
    marked clips bit_acc, word_acc, p_value, log10_p_value, capacity.

    p_value is theirs: the chance that as many bits or more are right by coin tosses. It is no bound on false alarms; that
    of a system itself is log10_p of evaluate(). capacity is bits x (1 - entropy of bit_acc).
    """
    lines = []
    for row in _good(rows):
        line: Row = {"model": row["method"], "attack": row["attack"], "idx": row["clip"], "watermarked": bool(row["marked"])}
        line |= {"det": row["detected"], "det_score": row["score"], "snr": row["snr_db"], "sisnr": row["si_snr_db"]}
        line |= {"bit_acc": row["bit_acc"], "word_acc": row["word_acc"]}
        line |= dict.fromkeys(("p_value", "log10_p_value", "capacity"))
        if row["marked"]:
            bits, right = row["bits"], round(row["bits"] * row["bit_acc"])
            log10_p = log10_binomial_tail(right, bits)
            line |= {"p_value": 10**log10_p, "log10_p_value": log10_p, "capacity": _capacity(bits, row["bit_acc"])}
        lines.append(line)
    return lines


def audiomarkbench(rows: Any) -> list[Row]:
    """A line per method and perturbation: FNR and FPR at the system's own threshold, BA (bit accuracy, mean), SNR (dB)."""
    return [
        {"method": line["method"], "perturbation": line["attack"], "FNR": line["fnr"], "FPR": line["fpr"],
         "BA": line["bit_acc"], "SNR": line["snr_db"]}
        for line in summarise(rows, resamples=100)
    ]  # fmt: skip


def log10_binomial_tail(right: int, bits: int) -> float:
    """log10 of P(at least `right` of `bits` fair coins are right), not below -100.

    >>> round(log10_binomial_tail(16, 16), 2), round(log10_binomial_tail(0, 16), 2)
    (-4.82, 0.0)
    """
    ways = sum(math.comb(bits, count) for count in range(right, bits + 1))
    return max(_LEAST_LOG10_P, math.log10(ways) - bits * math.log10(2)) if ways else _LEAST_LOG10_P


def _capacity(bits: int, bit_acc: float) -> float:
    entropy = -sum(share * math.log2(share) for share in (bit_acc, 1 - bit_acc) if share > 0)
    return bits * (1 - entropy)


def _good(rows: Any) -> abc.Iterator[Row]:
    listed = rows.to_dict("records") if hasattr(rows, "to_dict") else rows
    return (row for row in listed if row["error"] is None)
