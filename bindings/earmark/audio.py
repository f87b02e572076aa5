"""Arrays in and out: any layout becomes contiguous float32 (channels, samples), and goes back as it came."""
from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

MAX_CHANNELS = 64
MAX_SAMPLES = 2**31 - 1  # of all channels together, in one call
INT16_STEPS = 32768
MAX_PEAK = 8.0  # of a float host: 18 dB beyond full scale. Far beyond it the limiter would leave nothing of the mark

Float32Array = npt.NDArray[np.float32]
_ALLOWED = {np.dtype(np.float32), np.dtype(np.float64), np.dtype(np.int16)}


@dataclass(frozen=True)
class Planar:
    """Checked audio, and what it takes to give the result back in the caller's shape, dtype and kind of array."""

    samples: Float32Array  # (channels, samples), C-contiguous, finite
    one_dimensional: bool
    dtype: np.dtype[Any]
    is_torch: bool

    @property
    def channels(self) -> int:
        return int(self.samples.shape[0])

    def back(self, result: Float32Array) -> Any:
        """`result` (channels, samples) as the caller's kind; the number of samples may differ from the input's."""
        array = self.in_numpy(result)
        return sys.modules["torch"].from_numpy(array) if self.is_torch else array

    def in_numpy(self, result: Float32Array) -> npt.NDArray[Any]:
        """`result` in the caller's shape and dtype."""
        if self.one_dimensional:
            result = result[0]
        array: npt.NDArray[Any] = result
        if self.dtype.kind == "i":
            array = np.rint(result * np.float32(INT16_STEPS))
            np.clip(array, -INT16_STEPS, INT16_STEPS - 1, out=array)
        return array.astype(self.dtype, copy=False)


def as_out(out: object, like: Planar) -> npt.NDArray[Any]:
    """The array that a result goes into: of the input's dtype and shape, any layout; may be the input itself."""
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out: {type(out).__name__} given, a NumPy array is needed")
    shape = like.samples.shape[1:] if like.one_dimensional else like.samples.shape
    if out.dtype != like.dtype:
        raise ValueError(f"out: dtype {out.dtype}, that of the input is {like.dtype}")
    if out.shape != shape:
        raise ValueError(f"out: shape {out.shape}, that of the input is {shape}")
    if not out.flags.writeable:
        raise ValueError("out: a read-only array")
    return out


def as_host(audio: object, name: str, *, allow_empty: bool = False) -> Planar:
    """as_planar() for audio to be marked: floats on the scale of int16 are refused, for no mark would be left in them."""
    planar = as_planar(audio, name, allow_empty=allow_empty)
    peak = _peak(planar.samples)
    if peak > MAX_PEAK:
        raise ValueError(
            f"{name}: peak {peak:g}, at most {MAX_PEAK:g} is taken; full scale of floats is 1 (divide by 32768, or "
            "give int16)"
        )
    return planar


def as_planar(audio: object, name: str, *, allow_empty: bool = False) -> Planar:
    """Check `audio`; TypeError or ValueError naming `name` unless it is usable."""
    array = _as_array(audio, name)
    dtype = array.dtype
    if dtype.newbyteorder("=") not in _ALLOWED:
        hint = "; read the file first" if dtype.kind in "US" else ""
        raise TypeError(f"{name}: dtype {dtype}; float32, float64 or int16 is needed{hint}")
    if array.ndim not in (1, 2):
        raise ValueError(f"{name}: shape {array.shape}; (samples,) or (channels, samples) is needed")
    _check_size(array, name, allow_empty)
    planar = array if array.ndim == 2 else array[np.newaxis]
    with np.errstate(over="ignore", invalid="ignore"):
        samples = np.require(planar, dtype=np.float32, requirements=["C", "A"])
    if dtype.kind == "i":
        samples = samples * np.float32(1 / INT16_STEPS)
    elif not math.isfinite(_peak(samples)):
        channel, sample = np.argwhere(~np.isfinite(samples))[0]
        raise ValueError(
            f"{name}: {planar[channel, sample]} at channel {channel}, sample {sample}; finite float32 numbers are needed"
        )
    return Planar(samples, array.ndim == 1, dtype, _is_torch(audio))


def _peak(samples: Float32Array) -> float:
    """The largest magnitude; not a number where a sample is none. Two passes that allocate nothing."""
    high, low = float(np.max(samples, initial=0)), float(np.min(samples, initial=0))
    return math.nan if math.isnan(high + low) else max(high, -low)


def _check_size(array: npt.NDArray[Any], name: str, allow_empty: bool) -> None:
    channels = 1 if array.ndim == 1 else array.shape[0]
    if not 1 <= channels <= MAX_CHANNELS:
        hint = "; transpose (samples, channels)" if array.ndim == 2 and 1 <= array.shape[1] <= MAX_CHANNELS else ""
        raise ValueError(f"{name}: {channels} channels (shape {array.shape}) is outside 1 to {MAX_CHANNELS}{hint}")
    if array.size == 0 and not allow_empty:
        raise ValueError(f"{name}: 0 samples (shape {array.shape}), at least 1 is needed")
    if array.size > MAX_SAMPLES:
        raise ValueError(f"{name}: {array.size} samples, at most {MAX_SAMPLES} in one call; use blocks")


def _is_torch(audio: object) -> bool:
    torch = sys.modules.get("torch")
    tensor = getattr(torch, "Tensor", None)
    return isinstance(tensor, type) and isinstance(audio, tensor)


def _as_array(audio: object, name: str) -> npt.NDArray[Any]:
    if _is_torch(audio):
        audio = audio.detach()  # type: ignore[attr-defined]  # a gradient has no place in a file
    if isinstance(audio, np.ma.MaskedArray):
        raise TypeError(f"{name}: a masked array; fill it first")
    try:
        if not hasattr(audio, "__array__") and hasattr(audio, "__dlpack__"):
            return np.from_dlpack(audio)
        return np.asarray(audio)
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:
        raise TypeError(f"{name}: {type(audio).__name__} cannot be read as an array: {error}") from error
