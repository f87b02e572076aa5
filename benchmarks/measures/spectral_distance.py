"""Log-spectral distance: how far the short-time log spectrum moved, in dB (Gray and Markel 1976, rms form).

Frames of 32 ms, half overlapped, Hann, where the host is active; bins more than 60 dB below the frame's strongest count
as 60 dB below it, in both signals.
"""
import numpy as np

from corpus import FRAME_S, active_frames

WINDOW_S = 0.032
FLOOR_DB = 60


def framed_spectra(x, rate, window_s=WINDOW_S):
    """Power spectra (frames, bins) and the centre of each frame, s."""
    length = int(round(window_s * rate))
    starts = np.arange(0, len(x) - length + 1, length // 2)
    frames = x[starts[:, None] + np.arange(length)] * np.hanning(length + 2)[1:-1]
    return np.abs(np.fft.rfft(frames, axis=1)) ** 2, (starts + length / 2) / rate


def frames_in_sound(host, rate, centres_s):
    active = active_frames(host, rate)
    if not len(active):
        return np.zeros(len(centres_s), bool)
    return active[np.minimum((centres_s / FRAME_S).astype(int), len(active) - 1)]


def log_spectral_distance_db(host, marked, rate):
    host_power, centres_s = framed_spectra(host, rate)
    marked_power, _ = framed_spectra(marked, rate)
    sound = frames_in_sound(host, rate, centres_s)
    if not sound.any():
        return float('nan')
    host_power, marked_power = host_power[sound], marked_power[sound]
    floor = np.max(host_power, axis=1, keepdims=True) * 10 ** (-FLOOR_DB / 10)
    difference_db = 10 * np.log10(np.maximum(marked_power, floor) / np.maximum(host_power, floor))
    return float(np.mean(np.sqrt(np.mean(difference_db ** 2, axis=1))))
