"""What may happen to marked audio, as one table of named functions: (samples, rate, seed) -> (samples, rate).

    for name, distortion in table(talkers=other_clips).items():
        received, received_rate = distortion(marked, rate, seed)

Mono in, mono out. The same seed gives the same noise, room and cut, so that a host and its marked twin can be treated
alike. A rate changes only where the distortion is a change of rate or a codec of a fixed rate. Parameters follow the
published suites where they have them: AudioMarkBench (NeurIPS 2024), RAW-Bench (Interspeech 2025), AudioSeal (ICML
2024); each line says which.
"""
from dataclasses import dataclass
from functools import partial
from typing import Callable

import numpy as np
from scipy.signal import butter, fftconvolve, sosfilt

import playout
import time_and_pitch
from speech_codecs import CODECS, transcode
from corpus import resampled


@dataclass(frozen=True)
class Distortion:
    change: Callable
    source: str
    head: Callable = None  # (samples, rate, seed) -> number of samples taken off the start, where any are
    time_scale: float = 1  # how many times as fast it plays
    search: str = 'none'  # what `earmark detect --search` it needs

    def __call__(self, samples, rate, seed):
        return self.change(samples, rate, seed)

    def head_samples(self, samples, rate, seed):
        return self.head(samples, rate, seed) if self.head else 0


def power(samples):
    return np.mean(samples ** 2)


def none(samples, rate, seed):
    return samples.copy(), rate


CROP_S = 1.0


def crop_start(samples, rate, seed):
    """Any sample position in the first second, so that no grid of the mark is met by chance."""
    return int(np.random.default_rng(seed).integers(1, max(2, min(len(samples) // 4, int(CROP_S * rate)))))


def crop(samples, rate, seed):
    """Start and end lost, up to a second each."""
    end = crop_start(samples, rate, seed + 1)
    return samples[crop_start(samples, rate, seed):len(samples) - end].copy(), rate


def codec(name, samples, rate, seed):
    return transcode(CODECS[name], samples, rate)


def change_rate(new_rate, samples, rate, seed):
    return resampled(samples, rate, new_rate), new_rate


def mixed(samples, noise, snr_db):
    """SNR over the whole signal: mean square against mean square, pauses included, as AudioMarkBench counts it."""
    return samples + noise * np.sqrt(power(samples) / max(power(noise), 1e-20) * 10 ** (-snr_db / 10))


def white_noise(snr_db, samples, rate, seed):
    return mixed(samples, np.random.default_rng(seed).standard_normal(len(samples)), snr_db), rate


def pink_noise(snr_db, samples, rate, seed):
    """Power falls as 1/f from 20 Hz to half the rate; nothing below 20 Hz."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(len(samples)))
    frequency_hz = np.fft.rfftfreq(len(samples), 1 / rate)
    spectrum *= np.where(frequency_hz < 20, 0, 1 / np.sqrt(np.maximum(frequency_hz, 20)))
    return mixed(samples, np.fft.irfft(spectrum, len(samples)), snr_db), rate


def babble(talkers, snr_db, samples, rate, seed, voices=5):
    """Other people talking: clips drawn from `talkers`, each at equal power from a random place, looped."""
    rng = np.random.default_rng(seed)
    noise = np.zeros(len(samples))
    for index in rng.permutation(len(talkers))[:voices]:
        voice = resampled(talkers[index].samples, talkers[index].rate, rate)
        voice = np.resize(np.roll(voice, -int(rng.integers(len(voice)))), len(samples))
        noise += voice / np.sqrt(power(voice) + 1e-20)
    return mixed(samples, noise, snr_db), rate


def gain(gain_db, samples, rate, seed):
    """What passes full scale is clipped, as in any 16-bit file."""
    return np.clip(samples * 10 ** (gain_db / 20), -1, 1), rate


def overdrive(samples, rate, seed):
    """Peak brought to 6 dB over full scale and clipped: the loudest half of the swing is cut."""
    return np.clip(samples * 2 / max(np.max(np.abs(samples)), 1e-9), -1, 1), rate


def polarity(samples, rate, seed):
    return -samples, rate


def filtered(kind, cutoff_hz, samples, rate, seed):
    """Butterworth of order 8 (48 dB an octave). A low-pass at or above half the rate changes nothing."""
    if cutoff_hz >= rate / 2:
        return samples.copy(), rate
    return sosfilt(butter(8, cutoff_hz, kind, fs=rate, output='sos'), samples), rate


def quantised(bits, samples, rate, seed):
    """Uniform, mid-tread, no dither."""
    steps = 2 ** (bits - 1)
    return np.clip(np.round(samples * steps), -steps, steps - 1) / steps, rate


def echo(delay_s, volume, samples, rate, seed):
    delayed = np.zeros_like(samples)
    delay = int(round(delay_s * rate))
    if delay < len(samples):
        delayed[delay:] = samples[:len(samples) - delay]
    return samples + volume * delayed, rate


def room_response(rt60_s, rate, seed):
    """Direct path of energy 1 and, from 2.5 ms on, Gaussian noise that decays 60 dB in rt60_s, of energy 1 in all.

    So the ratio of direct to reverberant energy is 0 dB: a listener near the critical distance (Polack's model of the
    diffuse tail; Habets 2006 for the form).
    """
    rng = np.random.default_rng(seed)
    t = np.arange(int(1.2 * rt60_s * rate)) / rate
    tail = rng.standard_normal(len(t)) * np.exp(-np.log(1e3) * t / rt60_s)
    tail[t < 0.0025] = 0
    tail /= np.sqrt(np.sum(tail ** 2))
    tail[0] = 1
    return tail


def reverb(rt60_s, samples, rate, seed):
    """Level kept (mean square); length kept, the tail after the end is cut."""
    wet = fftconvolve(samples, room_response(rt60_s, rate, seed))[:len(samples)]
    return wet * np.sqrt(power(samples) / max(power(wet), 1e-20)), rate


def phone_call(samples, rate, seed):
    """A call on loudspeaker: reverb 0.3 s, white noise 20 dB, band-pass 300 to 3400 Hz, G.711 mu-law."""
    received, _ = reverb(0.3, samples, rate, seed)
    received, _ = white_noise(20, received, rate, seed + 1)
    received, _ = filtered('highpass', 300, received, rate, seed)
    received, _ = filtered('lowpass', 3400, received, rate, seed)
    return transcode(CODECS['g711_mu'], received, rate)


def table(talkers=()):
    """Every distortion by name, in the order of the tables. `talkers` (clips, unmarked) are needed for babble."""
    rows = {'none': Distortion(none, 'the mark alone, rounded to 16 bit'),
            'crop': Distortion(crop, 'RAW-Bench, OmniSealBench', crop_start)}
    rows.update({name: Distortion(partial(codec, name), CODECS[name].source) for name in CODECS})
    for rate in (8000, 16000, 44100):
        rows[f'resample_{rate}'] = Distortion(partial(change_rate, rate), 'polyphase, Kaiser window')
    for kind, noise in (('white', white_noise), ('pink', pink_noise)):
        for snr_db in (30, 20, 10):
            rows[f'{kind}_{snr_db}db'] = Distortion(partial(noise, snr_db), 'AudioMarkBench levels, 40 to 5 dB')
    if talkers:
        rows['babble_10db'] = Distortion(partial(babble, list(talkers), 10), 'five other clips of the corpus')
    rows.update({
        'gain_up_12db': Distortion(partial(gain, 12), 'clips where full scale is passed'),
        'gain_down_20db': Distortion(partial(gain, -20), 'AudioSeal: x 0.1'),
        'overdrive': Distortion(overdrive, 'clipping 6 dB into the peak'),
        'polarity': Distortion(polarity, 'RAW-Bench'),
        'lowpass_4k': Distortion(partial(filtered, 'lowpass', 4000), 'RAW-Bench strict 3.5 to 6 kHz'),
        'lowpass_1k': Distortion(partial(filtered, 'lowpass', 1000), 'OmniSealBench 0.5 to 5 kHz'),
        'highpass_500': Distortion(partial(filtered, 'highpass', 500), 'RAW-Bench strict 250 to 500 Hz'),
        'highpass_1500': Distortion(partial(filtered, 'highpass', 1500), 'AudioSeal'),
        'quantise_8bit': Distortion(partial(quantised, 8), 'AudioMarkBench is 4 to 64 levels, RAW-Bench 12 to 16 bit'),
        'echo': Distortion(partial(echo, 0.5, 0.5), 'AudioSeal: 0.5 s, volume 0.5'),
        'reverb_0.3': Distortion(partial(reverb, 0.3), 'RT60 0.3 s, direct to reverberant 0 dB'),
        'reverb_0.6': Distortion(partial(reverb, 0.6), 'RT60 0.6 s, direct to reverberant 0 dB'),
        'phone_call': Distortion(phone_call, 'room, noise, band and codec in a row'),
    })
    rows.update(_playout())
    rows.update(_time_and_pitch())
    return rows


def _playout():
    """Clocks, packets, jitter buffers: rows for `--search drift`; frames deleted all the time are a tempo as well."""
    rows = {f'clock_{ppm:+d}ppm': Distortion(partial(playout.clock, ppm), 'two sound cards', time_scale=1 + ppm * 1e-6)
            for ppm in (-500, 500)}
    for share in (0.03, 0.1):
        percent = f'{100 * share:g}'
        rows[f'loss_{percent}_zero'] = Distortion(partial(playout.lost_frames, share, False), 'frames of 20 ms')
        rows[f'loss_{percent}_repeat'] = Distortion(partial(playout.lost_frames, share, True), 'frames of 20 ms')
        rows[f'loss_{percent}_deleted'] = Distortion(partial(playout.deleted_frames, share), 'frames of 20 ms',
                                                     time_scale=1 / (1 - share))
    rows['buffer_jumps'] = Distortion(partial(playout.buffer_jumps, 2), '1 to 3 frames deleted or repeated every 2 s')
    rows['adaptive_playout'] = Distortion(playout.adaptive_playout, 'tempo 0.9 to 1.1, another every second')
    return rows


def _time_and_pitch():
    """Rows that need `--search full`."""
    changed = partial(Distortion, search='full')
    rows = {}
    for factor in (0.8, 0.9, 0.95, 1.05, 1.1, 1.25):
        rows[f'speed_{factor:g}'] = changed(partial(time_and_pitch.speed, factor),
                                            'AudioSeal 1.25, OmniSealBench 0.5 to 1.5', time_scale=factor)
    for factor in (0.7, 0.8, 0.9, 1.1, 1.25, 1.5):
        rows[f'tempo_{factor:g}'] = changed(partial(time_and_pitch.tempo_sox, factor),
                                            'sox tempo -s; AudioMarkBench 0.7 to 1.5', time_scale=factor)
    for factor in (0.8, 0.9, 1.1, 1.25):
        rows[f'atempo_{factor:g}'] = changed(partial(time_and_pitch.tempo_ffmpeg, factor), 'ffmpeg atempo',
                                             time_scale=factor)
    for semitones in (-3, -2, -1, 1, 2, 3):
        rows[f'pitch_{semitones:+d}'] = changed(partial(time_and_pitch.pitch_sox, semitones), 'sox pitch, semitones')
    for factor in (0.9, 1.1):
        rows[f'rubberband_{factor:g}'] = changed(partial(time_and_pitch.stretch_rubberband, factor),
                                                 'rubberband --tempo', time_scale=factor)
        for window_ms, source in ((32, 'a vocoder for speech'), (64, 'twice that'),
                                  (128, 'AudioMarkBench: librosa time_stretch at 16 kHz')):
            rows[f'vocoder_{window_ms}ms_{factor:g}'] = changed(
                partial(time_and_pitch.stretch_vocoder, window_ms / 1000, factor), source, time_scale=factor)
    rows['speed_1.1_tempo_0.85'] = changed(partial(time_and_pitch.speed_then_tempo, 1.1, 0.85), 'double conversion',
                                           time_scale=1.1 * 0.85)
    return rows


def chosen(rows, names):
    """The rows named (comma separated), in the table's order; an unknown name ends the run. `all`: those that need no
    search over scales; `full`: those that do."""
    if names in (None, '', 'all', 'full'):
        return {name: row for name, row in rows.items() if (row.search == 'full') == (names == 'full')}
    wanted = [name.strip() for name in names.split(',')]
    unknown = [name for name in wanted if name not in rows]
    if unknown:
        raise SystemExit(f'unknown distortions {", ".join(unknown)}; known: {", ".join(rows)}')
    return {name: row for name, row in rows.items() if name in wanted}


if __name__ == '__main__':
    for row_name, row in table().items():
        print(f'{row_name:16} {row.source}')
