"""Audio files, block by block, through soundfile (libsndfile): flat memory, and no half-written output."""
from __future__ import annotations

import importlib
import os
from collections import abc
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from .config import DetectConfig, EmbedConfig
from .detection import Detection
from .detector import Detector
from .embedder import Embedder, EmbedReport

BLOCK_SAMPLES = 1 << 17  # of all channels
_INTEGER_BITS = {"PCM_U8": 8, "PCM_S8": 8, "PCM_24": 24}  # rounded here; int16 the Embedder rounds itself
_DTYPES = {"PCM_16": "int16", "DOUBLE": "float64"}


def soundfile() -> Any:
    try:
        return importlib.import_module("soundfile")
    except ImportError:
        raise ImportError("files are read with soundfile: pip install earmark[files], or apt install python3-soundfile")


def detect_file(path: str, config: dict[str, Any]) -> Detection:
    """The verdict on a file; `config` holds the arguments of DetectConfig but for rate and channels."""
    with _opened(path) as source:
        detector = Detector.from_config(DetectConfig(source.samplerate, channels=source.channels, **config))
        for block in _blocks(source, path, "float32"):
            detector.push(block.T)
        return detector.finish()


def embed_file(path: str, out: str, config: dict[str, Any]) -> EmbedReport:
    """Marks `path` into `out`, same rate, channels, container, sample format and length; all of it or no file.

    `config` holds the arguments of EmbedConfig but for rate and channels.
    """
    aside = f"{out}.{os.getpid()}.part"
    try:
        with _opened(path) as source:
            embedder = Embedder.from_config(EmbedConfig(source.samplerate, channels=source.channels, **config))
            with soundfile().SoundFile(
                aside, "w", source.samplerate, source.channels, source.subtype, source.endian, source.format
            ) as sink:
                _mark_all(source, sink, embedder, path)
            _check_written(aside, out, source)
        os.replace(aside, out)
    except BaseException:
        if os.path.exists(aside):
            os.unlink(aside)
        raise
    return embedder.report


def _mark_all(source: Any, sink: Any, embedder: Embedder, path: str) -> None:
    to_drop = embedder.latency_samples  # of the lag at the start; flush() gives as many at the end
    for block in _blocks(source, path, _DTYPES.get(source.subtype, "float32")):
        marked = embedder.process(block.T).T
        sink.write(_fitted(marked[to_drop:], source.subtype))
        to_drop -= min(to_drop, len(marked))
    tail = np.atleast_2d(embedder.flush()).T
    sink.write(_fitted(tail[to_drop:], source.subtype))


def _fitted(samples: Any, subtype: str) -> Any:
    """To the nearest step of integer formats, as int32 of full scale, so that an unmarked sample stays what it was."""
    bits = _INTEGER_BITS.get(subtype)
    if bits is None:
        return samples if subtype in ("FLOAT", "DOUBLE", "PCM_16") else np.clip(samples, -1, 1)
    steps = 2 ** (bits - 1)
    whole = np.clip(np.rint(samples.astype(np.float64) * steps), -steps, steps - 1)
    return (whole * 2 ** (32 - bits)).astype(np.int32)


def _check_written(aside: str, out: str, source: Any) -> None:
    written = soundfile().info(aside)
    if (written.frames, written.samplerate, written.channels) != (source.frames, source.samplerate, source.channels):
        raise OSError(f"{out}: {written.frames} samples were written instead of {source.frames}; nothing kept")


def _blocks(source: Any, path: str, dtype: str) -> abc.Iterator[Any]:
    size = max(1, BLOCK_SAMPLES // source.channels)
    seen = 0
    while True:
        block = source.read(size, dtype=dtype, always_2d=True)
        seen += len(block)
        if len(block) == 0:
            break
        yield block
    if seen == 0 or seen != source.frames:
        raise ValueError(f"{path}: {seen} samples could be read, {source.frames} announced")


@contextmanager
def _opened(path: str) -> abc.Iterator[Any]:
    with ExitStack() as stack:
        if "://" in path:  # a URL: what fsspec can open
            file = stack.enter_context(importlib.import_module("fsspec").open(path, "rb"))
        elif os.path.exists(path):
            file = path
        else:
            raise FileNotFoundError(f"{path}: no such file")
        try:
            source = stack.enter_context(soundfile().SoundFile(file))
        except RuntimeError as error:  # soundfile's own errors are RuntimeErrors
            raise ValueError(f"{path}: cannot be read as audio: {error}") from None
        yield source
