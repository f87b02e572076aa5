"""Detecting: a whole signal with detect(), or chunk by chunk with a Detector."""
from __future__ import annotations

from typing import Any

from . import _earmark
from .audio import as_planar
from .config import DetectConfig, workers_of
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
    workers: int | None = 1,
) -> Detection:
    """Is this audio marked with one of my keys, where, and what does the mark say?

    x            (samples,) or (channels, samples); float32, float64 or int16, any layout; as embed()
    sample_rate  Hz, 8000 to 192000; need not be the rate at which the audio was marked
    key          a Key, a ScreeningKey (reads no payload), the path of a key file, a list of these, or a dict that
                 names them. Detection.key is the name; without one, the path or the fingerprint
    search       "none", "drift" or "full": how much change of tempo and pitch is looked through
    p_max        0 to 1, both excluded: marked means a false-alarm probability of at most this
    scores       also give the score over time
    workers      threads that share a signal of more than 16 s, for the same verdict; None: as many as there are cores.
                 With search="full" there is one

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
        audio.samples, config.sample_rate, _native_keys(config), config.search, config.p_max, config.scores, workers_of(workers)
    )
    return from_native(found, config)


class Detector:
    """Judges a stream, chunk by chunk; chunks of any size give the verdict of detect() on the whole.

    Thread safety: one thread at a time per object (RuntimeError when two use it at once); objects are independent.
    Memory: fixed, whatever the length of the signal. Arguments and errors as detect(); channels is 1 to 64.
    Copied and pickled in mid-stream: the copy goes on as the original would have. A pickle holds the keys as the paths of
    their files (TypeError for a key that has none) and no secret; save() and restore() move the state alone.

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

    def poll(self) -> Detection | None:
        """The verdict so far, when it was renewed since the last poll (twice a second of audio at least), else None.

        The false alarms of all polls of a signal of any length together are bounded by p_max; who is marked once stays
        marked. A mark begins when `marked` turns true (or `ongoing` again, with a later last segment), and has ended when
        `ongoing` turns false.
        """
        found = self._native.poll()
        return None if found is None else from_native(found, self._config)

    def finish(self) -> Detection:
        """The verdict on all that was pushed; ready for a new signal after."""
        return from_native(self._native.finish(), self._config)

    def reset(self) -> None:
        """Forget the signal so far."""
        self._native.reset()

    def __repr__(self) -> str:
        fields = (f"{name}={getattr(self._config, name)!r}" for name in DetectConfig.__dataclass_fields__)
        return f"Detector({', '.join(fields)})"

    def save(self) -> bytes:
        """The stream so far, for restore() in a Detector of the same config, here or elsewhere: versioned, checked, without
        any secret."""
        return self._native.save()

    def restore(self, state: bytes) -> None:
        """Go on where save() was called. ValueError names what is wrong (another version, config or key, cut, damaged), and
        then the Detector is as it was."""
        if not isinstance(state, (bytes, bytearray, memoryview)):
            raise TypeError(f"state: {type(state).__name__} given, the bytes of save() are needed")
        self._native.restore(bytes(state))

    def __copy__(self) -> Detector:
        return _resumed(self._config, self.save())

    def __deepcopy__(self, memo: object) -> Detector:
        return self.__copy__()

    def __reduce__(self) -> tuple[object, ...]:
        return _resumed, (self._config, self.save())


def _resumed(config: DetectConfig, state: bytes) -> Detector:
    detector = Detector.from_config(config)
    detector.restore(state)
    return detector


def _native_keys(config: DetectConfig) -> list[tuple[str, _earmark.Key | _earmark.ScreeningKey]]:
    """Numbered, for a name may be a path that is not Unicode; from_native() puts the names back."""
    return [(str(index), key._native) for index, (_, key) in enumerate(config.key)]
