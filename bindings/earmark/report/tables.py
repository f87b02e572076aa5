"""The three tables of a report: what the mark changes, what it survives, and how often it is seen where it is not.

Every row of the first two is a share with its Wilson interval, in which the clips count as independent and the windows
of one clip do not: n windows of c clips are taken as c trials. The third has a fresh random key for every trial, so that
there the trials themselves are independent, whatever the audio: the bound is a theorem about the key.
"""
from __future__ import annotations

import hashlib
import importlib
import math
from collections import abc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..attacks.attack import Attack
from ..batch import progress_bar
from ..config import workers_of
from ..detector import detect
from ..embedder import embed_reported
from ..key import Key
from ..payload import Payload
from ..plot import wilson
from .clips import FRAME_S, Clip, Samples, speech_starts

Row = dict[str, Any]
THRESHOLDS = (1e-1, 1e-2, 1e-3, 1e-4, 1e-6)
_SEGMENT_S = 10.0  # of the false-alarm trials, at most


@dataclass(frozen=True)
class Settings:
    """What is measured. windows: lengths in s; trials: windows a clip, attack and length; keys: random keys a segment."""

    key: Key
    profile: str
    attacks: abc.Mapping[str, Attack]
    windows: tuple[float, ...]
    trials: int
    keys: int
    seed: int
    p_max: float
    search: str
    jobs: int | None = None
    progress: bool | None = None


@dataclass(frozen=True)
class MarkedClip:
    clip: Clip
    marked: Samples
    payload: Payload
    quality: Row


def seeded(*words: object, size: int = 32) -> bytes:
    """The same bytes for the same words, on every machine: SHAKE-256."""
    return hashlib.shake_256("/".join(map(str, words)).encode()).digest(size)


def seeded_number(*words: object) -> int:
    return int.from_bytes(seeded(*words, size=6), "big")


def share(count: int, windows: int, clips: int) -> Row:
    """A share with its interval; the interval is that of `clips` trials."""
    if windows == 0:
        return {"count": 0, "windows": 0, "clips": 0, "share": None, "low": None, "high": None}
    low, high = _wilson(count / windows, clips)
    return {"count": count, "windows": windows, "clips": clips, "share": count / windows, "low": low, "high": high}


def marked_clips(clips: abc.Sequence[Clip], settings: Settings) -> list[MarkedClip]:
    """Every clip with a payload of its own, and how far the marked one is from the host."""

    def mark(clip: Clip) -> MarkedClip:
        payload = Payload(int.from_bytes(seeded("payload", settings.seed, clip.digest, size=8), "big"))
        marked, report = embed_reported(
            clip.samples, sample_rate=clip.rate, key=settings.key, payload=payload, profile=settings.profile
        )
        quality = {"mark_db": report.mark_db, "limited_samples": report.limited_samples, "active_s": report.active_s}
        return MarkedClip(clip, marked, payload, quality | _quality(clip.samples, marked, clip.rate))

    return _in_threads(mark, clips, settings, "marking")


def robustness(marked: abc.Sequence[MarkedClip], settings: Settings) -> list[Row]:
    """A row an attack: found, exact (whole payload read right), wrong (another payload read) and host (the unmarked clip
    after the same attack, called marked), by window length; error where it could not be run."""
    jobs: list[tuple[str, MarkedClip]] = [(name, one) for name in settings.attacks for one in marked]
    done = _in_threads(lambda job: _attacked(job[0], job[1], settings), jobs, settings, "attacks")
    rows = []
    for name, attack in settings.attacks.items():
        verdicts = [verdict for verdict in done if verdict["attack"] == name]
        errors = [verdict["error"] for verdict in verdicts if verdict["error"]]
        row: Row = {"attack": name, "source": attack.source, "error": errors[0] if errors else None, "windows": {}}
        for length in settings.windows:
            own = [seen for verdict in verdicts for seen in verdict["windows"] if seen["length"] == length]
            clips = len({seen["clip"] for seen in own})
            counts = {what: sum(seen[what] for seen in own) for what in ("found", "exact", "wrong", "host")}
            row["windows"][f"{length:g}"] = {what: share(count, len(own), clips) for what, count in counts.items()}
        rows.append(row)
    return rows


def false_alarms(marked: abc.Sequence[MarkedClip], settings: Settings) -> list[Row]:
    """A row a kind of audio ("unmarked" clips, and clips "marked with another key"): trials, hours, log10_p of each, and
    how many were at or below each threshold, against the bound."""
    rows = []
    for kind in ("unmarked", "marked with another key"):
        jobs = [
            (one, start, number)
            for one in marked
            for start in range(0, len(one.clip.samples), int(_SEGMENT_S * one.clip.rate))
            for number in range(settings.keys)
        ]
        found = [seen for seen in _in_threads(lambda job: _trial(kind, job, settings), jobs, settings, kind) if seen]
        log10_p = sorted(seen[0] for seen in found)
        row: Row = {"kind": kind, "trials": len(found), "hours": sum(seen[1] for seen in found) / 3600, "log10_p": log10_p}
        row["payloads_read"] = sum(seen[2] for seen in found)
        row["thresholds"] = [_against_bound(log10_p, threshold) for threshold in THRESHOLDS]
        rows.append(row)
    return rows


def quality(marked: abc.Sequence[MarkedClip]) -> list[Row]:
    """A row a measure: mean with a 95 % interval (Student's, over clips), the worst clip and its name."""
    rows = []
    for name, (words, worst_is) in MEASURES.items():
        values = np.array([one.quality[name] for one in marked], dtype=np.float64)
        finite = np.isfinite(values)
        if not finite.any():
            continue
        numbers = values[finite]
        error = float(np.std(numbers, ddof=1)) / math.sqrt(len(numbers)) if len(numbers) > 1 else math.nan
        half = error * float(importlib.import_module("scipy.stats").t.ppf(0.975, max(1, len(numbers) - 1)))
        worst = int(worst_is(np.where(finite, values, numbers.mean())))
        row = {"measure": name, "words": words, "clips": len(numbers), "mean": float(numbers.mean()), "half": half}
        rows.append(row | {"worst": float(values[worst]), "worst_clip": marked[worst].clip.name, "values": values.tolist()})
    return rows


# What each measure is, and which end of it is the worse one.
MEASURES: abc.Mapping[str, tuple[str, abc.Callable[[Any], Any]]] = {
    "snr_db": ("host over change, dB", np.argmin),
    "si_snr_db": ("the same, blind to overall gain, dB", np.argmin),
    "segmental_snr_db": ("mean over speaking 20 ms frames, each held to -10 to 35 dB", np.argmin),
    "mark_db": ("energy of the change against the host's, dB", np.argmax),
}


def _quality(host: Samples, marked: Samples, rate: int) -> Row:
    change = marked - host
    target = host * (float(np.dot(host, marked)) / (float(np.dot(host, host)) + 1e-20))
    length = int(round(FRAME_S * rate))
    frames = len(host) // length
    loud = np.array([_ratio_db(host[i * length :][:length], change[i * length :][:length]) for i in range(frames)])
    energy_db = np.array([10 * math.log10(float(np.mean(host[i * length :][:length] ** 2)) + 1e-20) for i in range(frames)])
    speaks = energy_db > max(float(np.percentile(energy_db, 95)) - 35, -60)
    segmental = float(np.mean(np.clip(loud[speaks], -10, 35))) if speaks.any() else math.nan
    return {
        "snr_db": _ratio_db(host, change),
        "si_snr_db": _ratio_db(target, marked - target),
        "segmental_snr_db": segmental,
    }


def _ratio_db(signal: Samples, noise: Samples) -> float:
    return 10 * math.log10((float(np.sum(signal**2)) + 1e-20) / (float(np.sum(noise**2)) + 1e-20))


def _wilson(observed: float, trials: int) -> tuple[float, float]:
    """wilson() of a share that need not be a whole number of trials: the ends of the two whole ones round it."""
    below, above = math.floor(observed * trials + 1e-9), math.ceil(observed * trials - 1e-9)
    return wilson(below, trials)[0], wilson(above, trials)[1]


def _attacked(name: str, one: MarkedClip, settings: Settings) -> Row:
    """The windows of one clip after one attack; the host goes the same way with the same seed."""
    attack, clip = settings.attacks[name], one.clip
    seed = seeded_number("attack", settings.seed, name, clip.digest)
    try:
        received, rate = attack(one.marked, clip.rate, seed)
        host, _ = attack(clip.samples, clip.rate, seed)
    except OSError as error:  # a program that is not installed
        return {"attack": name, "error": str(error), "windows": []}
    windows = []
    for length in settings.windows:
        starts = speech_starts(clip, length)
        random = np.random.default_rng(seeded_number("window", settings.seed, name, clip.digest, length))
        chosen = random.choice(starts, settings.trials) if len(starts) else np.zeros(0)
        for start_s in chosen:
            begin = attack.received_s(float(start_s) + random.uniform(0, FRAME_S), clip.samples, clip.rate, seed)
            cut = _cut(len(received), begin, length, rate)
            if cut is None:
                continue
            windows.append({"clip": clip.digest, "length": length} | _verdict(received[cut], host[cut], rate, one.payload, settings))
    return {"attack": name, "error": None, "windows": windows}


def _cut(samples: int, start_s: float, length_s: float, rate: int) -> slice | None:
    """A window that an attack pushed over an edge is moved back inside; None where the audio became shorter than it."""
    length = int(round(length_s * rate))
    start = min(max(0, int(start_s * rate)), samples - length)
    return slice(start, start + length) if start >= 0 else None


def _verdict(received: Samples, host: Samples, rate: int, payload: Payload, settings: Settings) -> Row:
    asked: Row = {"sample_rate": rate, "key": settings.key, "search": settings.search, "p_max": settings.p_max}
    found, control = detect(received, **asked), detect(host, **asked)
    read = [payload_read for payload_read in (found.payload, control.payload) if payload_read is not None]
    return {
        "found": found.marked,
        "exact": found.marked and found.payload == payload,
        "wrong": any(one != payload for one in read) or control.payload is not None,
        "host": control.marked,
    }


def _trial(kind: str, job: tuple[MarkedClip, int, int], settings: Settings) -> tuple[float, float, bool] | None:
    """log10_p, seconds, and whether a payload was read: of one segment, under a key that nothing was made with."""
    one, start, number = job
    clip = one.clip
    audio = (clip.samples if kind == "unmarked" else one.marked)[start : start + int(_SEGMENT_S * clip.rate)]
    if len(audio) < clip.rate:
        return None
    key = Key.from_bytes(seeded("false alarm", settings.seed, kind, clip.digest, start, number))
    found = detect(audio, sample_rate=clip.rate, key=key, search=settings.search, p_max=settings.p_max)
    return found.log10_p, len(audio) / clip.rate, found.payload is not None


def _against_bound(log10_p: abc.Sequence[float], threshold: float) -> Row:
    """How many of the trials had p at or below the threshold. exceeded: so many are not chance, were the bound kept (the
    chance of as many is below 1 in 1000)."""
    trials = len(log10_p)
    count = sum(value <= math.log10(threshold) for value in log10_p)
    row: Row = {"threshold": threshold, "count": count, "expected_at_most": threshold * trials}
    row["high"] = wilson(count, trials)[1] if count else (1 - 0.05 ** (1 / trials) if trials else 1.0)
    return row | {"exceeded": count > 0 and _at_least(count, trials, threshold) < 1e-3}


def _at_least(count: int, trials: int, chance: float) -> float:
    """Probability of `count` or more in binomial trials."""
    below = 0.0
    for k in range(count):
        log = math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1)
        below += math.exp(log + k * math.log(chance) + (trials - k) * math.log1p(-chance))
    return max(0.0, 1 - below)


def _in_threads(work: abc.Callable[[Any], Any], jobs: abc.Sequence[Any], settings: Settings, label: str) -> list[Any]:
    with ThreadPoolExecutor(workers_of(settings.jobs)) as pool, progress_bar(len(jobs), settings.progress, label) as advance:
        done = []
        for one in pool.map(work, jobs):
            done.append(one)
            advance(1)
        return done
