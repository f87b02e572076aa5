"""Noise-to-mask ratio: the change's energy against what the host hides, per critical band and frame (Brandenburg 1987).

Masking threshold after Johnston (IEEE JSAC 6(2), 1988): power spectrum of 32 ms Hann frames (half overlapped) summed
into bands one Bark wide; spread over bands with Schroeder's function (1979); lowered by 14.5 + band dB (tonal) to
5.5 dB (noise), by the spectral flatness of the frame (-60 dB = wholly tonal); divided by the spreading's
gain on a flat spectrum; never below the threshold in quiet (Terhardt 1979), full scale sine taken as 92 dB SPL.

Below 0 dB a band's change lies under the threshold. `total` is the mean of the ratios themselves (not of their dB) over
all bands and active frames, as in ITU-R BS.1387; `above` the share of bands and frames above 0 dB. No temporal
masking: strict before and after loud sounds. Additive noise is what the model was made for; a change of level inside
a noisy band is judged as if it were noise of that energy, which is stricter than the ear.
"""
import numpy as np

from measures.spectral_distance import WINDOW_S, framed_spectra, frames_in_sound

FULL_SCALE_SPL_DB = 92
TONAL_FLATNESS_DB = -60


def bark(frequency_hz):
    """Zwicker and Terhardt 1980."""
    khz = np.asarray(frequency_hz) / 1000
    return 13 * np.arctan(0.76 * khz) + 3.5 * np.arctan((khz / 7.5) ** 2)


def quiet_spl_db(frequency_hz):
    khz = np.maximum(np.asarray(frequency_hz), 20) / 1000
    return 3.64 * khz ** -0.8 - 6.5 * np.exp(-0.6 * (khz - 3.3) ** 2) + 1e-3 * khz ** 4


def spreading(bands):
    """(to, from): Schroeder, Atal, Hall 1979; steep towards low, 10 dB a Bark towards high."""
    distance = np.arange(bands)[:, None] - np.arange(bands)[None] + 0.474
    return 10 ** ((15.81 + 7.5 * distance - 17.5 * np.sqrt(1 + distance ** 2)) / 10)


def band_of_bin(rate, bins):
    return np.floor(bark(np.arange(bins) * rate / 2 / (bins - 1))).astype(int)


def masking_threshold(host_power, rate):
    """(frames, bands), in the units of band sums of host_power."""
    bins = host_power.shape[1]
    band = band_of_bin(rate, bins)
    members = (band[None] == np.arange(band[-1] + 1)[:, None]).astype(float)
    members = members[members.any(axis=1)]
    spread = spreading(len(members))
    excitation = host_power @ members.T @ spread.T
    safe = host_power + 1e-20
    flatness_db = 10 * (np.mean(np.log10(safe), axis=1) - np.log10(np.mean(safe, axis=1)))
    tonality = np.clip(flatness_db / TONAL_FLATNESS_DB, 0, 1)[:, None]
    offset_db = tonality * (14.5 + np.arange(1, len(members) + 1)) + (1 - tonality) * 5.5
    threshold = excitation * 10 ** (-offset_db / 10) / np.sum(spread, axis=1)
    return np.maximum(threshold, _quiet_power(rate, bins, members)), members


def _quiet_power(rate, bins, members):
    """Threshold in quiet at each band's most sensitive bin, as the band power a sine of that level would have."""
    length = int(round(WINDOW_S * rate))
    sine_power = np.sum(np.hanning(length + 2)[1:-1] ** 2) / 4 * length  # of a full-scale sine, one side (Parseval)
    quiet = quiet_spl_db(np.arange(bins) * rate / 2 / (bins - 1))
    lowest = np.array([np.min(quiet[row > 0]) for row in members])
    return sine_power * 10 ** ((lowest - FULL_SCALE_SPL_DB) / 10)


def noise_to_mask(host, marked, rate):
    """{'total_db', 'worst_db' (99th percentile over frames of the worst band), 'above'}."""
    host_power, centres_s = framed_spectra(host, rate)
    change_power, _ = framed_spectra(marked - host, rate)
    sound = frames_in_sound(host, rate, centres_s)
    if not sound.any():
        return {'total_db': float('nan'), 'worst_db': float('nan'), 'above': float('nan')}
    threshold, members = masking_threshold(host_power[sound], rate)
    ratio = change_power[sound] @ members.T / threshold
    worst_band_db = 10 * np.log10(np.max(ratio, axis=1) + 1e-20)
    return {'total_db': float(10 * np.log10(np.mean(ratio) + 1e-20)),
            'worst_db': float(np.percentile(worst_band_db, 99)),
            'above': float(np.mean(ratio > 1))}
