"""Energy of the host against energy of the change, in dB: three ways. Host and marked: same length, same rate."""
import numpy as np

from corpus import active_frames

SEGMENT_RANGE_DB = (-10, 35)  # Hansen and Pellom 1998: a segment outside counts as its limit
FRAME_S = 0.020               # the frame of the activity rule


def _ratio_db(signal, noise):
    return 10 * np.log10((np.sum(signal ** 2, axis=-1) + 1e-20) / (np.sum(noise ** 2, axis=-1) + 1e-20))


def snr_db(host, marked):
    return float(_ratio_db(host, marked - host))


def si_snr_db(host, marked):
    """Scale-invariant (Le Roux et al. 2019): both freed of their mean, the host scaled to fit the marked best."""
    host, marked = host - np.mean(host), marked - np.mean(marked)
    target = host * (np.dot(host, marked) / (np.dot(host, host) + 1e-20))
    return float(_ratio_db(target, marked - target))


def segmental_snr_db(host, marked, rate):
    """Mean over the active 20 ms frames of the host, each held to -10 .. 35 dB."""
    active = active_frames(host, rate)
    length = int(round(FRAME_S * rate))
    cut = lambda x: x[:len(active) * length].reshape(-1, length)[active]
    if not active.any():
        return float('nan')
    return float(np.mean(np.clip(_ratio_db(cut(host), cut(marked - host)), *SEGMENT_RANGE_DB)))
