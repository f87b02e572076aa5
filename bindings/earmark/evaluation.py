"""How well a watermark survives: one row per clip, attack and truth, then shares with confidence intervals.

    from earmark.evaluation import Earmark, evaluate, summarise

    rows = evaluate(Earmark(key), clips, attacks)     # clips: [(samples, sample_rate), ...], mono
    for line in summarise(rows): print(line)

An attack is any function (samples, sample_rate, seed) -> (samples, sample_rate); `table()` of benchmarks/distortions.py is
such a dict. Another watermark takes part by having what the protocol Watermark asks.
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

from .batch import Row, workers_of
from .detector import detect
from .embedder import embed_reported
from .key import KeyLike, as_marking_key
from .payload import Payload

Samples = npt.NDArray[Any]
Bits = npt.NDArray[np.uint8]
Attack = abc.Callable[[Samples, int, int], tuple[Samples, int]]


@dataclass(frozen=True)
class Found:
    """What a watermark says of a clip. score: more is surer; log10_p: bound or estimate, None where it has none;
    message: bits of 0 and 1, None where none was read."""

    detected: bool
    score: float
    message: Bits | None = None
    log10_p: float | None = None


class Watermark(typing.Protocol):
    """What evaluate() asks of a system. Called from several threads."""

    name: str
    bits: int

    def embed(self, samples: Samples, sample_rate: int, message: Bits) -> Samples: ...

    def detect(self, samples: Samples, sample_rate: int) -> Found: ...


class Earmark:
    """earmark as a Watermark. key: a Key or path; bits: 32, 64 or 128."""

    def __init__(self, key: KeyLike, *, profile: str = "standard", bits: int = 64, p_max: float = 1e-6) -> None:
        if bits not in (32, 64, 128):
            raise ValueError(f"bits: {bits} is not one of 32, 64, 128")
        self.name, self.bits = f"earmark {profile}", bits
        self._key, self._profile, self._p_max = as_marking_key(key), profile, p_max

    def embed(self, samples: Samples, sample_rate: int, message: Bits) -> Samples:
        payload = Payload(np.packbits(message).tobytes())
        marked: Samples = embed_reported(
            samples, sample_rate=sample_rate, key=self._key, payload=payload, profile=self._profile
        )[0]
        return marked

    def detect(self, samples: Samples, sample_rate: int) -> Found:
        found = detect(samples, sample_rate=sample_rate, key=self._key, p_max=self._p_max)
        message = None if found.payload is None else np.unpackbits(np.frombuffer(bytes(found.payload), np.uint8))
        return Found(found.marked, -found.log10_p, message, found.log10_p)


def evaluate(
    system: Watermark,
    clips: abc.Iterable[tuple[Samples, int]],
    attacks: abc.Mapping[str, Attack] | None = None,
    *,
    seed: int = 0,
    workers: int | None = None,
) -> list[Row]:
    """A row per clip, attack and truth (marked or not), in that order; an error stays in the row where it happened.

    system   a Watermark
    clips    (samples, sample_rate) each: (samples,), float, full scale 1; Hz
    attacks  by name; without any, "none" alone. The host and its marked twin get the same seed
    seed     of the messages and of the attacks
    workers  threads; as many as there are cores unless given

    Columns: method, attack, clip (number), marked (truth), seconds (after the attack), score, log10_p, detected,
    bit_acc (share of bits right, 0.5 where none were read, None for unmarked clips), word_acc (1 when all bits are right),
    snr_db (of the mark, before the attack), error.
    """
    listed = list(clips)
    named = dict(attacks) if attacks is not None else {"none": _none}

    def of_clip(number: int) -> list[Row]:
        return _clip_rows(system, *listed[number], named, number, seed)

    with ThreadPoolExecutor(workers_of(workers)) as pool:
        return [row for rows in pool.map(of_clip, range(len(listed))) for row in rows]


def summarise(rows: abc.Sequence[Row], *, resamples: int = 1000, seed: int = 0) -> list[Row]:
    """A line per method and attack: n, errors, tpr, fnr, fpr, bit_acc, word_acc and snr_db, each share with _low and _high,
    the ends of its 95 % bootstrap interval over clips (percentiles; resamples >= 100; the seed makes it repeatable).

    A share of 0 or 1 has an interval without width here; plot.wilson() gives one that knows how few the clips are.
    """
    if resamples < 100:
        raise ValueError(f"resamples: {resamples}, at least 100 are needed")
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
        line["snr_db"] = float(np.mean([row["snr_db"] for row in marked])) if marked else None
        lines.append(line)
    return lines


def _clip_rows(
    system: Watermark, samples: Samples, rate: int, attacks: abc.Mapping[str, Attack], number: int, seed: int
) -> list[Row]:
    own_seed = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
    message = np.random.default_rng(own_seed).integers(0, 2, system.bits, dtype=np.uint8)
    problem: Exception | None = None
    try:
        marked = np.asarray(system.embed(samples, rate, message))
        snr_db = _snr_db(samples, marked)
    except Exception as error:
        problem, snr_db = error, None
    rows = []
    for name, attack in attacks.items():
        for truth in (True, False):
            row: Row = {"method": system.name, "attack": name, "clip": number, "marked": truth}
            row |= dict.fromkeys(("seconds", "score", "log10_p", "detected", "bit_acc", "word_acc"))
            row |= {"snr_db": snr_db if truth else None, "error": None}
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


def _snr_db(host: Samples, marked: Samples) -> float:
    if marked.shape != np.shape(host):
        raise ValueError(f"embed() gave shape {marked.shape} for {np.shape(host)}")
    change = float(np.sum((marked.astype(np.float64) - host) ** 2))
    energy = float(np.sum(np.asarray(host, np.float64) ** 2))
    return 10 * math.log10(energy / change) if energy > 0 and change > 0 else math.inf


def _bootstrap(values: abc.Sequence[float], resamples: int, seed: int) -> tuple[float | None, float | None, float | None]:
    if not values:
        return None, None, None
    array = np.asarray(values, np.float64)
    drawn = np.random.default_rng(seed).integers(0, len(array), (resamples, len(array)))
    low, high = np.percentile(array[drawn].mean(axis=1), (2.5, 97.5))
    return float(array.mean()), float(low), float(high)


def _none(samples: Samples, rate: int, seed: int) -> tuple[Samples, int]:
    return samples, rate
