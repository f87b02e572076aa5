"""Marking: a whole signal with embed(), or chunk by chunk with an Embedder."""
from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass
from typing import Any, NoReturn, TypeVar, overload

import numpy as np
import numpy.typing as npt

from . import _earmark
from .audio import Planar, as_host, as_out
from .config import EmbedConfig
from .key import KeyLike
from .payload import PayloadLike


LEAST_ACTIVE_S = 1.0  # with less, nobody should expect the mark to be found
Sample = TypeVar("Sample", np.float32, np.float64, np.int16)


@dataclass(frozen=True)
class EmbedReport:
    """What was done: samples per channel; samples round which the mark was made shallower so that nothing clips;
    seconds with enough sound to carry a mark; energy of the change against the host's in dB (-inf: no change)."""

    samples: int
    limited_samples: int
    active_s: float
    mark_db: float

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@overload
def embed(
    x: npt.NDArray[Sample],
    *,
    sample_rate: int,
    key: KeyLike,
    payload: PayloadLike,
    profile: str = "standard",
    out: npt.NDArray[Sample] | None = None,
) -> npt.NDArray[Sample]: ...
@overload
def embed(
    x: Any,
    *,
    sample_rate: int,
    key: KeyLike,
    payload: PayloadLike,
    profile: str = "standard",
    out: npt.NDArray[Any] | None = None,
) -> Any: ...
def embed(
    x: Any,
    *,
    sample_rate: int,
    key: KeyLike,
    payload: PayloadLike,
    profile: str = "standard",
    out: npt.NDArray[Any] | None = None,
) -> Any:
    """Mark a whole signal; the same shape and dtype come back, in new memory or in `out`.

    x            (samples,) or (channels, samples); float32, float64 (computed in float32) or int16 (computed in
                 float32, rounded to the nearest step); full scale of floats is 1, peaks to 8 are taken; any layout;
                 a NumPy array or anything with __array__ or __dlpack__. A CPU torch tensor gives a torch tensor,
                 anything else a NumPy array.
    sample_rate  Hz, 8000 to 192000
    key          a Key, or the path of a key file
    payload      int below 2**64, hexadecimal digits, bytes, uuid.UUID: 32, 64 or 128 bits
    profile      "transparent", "standard" or "robust": how deep the mark goes
    out          a NumPy array of x's shape and dtype to write into and return; may be x itself. After an error it is as it was

    Raises TypeError or ValueError naming the argument (KeyFileError and FileNotFoundError for key files); never returns
    audio that was not marked. Warns (UserWarning) when there is under 1 s of speech, too little to be found again.
    Threads: any number; other Python threads run meanwhile.

    >>> voice = np.random.default_rng(2).normal(0, 0.1, (2, 3 * 16000))
    >>> from earmark import Key
    >>> marked = embed(voice, sample_rate=16000, key=Key.generate(), payload=7)
    >>> marked.shape, marked.dtype
    ((2, 48000), dtype('float64'))
    """
    marked, report = embed_reported(x, sample_rate=sample_rate, key=key, payload=payload, profile=profile, out=out)
    if report.active_s < LEAST_ACTIVE_S:
        warnings.warn(
            f"x: {report.active_s:.2f} s of active speech, under {LEAST_ACTIVE_S:g} s, too little for the mark to be "
            "found again",
            stacklevel=2,
        )
    return marked


def embed_reported(
    x: Any,
    *,
    sample_rate: int,
    key: KeyLike,
    payload: PayloadLike,
    profile: str = "standard",
    out: npt.NDArray[Any] | None = None,
) -> tuple[Any, EmbedReport]:
    """embed(), and the EmbedReport of what was done."""
    audio = as_host(x, "x")
    target = None if out is None else as_out(out, audio)
    config = EmbedConfig(sample_rate, key, payload, audio.channels, profile)  # type: ignore[arg-type]
    marked, report = _earmark.embed(
        audio.samples, config.sample_rate, config.key._native, str(config.payload), config.profile
    )
    if target is None:
        return audio.back(marked), _report(report)
    np.copyto(target, audio.in_numpy(marked))
    return target, _report(report)


class Embedder:
    """Marks a stream, chunk by chunk; chunks of any size give the same samples as embed() on the whole.

    Thread safety: one thread at a time per object (RuntimeError when two use it at once); objects are independent.
    Latency: latency_samples, constant, at most 32 ms. Arguments and errors as embed(); channels is 1 to 64.
    Not picklable, for its state is not saved: pickle its `config`.

    >>> from earmark import Key
    >>> embedder = Embedder(sample_rate=8000, key=Key.generate(), payload="01234567")
    >>> voice = np.random.default_rng(3).normal(0, 0.1, 8000).astype(np.float32)
    >>> lagging = [embedder.process(chunk) for chunk in np.split(voice, 10)] + [embedder.flush()]
    >>> marked = np.concatenate(lagging)[embedder.latency_samples:]
    >>> len(marked)
    8000
    """

    def __init__(
        self,
        *,
        sample_rate: int,
        key: KeyLike,
        payload: PayloadLike,
        channels: int = 1,
        profile: str = "standard",
    ) -> None:
        config = EmbedConfig(sample_rate, key, payload, channels, profile)  # type: ignore[arg-type]
        self._config = config
        self._native = _earmark.Embedder(
            config.sample_rate, config.channels, config.key._native, str(config.payload), config.profile
        )
        self._like: Planar | None = None  # the first chunk of this signal

    @classmethod
    def from_config(cls, config: EmbedConfig) -> Embedder:
        if not isinstance(config, EmbedConfig):
            raise TypeError(f"config: {type(config).__name__} given, an earmark.EmbedConfig is needed")
        return cls(**{name: getattr(config, name) for name in EmbedConfig.__dataclass_fields__})

    @property
    def config(self) -> EmbedConfig:
        return self._config

    @property
    def latency_samples(self) -> int:
        """By how many samples the output lags behind the input."""
        return self._native.latency_samples()

    @property
    def report(self) -> EmbedReport:
        """What was done to the samples that have left so far."""
        return _report(self._native.report())

    @overload
    def process(
        self, block: npt.NDArray[Sample], *, out: npt.NDArray[Sample] | None = None
    ) -> npt.NDArray[Sample]: ...
    @overload
    def process(self, block: Any, *, out: npt.NDArray[Any] | None = None) -> Any: ...
    def process(self, block: Any, *, out: npt.NDArray[Any] | None = None) -> Any:
        """The next chunk, (samples,) or (channels, samples), 0 samples or more; shape and dtype come back.

        out: a NumPy array of the chunk's shape and dtype to write into and return; may be the chunk itself. A contiguous
        float32 one is written by the library without a copy between.

        Sample i of the output is the marked sample that entered latency_samples earlier, zeros before the first. All
        chunks of a signal have one dtype and one rank. After an error the stream is where it was before the call.
        """
        audio = as_host(block, "block", allow_empty=True)
        if audio.channels != self._config.channels:
            raise ValueError(f"block: {audio.channels} channels, the Embedder was made for {self._config.channels}")
        like = self._like
        if like and (like.dtype, like.one_dimensional) != (audio.dtype, audio.one_dimensional):
            raise ValueError(
                f"block: {audio.dtype} of {2 - audio.one_dimensional} dimensions, the signal began as {like.dtype} of "
                f"{2 - like.one_dimensional}; flush() or reset() first"
            )
        target = None if out is None else as_out(out, audio)
        if target is not None and _is_direct(target, audio.samples):
            self._native.process_into(audio.samples, target[np.newaxis] if audio.one_dimensional else target)
            marked = None
        else:
            marked = self._native.process(audio.samples)
        self._like = audio if like is None else like
        if target is None:
            return audio.back(marked)  # type: ignore[arg-type]
        if marked is not None:
            np.copyto(target, audio.in_numpy(marked))
        return target

    def flush(self) -> Any:
        """The last latency_samples samples, in the dtype and rank of the chunks; ready for a new signal after."""
        tail = self._native.flush()
        like, self._like = self._like, None
        if like is None:
            like = Planar(tail, self._config.channels == 1, np.dtype(np.float32), False)
        return like.back(tail)

    def reset(self) -> None:
        """Forget the signal so far."""
        self._native.reset()
        self._like = None

    def __repr__(self) -> str:
        return f"Embedder({_fields(self._config)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("Embedder: the state of a stream is not pickled; pickle .config and use from_config()")


def _is_direct(target: npt.NDArray[Any], samples: npt.NDArray[np.float32]) -> bool:
    """Whether the library can write into `target`: its own layout, and the same memory as the input or none of it."""
    if target.dtype != np.float32 or not target.flags.c_contiguous or not target.flags.aligned:
        return False
    same = target.__array_interface__["data"][0] == samples.__array_interface__["data"][0]
    return same or not np.may_share_memory(target, samples)


def _report(report: _earmark.EmbedReport) -> EmbedReport:
    return EmbedReport(report.samples, report.limited_samples, report.active_s, report.mark_db)


def _fields(config: EmbedConfig) -> str:
    return ", ".join(f"{name}={getattr(config, name)!r}" for name in EmbedConfig.__dataclass_fields__)
