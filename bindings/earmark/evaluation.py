"""How well a watermark survives: one row per clip, attack and truth, then shares with confidence intervals.

    from earmark.systems import Earmark

    rows = earmark.evaluate(Earmark(key), clips, earmark.attacks.table())    # clips: [(samples, sample_rate), ...], mono
    for line in earmark.evaluation.summarise(rows): print(line)

An attack is any function (samples, sample_rate, seed) -> (samples, sample_rate). Another watermark takes part by having
what the protocol Watermark asks; earmark.systems has three.
"""
from __future__ import annotations

import math
import typing
from collections import abc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .batch import Row, check_table, progress_bar, table_of
from .config import workers_of

Samples = npt.NDArray[Any]
Bits = npt.NDArray[np.uint8]
Attack = abc.Callable[[Samples, int, int], tuple[Samples, int]]


@dataclass(frozen=True)
class Found:
    """What a watermark says of a clip. score: more is surer; message: bits of 0 and 1, None where none was read; log10_p:
    its own bound or estimate of the false-alarm probability, None where it has none."""

    detected: bool
    score: float
    message: Bits | None = None
    log10_p: float | None = None


class Watermark(typing.Protocol):
    """What evaluate() asks of a system. Called from several threads.

    name  stands in the rows
    bits  of a message
    embed   (samples,) float, Hz, (bits,) of 0 and 1 -> the marked samples, as many
    detect  (samples,) float, Hz -> Found; the rate is what the attack left
    """

    @property
    def name(self) -> str: ...

    @property
    def bits(self) -> int: ...

    def embed(self, samples: Samples, sample_rate: int, message: Bits) -> Samples: ...

    def detect(self, samples: Samples, sample_rate: int) -> Found: ...


def evaluate(
    system: Watermark,
    clips: abc.Iterable[tuple[Samples, int]],
    attacks: abc.Mapping[str, Attack] | None = None,
    *,
    seed: int = 0,
    workers: int | None = None,
    progress: bool | None = False,
    table: str = "rows",
) -> Any:
    """A row per clip, attack and truth (marked or not), in that order; an error stays in the row where it happened.

    system   a Watermark
    clips    (samples, sample_rate) each: (samples,), float, full scale 1; Hz
    attacks  by name: earmark.attacks.table(), a suite() or your own; without any, "none" alone. The host and its marked
             twin get the same seed
    seed     0 or more, of the messages and of the attacks
    workers  threads; as many as there are cores unless given
    progress, table  as detect_many(); the table is a list of dicts unless asked for otherwise

    Columns: method, attack, clip (number), marked (truth), seconds (after the attack), detected, score, log10_p (what the
    system itself claims), bits, bit_acc (share of bits right, 0.5 where none were read; None for unmarked clips), word_acc
    (1 when all bits are right), snr_db and si_snr_db (of the mark, before the attack), error.

    >>> import numpy as np
    >>> from earmark import Key
    >>> from earmark.systems import Earmark
    >>> clip = np.random.default_rng(8).normal(0, 0.1, 48000), 16000
    >>> marked, unmarked = evaluate(Earmark(Key.generate()), [clip])
    >>> marked["detected"], marked["word_acc"], unmarked["detected"]
    (True, 1, False)
    """
    check_table(table)
    for part in ("name", "bits", "embed", "detect"):
        if not hasattr(system, part):
            raise TypeError(f"system: {type(system).__name__} has no {part}; a Watermark is needed")
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise TypeError(f"seed: {type(seed).__name__} given, an integer is needed")
    if seed < 0:
        raise ValueError(f"seed: {seed}, 0 or more is needed")
    listed = [_clip(clip, number) for number, clip in enumerate(clips)]
    named = _named(attacks)

    def of_clip(number: int) -> list[Row]:
        return _clip_rows(system, *listed[number], named, number, int(seed))

    rows: list[Row] = []
    with ThreadPoolExecutor(workers_of(workers)) as pool, progress_bar(len(listed), progress, "evaluate") as advance:
        for some in pool.map(of_clip, range(len(listed))):
            rows += some
            advance(1)
    return table_of(rows, table)


def summarise(rows: Any, *, resamples: int = 1000, seed: int = 0) -> list[Row]:
    """A line per method and attack: n, errors, tpr, fnr, fpr, bit_acc, word_acc, auc, tpr_at_fpr_1 and snr_db.

    rows       what evaluate() gave, as a list of dicts or a DataFrame
    resamples  100 or more

    Each share has _low and _high, the ends of its 95 % bootstrap interval over clips (percentiles; the seed makes it
    repeatable). A share of 0 or 1 has an interval without width here; plot.wilson() gives one that knows how few the clips
    are. auc and tpr_at_fpr_1 (found at the threshold that 1 % of the unmarked clips pass, ties shared out, as RT-SW) come
    from the scores alone; None without clips of both kinds.
    """
    if resamples < 100:
        raise ValueError(f"resamples: {resamples}, at least 100 are needed")
    rows = rows.to_dict("records") if hasattr(rows, "to_dict") else list(rows)
    lines = []
    for method, attack in dict.fromkeys((row["method"], row["attack"]) for row in rows):
        own = [row for row in rows if (row["method"], row["attack"]) == (method, attack)]
        good = [row for row in own if row["error"] is None]
        marked = [row for row in good if row["marked"]]
        unmarked = [row for row in good if not row["marked"]]
        line: Row = {"method": method, "attack": attack, "n": len(marked), "errors": len(own) - len(good)}
        for name, values in (
            ("tpr", [row["detected"] for row in marked]),
            ("fnr", [not row["detected"] for row in marked]),
            ("fpr", [row["detected"] for row in unmarked]),
            ("bit_acc", [row["bit_acc"] for row in marked]),
            ("word_acc", [row["word_acc"] for row in marked]),
        ):
            line[name], line[f"{name}_low"], line[f"{name}_high"] = _bootstrap(values, resamples, seed)
        scores = [np.array([row["score"] for row in part], np.float64) for part in (marked, unmarked)]
        line["auc"], line["tpr_at_fpr_1"] = _auc(*scores), _tpr_at(0.01, *scores)
        line["snr_db"] = float(np.mean([row["snr_db"] for row in marked])) if marked else None
        lines.append(line)
    return lines


def _named(attacks: abc.Mapping[str, Attack] | None) -> dict[str, Attack]:
    if attacks is None:
        return {"none": _none}
    if not isinstance(attacks, abc.Mapping):
        raise TypeError(f"attacks: {type(attacks).__name__} given, a dict of functions by name is needed")
    for name, attack in attacks.items():
        if not callable(attack):
            raise TypeError(f"attacks: {name} is {type(attack).__name__}, a function is needed")
    return dict(attacks)


def _clip(clip: Any, number: int) -> tuple[Samples, int]:
    if not isinstance(clip, (tuple, list)) or len(clip) != 2:
        raise TypeError(f"clips: number {number} is {type(clip).__name__}, (samples, sample_rate) is needed")
    return np.asarray(clip[0]), clip[1]


def _clip_rows(
    system: Watermark, samples: Samples, rate: int, attacks: abc.Mapping[str, Attack], number: int, seed: int
) -> list[Row]:
    own_seed = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
    message = np.random.default_rng(own_seed).integers(0, 2, system.bits, dtype=np.uint8)
    problem: Exception | None = None
    quality: Row = {"snr_db": None, "si_snr_db": None}
    try:
        marked = np.asarray(system.embed(samples, rate, message))
        quality = _quality(samples, marked)
    except Exception as error:
        problem = error
    rows = []
    for name, attack in attacks.items():
        for truth in (True, False):
            row: Row = {"method": system.name, "attack": name, "clip": number, "marked": truth}
            row |= dict.fromkeys(("seconds", "detected", "score", "log10_p"))
            row |= {"bits": system.bits, "bit_acc": None, "word_acc": None}
            row |= quality if truth else dict.fromkeys(quality)
            row["error"] = None
            try:
                if truth and problem is not None:
                    raise problem
                received, new_rate = attack(marked if truth else samples, rate, own_seed)
                row["seconds"] = len(received) / new_rate
                found = system.detect(received, new_rate)
                row |= {"score": found.score, "log10_p": found.log10_p, "detected": bool(found.detected)}
                if truth:
                    row |= _message_columns(found.message, message)
            except Exception as error:
                row["error"] = f"{type(error).__name__}: {error}"
            rows.append(row)
    return rows


def _message_columns(read: Bits | None, sent: Bits) -> Row:
    if read is None or len(read) != len(sent):
        return {"bit_acc": 0.5, "word_acc": 0}
    right = np.asarray(read) == sent
    return {"bit_acc": float(right.mean()), "word_acc": int(right.all())}


def _quality(host: Samples, marked: Samples) -> Row:
    if marked.shape != np.shape(host):
        raise ValueError(f"embed() gave shape {marked.shape} for {np.shape(host)}")
    before, after = np.asarray(host, np.float64), marked.astype(np.float64)
    level = before - before.mean(), after - after.mean()
    fitted = level[0] * (float(np.dot(*level)) / max(float(np.dot(level[0], level[0])), 1e-20))
    return {"snr_db": _ratio_db(before, after - before), "si_snr_db": _ratio_db(fitted, level[1] - fitted)}


def _ratio_db(signal: Samples, change: Samples) -> float:
    energy, changed = float(np.sum(signal**2)), float(np.sum(change**2))
    return 10 * math.log10(energy / changed) if energy > 0 and changed > 0 else math.inf


def _bootstrap(values: abc.Sequence[float], resamples: int, seed: int) -> tuple[float | None, float | None, float | None]:
    if not values:
        return None, None, None
    array = np.asarray(values, np.float64)
    drawn = np.random.default_rng(seed).integers(0, len(array), (resamples, len(array)))
    low, high = np.percentile(array[drawn].mean(axis=1), (2.5, 97.5))
    return float(array.mean()), float(low), float(high)


def _auc(marked: Samples, unmarked: Samples) -> float | None:
    """Share of pairs in which the marked clip scores higher; ties count half (Mann and Whitney 1947)."""
    if not len(marked) or not len(unmarked):
        return None
    ordered = np.sort(unmarked)
    below, up_to = np.searchsorted(ordered, marked, "left"), np.searchsorted(ordered, marked, "right")
    return float(np.mean(below + up_to) / 2 / len(ordered))


def _tpr_at(fpr: float, marked: Samples, unmarked: Samples) -> float | None:
    """Share of marked clips found when exactly `fpr` of the unmarked are called marked; a tie at the threshold is drawn."""
    if not len(marked) or not len(unmarked):
        return None
    thresholds = np.unique(np.concatenate([marked, unmarked, [np.inf]]))[::-1]
    alarms = np.array([np.mean(unmarked >= one) for one in thresholds])
    found = np.array([np.mean(marked >= one) for one in thresholds])
    return float(np.interp(fpr, *_upper(alarms, found)))


def _upper(alarms: Samples, found: Samples) -> tuple[Samples, Samples]:
    """One point per share of alarms, the best."""
    shares = np.unique(alarms)
    return shares, np.array([found[alarms == one].max() for one in shares])


def _none(samples: Samples, rate: int, seed: int) -> tuple[Samples, int]:
    return samples, rate
