"""The averaging attack: whoever has many files marked with one key averages them until the key's pattern is left, and takes
that out of another file.

The attacker knows everything that is public (the grid of cells, the pattern of a chip, the packet of 2.048 s that begins
with the file) and not the key. What differs between the files, the hosts and the payloads, averages out; what stays is the
half of the pattern that says "marked".
"""
from __future__ import annotations

import dataclasses
from collections import abc
from typing import Any

import numpy as np

from .attack import Changed, Samples, as_mono, attack, in_range

CELL_S, FIRST_BAND_HZ, BAND_HZ, BANDS = 0.016, 93.75, 125.0, 62
PACKET_CELLS = 128
_CHIP = np.array([[1.0, -1.0], [-1.0, 1.0]])
_OUTLIER_DB = 12.0


@dataclasses.dataclass(frozen=True)
class Learned:
    """What averaging left: the gain of each chip of a packet in dB, (31, 64), shrunk by how sure it is; and from how much."""

    gain_db: Samples
    packets: int


def learn(clips: abc.Iterable[tuple[Any, int]]) -> Learned:
    """clips: (samples, sample_rate) of marked files, from their first sample on, all under one key."""
    packets = [packet for samples, rate in clips for packet in _packets(as_mono(samples), rate)]
    if len(packets) < 2:
        raise ValueError(f"clips: {len(packets)} packets of 2.048 s in them, at least 2 are needed")
    heard = np.stack(packets)
    mean_db = heard.mean(axis=0)
    variance = heard.var(axis=0, ddof=1) / len(packets)
    signal = max(float(np.mean(mean_db**2 - variance)), 0.0)
    return Learned(mean_db * signal / (signal + variance), len(packets))


@attack
def average_out(samples: Any, sample_rate: int, seed: int = 0, *, learned: Learned, strength: float = 1.0) -> Changed:
    """Takes what was learned out of a file that was marked from its first sample on; strength (0 to 100) times as deep."""
    if not isinstance(learned, Learned):
        raise TypeError(f"learned: {type(learned).__name__} given, the result of learn() is needed")
    cells_db = -in_range("strength", strength, 0, 100) * np.kron(learned.gain_db, _CHIP)
    size = 2 * int(round(CELL_S * sample_rate / 2))
    hop = size // 2
    window = np.sqrt(np.hanning(size + 1)[:-1])
    padded = np.pad(samples, size)
    starts = np.arange(0, len(padded) - size + 1, hop)
    spectra = np.fft.rfft(padded[starts[:, np.newaxis] + np.arange(size)] * window, axis=1)
    centre_s = (starts + hop - size) / sample_rate
    cell = np.floor(centre_s / CELL_S).astype(int) % PACKET_CELLS
    spectra *= 10 ** (_by_bin(cells_db, spectra.shape[1], sample_rate, size)[cell] / 20)
    out = np.zeros_like(padded)
    for start, frame in zip(starts, np.fft.irfft(spectra, size, axis=1) * window):
        out[start : start + size] += frame
    return out[size : size + len(samples)], sample_rate


def _by_bin(cells_db: Samples, bins: int, rate: int, size: int) -> Samples:
    """(cell, bin): the gain of the band that a bin lies in, 0 outside the grid."""
    band = np.floor((np.arange(bins) * rate / size - FIRST_BAND_HZ) / BAND_HZ).astype(int)
    inside = (band >= 0) & (band < BANDS)
    gains = np.zeros((PACKET_CELLS, bins))
    gains[:, inside] = cells_db.T[:, band[inside]]
    return gains


def _packets(samples: Samples, rate: int) -> abc.Iterator[Samples]:
    """Per packet the contrast of each chip in dB, (31, 64): how the host's own spectrum would not have it."""
    size = int(round(CELL_S * rate))
    count = int(len(samples) / rate / CELL_S) // PACKET_CELLS * PACKET_CELLS
    starts = np.round(np.arange(count) * CELL_S * rate).astype(int)
    starts = starts[starts + size <= len(samples)]
    power = np.abs(np.fft.rfft(samples[starts[:, np.newaxis] + np.arange(size)] * np.hanning(size), axis=1)) ** 2
    band = np.floor((np.arange(power.shape[1]) * rate / size - FIRST_BAND_HZ) / BAND_HZ)
    level_db = np.stack([10 * np.log10(power[:, band == one].sum(axis=1) + 1e-12) for one in range(BANDS)])
    for first in range(0, level_db.shape[1] - PACKET_CELLS + 1, PACKET_CELLS):
        chips = level_db[:, first : first + PACKET_CELLS].reshape(BANDS // 2, 2, PACKET_CELLS // 2, 2)
        contrast_db = np.einsum("btcu,tu->bc", chips, _CHIP) / 4
        yield np.clip(contrast_db, -_OUTLIER_DB, _OUTLIER_DB)
