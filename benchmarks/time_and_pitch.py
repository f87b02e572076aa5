"""Changes of speed, tempo and pitch, by the tools that people use: the rows of that kind in distortions.py.

Factors count as the detector reports them: a time scale of 1.1 plays 1.1 times as fast and is 1 / 1.1 as long.
"""
import os
import subprocess
import tempfile
from fractions import Fraction

import numpy as np
import soundfile
from scipy.signal import resample_poly

from speech_codecs import SCRATCH


def _through(command, samples, rate):
    """Samples through a program that reads one WAV file and writes another; {0} and {1} in the command name them."""
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        names = [os.path.join(folder, name) for name in ('in.wav', 'out.wav')]
        soundfile.write(names[0], np.clip(samples, -1, 1), rate, subtype='PCM_16')
        done = subprocess.run([part.format(*names) for part in command], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f'{" ".join(command)}: {done.stderr.strip()[:300]}')
        return soundfile.read(names[1])


def speed(factor, samples, rate, seed):
    """A tape that runs fast: time and frequency together. Polyphase, Kaiser window."""
    ratio = Fraction(str(factor))
    return resample_poly(samples, ratio.denominator, ratio.numerator), rate


def tempo_sox(factor, samples, rate, seed):
    """WSOLA with segments for speech; dither off, so that the same sound comes out."""
    return _through(['sox', '-D', '{0}', '{1}', 'tempo', '-s', str(factor)], samples, rate)


def tempo_ffmpeg(factor, samples, rate, seed):
    """WSOLA as ffmpeg does it, with more jitter."""
    return _through(['ffmpeg', '-loglevel', 'error', '-nostdin', '-y', '-i', '{0}', '-af', f'atempo={factor}', '{1}'],
                    samples, rate)


def pitch_sox(semitones, samples, rate, seed):
    """WSOLA, then a change of rate."""
    return _through(['sox', '-D', '{0}', '{1}', 'pitch', str(100 * semitones)], samples, rate)


def stretch_rubberband(factor, samples, rate, seed):
    """A phase vocoder that keeps transients (Debian: rubberband-cli)."""
    return _through(['rubberband', '-q', '--tempo', str(factor), '{0}', '{1}'], samples, rate)


def stretch_vocoder(window_s, factor, samples, rate, seed):
    """The plain phase vocoder, as in librosa.effects.time_stretch: hop a quarter of the Hann window, phases advanced bin
    by bin (Dolson 1986), nothing locked. What is shorter than the window, cells of 16 ms too, is smeared over it."""
    hop = int(round(window_s * rate / 4))
    points = 4 * hop
    window = np.hanning(points + 1)[:-1]
    padded = np.pad(samples, points // 2, mode='reflect')
    frames = np.lib.stride_tricks.sliding_window_view(padded, points)[::hop]
    spectra = np.fft.rfft(frames * window)
    spectra = np.vstack([spectra, np.zeros_like(spectra[:2])])
    expected = np.pi * hop * np.arange(points // 2 + 1) / (points // 2)
    places = np.arange(0, len(frames), factor)
    out = np.zeros(len(places) * hop + points)
    weight = np.zeros_like(out)
    phase = np.angle(spectra[0])
    for index, place in enumerate(places):
        here, after = spectra[int(place)], spectra[int(place) + 1]
        share = place % 1
        grain = np.fft.irfft(((1 - share) * np.abs(here) + share * np.abs(after)) * np.exp(1j * phase)) * window
        out[index * hop:index * hop + points] += grain
        weight[index * hop:index * hop + points] += window ** 2
        turn = np.angle(after) - np.angle(here) - expected
        phase = phase + expected + turn - 2 * np.pi * np.round(turn / (2 * np.pi))
    out /= np.maximum(weight, 1e-3)
    length = int(round(len(samples) / factor))
    return out[points // 2:points // 2 + length], rate


def speed_then_tempo(speed_factor, tempo_factor, samples, rate, seed):
    return tempo_sox(tempo_factor, *speed(speed_factor, samples, rate, seed), seed)
