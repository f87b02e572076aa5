"""Whole ways from mouth to ear: several attacks in a row, each with a seed of its own."""
from __future__ import annotations

from typing import Any

import numpy as np

from .attack import Changed, attack, in_range
from .codecs import codec
from .filters import bandpass, highpass, lowpass
from .levels import gain_control
from .mixing import white_noise
from .network import packet_loss
from .rooms import reverb
from .timing import clock_drift


@attack
def phone_call(samples: Any, sample_rate: int, seed: int = 0) -> Changed:
    """A call on loudspeaker: reverb 0.3 s, white noise 20 dB, band-pass 300 to 3400 Hz, G.711 mu-law."""
    received = reverb(samples, sample_rate, seed, rt60_s=0.3)
    received = white_noise(*received, seed + 1, snr_db=20)
    received = highpass(*received, seed, cutoff_hz=300)
    received = lowpass(*received, seed, cutoff_hz=3400)
    return codec(*received, seed, name="g711_mu")


@attack
def simulated_call(samples: Any, sample_rate: int, seed: int = 0) -> Changed:
    """RT-SW's phone call (2026): a room of 0.29 s, white noise of 20 to 25 dB by the seed, band-pass 300 to 3400 Hz; no
    codec, rate kept. Theirs is a measured room; this one is drawn, see rooms.room_response()."""
    received = reverb(samples, sample_rate, seed, rt60_s=0.29)
    received = white_noise(*received, seed + 1, snr_db=float(np.random.default_rng(seed).uniform(20, 25)))
    return bandpass(*received, seed, low_hz=300, high_hz=3400)


@attack
def mobile_call(samples: Any, sample_rate: int, seed: int = 0, *, loss: float = 0.03, ppm: float = 50) -> Changed:
    """Band-pass 300 to 3400 Hz, white noise 20 dB, AMR 7.95 kb/s, 3 % packets lost and concealed, clocks 50 ppm apart."""
    received = bandpass(samples, sample_rate, seed, low_hz=300, high_hz=3400)
    received = white_noise(*received, seed + 1, snr_db=20)
    received = codec(*received, seed, name="amr_7k95")
    received = packet_loss(*received, seed + 2, loss=loss, handling="concealed")
    return clock_drift(*received, seed, ppm=ppm)


@attack
def over_the_air(samples: Any, sample_rate: int, seed: int = 0, *, rt60_s: float = 0.45, snr_db: float = 20) -> Changed:
    """Loudspeaker to microphone: a small speaker's band (200 Hz to 7 kHz), a room, white noise, clocks apart by up to
    60 ppm by the seed, automatic gain control."""
    received = bandpass(samples, sample_rate, seed, low_hz=200, high_hz=7000)
    received = reverb(*received, seed, rt60_s=in_range("rt60_s", rt60_s, 0.02, 20, " s"))
    received = white_noise(*received, seed + 1, snr_db=snr_db)
    received = clock_drift(*received, seed, ppm=float(np.random.default_rng(seed + 2).uniform(-60, 60)))
    return gain_control(*received, seed)
