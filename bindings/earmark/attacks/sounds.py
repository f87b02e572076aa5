"""What attacks mix in when nothing is given: music made here, and the voices that Debian packages."""
from __future__ import annotations

import functools
import pathlib
import shutil
import subprocess
import tempfile
from typing import Any

import numpy as np

from ..files import soundfile
from .attack import Samples, scipy_signal

_RECORDED = pathlib.Path("/usr/share/codec2/wav")  # Debian: codec2-examples, people, 8 kHz
_LEAST_S = 2.0
_ESPEAK_VOICES = ("en-us", "en-gb+f3", "de", "fr+f2", "es", "it+f4")
_TEXT = (
    "The boy was there when the sun rose. A rod is used to catch pink salmon. The source of the huge river is the clear "
    "spring. Kick the ball straight and follow through. Help the woman get back to her feet."
)  # Harvard sentences, list 2
_CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))  # semitones over the key: I vi IV V


def music(length: int, rate: int, seed: int) -> Samples:
    """Plucked chords (Karplus and Strong 1983), a bass note and a brushed beat; key and tempo drawn from the seed."""
    rng = np.random.default_rng(seed)
    root_hz, beat_s = 110 * 2 ** (rng.integers(0, 12) / 12), 60 / rng.uniform(80, 130)
    out = np.zeros(length)
    beat = max(1, int(beat_s * rate))
    for number, start in enumerate(range(0, length, beat)):
        chord = _CHORDS[number // 4 % len(_CHORDS)]
        notes = [root_hz / 2] if number % 4 == 0 else []
        notes += [2 * root_hz * 2 ** (step / 12) for step in chord]
        for note_hz in notes:
            _add(out, start, _plucked(note_hz, 2 * beat, rate, rng))
        brush = rng.standard_normal(beat // 4) * np.exp(-np.arange(beat // 4) / (0.02 * rate))
        _add(out, start, 0.3 * np.diff(brush, prepend=0.0))
    return out


def _plucked(frequency_hz: float, length: int, rate: int, rng: np.random.Generator) -> Samples:
    """A burst of noise in a loop of one period that averages neighbours: y[n] = x[n] + 0.498 (y[n-d] + y[n-d-1])."""
    delay = max(2, int(round(rate / frequency_hz)))
    burst = np.zeros(length)
    burst[: min(delay, length)] = rng.uniform(-1, 1, min(delay, length))
    feedback = np.zeros(delay + 2)
    feedback[0], feedback[delay], feedback[delay + 1] = 1, -0.498, -0.498
    return np.asarray(scipy_signal().lfilter([1.0], feedback, burst))


def _add(out: Samples, start: int, sound: Samples) -> None:
    end = min(len(out), start + len(sound))
    out[start:end] += sound[: end - start]


@functools.lru_cache(maxsize=1)
def packaged_voices() -> list[Any]:
    """[(samples, rate), ...]: the recordings of codec2-examples where installed, else espeak-ng in six voices.

    OSError when neither is there.
    """
    recorded = [soundfile().read(path) for path in sorted(_RECORDED.glob("*.wav"))] if _RECORDED.is_dir() else []
    recorded = [(samples, rate) for samples, rate in recorded if samples.ndim == 1 and len(samples) >= _LEAST_S * rate]
    if recorded:
        return recorded
    if shutil.which("espeak-ng") is None:
        raise OSError("talkers: none given, and neither codec2-examples nor espeak-ng is installed")
    return [_spoken(voice) for voice in _ESPEAK_VOICES]


def _spoken(voice: str) -> tuple[Samples, int]:
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "voice.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-w", path, _TEXT], check=True, capture_output=True)
        samples, rate = soundfile().read(path)
        return samples, rate
