"""Each distortion does what its name says: length, rate, level, cut-off, SNR, and the same for the same seed."""
import numpy as np
import pytest

import distortions
from corpus import Clip
from speech_codecs import CODECS

# Codecs pad to whole frames and may keep their delay.
LONGEST_PADDING_S = 0.12


@pytest.fixture(scope='module')
def rows(speech):
    samples, rate = speech
    talkers = [Clip(f'talker {i}', str(i), np.roll(samples, i * rate), rate) for i in range(3)]
    return distortions.table(talkers)


def names():
    return list(distortions.table([Clip('any', 'any', np.zeros(1), 8000)]))


def level_db(samples):
    return 10 * np.log10(np.mean(samples ** 2) + 1e-20)


def gain_at(distortion, frequency_hz, rate=16000, seed=3):
    """dB from a sine's level in to its level out, ends left aside."""
    sine = 0.1 * np.sin(2 * np.pi * frequency_hz * np.arange(rate) / rate)
    out, _ = distortion(sine, rate, seed)
    return level_db(out[rate // 4:-rate // 4]) - level_db(sine[rate // 4:-rate // 4])


@pytest.mark.parametrize('name', names())
def test_keeps_time_and_stays_finite(rows, speech, name):
    samples, rate = speech
    received, new_rate = rows[name](samples, rate, 7)
    assert np.all(np.isfinite(received)) and received.ndim == 1
    assert level_db(received) > level_db(samples) - 30
    change_s = len(received) / new_rate - len(samples) / rate / rows[name].time_scale
    if name == 'crop':
        assert -2 * distortions.CROP_S <= change_s < 0
    elif 'deleted' in name or name in ('buffer_jumps', 'adaptive_playout'):
        assert abs(change_s) < 0.06 * len(samples) / rate  # by chance
    else:
        lost_s = 0.04 if name.startswith('atempo') else 0.001  # the last of its windows
        assert -lost_s <= change_s <= LONGEST_PADDING_S
    expected = CODECS[name].rate or rate if name in CODECS else int(name[9:]) if name.startswith('resample') else None
    assert new_rate == (expected or (8000 if name == 'phone_call' else rate))


@pytest.mark.parametrize('name', names())
def test_same_seed_same_sound(rows, speech, name):
    samples, rate = speech[0][:2 * speech[1]], speech[1]
    first, second = (rows[name](samples, rate, 11)[0] for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize('kind', ['white', 'pink'])
@pytest.mark.parametrize('snr_db', [30, 20, 10])
def test_noise_has_its_snr(rows, speech, kind, snr_db):
    samples, rate = speech
    noise = rows[f'{kind}_{snr_db}db'](samples, rate, 5)[0] - samples
    assert level_db(samples) - level_db(noise) == pytest.approx(snr_db, abs=0.01)
    other = rows[f'{kind}_{snr_db}db'](samples, rate, 6)[0] - samples
    assert abs(np.corrcoef(noise, other)[0, 1]) < 0.05


def test_pink_falls_by_three_db_an_octave(rows, speech):
    rate = speech[1]
    noise = rows['pink_10db'](np.ones(rate * 8), rate, 5)[0] - 1
    power = np.abs(np.fft.rfft(noise)) ** 2
    frequency_hz = np.fft.rfftfreq(len(noise), 1 / rate)
    band = lambda low, high: 10 * np.log10(np.mean(power[(frequency_hz >= low) & (frequency_hz < high)]))
    assert band(500, 600) - band(4000, 4800) == pytest.approx(9, abs=0.8)


def test_babble_has_its_snr_and_is_speech_of_others(rows, speech):
    samples, rate = speech
    noise = rows['babble_10db'](samples, rate, 5)[0] - samples
    assert level_db(samples) - level_db(noise) == pytest.approx(10, abs=0.01)
    assert 'babble_10db' not in distortions.table()


@pytest.mark.parametrize('name, passes_hz, stops_hz', [('lowpass_4k', 3000, 6000), ('lowpass_1k', 750, 2000),
                                                       ('highpass_500', 750, 200), ('highpass_1500', 2250, 600)])
def test_filters(rows, name, passes_hz, stops_hz):
    cutoff_hz = {'lowpass_4k': 4000, 'lowpass_1k': 1000, 'highpass_500': 500, 'highpass_1500': 1500}[name]
    assert gain_at(rows[name], passes_hz) == pytest.approx(0, abs=0.5)
    assert gain_at(rows[name], cutoff_hz) == pytest.approx(-3, abs=0.3)
    assert gain_at(rows[name], stops_hz) < -25


def test_low_pass_above_half_the_rate_changes_nothing(rows):
    samples = np.random.default_rng(1).standard_normal(8000)
    assert np.array_equal(rows['lowpass_4k'](samples, 8000, 1)[0], samples)


def test_levels(rows, speech):
    samples, rate = speech
    assert np.array_equal(rows['polarity'](samples, rate, 1)[0], -samples)
    assert level_db(rows['gain_down_20db'](samples, rate, 1)[0]) == pytest.approx(level_db(samples) - 20, abs=0.01)
    overdriven = rows['overdrive'](samples, rate, 1)[0]
    assert np.max(np.abs(overdriven)) == 1 and np.mean(np.abs(overdriven) == 1) > 1e-4
    assert len(np.unique(rows['quantise_8bit'](samples, rate, 1)[0])) <= 256


def test_crop_start_is_what_crop_takes(rows, speech):
    samples, rate = speech
    received, _ = rows['crop'](samples, rate, 9)
    head = rows['crop'].head_samples(samples, rate, 9)
    assert np.array_equal(received, samples[head:head + len(received)])
    assert rows['none'].head_samples(samples, rate, 9) == 0


@pytest.mark.parametrize('rt60_s', [0.3, 0.6])
def test_room_decays_sixty_db_in_rt60(rt60_s):
    rate = 16000
    response = distortions.room_response(rt60_s, rate, 4)
    assert response[0] == 1 and np.sum(response[1:] ** 2) == pytest.approx(1, abs=1e-9)
    remaining_db = 10 * np.log10(np.cumsum(response[::-1] ** 2)[::-1])
    start, end = int(0.05 * rate), int((0.05 + rt60_s / 3) * rate)
    assert remaining_db[start] - remaining_db[end] == pytest.approx(20, abs=2)


def loudest_hz(samples, rate):
    middle = samples[len(samples) // 4:-(len(samples) // 4)]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)), 8 * rate))
    return np.argmax(spectrum) * rate / (8 * rate)


@pytest.mark.parametrize('name, scale', [('speed_1.1', 1.1), ('speed_0.8', 0.8), ('tempo_0.9', 1), ('atempo_1.25', 1),
                                         ('pitch_+2', 2 ** (2 / 12)), ('pitch_-3', 2 ** (-3 / 12)), ('rubberband_0.9', 1),
                                         ('vocoder_32ms_1.1', 1), ('speed_1.1_tempo_0.85', 1.1)])
def test_frequencies_move_as_named(rows, name, scale):
    sine = 0.1 * np.sin(2 * np.pi * 1000 * np.arange(2 * 16000) / 16000)
    received, rate = rows[name](sine, 16000, 1)
    assert loudest_hz(received, rate) == pytest.approx(1000 * scale, rel=0.01)


def test_echo_comes_back_once(rows):
    click = np.zeros(16000)
    click[100] = 1
    out, _ = rows['echo'](click, 16000, 1)
    assert np.flatnonzero(out).tolist() == [100, 8100] and out[8100] == 0.5
