"""The audible cue beside the mark: the Morse rhythm of "AI", putting a cue between samples, and finding it again.

A cue goes in before the mark, so that the mark covers it:

>>> import earmark, numpy as np
>>> voice = np.random.default_rng(6).normal(0, 0.1, 3 * 16000)  # stands for 3 s of speech at 16 kHz
>>> cue = earmark.rhythm_cue(sample_rate=16000, level_lufs=earmark.loudness(voice, sample_rate=16000))
>>> cued = earmark.insert_cue(voice, cue, sample_rate=16000, at_end=True)
>>> marked = earmark.embed(cued, sample_rate=16000, key=earmark.Key.generate(), payload=1)
>>> [round(found.start_s) for found in earmark.find_rhythm(marked, sample_rate=16000)]
[0, 5]
"""
from __future__ import annotations

import collections.abc
import operator
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from . import _earmark
from .audio import Float32Array, Planar, as_planar
from .config import as_channels, as_sample_rate


@dataclass(frozen=True)
class RhythmFound:
    """A rhythm cue that was found: where its tones are (s, good to about 10 ms), their pitch (Hz), the length of a dot
    (s), and the largest deviation of a tone or gap from its place, in dots."""

    start_s: float
    end_s: float
    pitch_hz: float
    unit_s: float
    timing_error: float


def rhythm_cue(
    *,
    sample_rate: int,
    channels: int | None = None,
    pitch_hz: float = 800,
    unit_s: float = 0.12,
    level_lufs: float = -23,
) -> Float32Array:
    """The rhythm of "AI" in Morse as float32 (samples,) or, with channels, (channels, samples).

    sample_rate  Hz, 8000 to 192000
    channels     1 to 64; all carry the same tone, which counts in the loudness
    pitch_hz     400 to 2500
    unit_s       length of a dot, 0.06 to 0.3; the cue lasts 11
    level_lufs   -60 to -10, integrated loudness of the whole cue (ITU-R BS.1770)

    Raises TypeError or ValueError naming the argument. Threads: any number.
    """
    count = 1 if channels is None else as_channels(channels)
    cue = _earmark.rhythm_cue(as_sample_rate(sample_rate), count, float(pitch_hz), float(unit_s), float(level_lufs))
    return cue.reshape(-1) if channels is None else cue


def loudness(x: Any, *, sample_rate: int) -> float:
    """Integrated loudness, LUFS, of (samples,) or (channels, samples), all channels with equal weight (ITU-R BS.1770).

    -inf for silence and for less than 0.4 s. Raises TypeError or ValueError naming the argument.
    """
    return _earmark.loudness(as_planar(x, "x").samples, as_sample_rate(sample_rate))


def find_rhythm(x: Any, *, sample_rate: int) -> tuple[RhythmFound, ...]:
    """Every rhythm cue in (samples,) or (channels, samples), of any pitch, speed and level; channels are averaged.

    A cue has no key: anybody can play one, and no bound is proved. Raises TypeError or ValueError naming the argument.
    """
    return _found(_earmark.find_rhythm(as_planar(x, "x").samples, as_sample_rate(sample_rate)))


def insert_cue(
    x: Any,
    cue: Any,
    *,
    sample_rate: int,
    at: collections.abc.Sequence[int] = (0,),
    every_s: float = 0,
    at_end: bool = False,
    pause_s: float = 0.25,
) -> Any:
    """`x` with the cue between its samples, never over them; longer by cue and pauses each time, same dtype and rank.

    x            (samples,) or (channels, samples), as embed(); it comes out sample for sample
    cue          (samples,), put into every channel, or (channels, samples); at the same sample rate
    at           samples of x before which the cue goes, ascending; 0 is the start
    every_s      0 never, or 1 and more: again after every so many seconds of x
    at_end       also behind the last sample
    pause_s      0 to 10, silence before and after the cue

    Raises TypeError or ValueError naming the argument.
    """
    audio = as_planar(x, "x")
    inserter = _inserter(cue, audio.channels, sample_rate, at, every_s, at_end, pause_s)
    return audio.back(np.concatenate([inserter.process(audio.samples), inserter.finish()], axis=1))


class CueInserter:
    """insert_cue() on a stream, chunk by chunk; chunks of any size give the samples of the whole.

    Thread safety: one thread at a time per object (RuntimeError when two use it at once); objects are independent.
    Arguments and errors as insert_cue(); channels is 1 to 64. Not picklable.

    >>> inserter = CueInserter([0.5, 0.5], sample_rate=8000, at=[3], pause_s=0)
    >>> inserter.process(np.arange(1, 6, dtype=np.float32) / 8).tolist()
    [0.125, 0.25, 0.375, 0.5, 0.5, 0.5, 0.625]
    """

    def __init__(
        self,
        cue: Any,
        *,
        sample_rate: int,
        channels: int = 1,
        at: collections.abc.Sequence[int] = (0,),
        every_s: float = 0,
        at_end: bool = False,
        pause_s: float = 0.25,
    ) -> None:
        self._channels = as_channels(channels)
        self._native = _inserter(cue, self._channels, sample_rate, at, every_s, at_end, pause_s)
        self._like: Planar | None = None  # the last chunk

    @property
    def inserted_samples(self) -> int:
        """By how many samples each cue lengthens the stream."""
        return self._native.inserted_samples()

    def process(self, block: Any) -> Any:
        """The next chunk, (samples,) or (channels, samples), with the cues that fall into it; same dtype and rank."""
        audio = as_planar(block, "block", allow_empty=True)
        if audio.channels != self._channels:
            raise ValueError(f"block: {audio.channels} channels, the CueInserter was made for {self._channels}")
        self._like = audio
        return audio.back(self._native.process(audio.samples))

    def finish(self) -> Any:
        """What comes behind the last chunk, in its dtype and rank; ready for a new stream after."""
        tail = self._native.finish()
        like, self._like = self._like, None
        return (like or Planar(tail, self._channels == 1, np.dtype(np.float32), False)).back(tail)

    def reset(self) -> None:
        """Forget the stream so far."""
        self._native.reset()
        self._like = None

    def __reduce__(self) -> NoReturn:
        raise TypeError("CueInserter: the state of a stream is not pickled")


class RhythmDetector:
    """find_rhythm() on a stream, chunk by chunk; chunks of any size give the answer of the whole.

    Thread safety: one thread at a time per object (RuntimeError when two use it at once); objects are independent.

    >>> detector = RhythmDetector(sample_rate=8000)
    >>> for chunk in np.split(rhythm_cue(sample_rate=8000), 22):
    ...     detector.push(chunk)
    >>> len(detector.finish())
    1
    """

    def __init__(self, *, sample_rate: int, channels: int = 1) -> None:
        self._channels = as_channels(channels)
        self._native = _earmark.RhythmDetector(as_sample_rate(sample_rate), self._channels)

    def push(self, block: Any) -> None:
        """The next chunk, (samples,) or (channels, samples), 0 samples or more."""
        audio = as_planar(block, "block", allow_empty=True)
        if audio.channels != self._channels:
            raise ValueError(f"block: {audio.channels} channels, the RhythmDetector was made for {self._channels}")
        self._native.push(audio.samples)

    def finish(self) -> tuple[RhythmFound, ...]:
        """All that was found, in order; ready for a new signal after."""
        return _found(self._native.finish())

    def reset(self) -> None:
        """Forget the signal so far."""
        self._native.reset()

    def __reduce__(self) -> NoReturn:
        raise TypeError("RhythmDetector: the state of a stream is not pickled")


def _found(cues: list[_earmark.RhythmFound]) -> tuple[RhythmFound, ...]:
    return tuple(RhythmFound(cue.start_s, cue.end_s, cue.pitch_hz, cue.unit_s, cue.timing_error) for cue in cues)


def _inserter(
    cue: Any,
    channels: int,
    sample_rate: int,
    at: collections.abc.Sequence[int],
    every_s: float,
    at_end: bool,
    pause_s: float,
) -> _earmark.CueInserter:
    planar = as_planar(np.asarray(cue, dtype=np.float32) if isinstance(cue, list) else cue, "cue")
    if planar.channels not in (1, channels):
        raise ValueError(f"cue: {planar.channels} channels, 1 or {channels} are needed")
    samples = np.ascontiguousarray(np.broadcast_to(planar.samples, (channels, planar.samples.shape[1])))
    places, rate = [_place(place) for place in at], as_sample_rate(sample_rate)
    return _earmark.CueInserter(samples, rate, places, float(every_s), bool(at_end), float(pause_s))


def _place(value: Any) -> int:
    place = operator.index(value)
    if place < 0:
        raise ValueError(f"at: {place} is below 0")
    return place
