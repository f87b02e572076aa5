"""What an attack is: a checked function (samples, sample_rate, seed, *, parameters), and a row of a table that holds one."""
from __future__ import annotations

import dataclasses
import functools
import importlib
from collections import abc
from types import MappingProxyType
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

from ..audio import as_planar
from ..config import as_sample_rate

Samples = npt.NDArray[np.float64]
Changed = tuple[Samples, int]
Change = TypeVar("Change", bound=abc.Callable[..., Changed])


def attack(change: Change) -> Change:
    """Checks the three arguments that every attack has, and hands them on as float64, int and int."""

    @functools.wraps(change)
    def checked(samples: Any, sample_rate: Any, seed: Any = 0, **parameters: Any) -> Changed:
        mono = as_mono(samples)
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
            raise TypeError(f"seed: {type(seed).__name__} given, an integer is needed")
        if seed < 0:
            raise ValueError(f"seed: {seed}, 0 or more is needed")
        changed, rate = change(mono, as_sample_rate(sample_rate), int(seed), **parameters)
        return np.ascontiguousarray(changed, dtype=np.float64), rate

    return cast(Change, checked)


def as_mono(samples: Any) -> Samples:
    """float64 (samples,), finite, at least one; full scale 1. int16 is scaled."""
    planar = as_planar(samples, "samples")
    if not planar.one_dimensional:
        raise ValueError(f"samples: shape {planar.samples.shape}; one channel, (samples,), is needed")
    if planar.dtype.kind == "f":
        return np.array(samples, dtype=np.float64)
    return np.asarray(planar.samples[0], dtype=np.float64)


@dataclasses.dataclass(frozen=True)
class Attack:
    """A row: call it with (samples, sample_rate, seed) and get (samples, sample_rate).

    change      one of the functions of this package, or any other (samples, sample_rate, seed, **parameters)
    parameters  its keywords
    source      where the setting comes from
    tempo       how much faster than the host the result plays
    head        (samples, sample_rate, seed) -> how many samples are taken off the start, where any are
    """

    change: abc.Callable[..., Changed]
    parameters: abc.Mapping[str, Any] = dataclasses.field(default_factory=dict)
    source: str = ""
    tempo: float = 1.0
    head: abc.Callable[[Any, int, int], int] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    def __call__(self, samples: Any, sample_rate: int, seed: int) -> Changed:
        return self.change(samples, sample_rate, seed, **self.parameters)

    def received_s(self, host_s: float, samples: Any, sample_rate: int, seed: int) -> float:
        """Where the moment host_s (s) of the host lands in the result, good to some tens of milliseconds."""
        head = self.head(samples, sample_rate, seed) if self.head else 0
        return (host_s - head / sample_rate) / self.tempo

    def __repr__(self) -> str:
        given = "".join(f", {name}={value!r}" for name, value in self.parameters.items() if not isinstance(value, list))
        return f"{getattr(self.change, '__name__', self.change)}(samples, sample_rate, seed{given})"


def in_range(name: str, value: Any, low: float, high: float, unit: str = "") -> float:
    """`value` as a float from low to high, both allowed; TypeError or ValueError naming `name`."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name}: {type(value).__name__} given, a number is needed")
    if not low <= value <= high:
        raise ValueError(f"{name}: {value}{unit} is outside {low:g} to {high:g}{unit}")
    return float(value)


def one_of(name: str, value: Any, choices: abc.Iterable[str]) -> str:
    known = list(choices)
    if value not in known:
        raise ValueError(f"{name}: {value!r} is not one of {', '.join(known)}")
    return str(value)


def scipy_signal() -> Any:
    try:
        return importlib.import_module("scipy.signal")
    except ImportError:
        raise ImportError("attacks are computed with scipy: pip install earmark[research], or apt install python3-scipy")


def power(samples: npt.NDArray[Any]) -> float:
    return float(np.mean(samples**2))


@attack
def none(samples: Any, sample_rate: int, seed: int = 0) -> Changed:
    """Nothing happens: the mark alone."""
    return samples, sample_rate
