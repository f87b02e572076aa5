"""What clocks, networks and jitter buffers do to time: the rows of that kind in distortions.py."""
from fractions import Fraction

import numpy as np
from scipy.signal import resample_poly

from time_and_pitch import tempo_sox

FRAME_S = 0.020


def clock(ppm, samples, rate, seed):
    """The receiver's clock runs slow by so much: the audio plays fast. Polyphase, Kaiser window."""
    ratio = 1 + Fraction(ppm, 10 ** 6)
    return resample_poly(samples, ratio.denominator, ratio.numerator), rate


def _frames(samples, rate):
    length = int(round(FRAME_S * rate))
    return [samples[i:i + length] for i in range(0, len(samples), length)]


def deleted_frames(share, samples, rate, seed):
    """Frames of 20 ms are lost and the rest is closed up, without a fade."""
    rng = np.random.default_rng(seed)
    return np.concatenate([frame for frame in _frames(samples, rate) if rng.random() >= share]), rate


def lost_frames(share, repeat, samples, rate, seed):
    """Frames of 20 ms are replaced, by zeros or by the frame before."""
    rng = np.random.default_rng(seed)
    out, last = [], np.zeros(0)
    for frame in _frames(samples, rate):
        if rng.random() < share:
            frame = np.resize(last, len(frame)) if repeat and len(last) else np.zeros(len(frame))
        last = frame
        out.append(frame)
    return np.concatenate(out), rate


def buffer_jumps(every_s, samples, rate, seed):
    """A jitter buffer that empties and fills: at random times, on average so far apart, one to three frames of 20 ms are
    deleted or played twice."""
    rng = np.random.default_rng(seed)
    frames, out, index = _frames(samples, rate), [], 0
    while index < len(frames):
        out.append(frames[index])
        index += 1
        if rng.random() < FRAME_S / every_s:
            index += int(rng.choice([-3, -2, -1, 1, 2, 3]))
            index = max(index, 0)
    return np.concatenate(out), rate


def adaptive_playout(samples, rate, seed):
    """A jitter buffer that stretches and squeezes: each second plays at a tempo of 0.9 to 1.1 of its own (WSOLA)."""
    rng = np.random.default_rng(seed)
    pieces = [samples[i:i + rate] for i in range(0, len(samples), rate)]
    return np.concatenate([tempo_sox(round(float(rng.uniform(0.9, 1.1)), 3), piece, rate, seed)[0]
                           if len(piece) > rate // 2 else piece for piece in pieces]), rate
