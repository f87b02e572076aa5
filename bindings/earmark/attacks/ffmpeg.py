"""The one place that runs ffmpeg: codecs there and back, and its audio filters. Sound stays in memory."""
from __future__ import annotations

import os
import subprocess
import tempfile
from typing import Any

import numpy as np

from .attack import Samples

_SCRATCH = "/dev/shm" if os.path.isdir("/dev/shm") else None


def transcoded(samples: Samples, rate: int, encoder: str, extension: str, coded_rate: int) -> Samples:
    """16-bit samples (clipped to full scale) through an encoder and its decoder, at coded_rate.

    encoder is ffmpeg's own words; extension names the container. The delay of the codec is left in.
    """
    with tempfile.TemporaryDirectory(dir=_SCRATCH) as folder:
        coded = os.path.join(folder, f"coded.{extension}")
        plain = np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2").tobytes()
        one_channel = ("-ar", str(coded_rate), "-ac", "1")
        _run("-f", "s16le", "-ar", str(rate), "-ac", "1", "-i", "-", *one_channel, *encoder.split(), coded, stdin=plain)
        decoded = _run("-i", coded, *one_channel, "-c:a", "pcm_s16le", "-f", "s16le", "-")
    return np.frombuffer(decoded, "<i2").astype(np.float64) / 32768


def filtered(samples: Samples, rate: int, graph: str) -> Samples:
    """Through an audio filter graph, in floating point, at the rate it came with."""
    plain = samples.astype("<f4").tobytes()
    raw = ("-f", "f32le", "-ar", str(rate), "-ac", "1")
    return np.frombuffer(_run(*raw, "-i", "-", "-af", graph, *raw, "-", stdin=plain), "<f4").astype(np.float64)


def _run(*arguments: str, stdin: bytes = b"") -> bytes:
    command: list[Any] = ["ffmpeg", "-loglevel", "error", "-threads", "1", "-y", *arguments]
    try:
        done = subprocess.run(command, input=stdin, capture_output=True)
    except FileNotFoundError:
        raise OSError("ffmpeg is not on the PATH; codecs need it (Debian: ffmpeg and libavcodec-extra)") from None
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr.decode(errors='replace').strip()[:300]}")
    return done.stdout
