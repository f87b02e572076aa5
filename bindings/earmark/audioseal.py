"""AudioSeal's calls on earmark's mark: an existing script changes its import only.

    from earmark.audioseal import AudioSeal          # was: from audioseal import AudioSeal

    model = AudioSeal.load_generator("audioseal_wm_16bits")
    watermark = model.get_watermark(wav, sr)         # wav: (batch, channels, samples)
    detector = AudioSeal.load_detector("audioseal_detector_16bits")
    result, message = detector.detect_watermark(wav + watermark, sr)

What differs, for it must: a mark has a key, given as `key` or as the path in the environment variable EARMARK_KEY;
card names are accepted and choose nothing; the sample rate is required, any from 8 to 192 kHz; a message that was not
read comes back as -1, never as a guess. Messages of 1 to 32 bits travel in a payload of 32, filled up with zeros.
"""
from __future__ import annotations

import os
import secrets
import sys
from typing import Any

import numpy as np

from .audio import Float32Array
from .detector import detect
from .embedder import embed
from .key import KeyLike, KeysLike, as_marking_key, as_named_keys
from .payload import Payload

_PAYLOAD_BITS = 32


class AudioSeal:
    """The entry points of audioseal.AudioSeal."""

    @staticmethod
    def load_generator(card: object = None, *, nbits: int = 16, key: KeyLike | None = None) -> Generator:
        return Generator(key=key, nbits=nbits)

    @staticmethod
    def load_detector(card: object = None, *, nbits: int = 16, key: KeysLike | None = None) -> Detector:
        return Detector(key=key, nbits=nbits)


class Generator:
    """Marks batches. key: a Key or path; without one the file that EARMARK_KEY names. nbits: 1 to 32."""

    def __init__(self, *, key: KeyLike | None = None, nbits: int = 16) -> None:
        self._key = as_marking_key(_key(key))
        self.nbits = _bits(nbits)

    def get_watermark(self, x: Any, sample_rate: int | None = None, message: Any = None) -> Any:
        """What to add to x, of its shape (batch, channels, samples) and kind; float32.

        message  (batch, nbits) or (nbits,) zeros and ones; random without one, as AudioSeal does
        """
        batch = _batch(x)
        rows = _messages(message, len(batch), self.nbits)
        marked = [
            embed(clip, sample_rate=_rate(sample_rate), key=self._key, payload=_payload(row))
            for clip, row in zip(batch, rows)
        ]
        return _like(np.stack(marked) - batch, x)

    def __call__(self, x: Any, sample_rate: int | None = None, message: Any = None, alpha: float = 1.0) -> Any:
        """x with the mark, alpha times as deep (1 is earmark's standard profile)."""
        return x + alpha * self.get_watermark(x, sample_rate, message)

    forward = __call__

    def eval(self) -> Generator:
        return self

    def to(self, *where: object, **more: object) -> Generator:
        return self


class Detector:
    """Finds marks in batches. key: as earmark.detect(); without one the file that EARMARK_KEY names."""

    def __init__(self, *, key: KeysLike | None = None, nbits: int = 16) -> None:
        self._keys = dict(as_named_keys(_key(key)))
        self.nbits = _bits(nbits)

    def detect_watermark(
        self, x: Any, sample_rate: int | None = None, message_threshold: float = 0.5, detection_threshold: float = 0.5
    ) -> tuple[float, Any]:
        """(share of the batch's samples that lie in marked stretches, message (batch, nbits) of 0 and 1, -1 not read).

        Whether a stretch is marked is decided by the proved bound (p_max 1e-6): the thresholds change nothing.
        """
        marked, message = self(x, sample_rate)
        return float(np.mean(np.asarray(marked)[:, 1])), message

    def __call__(self, x: Any, sample_rate: int | None = None) -> tuple[Any, Any]:
        """(batch, 2, samples): not marked and marked, 0 or 1 each; and the message as detect_watermark()."""
        batch = _batch(x)
        presence = np.zeros((len(batch), 2, batch.shape[2]), np.float32)
        message = np.full((len(batch), self.nbits), -1, np.int32)
        for number, clip in enumerate(batch):
            rate = _rate(sample_rate)
            found = detect(clip, sample_rate=rate, key=self._keys)
            for segment in found.segments:
                presence[number, 1, int(segment.start_s * rate) : int(np.ceil(segment.end_s * rate))] = 1
            if found.payload is not None and found.payload.bits == _PAYLOAD_BITS:
                bits = np.unpackbits(np.frombuffer(bytes(found.payload), np.uint8))
                message[number] = bits[: self.nbits]
        presence[:, 0] = 1 - presence[:, 1]
        return _like(presence, x), _like(message, x)

    forward = __call__

    def eval(self) -> Detector:
        return self

    def to(self, *where: object, **more: object) -> Detector:
        return self


def _key(key: Any) -> Any:
    if key is None:
        key = os.environ.get("EARMARK_KEY")
    if key is None:
        raise ValueError("key: none given, and the environment variable EARMARK_KEY names no key file")
    return key


def _bits(nbits: int) -> int:
    if isinstance(nbits, bool) or not isinstance(nbits, int):
        raise TypeError(f"nbits: {type(nbits).__name__} given, an integer is needed")
    if not 1 <= nbits <= _PAYLOAD_BITS:
        raise ValueError(f"nbits: {nbits} is outside 1 to {_PAYLOAD_BITS}")
    return nbits


def _rate(sample_rate: int | None) -> int:
    if sample_rate is None:
        raise TypeError("sample_rate: needed; earmark guesses none")
    return sample_rate


def _array(x: Any) -> Any:
    return np.asarray(x.detach() if hasattr(x, "detach") else x)


def _batch(x: Any) -> Float32Array:
    array = _array(x)
    if array.dtype not in (np.float32, np.float64):
        raise TypeError(f"x: dtype {array.dtype}; float32 or float64 is needed")
    if array.ndim != 3 or array.size == 0:
        raise ValueError(f"x: shape {array.shape}; (batch, channels, samples) is needed, none of them 0")
    return np.asarray(array, dtype=np.float32)


def _messages(message: Any, count: int, nbits: int) -> Any:
    if message is None:
        return [[secrets.randbits(1) for _ in range(nbits)] for _ in range(count)]
    rows = np.atleast_2d(_array(message))
    if rows.shape not in ((count, nbits), (1, nbits)) or not np.isin(rows, (0, 1)).all():
        raise ValueError(f"message: shape {rows.shape}; zeros and ones of shape ({count}, {nbits}) are needed")
    return np.broadcast_to(rows, (count, nbits))


def _payload(row: Any) -> Payload:
    bits = np.zeros(_PAYLOAD_BITS, np.uint8)
    bits[: len(row)] = row
    return Payload(np.packbits(bits).tobytes())


def _like(array: Any, x: Any) -> Any:
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(x, torch.Tensor):
        return torch.from_numpy(array)
    return array
