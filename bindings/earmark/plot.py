"""Figures: the score over time, the mark over the spectrogram, and how often what is found at which bound.

Each function draws into `axes` (a new figure's unless given) and returns them; matplotlib is imported when called.
"""
from __future__ import annotations

import importlib
import math
from collections import abc
from typing import Any

import numpy as np
import numpy.typing as npt

from .audio import as_planar
from .config import as_sample_rate
from .detection import Detection

_MARK, _SECOND, _QUIET, _BOUND = "#0b6e4f", "#c77700", "#9aa0a6", "#b3261e"
_WINDOW_S, _HOP_S = 0.016, 0.004  # a cell of the mark is 16 ms by 125 Hz
_FIRST_BAND_HZ, _LAST_BAND_HZ, _BAND_HZ = 93.75, 7843.75, 125.0
_SCORE_S = 0.512
_DEEPEST_DB = 3.0  # of the colour scale of the gain pattern


def scores(detection: Detection, *, axes: Any = None) -> Any:
    """The score of `detect(..., scores=True)` over time (s), in standard deviations; the marked stretches shaded."""
    if not isinstance(detection, Detection):
        raise TypeError(f"detection: {type(detection).__name__} given, an earmark.Detection is needed")
    if not detection.scores:
        raise ValueError("detection: it has no scores; ask for them with detect(..., scores=True)")
    axes = _axes(axes, (8, 2.8))
    start_s = np.array([score.start_s for score in detection.scores])
    z = np.array([score.z for score in detection.scores])
    for segment in detection.segments:
        axes.axvspan(segment.start_s, segment.end_s, color=_MARK, alpha=0.12, lw=0)
    axes.axhspan(-3, 3, color=_QUIET, alpha=0.25, lw=0, label="usual without a mark")
    end_s = min(start_s[-1] + _SCORE_S, max(detection.duration_s, start_s[-1]))
    axes.step([*start_s, end_s], [*z, z[-1]], where="post", color=_MARK, label="score")
    axes.set(xlabel="time (s)", ylabel="score (standard deviations)", xlim=(0, max(detection.duration_s, 1e-3)))
    said = "" if detection.payload is None else f", payload {detection.payload}"
    found = f"marked{said}" if detection.marked else "not found"
    bound = f"false-alarm bound $10^{{{detection.log10_p:.1f}}}$" if detection.log10_p < -0.05 else "no evidence"
    axes.set_title(f"{found}, {bound}", fontsize="medium", loc="left")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, fontsize="small", frameon=False)
    return axes


def gain_pattern(host: Any, marked: Any, *, sample_rate: int, start_s: float = 0, seconds: float = 1.5, axes: Any = None) -> Any:
    """What the mark did, in dB by time (s) and frequency (kHz), over the spectrogram of `host` in grey.

    One value a cell of the mark, 16 ms by 125 Hz: its sign is the carrier, its depth what the host would hide.

    host, marked  (samples,) or (channels, samples), of one shape, from the start of the signal that was marked; the first
                  channel is drawn
    sample_rate   Hz
    """
    rate = as_sample_rate(sample_rate)
    before, after = as_planar(host, "host").samples[0], as_planar(marked, "marked").samples[0]
    if before.shape != after.shape:
        raise ValueError(f"marked: {len(after)} samples, host has {len(before)}")
    for name, value in (("start_s", start_s), ("seconds", seconds)):
        if not 0 <= value < math.inf:
            raise ValueError(f"{name}: {value}, 0 or more seconds are needed")
    begins_s = math.floor(start_s / _WINDOW_S) * _WINDOW_S  # on the grid of cells, which begins with the signal
    first = round(begins_s * rate)
    before, after = (x[first : first + int(seconds * rate)] for x in (before, after))
    if len(before) < _WINDOW_S * rate:
        raise ValueError(f"host: {len(before) / rate:.3f} s from start_s on, at least {_WINDOW_S} s are needed")
    axes = _axes(axes, (9, 4.2))
    host_db = _power_db(_frames(before, rate, _HOP_S))
    top = float(host_db.max())
    style = {"origin": "lower", "aspect": "auto", "interpolation": "nearest"}
    whole = (begins_s, begins_s + len(before) / rate, 0, rate / 2000)
    axes.imshow(host_db, cmap="gray_r", vmin=top - 70, vmax=top, extent=whole, **style)
    host_db, marked_db = (_power_db(_cells(x, rate)) for x in (before, after))
    gain_db = np.clip(marked_db - host_db, -_DEEPEST_DB, _DEEPEST_DB)
    audible = np.clip((host_db - top + 65) / 20, 0, 1)  # where the host is silent a ratio says nothing
    alpha = 0.9 * audible * np.minimum(1, np.abs(gain_db) / 1.5)  # no change leaves the spectrogram to be seen
    bands, cells = gain_db.shape
    grid = (begins_s, begins_s + cells * _WINDOW_S, _FIRST_BAND_HZ / 1000, (_FIRST_BAND_HZ + bands * _BAND_HZ) / 1000)
    change = axes.imshow(gain_db, cmap="PuOr", vmin=-_DEEPEST_DB, vmax=_DEEPEST_DB, alpha=alpha, extent=grid, **style)
    axes.figure.colorbar(change, ax=axes, label="gain of the mark (dB)")
    axes.set(xlabel="time (s)", ylabel="frequency (kHz)", ylim=(0, min(8, rate / 2000)))
    return axes


def roc(log10_p_marked: npt.ArrayLike, log10_p_unmarked: npt.ArrayLike, *, axes: Any = None) -> Any:
    """Share found against share of false alarms, log scale, with the proved bound.

    log10_p_marked, log10_p_unmarked  Detection.log10_p of marked and of unmarked clips. At each threshold the share of
    unmarked clips below it is drawn against the share of marked ones (steps), and the threshold itself, which is what
    the theorem promises, against the same share (line): the steps may not lie right of the line but by chance.
    """
    marked, unmarked = _values("log10_p_marked", log10_p_marked), _values("log10_p_unmarked", log10_p_unmarked)
    axes = _axes(axes, (5, 4.2))
    least = min(-8.0, -math.ceil(math.log10(len(unmarked))) - 1.0)
    threshold = np.linspace(least, 0, 400)
    found = _share_below(marked, threshold)
    observed = _share_below(unmarked, threshold)
    axes.plot(10**threshold, found, color=_BOUND, ls="--", label="proved: false alarms at most $p$")
    seen = observed > 0
    if seen.any():
        axes.step(observed[seen], found[seen], where="post", color=_MARK, label=f"observed, {len(unmarked)} unmarked clips")
    axes.axvline(1 / len(unmarked), color=_QUIET, lw=0.8, ls=":", label="one clip of them")
    axes.set(xscale="log", xlim=(10**least, 1), ylim=(0, 1.02), xlabel="false alarms (share of unmarked clips)", ylabel="found (share of marked clips)")
    axes.legend(loc="upper left", fontsize="small", frameon=False)
    return axes


def det(
    log10_p_marked: npt.ArrayLike, log10_p_unmarked: npt.ArrayLike | abc.Mapping[str, npt.ArrayLike], *, axes: Any = None
) -> Any:
    """Misses against false alarms on normal-deviate scales (Martin et al. 1997), with the proved bound. As roc();
    log10_p_unmarked may also be several kinds of clips without the mark, {words: values}."""
    marked = _values("log10_p_marked", log10_p_marked)
    several = log10_p_unmarked if isinstance(log10_p_unmarked, abc.Mapping) else {"unmarked clips": log10_p_unmarked}
    kinds = {words: _values("log10_p_unmarked", values) for words, values in several.items()}
    axes = _axes(axes, (5, 4.6))
    threshold = np.linspace(-8, 0, 800)
    missed = 1 - _share_below(marked, threshold)
    floor = 0.5 / len(marked)  # a share of 0 has no place on this scale: half a clip
    drawn = np.clip(missed, floor, 1 - floor)
    axes.plot(_deviate(10**threshold), _deviate(drawn), color=_BOUND, ls="--", label="proved: false alarms at most $p$")
    for (words, heard), colour in zip(kinds.items(), (_MARK, _SECOND)):
        observed = _share_below(heard, threshold)
        seen = (observed > 0) & (observed < 1)
        if seen.any():
            axes.plot(_deviate(observed[seen]), _deviate(drawn[seen]), color=colour, label=f"observed, {len(heard)} {words}")
    axes.axhline(_deviate(np.array(floor)), color=_QUIET, lw=0.8, ls=":", label=f"no miss in {len(marked)} marked clips")
    for axis, values in ((axes.xaxis, (1e-6, 1e-4, 1e-2, 0.1, 0.5)), (axes.yaxis, (1e-3, 1e-2, 0.05, 0.2, 0.5, 0.9))):
        axis.set_ticks(_deviate(np.array(values)), [f"{100 * value:g} %" for value in values])
    axes.set(xlabel="false alarms", ylabel="misses", xlim=_deviate(np.array((1e-7, 0.9))), ylim=_deviate(np.array((5e-4, 0.97))))
    axes.tick_params(labelsize="small")
    axes.legend(loc="upper right", fontsize="small", frameon=False)
    return axes


def found_by_seconds(
    seconds: npt.ArrayLike, found: npt.ArrayLike, *, label: str | None = None, axes: Any = None
) -> Any:
    """Share of clips found against their length (s), with 95 % Wilson intervals. One value of each per clip; call it
    again with the same `axes` for another curve."""
    length, hit = _values("seconds", seconds), np.asarray(found, dtype=bool).ravel()
    if len(length) != len(hit):
        raise ValueError(f"found: {len(hit)} values, seconds has {len(length)}")
    lengths = np.unique(length)
    counts = [(int(hit[length == one].sum()), int((length == one).sum())) for one in lengths]
    low, high = np.array([wilson(hits, total) for hits, total in counts]).T
    return share_by_seconds(lengths, [hits / total for hits, total in counts], low, high, label=label, axes=axes)


def share_by_seconds(
    seconds: npt.ArrayLike, share: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike, *, label: str | None = None, axes: Any = None
) -> Any:
    """Shares that are counted already, one a length, with the ends of their intervals; as found_by_seconds()."""
    lengths, values, lower, upper = (_values(name, given) for name, given in
                                     (("seconds", seconds), ("share", share), ("low", low), ("high", high)))  # fmt: skip
    if not len(lengths) == len(values) == len(lower) == len(upper):
        raise ValueError(f"share: {len(values)} values, low {len(lower)}, high {len(upper)}, seconds has {len(lengths)}")
    axes = _axes(axes, (5.5, 3.6))
    (line,) = axes.plot(lengths, values, marker="o", ms=4, label=label)
    axes.fill_between(lengths, lower, upper, color=line.get_color(), alpha=0.15, lw=0)
    axes.set(xlabel="length of the clip (s)", ylabel="found (share of clips)", ylim=(0, 1.02))
    if label is not None:
        axes.legend(loc="lower right", fontsize="small", frameon=False)
    return axes


def wilson(count: int, total: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927).

    >>> [round(end, 3) for end in wilson(17, 17)]
    [0.816, 1.0]
    """
    z2 = 1.959964**2
    share, reach = count / total, z2 / total
    half = math.sqrt(share * (1 - share) * reach + reach**2 / 4)
    centre = share + reach / 2
    return max(0.0, (centre - half) / (1 + reach)), min(1.0, (centre + half) / (1 + reach))


def _axes(axes: Any, size: tuple[float, float]) -> Any:
    if axes is not None:
        return axes
    pyplot = importlib.import_module("matplotlib.pyplot")
    return pyplot.subplots(figsize=size, layout="constrained")[1]


def _frames(x: npt.NDArray[np.float32], rate: int, hop_s: float) -> npt.NDArray[np.float64]:
    """Power of Hann frames of 16 ms, (frequency, time)."""
    size = int(_WINDOW_S * rate)
    starts = np.round(np.arange(0, (len(x) - size) / rate + 1e-9, hop_s) * rate).astype(np.int64)
    frames = x[starts[:, np.newaxis] + np.arange(size)] * np.hanning(size)
    return np.asarray(np.abs(np.fft.rfft(frames)).T ** 2, dtype=np.float64)


def _cells(x: npt.NDArray[np.float32], rate: int) -> npt.NDArray[np.float64]:
    """Power by cell, (band, time): of each frame the bins between the edges of a band."""
    power = _frames(x, rate, _WINDOW_S)
    frequency_hz = np.arange(len(power)) * rate / int(_WINDOW_S * rate)
    count = int((min(_LAST_BAND_HZ, rate / 2) - _FIRST_BAND_HZ) // _BAND_HZ)
    band = np.floor((frequency_hz - _FIRST_BAND_HZ) / _BAND_HZ)
    return np.stack([power[band == number].sum(axis=0) for number in range(count)])


def _power_db(power: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(10 * np.log10(power + 1e-12), dtype=np.float64)


def _values(name: str, values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64).ravel()
    if len(array) == 0 or np.isnan(array).any():
        raise ValueError(f"{name}: {'no values' if len(array) == 0 else 'not a number'}; at least one number is needed")
    return array


def _share_below(values: npt.NDArray[np.float64], threshold: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    below = np.searchsorted(np.sort(values), threshold, side="right") / len(values)
    return np.asarray(below, dtype=np.float64)


def _deviate(share: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Standard normal deviate of a share."""
    from statistics import NormalDist

    normal = NormalDist()
    return np.vectorize(lambda one: normal.inv_cdf(min(max(float(one), 1e-12), 1 - 1e-12)), otypes=[float])(share)  # type: ignore[no-any-return]
