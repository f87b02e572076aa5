"""The quality measures against their own definitions: identity, monotony, known values, and what they must ignore."""
import numpy as np
import pytest

from corpus import Clip, active_frames, load
from measures.noise_to_mask import FULL_SCALE_SPL_DB, masking_threshold, noise_to_mask, quiet_spl_db
from measures.signal_to_noise import segmental_snr_db, si_snr_db, snr_db
from measures.spectral_distance import framed_spectra, log_spectral_distance_db
from measures.stoi import stoi, third_octave_bands
from program import seeded_bytes
from proportions import wilson
from windows import cut, speech_starts


def noisy(samples, wanted_db, seed=1):
    noise = np.random.default_rng(seed).standard_normal(len(samples))
    return samples + noise * np.sqrt(np.mean(samples ** 2) / np.mean(noise ** 2)) * 10 ** (-wanted_db / 20)


def test_identity(speech):
    samples, rate = speech
    assert stoi(samples, samples, rate) == pytest.approx(1, abs=1e-9)
    assert log_spectral_distance_db(samples, samples, rate) == 0
    assert segmental_snr_db(samples, samples, rate) == 35
    assert noise_to_mask(samples, samples, rate)['above'] == 0


def test_snr_is_the_noise_put_in(speech):
    samples, rate = speech
    assert snr_db(samples, noisy(samples, 20)) == pytest.approx(20, abs=1e-6)
    assert si_snr_db(samples, 0.5 * noisy(samples, 20)) == pytest.approx(20, abs=0.1)
    assert snr_db(samples, 0.9 * samples) == pytest.approx(20, abs=1e-6)


def test_everything_worsens_with_noise(speech):
    samples, rate = speech
    levels_db = (40, 30, 20, 10, 0, -10)
    scores = [stoi(samples, noisy(samples, level), rate) for level in levels_db]
    assert all(a > b for a, b in zip(scores, scores[1:])) and scores[0] > 0.97 and scores[-1] < 0.75
    for measure in (log_spectral_distance_db, lambda *a: noise_to_mask(*a)['total_db']):
        values = [measure(samples, noisy(samples, level), rate) for level in levels_db]
        assert all(a < b for a, b in zip(values, values[1:]))


def test_stoi_ignores_level_and_pauses(speech):
    samples, rate = speech
    received = noisy(samples, 5)
    assert stoi(samples, 0.1 * received, rate) == pytest.approx(stoi(samples, received, rate), abs=1e-6)
    pause = np.zeros(2 * rate)
    longer = stoi(np.concatenate([samples, pause]), np.concatenate([received, pause]), rate)
    assert longer == pytest.approx(stoi(samples, received, rate), abs=0.01)


def test_stoi_bands_are_those_of_the_paper():
    bands = third_octave_bands()
    assert bands.shape == (15, 257) and bands.sum(axis=0).max() == 1
    last = np.flatnonzero(bands[-1]) * 10000 / 512
    assert last[0] == pytest.approx(3810 * 2 ** (-1 / 6), abs=10)
    assert last[-1] == pytest.approx(3810 * 2 ** (1 / 6), abs=20)


def test_stoi_of_too_little_sound_is_no_number(speech):
    assert np.isnan(stoi(speech[0][:2000], speech[0][:2000], speech[1]))


def test_nmr_counts_decibels_and_knows_masking(speech):
    samples, rate = speech
    change = noisy(samples, 20) - samples
    full, half = (noise_to_mask(samples, samples + share * change, rate)['total_db'] for share in (1, 0.5))
    assert full - half == pytest.approx(6.02, abs=0.01)
    # The same energy shaped like the host is hidden far better than white.
    shaped = samples * np.repeat(np.random.default_rng(2).choice([-1, 1], len(samples) // 64 + 1), 64)[:len(samples)]
    shaped *= np.linalg.norm(change) / np.linalg.norm(shaped)
    assert noise_to_mask(samples, samples + shaped, rate)['total_db'] < full - 5


def test_tone_masks_less_than_noise():
    """Johnston: a masker's own band, 14.5 dB + band below a tone, 5.5 dB below noise."""
    rate = 16000
    t = np.arange(rate) / rate
    drop_db = []
    for masker in (0.5 * np.sin(2 * np.pi * 1000 * t), 0.1 * np.random.default_rng(3).standard_normal(rate)):
        power, _ = framed_spectra(masker, rate)
        threshold, members = masking_threshold(power, rate)
        energy = power @ members.T
        band = int(np.flatnonzero(members[:, round(1000 * 2 * (power.shape[1] - 1) / rate)])[0])
        drop_db.append(10 * np.log10(np.mean(energy[:, band]) / np.mean(threshold[:, band])))
    assert drop_db[0] > drop_db[1] + 8
    assert 3 < drop_db[1] < 9


def test_quiet_threshold_is_where_it_is_said_to_be():
    """A full-scale sine where the ear is best stands 92 dB SPL over the reference the threshold is given in."""
    rate = 16000
    sine = np.sin(2 * np.pi * 3300 * np.arange(rate) / rate)
    power, _ = framed_spectra(sine, rate)
    threshold, members = masking_threshold(np.full_like(power, 1e-12), rate)
    band = int(np.argmax(np.mean(power @ members.T, axis=0)))
    full_scale_spl = 10 * np.log10(np.mean((power @ members.T)[:, band]) / threshold[0, band]) + quiet_spl_db(3300)
    assert full_scale_spl == pytest.approx(FULL_SCALE_SPL_DB, abs=1)


def test_windows_hold_speech(speech):
    samples, rate = speech
    padded = np.concatenate([np.zeros(5 * rate), samples])
    starts = speech_starts(padded, rate, 2)
    assert len(starts) and starts.min() >= 3.9
    assert len(speech_starts(samples, rate, 60)) == 0
    assert len(cut(samples, rate, 1.0, 2, 0.5)) == 2 * rate
    assert len(cut(samples, rate, -1.0, 2, 0.5)) == 2 * rate
    assert cut(samples[:rate], rate, 0, 2, 0) is None


def test_activity_follows_level(speech):
    samples, rate = speech
    active = active_frames(np.concatenate([samples, np.zeros(3 * rate)]), rate)
    assert not active[-140:].any() and 0.5 < active[:len(samples) // (rate // 50)].mean() < 1


def test_short_files_of_one_speaker_are_joined(tmp_path, speech):
    soundfile = pytest.importorskip('soundfile')
    samples, rate = speech
    for name in ('a', 'b', 'c', 'tts-en-espeak'):
        soundfile.write(tmp_path / f'{name}.wav', samples, rate)
    rows = ('file,speaker,kind', 'a.wav,x,human', 'b.wav,x,human', 'c.wav,y,human', 'tts-en-espeak.wav,z,tts')
    (tmp_path / 'manifest.csv').write_text('\n'.join(rows))
    clips = load(tmp_path, 'test')
    assert [c.speaker for c in clips] == ['x', 'y'] and isinstance(clips[0], Clip)
    assert len(clips[0].samples) == 2 * len(samples) + int(0.15 * rate)
    assert [c.speaker for c in load(tmp_path, 'train')] == ['z']


def test_wilson_against_published_values():
    """Newcombe 1998, table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    published = ((81, 263, .2553, .3662), (15, 148, .0624, .1605), (0, 20, 0, .1611), (1, 29, .0061, .1718))
    for count, n, low, high in published:
        assert wilson(count, n) == pytest.approx((low, high), abs=5e-5)


def test_seeds_are_words_not_chance():
    assert seeded_bytes('a', 1) == seeded_bytes('a', 1) != seeded_bytes('a', 2)
    assert len(seeded_bytes('a', size=8)) == 8
