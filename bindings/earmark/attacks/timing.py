"""Time moves: cuts, other speeds, other tempi, other pitches, clocks that drift, samples that get lost."""
from __future__ import annotations

import fractions
import functools
from math import gcd
from typing import Any

import numpy as np

from . import ffmpeg
from .attack import Changed, Samples, attack, in_range, one_of, scipy_signal

CROP_S = 1.0
_TAPS, _BETA, _PHASES, _CHUNK = 32, 9.0, 1024, 1 << 15  # of the interpolator
_OFFSETS = np.arange(1 - _TAPS // 2, _TAPS // 2 + 1)


def resampled(samples: Samples, rate: int, new_rate: int) -> Samples:
    """Polyphase, Kaiser window (scipy's default); length rounds up."""
    if rate == new_rate:
        return samples
    common = gcd(rate, new_rate)
    return np.asarray(scipy_signal().resample_poly(samples, new_rate // common, rate // common))


def read_at(samples: Samples, positions: Samples) -> Samples:
    """Samples at fractional positions: Kaiser-windowed sinc of 32 taps, zeros beyond the ends. No anti-alias filter, so
    for positions about one apart."""
    padded = np.pad(samples, _TAPS)
    out = np.empty(len(positions))
    table = _interpolator()
    for start in range(0, len(positions), _CHUNK):
        at = np.clip(positions[start : start + _CHUNK], -_TAPS // 2, len(samples) - 1 + _TAPS // 2)
        whole = np.floor(at).astype(np.int64)
        phase = (at - whole) * _PHASES
        below = phase.astype(np.int64)
        part = (phase - below)[:, None]
        weights = (1 - part) * table[below] + part * table[below + 1]
        out[start : start + _CHUNK] = np.einsum("ij,ij->i", padded[whole[:, None] + _OFFSETS + _TAPS], weights)
    return out


@functools.lru_cache(maxsize=1)
def _interpolator() -> Samples:
    """(phases + 1, taps): between two rows of it a straight line is good to -110 dB."""
    distance = _OFFSETS - np.arange(_PHASES + 2)[:, None] / _PHASES
    window = np.i0(_BETA * np.sqrt(np.maximum(0, 1 - (distance / (_TAPS / 2)) ** 2))) / np.i0(_BETA)
    return np.asarray(np.sinc(distance) * window)


def crop_start(samples: Any, sample_rate: int, seed: int) -> int:
    """Any sample position in the first second, so that no grid of a mark is met by chance."""
    return int(np.random.default_rng(seed).integers(1, max(2, min(len(samples) // 4, int(CROP_S * sample_rate)))))


@attack
def crop(samples: Any, sample_rate: int, seed: int = 0) -> Changed:
    """Start and end lost, up to a second each."""
    end = crop_start(samples, sample_rate, seed + 1)
    return samples[crop_start(samples, sample_rate, seed) : len(samples) - end].copy(), sample_rate


@attack
def delay(samples: Any, sample_rate: int, seed: int = 0, *, delay_s: float) -> Changed:
    """RAW-Bench's "phase shift": moved by delay_s (-10 to 10 s), zeros where nothing is; length kept."""
    shift = int(round(in_range("delay_s", delay_s, -10, 10, " s") * sample_rate))
    out = np.zeros_like(samples)
    if 0 <= shift < len(out):
        out[shift:] = samples[: len(out) - shift]
    elif -len(out) < shift < 0:
        out[:shift] = samples[-shift:]
    return out, sample_rate


@attack
def speed(samples: Any, sample_rate: int, seed: int = 0, *, factor: float) -> Changed:
    """A tape played faster (factor above 1) or slower: tempo and pitch move together. 0.25 to 4."""
    ratio = fractions.Fraction(in_range("factor", factor, 0.25, 4)).limit_denominator(2000)
    return scipy_signal().resample_poly(samples, ratio.denominator, ratio.numerator), sample_rate


@attack
def speed_and_back(samples: Any, sample_rate: int, seed: int = 0, *, factor: float) -> Changed:
    """speed() and its inverse: two conversions, and what lies above the band that survived is gone."""
    there, _ = speed(samples, sample_rate, seed, factor=factor)
    back, _ = speed(there, sample_rate, seed, factor=1 / factor)
    return back[: len(samples)], sample_rate


@attack
def tempo(samples: Any, sample_rate: int, seed: int = 0, *, factor: float, method: str = "wsola") -> Changed:
    """Faster (factor above 1) or slower at the same pitch, 0.5 to 2: "wsola" (ffmpeg atempo), "rubberband" (a phase
    vocoder that keeps transients), "phase_vocoder" (the plain one of AudioMarkBench and RAW-Bench, frames of 2,048
    samples) or "speech_vocoder" (the same with frames of 32 ms, which smear speech less)."""
    factor = in_range("factor", factor, 0.5, 2)
    if one_of("method", method, ("wsola", "rubberband", "phase_vocoder", "speech_vocoder")).endswith("_vocoder"):
        size = 2048 if method == "phase_vocoder" else 4 * int(round(0.008 * sample_rate))
        return _phase_vocoder(samples, factor, size), sample_rate
    graph = f"atempo={factor}" if method == "wsola" else f"rubberband=tempo={factor}"
    return ffmpeg.filtered(samples, sample_rate, graph), sample_rate


@attack
def speed_then_tempo(samples: Any, sample_rate: int, seed: int = 0, *, speed_factor: float, tempo_factor: float) -> Changed:
    """A double conversion: speed(), then tempo() by WSOLA, so that time and frequency scale differ."""
    fast, _ = speed(samples, sample_rate, seed, factor=speed_factor)
    return tempo(fast, sample_rate, seed, factor=tempo_factor)


@attack
def pitch(samples: Any, sample_rate: int, seed: int = 0, *, semitones: float, method: str = "rubberband") -> Changed:
    """Higher or lower at the same tempo, -12 to 12 semitones: "rubberband" (librubberband through ffmpeg) or
    "phase_vocoder" (the plain one of tempo(), then speed(): what librosa does)."""
    scale = 2 ** (in_range("semitones", semitones, -12, 12) / 12)
    if one_of("method", method, ("rubberband", "phase_vocoder")) == "phase_vocoder":
        slow, _ = tempo(samples, sample_rate, seed, factor=1 / scale, method="phase_vocoder")
        return speed(slow, sample_rate, seed, factor=scale)
    return ffmpeg.filtered(samples, sample_rate, f"rubberband=pitch={scale:.9f}"), sample_rate


@attack
def clock_drift(samples: Any, sample_rate: int, seed: int = 0, *, ppm: float) -> Changed:
    """Two sound cards whose clocks differ by ppm parts in a million (-10000 to 10000)."""
    step = 1 + in_range("ppm", ppm, -1e4, 1e4) * 1e-6
    return read_at(samples, np.arange(int(len(samples) / step)) * step), sample_rate


@attack
def wow(samples: Any, sample_rate: int, seed: int = 0, *, depth: float = 0.003, frequency_hz: float = 0.7) -> Changed:
    """A speed that swings by +-depth (0 to 0.05) frequency_hz times a second (0.05 to 50)."""
    t = np.arange(len(samples)) / sample_rate
    phase = np.random.default_rng(seed).uniform(0, 2 * np.pi)
    turn = 2 * np.pi * in_range("frequency_hz", frequency_hz, 0.05, 50, " Hz")
    swing = in_range("depth", depth, 0, 0.05) * sample_rate / turn * (np.sin(turn * t + phase) - np.sin(phase))
    return read_at(samples, np.arange(len(samples)) + swing), sample_rate


@attack
def time_jitter(samples: Any, sample_rate: int, seed: int = 0, *, scale: float) -> Changed:
    """Every sampling instant off by Gaussian noise of `scale` samples (0 to 1): RAW-Bench 0.01 to 0.2."""
    noise = np.random.default_rng(seed).standard_normal(len(samples))
    return read_at(samples, np.arange(len(samples)) + in_range("scale", scale, 0, 1) * noise), sample_rate


@attack
def drop_samples(samples: Any, sample_rate: int, seed: int = 0, *, share: float) -> Changed:
    """A share (0 to 0.5) of the samples, one here, one there, is left out: the rest moves up."""
    return samples[_kept(len(samples), share, seed)], sample_rate


@attack
def suppress_samples(samples: Any, sample_rate: int, seed: int = 0, *, share: float) -> Changed:
    """A share (0 to 0.5) of the samples is set to zero: WavMark's "sample suppression" is 0.001."""
    return samples * _kept(len(samples), share, seed), sample_rate


def _kept(length: int, share: float, seed: int) -> Any:
    return np.random.default_rng(seed).random(length) >= in_range("share", share, 0, 0.5)


def _phase_vocoder(samples: Samples, factor: float, size: int) -> Samples:
    """Flanagan and Golden 1966, in the form of Dolson 1986: Hann frames a quarter apart, read `factor` times as fast,
    phases added up bin by bin."""
    hop = size // 4
    window = np.hanning(size + 1)[:-1]
    padded = np.pad(samples, size)
    starts = np.arange(0, len(padded) - size, hop)
    spectra = np.fft.rfft(padded[starts[:, None] + np.arange(size)] * window, axis=1)
    expected = 2 * np.pi * hop * np.arange(size // 2 + 1) / size
    phase = np.angle(spectra[0])
    times = np.arange(0, len(spectra) - 1, factor)
    times = times[times < len(spectra) - 1]  # rounding may put one more at the end
    out, weight = np.zeros(len(times) * hop + size), np.zeros(len(times) * hop + size)
    for number, time in enumerate(times):
        left, part = int(time), time - int(time)
        magnitude = (1 - part) * np.abs(spectra[left]) + part * np.abs(spectra[left + 1])
        at = slice(number * hop, number * hop + size)
        out[at] += np.fft.irfft(magnitude * np.exp(1j * phase)) * window
        weight[at] += window**2
        turned = np.angle(spectra[left + 1]) - np.angle(spectra[left]) - expected
        phase += expected + turned - 2 * np.pi * np.round(turned / (2 * np.pi))
    first = int(size / factor)
    return np.asarray((out / np.maximum(weight, 0.1))[first : first + int(round(len(samples) / factor))])
