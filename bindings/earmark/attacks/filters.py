"""Linear and median filters, equaliser, resampling there and back, and the noise suppressors of ffmpeg."""
from __future__ import annotations

from typing import Any

import numpy as np

from . import ffmpeg
from .attack import Changed, Samples, attack, in_range, one_of, power, scipy_signal
from .timing import resampled

_BARK_EDGES_HZ = (20, 100, 200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320, 2700, 3150, 3700, 4400,
                  5300, 6400, 7700, 9500, 12000, 15500)  # fmt: skip
_SUPPRESSORS = {"spectral": "afftdn=nr=12:nf=-40:tn=1", "non_local_means": "anlmdn=s=0.03"}


@attack
def lowpass(samples: Any, sample_rate: int, seed: int = 0, *, cutoff_hz: float) -> Changed:
    """Butterworth of order 8 (48 dB an octave). At or above half the rate it changes nothing."""
    return _butterworth("lowpass", samples, sample_rate, cutoff_hz), sample_rate


@attack
def highpass(samples: Any, sample_rate: int, seed: int = 0, *, cutoff_hz: float) -> Changed:
    """Butterworth of order 8 (48 dB an octave)."""
    in_range("cutoff_hz", cutoff_hz, 1, sample_rate / 2 - 1, " Hz")
    return _butterworth("highpass", samples, sample_rate, cutoff_hz), sample_rate


@attack
def bandpass(samples: Any, sample_rate: int, seed: int = 0, *, low_hz: float, high_hz: float) -> Changed:
    """highpass() then lowpass()."""
    return lowpass(*highpass(samples, sample_rate, seed, cutoff_hz=low_hz), seed, cutoff_hz=high_hz)


@attack
def windowed_sinc(samples: Any, sample_rate: int, seed: int = 0, *, kind: str, cutoff_ratio: float) -> Changed:
    """"lowpass" or "highpass" at cutoff_ratio x rate (0 to 0.5): Hann-windowed sinc of 8 zeros to each side, no delay.
    The form that AudioSeal, AudioMarkBench and OmniSealBench use."""
    in_range("cutoff_ratio", cutoff_ratio, 0.001, 0.5)
    half = int(round(4 / cutoff_ratio))
    t = np.arange(-half, half + 1)
    low = 2 * cutoff_ratio * np.sinc(2 * cutoff_ratio * t) * np.hanning(2 * half + 1)
    kept = scipy_signal().fftconvolve(samples, low / low.sum())[half : half + len(samples)]
    return (kept if one_of("kind", kind, ("lowpass", "highpass")) == "lowpass" else samples - kept), sample_rate


@attack
def moving_average(samples: Any, sample_rate: int, seed: int = 0, *, taps: int) -> Changed:
    """"smooth" of AudioMarkBench, AudioSeal and OmniSealBench; causal."""
    taps = int(in_range("taps", taps, 1, 4096))
    return np.convolve(samples, np.full(taps, 1 / taps))[: len(samples)], sample_rate


@attack
def median(samples: Any, sample_rate: int, seed: int = 0, *, taps: int) -> Changed:
    """Median of `taps` (odd) neighbours: WavMark, RT-SW."""
    return scipy_signal().medfilt(samples, int(in_range("taps", taps, 1, 255)) | 1), sample_rate


@attack
def equaliser(samples: Any, sample_rate: int, seed: int = 0, *, largest_db: float) -> Changed:
    """A graphic equaliser with a band per Bark, each at + or - largest_db by the seed; linear phase, no delay."""
    in_range("largest_db", largest_db, 0, 40, " dB")
    edges = np.array([edge for edge in _BARK_EDGES_HZ if edge < sample_rate / 2], dtype=float)
    gains_db = np.random.default_rng(seed).choice([-largest_db, largest_db], len(edges))
    spectrum = np.fft.rfft(samples)
    frequency_hz = np.fft.rfftfreq(len(samples), 1 / sample_rate)
    smooth_db = np.interp(np.log(np.maximum(frequency_hz, 1)), np.log(edges), gains_db)
    return np.fft.irfft(spectrum * 10 ** (smooth_db / 20), len(samples)), sample_rate


@attack
def resample(samples: Any, sample_rate: int, seed: int = 0, *, new_rate: int) -> Changed:
    """To another rate (Hz, 8000 to 192000), and left there. Polyphase, Kaiser window."""
    new_rate = int(in_range("new_rate", new_rate, 8000, 192000, " Hz"))
    return resampled(samples, sample_rate, new_rate), new_rate


@attack
def resample_and_back(samples: Any, sample_rate: int, seed: int = 0, *, by_rate: int) -> Changed:
    """"updownresample": to by_rate (Hz) and back."""
    by_rate = int(in_range("by_rate", by_rate, 2000, 192000, " Hz"))
    return resampled(resampled(samples, sample_rate, by_rate), by_rate, sample_rate)[: len(samples)], sample_rate


@attack
def noise_suppression(samples: Any, sample_rate: int, seed: int = 0, *, method: str) -> Changed:
    """A denoiser without a network: "spectral" (ffmpeg afftdn: tracked noise floor, 12 dB), "non_local_means" (anlmdn),
    or "gate" (20 ms frames 30 dB below the loud ones lose 20 dB: RT-SW's kind)."""
    if one_of("method", method, (*_SUPPRESSORS, "gate")) == "gate":
        return _gated(samples, sample_rate), sample_rate
    cleaned = ffmpeg.filtered(samples, sample_rate, _SUPPRESSORS[method])
    return cleaned[: len(samples)], sample_rate


def _gated(samples: Samples, rate: int, frame_s: float = 0.020, below_db: float = 30, loss_db: float = 20) -> Samples:
    length = max(1, int(frame_s * rate))
    starts = range(0, len(samples), length)
    level_db = np.array([10 * np.log10(power(samples[start : start + length]) + 1e-20) for start in starts])
    gain = np.where(level_db < np.percentile(level_db, 95) - below_db, 10 ** (-loss_db / 20), 1.0)
    centres = np.arange(len(gain)) * length + length / 2
    return np.asarray(samples * np.interp(np.arange(len(samples)), centres, gain))


def _butterworth(kind: str, samples: Samples, rate: int, cutoff_hz: float) -> Samples:
    in_range("cutoff_hz", cutoff_hz, 1, 96000, " Hz")
    if cutoff_hz >= rate / 2:
        return samples.copy()
    sections = scipy_signal().butter(8, cutoff_hz, kind, fs=rate, output="sos")
    return np.asarray(scipy_signal().sosfilt(sections, samples))
