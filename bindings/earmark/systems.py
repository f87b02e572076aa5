"""Watermarks that evaluate() can test: earmark, the audiowmark program, AudioSeal. What a further one needs is the protocol
Watermark in earmark.evaluation.

    rows = earmark.evaluate(Audiowmark(), clips, earmark.attacks.table())
"""
from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import tempfile
from collections import abc
from typing import Any

import numpy as np

from .detector import detect
from .embedder import embed_reported
from .evaluation import Bits, Found, Samples
from .files import soundfile
from .key import KeyLike, as_marking_key
from .payload import Payload


class Earmark:
    """earmark. key: a Key or path; profile, p_max, search as embed() and detect(); bits: 32, 64 or 128."""

    def __init__(
        self, key: KeyLike, *, profile: str = "standard", bits: int = 64, p_max: float = 1e-6, search: str = "none"
    ) -> None:
        if bits not in (32, 64, 128):
            raise ValueError(f"bits: {bits} is not one of 32, 64, 128")
        self.name, self.bits = f"earmark {profile}", bits
        self._key, self._profile = as_marking_key(key), profile
        self._settings: dict[str, Any] = {"p_max": p_max, "search": search}

    def embed(self, samples: Samples, sample_rate: int, message: Bits) -> Samples:
        payload = Payload(np.packbits(message).tobytes())
        marked: Samples = embed_reported(
            samples, sample_rate=sample_rate, key=self._key, payload=payload, profile=self._profile
        )[0]
        return marked

    def detect(self, samples: Samples, sample_rate: int) -> Found:
        found = detect(samples, sample_rate=sample_rate, key=self._key, **self._settings)
        message = None if found.payload is None else _bits_of(bytes(found.payload))
        return Found(found.marked, -found.log10_p, message, found.log10_p)


class Audiowmark:
    """The audiowmark program (0.6 and later), as it is on the PATH or as `program` names it.

    strength  its --strength; 10 is its default
    key       the path of one of its key files; without one its built-in test key, which everybody has
    detect_speed  look through other speeds, "no", "yes" or "patient"

    It gives no verdict: it prints candidates for marked and unmarked audio alike, and its user looks them up among the
    messages that were issued. So does this: `detected` means that a candidate is one of the messages that this object
    embedded (of 128 bits: a chance hit is out of the question). The score is the sync quality of the best candidate.
    Files are 16 bit. OSError when the program fails; FileNotFoundError when there is none.
    """

    bits = 128

    def __init__(
        self,
        program: str = "audiowmark",
        *,
        strength: float = 10,
        key: str | os.PathLike[str] | None = None,
        detect_speed: str = "no",
    ) -> None:
        found = shutil.which(program)
        if found is None:
            raise FileNotFoundError(f"program: {program} is no program on the PATH")
        if detect_speed not in ("no", "yes", "patient"):
            raise ValueError(f"detect_speed: {detect_speed!r} is not one of no, yes, patient")
        self.name = f"audiowmark {strength:g}"
        self._program = found
        self._common = ["--key", os.fspath(key)] if key is not None else []
        self._strength = ["--strength", f"{strength:g}"]
        searches: dict[str, list[str]] = {"no": [], "yes": ["--detect-speed"], "patient": ["--detect-speed-patient"]}
        self._search = searches[detect_speed]
        self._issued: set[str] = set()

    def embed(self, samples: Samples, sample_rate: int, message: Bits) -> Samples:
        digits = np.packbits(message).tobytes().hex()
        with tempfile.TemporaryDirectory() as folder:
            host, marked = (os.path.join(folder, name) for name in ("host.wav", "marked.wav"))
            soundfile().write(host, np.clip(samples, -1, 1), sample_rate, subtype="PCM_16")
            self._run("add", *self._common, *self._strength, host, marked, digits)
            out: Samples = soundfile().read(marked, dtype="float64")[0]
        self._issued.add(digits)
        return out

    def detect(self, samples: Samples, sample_rate: int) -> Found:
        with tempfile.TemporaryDirectory() as folder:
            path, found = (os.path.join(folder, name) for name in ("received.wav", "found.json"))
            soundfile().write(path, np.clip(samples, -1, 1), sample_rate, subtype="PCM_16")
            self._run("get", *self._common, *self._search, "--json", found, path)
            with open(found, encoding="utf-8") as lines:
                matches = json.load(lines)["matches"]
        if not matches:
            return Found(False, 0.0)
        issued = [match for match in matches if match["bits"] in self._issued]
        best = max(issued or matches, key=lambda match: float(match["rating"]))
        return Found(bool(issued), float(best["quality"]), _bits_of(bytes.fromhex(best["bits"])))

    def _run(self, *words: str) -> None:
        done = subprocess.run([self._program, *words], capture_output=True, text=True)
        if done.returncode:
            raise OSError(f"audiowmark {words[0]} exit {done.returncode}: {done.stderr.strip()[:300]}")


class AudioSeal:
    """AudioSeal (16 bits, no key), where the packages audioseal and torch are installed; imported here and nowhere else.

    generator, detector  names of its model cards, or models that are loaded already
    threshold  of the share of samples it calls marked, above which `detected` is true; AudioMarkBench takes 0.1 to 0.15,
               OmniSealBench 0.5
    It is fed 16 kHz: other rates are resampled there, and what it adds is resampled back, as its authors do.
    """

    def __init__(
        self,
        generator: Any = "audioseal_wm_16bits",
        detector: Any = "audioseal_detector_16bits",
        *,
        threshold: float = 0.5,
    ) -> None:
        try:
            self._torch = importlib.import_module("torch")
            loader = importlib.import_module("audioseal").AudioSeal
        except ImportError as error:
            raise ImportError(f"AudioSeal needs its packages: pip install audioseal torch ({error})") from error
        self._generator = loader.load_generator(generator) if isinstance(generator, str) else generator
        self._detector = loader.load_detector(detector) if isinstance(detector, str) else detector
        self.name, self.bits, self._threshold = "audioseal", 16, threshold
        for model in (self._generator, self._detector):
            model.eval()

    def embed(self, samples: Samples, sample_rate: int, message: Bits) -> Samples:
        with self._torch.no_grad():
            bits = self._torch.from_numpy(np.asarray(message, np.int64)[np.newaxis])
            mark = self._generator.get_watermark(self._batch(samples, sample_rate), _RATE, message=bits)
        added = _fitted(np.asarray(mark.detach().cpu(), np.float64)[0, 0], sample_rate, len(samples))
        return np.asarray(samples, np.float64) + added

    def detect(self, samples: Samples, sample_rate: int) -> Found:
        with self._torch.no_grad():
            share, message = self._detector.detect_watermark(self._batch(samples, sample_rate), _RATE)
        share = float(share)
        return Found(share > self._threshold, share, np.asarray(message.cpu(), np.uint8).reshape(-1))

    def _batch(self, samples: Samples, sample_rate: int) -> Any:
        from .attacks.timing import resampled

        fed = resampled(np.asarray(samples, np.float64), sample_rate, _RATE).astype(np.float32)
        return self._torch.from_numpy(np.ascontiguousarray(fed)[np.newaxis, np.newaxis])


_RATE = 16000  # Hz, what AudioSeal was trained at


def _fitted(added: Samples, sample_rate: int, length: int) -> Samples:
    from .attacks.timing import resampled

    back = resampled(added, _RATE, sample_rate)[:length]
    return np.pad(back, (0, length - len(back)))


def _bits_of(message: abc.Sequence[int] | bytes) -> Bits:
    return np.unpackbits(np.frombuffer(bytes(message), np.uint8))
