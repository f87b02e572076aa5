"""Windows of received audio: cut at random places where somebody speaks.

The choice looks at the host alone, never at the marked audio or at a verdict, so it cannot favour the mark.
"""
import numpy as np

from corpus import FRAME_S, active_frames

MIN_ACTIVE = 0.5  # share of the window's 20 ms frames that are active in the host


def speech_starts(host, rate, window_s):
    """Start times in the host (s, on 20 ms frames) of all windows that are at least half active speech."""
    active = active_frames(host, rate).astype(int)
    frames = int(round(window_s / FRAME_S))
    if len(active) < frames:
        return np.zeros(0)
    total = np.concatenate([[0], np.cumsum(active)])
    share = (total[frames:] - total[:-frames]) / frames
    return np.flatnonzero(share >= MIN_ACTIVE) * FRAME_S


def cut(received, rate, start_s, window_s, jitter):
    """Samples of one window; `jitter` in [0, 1) moves the start inside its 20 ms frame.

    A window that a crop pushed over an edge is moved back inside; None when the received signal is shorter than it.
    """
    length = int(round(window_s * rate))
    if length > len(received):
        return None
    start = min(max(0, int((start_s + jitter * FRAME_S) * rate)), len(received) - length)
    return received[start:start + length]
