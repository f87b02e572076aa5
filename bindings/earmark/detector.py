"""Detecting: a whole signal with detect(), or chunk by chunk with a Detector."""
from __future__ import annotations

from typing import Any, NoReturn

from . import _earmark
from .audio import as_planar
from .config import DetectConfig
from .detection import Detection, from_native
from .key import KeysLike


def detect(
    x: Any,
    *,
    sample_rate: int,
    key: KeysLike,
    search: str = "none",
    p_max: float = 1e-6,
    scores: bool = False,
) -> Detection:
    """Is this audio marked with one of my keys, where, and what does the mark say?

    x            (samples,) or (channels, samples); float32, float64 or int16, any layout; as embed()
    sample_rate  Hz, 8000 to 192000; need not be the rate at which the audio was marked
    key          a Key, a ScreeningKey (reads no payload), the path of a key file, a list of these, or a dict that
                 names them. Detection.key is the name; without one, the path or the fingerprint
    search       "none", "drift" or "full": how much change of tempo and pitch is looked through
    p_max        0 to 1, both excluded: marked means a false-alarm probability of at most this
    scores       also give the score over time

    Raises TypeError or ValueError naming the argument (KeyFileError and FileNotFoundError for key files). Too little
    speech is no error: Detection.reason says so. Threads: any number; other Python threads run meanwhile.

    >>> import numpy as np
    >>> from earmark import Key
    >>> noise = np.random.default_rng(4).normal(0, 0.1, 3 * 8000)
    >>> detect(noise, sample_rate=8000, key={"mine": Key.generate()}).marked
    False
    """
    audio = as_planar(x, "x")
    config = DetectConfig(sample_rate, key, audio.channels, search, p_max, scores)  # type: ignore[arg-type]
    found = _earmark.detect(
        audio.samples, config.sample_rate, _native_keys(config), config.search, config.p_max, config.scores
    )
    return from_native(found, config)


class Detector:
    """Judges a stream, chunk by chunk; chunks of any size give the verdict of detect() on the whole.

    Thread safety: one thread at a time per object (RuntimeError when two use it at once); objects are independent.
    Memory: bounded, whatever the length of the signal. Arguments and errors as detect(); channels is 1 to 64.
    Not picklable, for the library cannot save its state yet: pickle its `config`.

    >>> import numpy as np
    >>> from earmark import Key
    >>> detector = Detector(sample_rate=8000, key=Key.generate())
    >>> for chunk in np.random.default_rng(5).normal(0, 0.1, (100, 160)):
    ...     detector.push(chunk)
    >>> detector.finish().duration_s
    2.0
    """

    def __init__(
        self,
        *,
        sample_rate: int,
        key: KeysLike,
        channels: int = 1,
        search: str = "none",
        p_max: float = 1e-6,
        scores: bool = False,
    ) -> None:
        config = DetectConfig(sample_rate, key, channels, search, p_max, scores)  # type: ignore[arg-type]
        self._config = config
        self._native = _earmark.Detector(
            config.sample_rate, config.channels, _native_keys(config), config.search, config.p_max, config.scores
        )

    @classmethod
    def from_config(cls, config: DetectConfig) -> Detector:
        if not isinstance(config, DetectConfig):
            raise TypeError(f"config: {type(config).__name__} given, an earmark.DetectConfig is needed")
        return cls(**{name: getattr(config, name) for name in DetectConfig.__dataclass_fields__})

    @property
    def config(self) -> DetectConfig:
        return self._config

    def push(self, block: Any) -> None:
        """The next chunk, (samples,) or (channels, samples), 0 samples or more, any accepted dtype."""
        audio = as_planar(block, "block", allow_empty=True)
        if audio.channels != self._config.channels:
            raise ValueError(f"block: {audio.channels} channels, the Detector was made for {self._config.channels}")
        self._native.push(audio.samples)

    def finish(self) -> Detection:
        """The verdict on all that was pushed; ready for a new signal after."""
        return from_native(self._native.finish(), self._config)

    def reset(self) -> None:
        """Forget the signal so far."""
        self._native.reset()

    def __repr__(self) -> str:
        fields = (f"{name}={getattr(self._config, name)!r}" for name in DetectConfig.__dataclass_fields__)
        return f"Detector({', '.join(fields)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("Detector: the state of a stream is not pickled; pickle .config and use from_config()")


def _native_keys(config: DetectConfig) -> list[tuple[str, _earmark.Key | _earmark.ScreeningKey]]:
    """Numbered, for a name may be a path that is not Unicode; from_native() puts the names back."""
    return [(str(index), key._native) for index, (_, key) in enumerate(config.key)]
