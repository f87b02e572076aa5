"""The plots of a report, and how they stand in the page itself, as SVG: no file beside it, no font or script from elsewhere."""
from __future__ import annotations

import importlib
import io
import math
import re
from collections import abc
from typing import Any

import numpy as np

from .tables import Row

_MARK, _SECOND, _QUIET, _BOUND = "#0b6e4f", "#c77700", "#9aa0a6", "#b3261e"
_LETTERS: dict[str, Any] = {"font.size": 9}  # while drawing and while saving: some labels are made only then


def survival(rows: abc.Sequence[Row], what: str, title: str) -> Any:
    """Share (found, or exact) by attack, for the shortest, a middle and the longest window, with intervals."""
    run = [row for row in rows if not row["error"]]
    lengths = [length for length in run[0]["windows"] if any(row["windows"][length][what]["windows"] for row in run)] if run else []
    picked = list(dict.fromkeys([lengths[0], lengths[len(lengths) // 2], lengths[-1]])) if lengths else []

    def draw(axes: Any) -> None:
        places = np.arange(len(run))[::-1]
        for number, (length, colour) in enumerate(zip(picked, (_QUIET, _SECOND, _MARK))):
            offset = 0.25 * (len(picked) // 2 - number)
            for place, row in zip(places, run):
                cell = row["windows"][length][what]
                if cell["share"] is None:
                    continue
                axes.plot([100 * cell["low"], 100 * cell["high"]], [place + offset] * 2, color=colour, lw=1.2)
                axes.plot(100 * cell["share"], place + offset, "o", ms=3.5, color=colour)
            axes.plot([], [], "o-", ms=3.5, color=colour, label=f"{length} s of audio")
        axes.set(xlim=(-2, 102), ylim=(-0.6, len(run) - 0.4), xlabel=f"{title}, % of windows, with 95 % intervals")
        axes.set_yticks(places, [row["attack"] for row in run])
        axes.tick_params(labelsize="small")
        axes.grid(axis="x", color="#e3e3e3", lw=0.6)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1 + 0.9 / max(3, len(run))), ncols=3, fontsize="small", frameon=False)

    return _drawn((7.5, 1.2 + 0.3 * len(run)), draw)


def alarms(rows: abc.Sequence[Row]) -> Any:
    """Observed share of p at or below p, against the bound: the steps may not lie above the line but by chance."""

    def draw(axes: Any) -> None:
        least = 1.0
        for row, colour in zip(rows, (_MARK, _SECOND)):
            p = 10 ** np.asarray(row["log10_p"], dtype=np.float64)
            if not len(p):
                continue
            seen = np.sort(p[p < 1])
            least = min(least, 0.3 / len(p))
            if len(seen):
                axes.step(seen, np.arange(1, len(seen) + 1) / len(p), where="post", color=colour, label=f"{row['kind']}, {len(p)} trials")
            else:
                axes.plot([], [], color=colour, label=f"{row['kind']}, {len(p)} trials: every p is 1")
        axes.plot([least, 1], [least, 1], "--", color=_BOUND, label="the proved bound")
        axes.set(xscale="log", yscale="log", xlim=(least, 1), ylim=(least, 1.3))
        axes.set(xlabel="reported p", ylabel="share of trials with at most this p")
        axes.grid(color="#e3e3e3", lw=0.6)
        axes.legend(loc="upper left", fontsize="small", frameon=False)

    return _drawn((5.8, 4.2), draw)


def qualities(rows: abc.Sequence[Row]) -> Any:
    """Every clip a dot, by measure; the mean a line."""
    shown = [row for row in rows if row["measure"] != "mark_db"]

    def draw(axes: Any) -> None:
        random = np.random.default_rng(0)
        for place, row in enumerate(reversed(shown)):
            values = np.array([value for value in row["values"] if value is not None and math.isfinite(value)])
            axes.plot(values, place + random.uniform(-0.18, 0.18, len(values)), "o", ms=4, alpha=0.6, color=_MARK, mew=0)
            axes.plot([row["mean"]] * 2, [place - 0.32, place + 0.32], color=_BOUND, lw=1.5)
        axes.set_yticks(range(len(shown)), [row["measure"].replace("_db", "").replace("_", " ") for row in reversed(shown)])
        axes.set(xlabel="dB; a dot a clip, the line their mean", ylim=(-0.6, len(shown) - 0.4))
        axes.grid(axis="x", color="#e3e3e3", lw=0.6)

    return _drawn((7.5, 0.9 + 0.5 * len(shown)), draw)


def figure(size: tuple[float, float], draw: abc.Callable[[Any], None]) -> Any:
    """A figure of `size` inches; draw puts axes into it."""
    with importlib.import_module("matplotlib").rc_context(_LETTERS):
        made = importlib.import_module("matplotlib.figure").Figure(figsize=size, layout="constrained")
        draw(made)
    return made


def png(drawn: Any) -> bytes:
    """The figure as a file, 120 points to the inch."""
    with importlib.import_module("matplotlib").rc_context(_LETTERS):
        out = io.BytesIO()
        drawn.savefig(out, format="png", dpi=120, metadata={"Software": None})
    return out.getvalue()


def svg(name: str, drawn: Any) -> str:
    """The figure as part of a page; `name` is its own there."""
    matplotlib = importlib.import_module("matplotlib")
    # The names that SVG gives its parts follow from the salt: the same numbers must give the same page.
    with matplotlib.rc_context({"svg.hashsalt": name, "svg.fonttype": "path", **_LETTERS}):
        out = io.StringIO()
        drawn.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    # Two figures of one page must not share names.
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", out.getvalue())
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    return text[text.index("<svg") :].replace("<svg", f'<svg role="img" aria-label="{name}"', 1)


def _drawn(size: tuple[float, float], draw: abc.Callable[[Any], None]) -> Any:
    def in_axes(made: Any) -> None:
        axes = made.add_subplot()
        axes.spines[["top", "right"]].set_visible(False)
        draw(axes)

    return figure(size, in_axes)
