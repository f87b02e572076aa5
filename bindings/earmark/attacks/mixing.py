"""Something else sounds at the same time: noise, other people, music. Levels are SNR over the whole signal."""
from __future__ import annotations

from typing import Any

import numpy as np

from .attack import Changed, Samples, attack, in_range, power
from .sounds import music, packaged_voices
from .timing import resampled


def mixed(samples: Samples, noise: Samples, snr_db: float) -> Samples:
    """Mean square against mean square, pauses included, as AudioMarkBench counts it."""
    in_range("snr_db", snr_db, -60, 120, " dB")
    return np.asarray(samples + noise * np.sqrt(power(samples) / max(power(noise), 1e-20) * 10 ** (-snr_db / 10)))


@attack
def white_noise(samples: Any, sample_rate: int, seed: int = 0, *, snr_db: float) -> Changed:
    """Gaussian, at an SNR (dB)."""
    return mixed(samples, np.random.default_rng(seed).standard_normal(len(samples)), snr_db), sample_rate


@attack
def pink_noise(samples: Any, sample_rate: int, seed: int = 0, *, snr_db: float) -> Changed:
    """Power falls as 1/f from 20 Hz to half the rate; nothing below 20 Hz."""
    return mixed(samples, _pink(len(samples), sample_rate, seed), snr_db), sample_rate


@attack
def noise_of_level(samples: Any, sample_rate: int, seed: int = 0, *, noise_std: float, colour: str = "white") -> Changed:
    """Noise of a fixed standard deviation (full scale 1), however loud the speech is: AudioSeal, OmniSealBench."""
    in_range("noise_std", noise_std, 0, 1)
    noise = (
        _pink(len(samples), sample_rate, seed)
        if colour == "pink"
        else np.random.default_rng(seed).standard_normal(len(samples))
    )
    return samples + noise * noise_std / np.sqrt(power(noise)), sample_rate


@attack
def babble(samples: Any, sample_rate: int, seed: int = 0, *, talkers: list[Any], snr_db: float, voices: int = 5) -> Changed:
    """Other people talking: clips drawn from `talkers`, each at equal power from a random place, looped.

    talkers: a list of (samples, sample_rate); an empty one takes the voices that Debian packages.
    """
    others = as_talkers(talkers) or packaged_voices()
    rng = np.random.default_rng(seed)
    noise = np.zeros(len(samples))
    for index in rng.permutation(len(others))[:voices]:
        spoken, rate = others[index]
        voice = resampled(spoken, rate, sample_rate)
        voice = np.resize(np.roll(voice, -int(rng.integers(len(voice)))), len(samples))
        noise += voice / np.sqrt(power(voice) + 1e-20)
    return mixed(samples, noise, snr_db), sample_rate


@attack
def second_talker(samples: Any, sample_rate: int, seed: int = 0, *, talkers: list[Any], snr_db: float) -> Changed:
    """One other person talks all the time; talkers as in babble()."""
    return babble(samples, sample_rate, seed, talkers=talkers, snr_db=snr_db, voices=1)


@attack
def music_beneath(samples: Any, sample_rate: int, seed: int = 0, *, snr_db: float) -> Changed:
    """Synthetic music, see sounds.music()."""
    return mixed(samples, music(len(samples), sample_rate, seed), snr_db), sample_rate


def _pink(length: int, rate: int, seed: int) -> Samples:
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(length))
    frequency_hz = np.fft.rfftfreq(length, 1 / rate)
    spectrum *= np.where(frequency_hz < 20, 0, 1 / np.sqrt(np.maximum(frequency_hz, 20)))
    return np.asarray(np.fft.irfft(spectrum, length))


def as_talkers(talkers: Any) -> list[tuple[Samples, int]]:
    if not isinstance(talkers, (list, tuple)) or any(not isinstance(one, (list, tuple)) or len(one) != 2 for one in talkers):
        raise TypeError("talkers: a list of (samples, sample_rate) is needed")
    return [(np.asarray(samples, np.float64), int(rate)) for samples, rate in talkers]
