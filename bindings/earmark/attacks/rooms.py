"""Echo, reverberation and multipath."""
from __future__ import annotations

from typing import Any

import numpy as np

from ..config import as_sample_rate
from .attack import Changed, Samples, attack, in_range, power, scipy_signal


@attack
def echo(samples: Any, sample_rate: int, seed: int = 0, *, delay_s: float, volume: float) -> Changed:
    """One echo, added; the tail after the end is cut."""
    delayed = np.zeros_like(samples)
    delay = int(round(in_range("delay_s", delay_s, 0, 60, " s") * sample_rate))
    if delay < len(samples):
        delayed[delay:] = samples[: len(samples) - delay]
    return samples + in_range("volume", volume, 0, 10) * delayed, sample_rate


def room_response(rt60_s: float, sample_rate: int, seed: int, direct_db: float = 0) -> Samples:
    """Direct path of energy 1 and, from 2.5 ms on, Gaussian noise that decays 60 dB in rt60_s, direct_db (-60 to 60) weaker
    in all.

    At 0 dB a listener stands near the critical distance (Polack's model of the diffuse tail; Habets 2006 for the form).
    """
    in_range("rt60_s", rt60_s, 0.02, 20, " s")
    sample_rate = as_sample_rate(sample_rate)
    rng = np.random.default_rng(seed)
    t = np.arange(int(1.2 * rt60_s * sample_rate)) / sample_rate
    tail = rng.standard_normal(len(t)) * np.exp(-np.log(1e3) * t / rt60_s)
    tail[t < 0.0025] = 0
    tail *= 10 ** (-in_range("direct_db", direct_db, -60, 60, " dB") / 20) / np.sqrt(np.sum(tail**2))
    tail[0] = 1
    return np.asarray(tail)


@attack
def reverb(samples: Any, sample_rate: int, seed: int = 0, *, rt60_s: float, direct_db: float = 0) -> Changed:
    """A room by the seed, see room_response(). Level kept (mean square); length kept, the tail after the end is cut."""
    return _in_room(samples, room_response(rt60_s, sample_rate, seed, direct_db)), sample_rate


@attack
def multipath(samples: Any, sample_rate: int, seed: int = 0, *, taps: int = 5, spread_s: float = 0.016) -> Changed:
    """A direct path and taps - 1 others at random delays to spread_s, each 3 to 12 dB weaker (STAMP: 5 taps to 4 or
    16 ms). Level kept."""
    rng = np.random.default_rng(seed)
    response = np.zeros(int(in_range("spread_s", spread_s, 0.0005, 1, " s") * sample_rate) + 1)
    for _ in range(int(in_range("taps", taps, 1, 1000)) - 1):
        response[int(rng.integers(1, len(response)))] += rng.choice([-1, 1]) * 10 ** (-rng.uniform(3, 12) / 20)
    response[0] = 1
    return _in_room(samples, response), sample_rate


def _in_room(samples: Samples, response: Samples) -> Samples:
    wet = scipy_signal().fftconvolve(samples, response)[: len(samples)]
    return np.asarray(wet * np.sqrt(power(samples) / max(power(wet), 1e-20)))
