"""The settings of an embedder and of a detector: checked when made, immutable, picklable when their keys have files."""
from __future__ import annotations

import math
import operator
import os
from dataclasses import dataclass
from typing import Any

from .audio import MAX_CHANNELS
from .key import AnyKey, Key, ScreeningKey, as_marking_key, as_named_keys
from .payload import Payload

PROFILES = ("transparent", "standard", "robust")
SEARCHES = ("none", "drift", "full")
MIN_SAMPLE_RATE_HZ = 8000
MAX_SAMPLE_RATE_HZ = 192000


@dataclass(frozen=True)
class EmbedConfig:
    """What an Embedder is made of.

    sample_rate: Hz, 8000 to 192000. key: a Key or the path of its file. payload: whatever Payload() takes.
    channels: 1 to 64, every channel carries the same mark. profile: "transparent", "standard" or "robust", how deep
    the mark goes. ValueError or TypeError names the argument.
    """

    sample_rate: int
    key: Key
    payload: Payload
    channels: int = 1
    profile: str = "standard"

    def __post_init__(self) -> None:
        _set(
            self,
            sample_rate=as_sample_rate(self.sample_rate),
            key=as_marking_key(self.key),
            payload=Payload(self.payload),
            channels=as_channels(self.channels),
            profile=as_choice("profile", self.profile, PROFILES),
        )


@dataclass(frozen=True)
class DetectConfig:
    """What a Detector is made of.

    sample_rate: Hz, 8000 to 192000. key: one or several, see detect(); kept as a tuple of (name, key).
    channels: 1 to 64, each is judged alone. search: how much change of tempo and pitch is looked through.
    p_max: 0 to 1, both excluded; marked means a false-alarm probability of at most this. scores: keep the score over
    time. ValueError or TypeError names the argument.
    """

    sample_rate: int
    key: tuple[tuple[str, AnyKey], ...]
    channels: int = 1
    search: str = "none"
    p_max: float = 1e-6
    scores: bool = False

    def __post_init__(self) -> None:
        _set(
            self,
            sample_rate=as_sample_rate(self.sample_rate),
            key=self.key if _is_named(self.key) else as_named_keys(self.key),
            channels=as_channels(self.channels),
            search=as_choice("search", self.search, SEARCHES),
            p_max=as_p_max(self.p_max),
            scores=bool(self.scores),
        )


def as_sample_rate(value: object) -> int:
    rate = _whole("sample_rate", value)
    if not MIN_SAMPLE_RATE_HZ <= rate <= MAX_SAMPLE_RATE_HZ:
        raise ValueError(f"sample_rate: {rate} Hz is outside {MIN_SAMPLE_RATE_HZ} to {MAX_SAMPLE_RATE_HZ}")
    return rate


def as_channels(value: object) -> int:
    channels = _whole("channels", value)
    if not 1 <= channels <= MAX_CHANNELS:
        raise ValueError(f"channels: {channels} is outside 1 to {MAX_CHANNELS}")
    return channels


def as_choice(name: str, value: object, choices: tuple[str, ...]) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name}: {type(value).__name__} given, one of {', '.join(choices)} is needed")
    if value not in choices:
        raise ValueError(f"{name}: {value!r} is not one of {', '.join(choices)}")
    return value


def as_p_max(value: object) -> float:
    try:
        p_max = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise TypeError(f"p_max: {type(value).__name__} given, a number is needed") from None
    if not 0 < p_max < 1:
        raise ValueError(f"p_max: {p_max} is outside 0 to 1 (both excluded)")
    return p_max


def _whole(name: str, value: Any) -> int:
    """An integer of any kind, or a float without a fraction (24000.0)."""
    if isinstance(value, bool) or not (hasattr(value, "__index__") or hasattr(value, "__float__")):
        raise TypeError(f"{name}: {type(value).__name__} given, an integer is needed")
    try:
        return operator.index(value)
    except TypeError:
        pass
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name}: {type(value).__name__} given, an integer is needed") from None
    if not math.isfinite(number) or number != int(number):
        raise ValueError(f"{name}: {number} is not a whole number")
    return int(number)


def _is_named(keys: object) -> bool:
    """What a DetectConfig holds already: ((name, key), ...)."""
    if not isinstance(keys, tuple) or not keys:
        return False
    pairs = [pair for pair in keys if isinstance(pair, tuple) and len(pair) == 2]
    return len(pairs) == len(keys) and all(
        isinstance(name, str) and isinstance(key, (Key, ScreeningKey)) for name, key in pairs
    )


def _set(config: object, **fields: object) -> None:
    for name, value in fields.items():
        object.__setattr__(config, name, value)


def workers_of(workers: int | None) -> int:
    """So many threads, or as many as there are cores."""
    if workers is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if isinstance(workers, bool) or not isinstance(workers, int):
        raise TypeError(f"workers: {type(workers).__name__} given, an integer is needed")
    if workers < 1:
        raise ValueError(f"workers: {workers}, at least 1 is needed")
    return workers
