"""How loud, how coarse, how compressed. Dynamics come from ffmpeg's filters; thresholds are dB below full scale."""
from __future__ import annotations

from typing import Any

import numpy as np

from . import ffmpeg
from .attack import Changed, Samples, attack, in_range


@attack
def gain(samples: Any, sample_rate: int, seed: int = 0, *, gain_db: float) -> Changed:
    """What passes full scale is clipped, as in any 16-bit file."""
    return np.clip(samples * 10 ** (in_range("gain_db", gain_db, -120, 120, " dB") / 20), -1, 1), sample_rate


@attack
def overdrive(samples: Any, sample_rate: int, seed: int = 0, *, over_db: float = 20 * np.log10(2)) -> Changed:
    """Peak brought over_db over full scale and clipped; at the 6 dB it has by itself the loudest half of the swing is cut."""
    peak = max(float(np.max(np.abs(samples))), 1e-9)
    return np.clip(samples * 10 ** (in_range("over_db", over_db, 0, 60, " dB") / 20) / peak, -1, 1), sample_rate


@attack
def polarity(samples: Any, sample_rate: int, seed: int = 0) -> Changed:
    """Turned upside down."""
    return -samples, sample_rate


@attack
def quantise(samples: Any, sample_rate: int, seed: int = 0, *, bits: int) -> Changed:
    """Uniform over full scale, mid-tread, no dither; 1 to 24 bits."""
    steps = 2 ** (int(in_range("bits", bits, 1, 24)) - 1)
    return np.clip(np.round(samples * steps), -steps, steps - 1) / steps, sample_rate


@attack
def quantise_to_levels(samples: Any, sample_rate: int, seed: int = 0, *, levels: int) -> Changed:
    """AudioMarkBench's: `levels` steps between the smallest and the largest sample of the clip."""
    levels = int(in_range("levels", levels, 2, 2**24))
    low, high = float(np.min(samples)), float(np.max(samples))
    width = max(high - low, 1e-20) / (levels - 1)
    return np.round((samples - low) / width) * width + low, sample_rate


@attack
def silence_start(samples: Any, sample_rate: int, seed: int = 0, *, fraction: float) -> Changed:
    """"shush": the first part (0 to 1) set to zero."""
    out = samples.copy()
    out[: int(in_range("fraction", fraction, 0, 1) * len(out))] = 0
    return out, sample_rate


@attack
def compressor(samples: Any, sample_rate: int, seed: int = 0, *, threshold_db: float, ratio: float = 4) -> Changed:
    """Dynamic range compression, attack 5 ms, release 100 ms; threshold -60 to 0 dB."""
    threshold = 10 ** (in_range("threshold_db", threshold_db, -60, 0, " dB") / 20)
    graph = f"acompressor=threshold={threshold:.6f}:ratio={in_range('ratio', ratio, 1, 20)}:attack=5:release=100:makeup=1"
    return _same_length(samples, sample_rate, graph), sample_rate


@attack
def expander(samples: Any, sample_rate: int, seed: int = 0, *, threshold_db: float, ratio: float = 2) -> Changed:
    """What lies under the threshold (-60 to 0 dB) gets quieter still, at most by 24 dB."""
    threshold = 10 ** (in_range("threshold_db", threshold_db, -60, 0, " dB") / 20)
    graph = f"agate=threshold={threshold:.6f}:ratio={in_range('ratio', ratio, 1, 20)}:attack=5:release=100:range=0.06"
    return _same_length(samples, sample_rate, graph), sample_rate


@attack
def limiter(samples: Any, sample_rate: int, seed: int = 0, *, threshold_db: float) -> Changed:
    """Look-ahead limiter; threshold -60 to 0 dB."""
    limit = 10 ** (in_range("threshold_db", threshold_db, -60, 0, " dB") / 20)
    # ffmpeg takes no limit below -24 dB: the threshold is brought to full scale, and back.
    return limit * _same_length(samples / limit, sample_rate, "alimiter=limit=1:attack=5:release=50:level=false"), sample_rate


@attack
def loudness(samples: Any, sample_rate: int, seed: int = 0, *, lufs: float) -> Changed:
    """EBU R128 loudness normalisation on the fly (ffmpeg loudnorm: gain moves with time); -40 to -5 LUFS."""
    target = in_range("lufs", lufs, -40, -5, " LUFS")
    graph = f"loudnorm=I={target}:TP=-1.5:LRA=7,aresample={sample_rate}"
    heard = np.resize(samples, max(len(samples), 4 * sample_rate))  # under 3 s it would take any signal for silence
    return _same_length(heard, sample_rate, graph)[: len(samples)], sample_rate


@attack
def gain_control(samples: Any, sample_rate: int, seed: int = 0) -> Changed:
    """Automatic gain control, as a telephone or a meeting has it: ffmpeg dynaudnorm, frames of 100 ms, at most 20 dB."""
    return _same_length(samples, sample_rate, "dynaudnorm=framelen=100:gausssize=15:peak=0.7:maxgain=10"), sample_rate


def _same_length(samples: Samples, rate: int, graph: str) -> Samples:
    out = ffmpeg.filtered(samples, rate, graph)[: len(samples)]
    return np.pad(out, (0, len(samples) - len(out)))
