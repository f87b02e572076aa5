"""Short-time objective intelligibility: Taal, Hendriks, Heusdens, Jensen, IEEE TASLP 19(7), 2011, as printed there.

10 kHz; frames of 256 samples, half overlapped, Hann, 512-point transform; frames of the clean signal more than 40 dB
below its loudest are removed from both; 15 third-octave bands from 150 Hz; segments of 30 frames (384 ms); each segment
of the processed signal scaled to the clean one's energy and clipped at a signal-to-distortion ratio of -15 dB; the
correlation of the envelopes, averaged over bands and segments.
"""
import numpy as np

from corpus import resampled

RATE = 10000
FRAME, HOP, TRANSFORM = 256, 128, 512
BANDS, FIRST_CENTRE_HZ = 15, 150
SEGMENT_FRAMES = 30
CLIP_DB = -15
SILENCE_DB = 40
# A Hann window without its zero ends, as MATLAB's hanning().
WINDOW = np.hanning(FRAME + 2)[1:-1]


def _frames(x):
    starts = np.arange(0, len(x) - FRAME, HOP)
    return x[starts[:, None] + np.arange(FRAME)] * WINDOW


def _without_silence(clean, processed):
    """Overlap-add of the frames where the clean one is within 40 dB of its loudest."""
    clean_frames, processed_frames = _frames(clean), _frames(processed)
    level_db = 20 * np.log10(np.linalg.norm(clean_frames, axis=1) + 1e-16)
    kept = level_db > np.max(level_db) - SILENCE_DB
    joined = []
    for frames in (clean_frames[kept], processed_frames[kept]):
        out = np.zeros((len(frames) - 1) * HOP + FRAME if len(frames) else 0)
        for index, frame in enumerate(frames):
            out[index * HOP:index * HOP + FRAME] += frame
        joined.append(out)
    return joined


def third_octave_bands():
    """(bands, bins) of 0 and 1: bins from the one nearest the lower edge up to that nearest the upper."""
    frequency_hz = np.arange(TRANSFORM // 2 + 1) * RATE / TRANSFORM
    centres_hz = FIRST_CENTRE_HZ * 2 ** (np.arange(BANDS) / 3)
    nearest = lambda f: int(np.argmin((frequency_hz - f) ** 2))
    bands = np.zeros((BANDS, len(frequency_hz)))
    for row, centre_hz in zip(bands, centres_hz):
        row[nearest(centre_hz * 2 ** (-1 / 6)):nearest(centre_hz * 2 ** (1 / 6))] = 1
    return bands


def _envelopes(x):
    """(bands, frames) of band magnitudes."""
    spectrum = np.abs(np.fft.rfft(_frames(x), TRANSFORM, axis=1)) ** 2
    return np.sqrt(third_octave_bands() @ spectrum.T)


def stoi(clean, processed, rate):
    """0 .. 1; not a number when less than one segment of sound is left."""
    clean, processed = _without_silence(resampled(clean, rate, RATE), resampled(processed, rate, RATE))
    if len(clean) < FRAME + SEGMENT_FRAMES * HOP:
        return float('nan')
    x_all, y_all = _envelopes(clean), _envelopes(processed)
    segments = np.lib.stride_tricks.sliding_window_view
    x = segments(x_all, SEGMENT_FRAMES, axis=1)  # (bands, segments, 30)
    y = segments(y_all, SEGMENT_FRAMES, axis=1)
    norm = lambda v: np.linalg.norm(v, axis=2, keepdims=True) + 1e-16
    y = np.minimum(y * norm(x) / norm(y), x * (1 + 10 ** (-CLIP_DB / 20)))
    x = x - np.mean(x, axis=2, keepdims=True)
    y = y - np.mean(y, axis=2, keepdims=True)
    return float(np.mean(np.sum(x / norm(x) * (y / norm(y)), axis=2)))
