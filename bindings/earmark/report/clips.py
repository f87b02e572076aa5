"""The vendor's own clips, as a report takes them: one channel, and where in it somebody speaks."""
from __future__ import annotations

import hashlib
import os
from collections import abc
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..config import as_sample_rate
from ..files import soundfile

Samples = npt.NDArray[np.float64]
AUDIO = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aiff", ".aif")
LEAST_S = 1.0  # shorter clips are left out, and named
FRAME_S = 0.020
_ACTIVE_DB, _FLOOR_DBFS = 35.0, -60.0  # a frame speaks: this near the loud frames of its clip, and above this level
_LEAST_ACTIVE = 0.5  # share of a window's frames that speak


@dataclass(frozen=True)
class Clip:
    """samples: (samples,), full scale 1, the first channel; digest: BLAKE2b-256 of the file, as `b2sum -l 256`."""

    name: str
    samples: Samples
    rate: int
    digest: str

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


def load(paths: abc.Iterable[str | os.PathLike[str]]) -> tuple[list[Clip], list[str]]:
    """The clips of files and of folders (all audio in them, by name), and what was left out, with the reason.

    FileNotFoundError, ValueError or OSError names a file that was given by name and cannot be used.
    """
    clips: list[Clip] = []
    left_out: list[str] = []
    for path in paths:
        named = os.fspath(path)
        for file in _files(named):
            clip = _clip(file)
            if clip.seconds < LEAST_S:
                left_out.append(f"{clip.name}: {clip.seconds:.2f} s, at least {LEAST_S:g} s are needed")
            elif not np.isfinite(clip.samples).all():
                raise ValueError(f"{file}: a sample is no finite number")
            elif not len(speech_starts(clip, LEAST_S)):
                left_out.append(f"{clip.name}: no second of it is at least half speech")
            else:
                clips.append(clip)
    if not clips:
        raise ValueError("clips: none that could be used" + "".join(f"; {why}" for why in left_out[:3]))
    return clips, left_out


def speech_starts(clip: Clip, window_s: float) -> Samples:
    """Start times (s) of all windows of which at least half is speech. It looks at the host alone, never at a verdict."""
    speaks = _active_frames(clip.samples, clip.rate).astype(int)
    frames = int(round(window_s / FRAME_S))
    if len(speaks) < frames:
        return np.zeros(0)
    total = np.concatenate([[0], np.cumsum(speaks)])
    share = (total[frames:] - total[:-frames]) / frames
    return np.asarray(np.flatnonzero(share >= _LEAST_ACTIVE) * FRAME_S, dtype=np.float64)


def _active_frames(samples: Samples, rate: int) -> npt.NDArray[np.bool_]:
    length = int(round(FRAME_S * rate))
    frames = samples[: len(samples) // length * length].reshape(-1, length)
    level_db = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-20)
    if not len(level_db):
        return np.zeros(0, bool)
    return np.asarray(level_db > max(float(np.percentile(level_db, 95)) - _ACTIVE_DB, _FLOOR_DBFS))


def _files(path: str) -> list[str]:
    if not os.path.isdir(path):
        return [path]
    found = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
    return sorted(file for file in found if file.lower().endswith(AUDIO))


def _clip(path: str) -> Clip:
    if not os.path.exists(path):
        raise FileNotFoundError(f"{path}: no such file")
    with open(path, "rb") as file:
        digest = hashlib.blake2b(file.read(), digest_size=32).hexdigest()
    try:
        samples: Any
        samples, rate = soundfile().read(path, always_2d=True)
    except RuntimeError as error:  # soundfile's own errors are RuntimeErrors
        raise ValueError(f"{path}: cannot be read as audio: {error}") from None
    try:
        rate = as_sample_rate(rate)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from None
    return Clip(os.path.basename(path), np.ascontiguousarray(samples[:, 0]), rate, digest)
