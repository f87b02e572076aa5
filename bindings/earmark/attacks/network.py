"""What packets go through: loss and what the receiver makes of it, playout that follows the network's mood."""
from __future__ import annotations

from collections import abc
from typing import Any

import numpy as np

from .attack import Changed, Samples, attack, in_range, one_of
from .timing import read_at

PACKET_S = 0.020
LOSS_HANDLING = ("zero", "repeat", "concealed", "deleted")


@attack
def packet_loss(samples: Any, sample_rate: int, seed: int = 0, *, loss: float, handling: str) -> Changed:
    """Packets of 20 ms lost independently with probability `loss` (0 to 0.9); where one is missing the receiver

    zero       plays silence
    repeat     plays the packet before it once more
    concealed  goes on with the last pitch periods, fading: after ITU-T G.711 Appendix I
    deleted    leaves it out, and everything after moves up
    """
    packet = int(round(PACKET_S * sample_rate))
    lost = np.random.default_rng(seed).random(-(-len(samples) // packet)) < in_range("loss", loss, 0, 0.9)
    lost[0] = False  # there is something to go on from
    if one_of("handling", handling, LOSS_HANDLING) == "deleted":
        return samples[~np.repeat(lost, packet)[: len(samples)]], sample_rate
    out = samples.copy()
    for first, last in _runs(lost):
        start, end = first * packet, min(last * packet, len(out))
        if handling == "zero":
            out[start:end] = 0
        elif handling == "repeat":
            out[start:end] = np.resize(out[start - packet : start], end - start)
        else:
            _conceal(out, start, end, sample_rate)
    return out, sample_rate


@attack
def playout_jumps(samples: Any, sample_rate: int, seed: int = 0, *, every_s: float = 3.0) -> Changed:
    """A jitter buffer that jumps: about every every_s seconds (0.1 to 600) one packet of 20 ms is played twice or left
    out, as often the one as the other."""
    packet = int(round(PACKET_S * sample_rate))
    rng = np.random.default_rng(seed)
    count = -(-len(samples) // packet)
    kind = rng.choice([1, 0, 2], count, p=_odds(PACKET_S / in_range("every_s", every_s, 0.1, 600, " s")))
    pieces = [np.tile(samples[at * packet : (at + 1) * packet], kind[at]) for at in range(count)]
    return np.concatenate(pieces) if sum(map(len, pieces)) else samples, sample_rate


@attack
def playout_warps(samples: Any, sample_rate: int, seed: int = 0, *, every_s: float = 3.0, change_s: float = 0.02) -> Changed:
    """A jitter buffer that stretches: about every every_s seconds the delay grows or shrinks by change_s (0 to 0.1 s),
    spread over 200 ms (10 % slower or faster there at 20 ms)."""
    rng = np.random.default_rng(seed)
    spread_s, at_s, delays = 0.2, 0.0, [(0.0, 0.0)]
    while (at_s := at_s + 0.3 + rng.exponential(in_range("every_s", every_s, 0.1, 600, " s"))) < len(samples) / sample_rate:
        before = delays[-1][1]
        delays += [(at_s, before), (at_s + spread_s, before + rng.choice([-1, 1]) * in_range("change_s", change_s, 0, 0.1))]
    t = np.arange(len(samples)) / sample_rate
    delay_s = np.interp(t, *np.array(delays).T)
    return read_at(samples, np.arange(len(samples)) - delay_s * sample_rate), sample_rate


def _odds(rare: float) -> tuple[float, float, float]:
    return 1 - rare, rare / 2, rare / 2


def _runs(lost: Any) -> abc.Iterator[tuple[int, int]]:
    """(first, one past the last) of each stretch of lost packets."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], lost.astype(int), [0]])))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist())


def _conceal(out: Samples, start: int, end: int, rate: int) -> None:
    """Fills out[start:end] with the last pitch period (5 to 15 ms, where the last 20 ms are most like themselves),
    repeated, 20 % weaker every 10 ms after the first, silent after 60 ms; 4 ms of it blend into what follows."""
    shortest, longest, recent = (int(seconds * rate) for seconds in (0.005, 0.015, 0.020))
    if start < recent + longest:
        out[start:end] = 0
        return
    now = out[start - recent : start]
    before = [out[start - recent - lag : start - lag] for lag in range(shortest, longest + 1)]
    likeness = [float(np.dot(now, past) / np.sqrt(np.dot(past, past) + 1e-20)) for past in before]
    lag = shortest + int(np.argmax(likeness))
    blend = min(int(0.004 * rate), len(out) - end)
    age_s = np.arange(end - start + blend) / rate
    gain = np.where(age_s < 0.060, np.clip(1 - 20 * (age_s - 0.010), 0, 1), 0)
    filled = np.resize(out[start - lag : start], len(gain)) * gain
    out[start:end] = filled[: end - start]
    ramp = np.arange(1, blend + 1) / (blend + 1)
    out[end : end + blend] = ramp * out[end : end + blend] + (1 - ramp) * filled[end - start :]
