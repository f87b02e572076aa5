"""Each attack does what its name says: length, rate, level, cut-off, SNR, and the same for the same seed."""

import pickle

import numpy as np
import pytest

import earmark
from earmark import attacks
from earmark.attacks.network import LOSS_HANDLING, PACKET_S
from earmark.attacks.sounds import music, packaged_voices
from earmark.attacks.table import chosen
from earmark.attacks.timing import CROP_S, read_at

RATE = 16000
LONGEST_PADDING_S = 0.12  # codecs pad to whole frames and may keep their delay
QUIETER = {"gain_down_20db": 20.1, "lowpass_500": 12, "highpass_1500": 15, "moving_average_40": 12, "compressor": 15,
           "limiter": 15, "amr_4k75": 12}  # fmt: skip
SHORTER = ("crop", "loss_*_deleted", "playout_jumps", "drop_samples")  # by chance, not by a factor


@pytest.fixture(scope="module")
def two_seconds(speech):
    return speech[8000:40000].astype(np.float64)


@pytest.fixture(scope="module")
def rows(voice):
    samples = voice(RATE)
    return attacks.table([(np.roll(samples, shift * RATE), RATE) for shift in range(1, 4)])


def names():
    return list(attacks.table())


def level_db(samples):
    return 10 * np.log10(np.mean(samples**2) + 1e-20)


def gain_at(attack, frequency_hz, rate=RATE, seed=3):
    """dB from a sine's level in to its level out, ends left aside."""
    sine = 0.1 * np.sin(2 * np.pi * frequency_hz * np.arange(rate) / rate)
    out, _ = attack(sine, rate, seed)
    return level_db(out[rate // 4 : -rate // 4]) - level_db(sine[rate // 4 : -rate // 4])


@pytest.mark.parametrize("name", names())
def test_every_row(rows, two_seconds, name):
    """Finite, one channel, the length its tempo says, not lost, at a rate it may have; a seed repeats it to the bit."""
    row, before = rows[name], two_seconds.copy()
    received, rate = row(two_seconds, RATE, 7)
    assert np.array_equal(two_seconds, before) and not np.shares_memory(received, two_seconds)
    assert received.dtype == np.float64 and received.ndim == 1 and np.all(np.isfinite(received))
    assert level_db(received) > level_db(two_seconds) - QUIETER.get(name, 7)
    by_chance = name in SHORTER or name.startswith("loss_") and name.endswith("deleted")
    change_s = len(received) / rate - len(two_seconds) / RATE / row.tempo
    assert (-2 * CROP_S <= change_s <= 0.3) if by_chance else (-0.05 <= change_s <= LONGEST_PADDING_S)
    codec = attacks.CODECS.get(row.parameters.get("name") or row.parameters.get("names", [""])[-1])
    assert rate == (codec.rate or RATE if codec else row.parameters.get("new_rate", rate)) and rate in (RATE, 8000, 44100)
    again, _ = row(two_seconds, RATE, 7)
    assert np.array_equal(again, received)
    assert row.source and name not in repr(row)[:0] and repr(row).endswith(")")


def test_only_what_is_random_depends_on_the_seed(rows, two_seconds):
    """Noise, rooms, losses and cuts are drawn; codecs and filters are not."""
    for name in ("white_20db", "babble_10db", "talker_10db", "music_10db", "reverb_0.3", "multipath", "loss_10_zero", "crop",
                 "wow", "equaliser", "playout_warps", "mobile_call", "over_the_air", "overwrite"):  # fmt: skip
        first, second = (rows[name](two_seconds, RATE, seed)[0] for seed in (1, 2))
        assert len(first) != len(second) or not np.array_equal(first, second), name
    for name in ("g711_mu", "lowpass_1k", "tempo_0.9", "drift_50ppm", "compressor"):
        first, second = (rows[name](two_seconds, RATE, seed)[0] for seed in (1, 2))
        assert np.array_equal(first, second), name


@pytest.mark.parametrize("suite", attacks.SUITES)
def test_suites(suite, two_seconds):
    """Their rows run, once each of a kind: the first, and every codec."""
    rows = attacks.suite(suite)
    kinds = {row.change: name for name, row in rows.items()}
    for name in kinds.values():
        received, rate = rows[name](two_seconds, RATE, 1)
        assert len(received) > 100 and np.all(np.isfinite(received)), name
    assert all(suite[:4] in row.source.lower().replace("-", "_") for row in rows.values())
    with pytest.raises(ValueError, match="^name: 'x' is not one of audiomarkbench, "):
        attacks.suite("x")


def test_published_values_stand_in_the_suites():
    """Read in the suites' own sources: a change here is a change of what we claim to compare with."""
    assert dict(attacks.suite("audioseal")["echo"].parameters) == {"delay_s": 0.5, "volume": 0.5}
    assert attacks.suite("audiomarkbench")["time_stretch_0.7"].parameters["factor"] == 0.7
    assert [name for name in attacks.suite("audiomarkbench") if name.startswith("smooth")] == [
        f"smooth_{taps}" for taps in (6, 10, 14, 18, 22)]
    assert attacks.suite("raw_bench_strict")["dynamic_range_compression_-36"].parameters["threshold_db"] == -36
    assert attacks.suite("omnisealbench")["boost_audio_10"].parameters["gain_db"] == pytest.approx(0.828, abs=1e-3)
    assert len(attacks.suite("omnisealbench")) == 101
    strict, loose = attacks.suite("raw_bench_strict"), attacks.suite("raw_bench_loose")
    assert strict["limiter_-36"].parameters["threshold_db"] == -36 and "limiter_-36" not in loose
    for rows, direct_db, noise_db in ((strict, (0, 6), (20, 35)), (loose, (6, 12), (35, 60))):
        assert [row.parameters["direct_db"] for name, row in rows.items() if name.startswith("reverb")] == list(direct_db)
        assert [row.parameters["snr_db"] for name, row in rows.items() if name.startswith("background")] == list(noise_db)
    assert strict["eq_0.75"].parameters["largest_db"] == pytest.approx(6.51, abs=0.01) and "eq_0.75" not in loose
    assert [name for name in attacks.suite("audiomarkbench") if name.startswith("background")] == [
        f"background_noise_{snr_db}" for snr_db in (40, 30, 20, 10, 5)]


def test_the_table_has_what_is_promised():
    """Every setting that the table of figures is to have, by name."""
    wanted = [f"amr_{rate}" for rate in ("4k75", "5k15", "5k9", "6k7", "7k4", "7k95", "10k2", "12k2")]
    wanted += [f"amr_wb_{rate}" for rate in ("6k6", "8k85", "12k65", "14k25", "15k85", "18k25", "19k85", "23k05", "23k85")]
    wanted += [f"opus_{rate}k" for rate in (6, 8, 12, 16, 24, 32)] + [f"mp3_{rate}k" for rate in (8, 16, 24, 32, 40, 48, 64)]
    wanted += ["opus_16k_then_g711_mu", "mp3_64k_then_opus_12k", "g711_mu_then_amr_12k2"]
    wanted += [f"loss_{percent}_{how}" for how in ("zero", "repeat", "concealed", "deleted") for percent in (1, 3, 5, 10, 20)]
    wanted += ["playout_jumps", "playout_warps", "drift_50ppm", "drift_500ppm", "speed_1.25_and_back", "speed_1.1_tempo_0.85",
               "drop_samples", "simulated_call", "over_the_air", "denoise_spectral", "denoise_non_local_means", "denoise_gate",
               "loudness", "compressor", "equaliser", "median_3", "moving_average_40", "music_10db", "talker_10db", "overwrite"]  # fmt: skip
    assert not set(wanted) - set(names())


def test_rows_can_be_chosen(rows):
    assert list(chosen(rows, "gsm, crop")) == ["crop", "gsm"] and list(chosen(rows, None)) == list(rows)
    assert len(chosen(rows, "loss_*")) == 5 * len(LOSS_HANDLING) and len(chosen(rows, "none,loss_10_*")) == 5
    with pytest.raises(ValueError, match="^rows: gms, opus_9 unknown; near gms are gsm"):
        chosen(rows, "gms,gsm,opus_9")
    with pytest.raises(ValueError, match="^rows: xyz unknown; the first of [0-9]+ are none, crop, "):
        chosen(rows, "xyz")
    assert list(chosen(rows, "loss_10_*", "loss_10_zero")) == [
        "loss_10_repeat", "loss_10_concealed", "loss_10_deleted"]
    assert len(chosen(rows, None, "loss_*")) == len(rows) - 20
    with pytest.raises(ValueError, match="^rows: xyz unknown"):
        chosen(rows, "gsm", "xyz")
    assert pickle.loads(pickle.dumps(list(rows))) == names()


@pytest.mark.parametrize("snr_db", [30, 20, 10])
@pytest.mark.parametrize("noise", [attacks.white_noise, attacks.pink_noise, attacks.music_beneath])
def test_noise_has_its_snr(two_seconds, noise, snr_db):
    added = noise(two_seconds, RATE, 5, snr_db=snr_db)[0] - two_seconds
    assert level_db(two_seconds) - level_db(added) == pytest.approx(snr_db, abs=0.01)
    other = noise(two_seconds, RATE, 6, snr_db=snr_db)[0] - two_seconds
    assert abs(np.corrcoef(added, other)[0, 1]) < 0.2


def test_noise_of_level(two_seconds):
    for colour in ("white", "pink"):
        added = attacks.noise_of_level(0.1 * two_seconds, RATE, 5, noise_std=0.05, colour=colour)[0] - 0.1 * two_seconds
        assert np.std(added) == pytest.approx(0.05, rel=1e-3)


def test_pink_falls_by_three_db_an_octave():
    noise = attacks.pink_noise(np.ones(RATE * 8), RATE, 5, snr_db=10)[0] - 1
    power = np.abs(np.fft.rfft(noise)) ** 2
    frequency_hz = np.fft.rfftfreq(len(noise), 1 / RATE)

    def band(low, high):
        return 10 * np.log10(np.mean(power[(frequency_hz >= low) & (frequency_hz < high)]))

    assert band(500, 600) - band(4000, 4800) == pytest.approx(9, abs=0.8)


def test_other_people(rows, two_seconds):
    for name in ("babble_10db", "talker_10db"):
        noise = rows[name](two_seconds, RATE, 5)[0] - two_seconds
        assert level_db(two_seconds) - level_db(noise) == pytest.approx(10, abs=0.01)
    voices = packaged_voices()
    assert len(voices) >= 6 and all(len(samples) > rate for samples, rate in voices)
    with pytest.raises(TypeError, match="^talkers: "):
        attacks.babble(two_seconds, RATE, 1, talkers=[two_seconds], snr_db=10)


def test_music_is_music():
    """Energy stands at harmonics of the key, and it changes with the seed."""
    one, other = music(4 * RATE, RATE, 1), music(4 * RATE, RATE, 2)
    energy = np.sort(np.abs(np.fft.rfft(one)) ** 2)
    assert energy[-len(energy) // 50 :].sum() > 0.5 * energy.sum() and not np.array_equal(one, other)


@pytest.mark.parametrize("name, passes_hz, edge_hz, stops_hz", [
    ("lowpass_4k", 3000, 4000, 6000), ("lowpass_1k", 750, 1000, 2000), ("highpass_500", 750, 500, 200),
    ("highpass_1500", 2250, 1500, 600)])  # fmt: skip
def test_filters(rows, name, passes_hz, edge_hz, stops_hz):
    assert gain_at(rows[name], passes_hz) == pytest.approx(0, abs=0.5)
    assert gain_at(rows[name], edge_hz) == pytest.approx(-3, abs=0.3)
    assert gain_at(rows[name], stops_hz) < -25


def test_windowed_sinc_halves_at_its_edge_and_does_not_delay():
    for kind, passes_hz, stops_hz in (("lowpass", 800, 2400), ("highpass", 2400, 800)):
        def filtered(x, rate, seed, kind=kind):
            return attacks.windowed_sinc(x, rate, seed, kind=kind, cutoff_ratio=0.1)

        assert gain_at(filtered, passes_hz) == pytest.approx(0, abs=0.5) and gain_at(filtered, stops_hz) < -25
        assert gain_at(filtered, 1600) == pytest.approx(-6, abs=0.5)
        click = np.zeros(RATE)
        click[8000] = 1
        assert np.argmax(np.abs(filtered(click, RATE, 0)[0])) == 8000


def test_low_pass_above_half_the_rate_changes_nothing(rows):
    samples = 0.1 * np.random.default_rng(1).standard_normal(8000)
    assert np.array_equal(rows["lowpass_4k"](samples, 8000, 1)[0], samples)


def test_levels(rows, two_seconds):
    assert np.array_equal(rows["polarity"](two_seconds, RATE, 1)[0], -two_seconds)
    assert level_db(rows["gain_down_20db"](two_seconds, RATE, 1)[0]) == pytest.approx(level_db(two_seconds) - 20, abs=0.01)
    overdriven = rows["overdrive"](two_seconds, RATE, 1)[0]
    assert np.max(np.abs(overdriven)) == 1 and np.mean(np.abs(overdriven) == 1) > 1e-4
    assert len(np.unique(rows["quantise_8bit"](two_seconds, RATE, 1)[0])) <= 256
    assert len(np.unique(np.round(rows["quantise_16levels"](two_seconds, RATE, 1)[0], 9))) <= 16


def test_dynamics_narrow_and_widen(rows, speech):
    """Loud against quiet frames: compressor, limiter and gain control bring them together, the expander apart."""
    samples = speech.astype(np.float64)

    def spread_db(x):
        frames = [level_db(x[start : start + 320]) for start in range(0, len(x) - 320, 320)]
        return np.percentile(frames, 95) - np.percentile(frames, 40)

    host = spread_db(samples)
    for name in ("compressor", "limiter"):
        assert spread_db(rows[name](samples, RATE, 1)[0]) < host - 2, name
    assert spread_db(rows["expander"](samples, RATE, 1)[0]) > host + 1
    assert level_db(rows["gain_control"](0.05 * samples, RATE, 1)[0]) > level_db(0.05 * samples) + 10
    assert abs(level_db(rows["loudness"](0.05 * samples, RATE, 1)[0]) - level_db(rows["loudness"](samples, RATE, 1)[0])) < 6


@pytest.mark.parametrize("threshold_db", [-12, -36])
def test_limiter_holds_its_threshold(two_seconds, threshold_db):
    """A peak may pass for the moment that the look-ahead takes; what is below stays as it is."""
    limit = 10 ** (threshold_db / 20)
    out = attacks.limiter(two_seconds / np.max(np.abs(two_seconds)), RATE, 1, threshold_db=threshold_db)[0]
    assert limit * 0.9 < np.percentile(np.abs(out), 99.9) <= np.max(np.abs(out)) < limit * 1.02
    quiet = 0.5 * limit * two_seconds / np.max(np.abs(two_seconds))
    assert level_db(attacks.limiter(quiet, RATE, 1, threshold_db=threshold_db)[0]) == pytest.approx(level_db(quiet), abs=0.1)


def test_noise_suppression_suppresses_noise(rows, two_seconds):
    """Speech between pauses of faint noise: the pauses get quieter, the speech stays."""
    rng = np.random.default_rng(0)
    pause = np.zeros(RATE)
    noisy = np.concatenate([pause, two_seconds, pause]) + 0.003 * rng.standard_normal(2 * RATE + len(two_seconds))
    for name in ("denoise_spectral", "denoise_gate", "denoise_non_local_means"):
        out = rows[name](noisy, RATE, 1)[0]
        assert level_db(out[3000 : RATE - 2000]) < level_db(noisy[3000 : RATE - 2000]) - 3, name
        assert abs(level_db(out[RATE:-RATE]) - level_db(noisy[RATE:-RATE])) < 2, name


def test_crop_start_is_what_crop_takes(rows, two_seconds):
    received, _ = rows["crop"](two_seconds, RATE, 9)
    head = -rows["crop"].received_s(0, two_seconds, RATE, 9) * RATE
    assert head == pytest.approx(round(head)) and np.array_equal(received, two_seconds[round(head) :][: len(received)])
    assert rows["none"].received_s(1.5, two_seconds, RATE, 9) == 1.5
    assert rows["speed_1.25"].received_s(2.5, two_seconds, RATE, 9) == 2


@pytest.mark.parametrize("rt60_s", [0.3, 0.6])
def test_room_decays_sixty_db_in_rt60(rt60_s):
    response = attacks.room_response(rt60_s, RATE, 4)
    assert response[0] == 1 and np.sum(response[1:] ** 2) == pytest.approx(1, abs=1e-9)
    farther = attacks.room_response(rt60_s, RATE, 4, direct_db=6)
    assert farther[0] == 1 and np.sum(farther[1:] ** 2) == pytest.approx(10**-0.6, abs=1e-9)
    remaining_db = 10 * np.log10(np.cumsum(response[::-1] ** 2)[::-1])
    start, end = int(0.05 * RATE), int((0.05 + rt60_s / 3) * RATE)
    assert remaining_db[start] - remaining_db[end] == pytest.approx(20, abs=2)


def test_echo_comes_back_once(rows):
    click = np.zeros(16000)
    click[100] = 1
    out, _ = rows["echo"](click, 16000, 1)
    assert np.flatnonzero(out).tolist() == [100, 8100] and out[8100] == 0.5


def pitch_and_length(attack, frequency_hz=1000):
    sine = 0.3 * np.sin(2 * np.pi * frequency_hz * np.arange(2 * RATE) / RATE)
    out, _ = attack(sine, RATE, 1)
    inner = out[len(out) // 4 : -len(out) // 4] * np.hanning(len(out[len(out) // 4 : -len(out) // 4]))
    return np.argmax(np.abs(np.fft.rfft(inner, 1 << 18))) * RATE / (1 << 18), len(out) / len(sine)


@pytest.mark.parametrize("name, pitch, length", [
    ("speed_1.25", 1.25, 0.8), ("speed_0.9", 0.9, 1 / 0.9), ("tempo_1.25", 1, 0.8), ("stretch_0.9", 1, 1 / 0.9),
    ("pitch_+2", 2 ** (2 / 12), 1), ("pitch_-1", 2 ** (-1 / 12), 1), ("pitch_vocoder_+2", 2 ** (2 / 12), 1),
    ("drift_500ppm", 1.0005, 0.9995),
    ("speed_1.25_and_back", 1, 1)])  # fmt: skip
def test_tempo_and_pitch(rows, name, pitch, length):
    found, share = pitch_and_length(rows[name])
    assert found == pytest.approx(1000 * pitch, rel=1e-4 if "drift" in name else 5e-3)
    assert share == pytest.approx(length, rel=1e-4 if "drift" in name else 0.02)


def test_phase_vocoder_of_any_length():
    """numpy's arange rounds its last value up to the end now and then: 0.7 at 1,297 frames, which was an IndexError."""
    for frames in range(1290, 1300):
        samples = 0.1 * np.random.default_rng(0).standard_normal(512 * (frames - 4) + 1)
        out, _ = attacks.tempo(samples, RATE, 1, factor=0.7, method="phase_vocoder")
        assert abs(len(out) - len(samples) / 0.7) < 2048 and np.all(np.isfinite(out))


def test_reading_between_samples():
    """A tone of 0.375 of the rate, read anywhere, is right to -85 dB; beyond the ends there is silence."""
    at = np.sort(np.random.default_rng(0).uniform(100, 7900, 5000))
    tone = np.sin(0.75 * np.pi * np.arange(8000))
    assert np.max(np.abs(read_at(tone, at) - np.sin(0.75 * np.pi * at))) < 10 ** (-85 / 20)
    assert np.array_equal(read_at(tone, np.arange(8000.0))[1:], tone[1:]) or np.allclose(read_at(tone, np.arange(8000.0)), tone)
    assert not read_at(tone, np.array([-500.0, 9000.0])).any()


@pytest.mark.parametrize("loss", [0.01, 0.1, 0.2])
def test_packets_are_lost_at_their_rate(speech, loss):
    packet = int(PACKET_S * RATE)
    samples = np.tile(speech, 10).astype(np.float64)[: 2500 * packet] + 1e-3
    out, _ = attacks.packet_loss(samples, RATE, 3, loss=loss, handling="zero")
    lost = np.all(out.reshape(-1, packet) == 0, axis=1)
    assert abs(lost.mean() - loss) < 4 * np.sqrt(loss / 2500)
    assert np.array_equal(out.reshape(-1, packet)[~lost], samples.reshape(-1, packet)[~lost])
    deleted, _ = attacks.packet_loss(samples, RATE, 3, loss=loss, handling="deleted")
    assert np.array_equal(deleted, samples.reshape(-1, packet)[~lost].ravel())
    repeated, _ = attacks.packet_loss(samples, RATE, 3, loss=loss, handling="repeat")
    first = np.flatnonzero(lost & ~np.roll(lost, 1))
    assert np.array_equal(repeated.reshape(-1, packet)[first], samples.reshape(-1, packet)[first - 1])


def test_concealment_goes_on_with_the_pitch():
    """A lost packet of a steady vowel is nearly that vowel; a long gap fades to nothing."""
    t = np.arange(2 * RATE) / RATE
    vowel = sum(np.sin(2 * np.pi * 125 * k * t) / k for k in range(1, 20))
    out, _ = attacks.packet_loss(vowel, RATE, 4, loss=0.1, handling="concealed")
    zeroed, _ = attacks.packet_loss(vowel, RATE, 4, loss=0.1, handling="zero")
    assert level_db(out - vowel) < level_db(zeroed - vowel) - 8 and level_db(zeroed - vowel) > -15
    mostly_gone, _ = attacks.packet_loss(vowel, RATE, 4, loss=0.9, handling="concealed")
    assert (np.abs(mostly_gone) < 1e-9).mean() > 0.3


def test_playout(two_seconds):
    long = np.tile(two_seconds, 15)
    jumped, _ = attacks.playout_jumps(long, RATE, 2, every_s=1.0)
    assert len(jumped) % int(PACKET_S * RATE) == len(long) % int(PACKET_S * RATE) and len(jumped) != 0
    assert abs(len(jumped) - len(long)) < 20 * PACKET_S * RATE and not np.array_equal(jumped[: len(long)], long[: len(jumped)])
    warped, _ = attacks.playout_warps(long, RATE, 2, every_s=1.0)
    assert np.array_equal(warped[:4000], long[:4000]) or np.allclose(warped[:4000], long[:4000], atol=1e-6)
    assert not np.allclose(warped[-4000:], long[-4000:], atol=1e-3) and len(warped) == len(long)


def test_two_marks_at_once(marked, speech, key):
    """Another vendor's mark on top: both read; on the host alone our key finds nothing."""
    both, _ = attacks.overwrite(marked, RATE, 5)
    assert earmark.detect(both, sample_rate=RATE, key=key).payload == 0x0123456789ABCDEF
    import hashlib

    drawn = hashlib.sha256(b"earmark overwrite 5 0").digest()
    theirs = earmark.detect(both, sample_rate=RATE, key=earmark.Key.from_bytes(drawn))
    assert theirs.payload == drawn[:8]
    assert not earmark.detect(attacks.overwrite(speech, RATE, 5)[0], sample_rate=RATE, key=key).marked


GOOD = np.zeros(800)


@pytest.mark.parametrize("error, name, call", [
    (ValueError, "samples", lambda: attacks.polarity(np.zeros((2, 100)), RATE)),
    (ValueError, "samples", lambda: attacks.polarity(np.zeros(0), RATE)),
    (ValueError, "samples", lambda: attacks.polarity(np.full(9, np.nan), RATE)),
    (TypeError, "samples", lambda: attacks.polarity(None, RATE)),
    (ValueError, "sample_rate", lambda: attacks.polarity(GOOD, 0)),
    (TypeError, "sample_rate", lambda: attacks.polarity(GOOD, None)),
    (TypeError, "seed", lambda: attacks.crop(GOOD, RATE, 1.5)),
    (ValueError, "seed", lambda: attacks.crop(GOOD, RATE, -1)),
    (ValueError, "snr_db", lambda: attacks.white_noise(GOOD, RATE, snr_db=float("nan"))),
    (TypeError, "snr_db", lambda: attacks.white_noise(GOOD, RATE, snr_db="20")),
    (ValueError, "cutoff_hz", lambda: attacks.highpass(GOOD, RATE, cutoff_hz=8000)),
    (ValueError, "name", lambda: attacks.codec(GOOD, RATE, name="gms")),
    (ValueError, "loss", lambda: attacks.packet_loss(GOOD, RATE, loss=10, handling="zero")),
    (ValueError, "handling", lambda: attacks.packet_loss(GOOD, RATE, loss=0.1, handling="hope")),
    (ValueError, "factor", lambda: attacks.tempo(GOOD, RATE, factor=0)),
    (ValueError, "method", lambda: attacks.tempo(GOOD, RATE, factor=1.1, method="magic")),
    (ValueError, "bits", lambda: attacks.quantise(GOOD, RATE, bits=0)),
    (TypeError, "talkers", lambda: attacks.second_talker(GOOD, RATE, talkers=5, snr_db=10)),
    (TypeError, "talkers", lambda: attacks.table(5)),
    (ValueError, "sample_rate", lambda: attacks.room_response(0.3, 0, 1)),
    (ValueError, "times", lambda: attacks.overwrite(GOOD, RATE, times=0)),
])  # fmt: skip
def test_bad_input(error, name, call):
    with pytest.raises(error, match=f"^{name}: "):
        call()


def test_no_ffmpeg_is_said(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(OSError, match="^ffmpeg is not on the PATH"):
        attacks.codec(GOOD, RATE, name="gsm")


def test_int16_is_scaled():
    assert np.array_equal(attacks.polarity(np.array([16384, -32768], np.int16), RATE)[0], [-0.5, 1])


def test_averaging_learns_the_carrier_and_takes_some_of_it(voice, stereo, key):
    """From marked files of one key, and from nothing else: the attack lowers the evidence, unmarked files teach it nothing."""
    hosts = [(voice(RATE), RATE), (stereo[1].astype(np.float64), 24000), (0.5 * voice(24000), 24000)]
    clips = [(earmark.embed(x, sample_rate=rate, key=key, payload=n), rate) for n, (x, rate) in enumerate(hosts)]
    learned, nothing = attacks.learn(clips[1:]), attacks.learn(hosts[1:])
    assert learned.gain_db.shape == (31, 64) and learned.packets >= 8
    assert np.std(learned.gain_db) > 3 * np.std(nothing.gain_db)
    out, rate = attacks.average_out(*clips[0], 0, learned=learned, strength=2)
    assert rate == RATE and out.shape == clips[0][0].shape
    before, after = (earmark.detect(x, sample_rate=RATE, key=key) for x in (clips[0][0], out))
    assert after.log10_p > 0.9 * before.log10_p and np.mean((out - clips[0][0]) ** 2) > 0
    unchanged, _ = attacks.average_out(*clips[0], 0, learned=learned, strength=0)
    assert np.allclose(unchanged, clips[0][0], atol=1e-9)
    with pytest.raises(ValueError, match="^clips: 0 packets"):
        attacks.learn([(np.zeros(100), RATE)])
    with pytest.raises(TypeError, match="^learned: "):
        attacks.average_out(GOOD, RATE, learned=None)
