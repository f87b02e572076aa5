"""What detection found: values, frozen, with the names that `earmark detect --json` prints."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from . import _earmark
from .config import DetectConfig
from .payload import Payload


@dataclass(frozen=True)
class Segment:
    """A stretch of audio that carries a mark; its ends are good to about half a second.

    The segments of one Detection share its false-alarm bound.
    """

    start_s: float
    end_s: float
    log10_p: float
    payload: Payload | None = None  # as read from this segment alone
    payload_log10_p: float | None = None
    time_scale: float = 1.0  # how many times as fast it plays, as in Detection
    frequency_scale: float = 1.0

    def to_dict(self) -> dict[str, Any]:
        return {
            "start_s": self.start_s,
            "end_s": self.end_s,
            "log10_p": self.log10_p,
            "time_scale": self.time_scale,
            "frequency_scale": self.frequency_scale,
        }


@dataclass(frozen=True)
class Score:
    """Evidence along the best hypothesis from start_s on; z in standard deviations, rarely beyond +-3 unmarked."""

    start_s: float
    z: float

    def to_dict(self) -> dict[str, Any]:
        return {"start_s": self.start_s, "z": self.z}


@dataclass(frozen=True)
class Detection:
    """The verdict on a signal.

    marked      the answer: 10**log10_p <= p_max
    log10_p     bound, a theorem, on the probability that audio made without the key gets such a verdict; 0 is no
                evidence; every key, channel and hypothesis tried is counted in it
    payload     what the mark says, None when it was not read; never a guess
    payload_log10_p  bound on reading any payload from audio that has none; None without a payload
    key         name of the key found, None when not marked
    channel     index of the channel found
    start_s, end_s   where the mark begins and ends, seconds
    time_scale, frequency_scale   tempo and pitch against the original
    duration_s, active_s          length, and how much of it carries speech, seconds
    hypotheses  how many readings the verdict paid for
    reason      why no verdict was possible ("0.4 s of active speech"), else None
    segments    the stretches that carry a mark
    scores      the score over time when asked for, else empty
    decided_s   seconds of signal heard when it became marked, 0 when not marked
    ongoing     of Detector.poll(): marked, and the last segment had not ended

    A Detection has no truth value of its own: ask `.marked`.
    """

    marked: bool
    log10_p: float
    payload: Payload | None
    payload_log10_p: float | None
    key: str | None
    channel: int
    start_s: float
    end_s: float
    time_scale: float
    frequency_scale: float
    duration_s: float
    active_s: float
    hypotheses: float
    reason: str | None
    segments: tuple[Segment, ...]
    scores: tuple[Score, ...] = ()
    decided_s: float = 0.0
    ongoing: bool = False

    def __bool__(self) -> NoReturn:
        raise TypeError("a Detection is neither true nor false; ask .marked")

    def to_dict(self) -> dict[str, Any]:
        """The object that `earmark detect --json` prints, without "file"; payload as hexadecimal digits.

        "reason" and "scores" are there only when they say something.
        """
        row: dict[str, Any] = {
            "marked": self.marked,
            "log10_p": self.log10_p,
            "payload": None if self.payload is None else str(self.payload),
            "payload_log10_p": self.payload_log10_p,
            "key": self.key,
            "channel": self.channel,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "time_scale": self.time_scale,
            "frequency_scale": self.frequency_scale,
            "duration_s": self.duration_s,
            "active_s": self.active_s,
            "hypotheses": self.hypotheses,
            "decided_s": self.decided_s if self.marked else None,
            "segments": [segment.to_dict() for segment in self.segments],
        }
        if self.reason is not None:
            row["reason"] = self.reason
        if self.scores:
            row["scores"] = [score.to_dict() for score in self.scores]
        return row


def from_native(found: _earmark.Detection, config: DetectConfig) -> Detection:
    return Detection(
        marked=found.marked,
        log10_p=found.log10_p,
        payload=_payload(found.payload),
        payload_log10_p=found.payload_log10_p if found.payload is not None else None,
        key=config.key[int(found.key)][0] if found.marked else None,
        channel=found.channel,
        start_s=found.start_s,
        end_s=found.end_s,
        time_scale=found.time_scale,
        frequency_scale=found.frequency_scale,
        duration_s=found.duration_s,
        active_s=found.active_s,
        hypotheses=found.hypotheses,
        reason=found.reason or None,
        segments=tuple(_segment(segment) for segment in found.segments),
        scores=tuple(Score(score.start_s, score.z) for score in found.scores),
        decided_s=found.decided_s,
        ongoing=found.ongoing,
    )


def _segment(found: _earmark.Segment) -> Segment:
    payload_log10_p = found.payload_log10_p if found.payload is not None else None
    return Segment(
        found.start_s,
        found.end_s,
        found.log10_p,
        _payload(found.payload),
        payload_log10_p,
        found.time_scale,
        found.frequency_scale,
    )


def _payload(digits: str | None) -> Payload | None:
    return None if digits is None else Payload(digits)
