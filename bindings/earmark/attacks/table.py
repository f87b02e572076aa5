"""The distortion table: every attack that figures are published for, by name, in the order of the tables."""
from __future__ import annotations

import difflib
from collections import abc
from typing import Any

from . import calls, codecs, filters, levels, mixing, network, remarking, rooms, timing
from .attack import Attack, none

RT_SW = "RT-SW (2026)"


def table(talkers: abc.Sequence[Any] = ()) -> dict[str, Attack]:
    """Every row by name.

    talkers: (samples, sample_rate) of other people, for babble and the second talker; without any, the voices that Debian
    packages are used (see sounds.packaged_voices()).

    >>> len(table()) > 100, table()["white_20db"]
    (True, white_noise(samples, sample_rate, seed, snr_db=20))
    """
    others = mixing.as_talkers(talkers)
    rows = {
        "none": Attack(none, source="the mark alone, rounded to 16 bit"),
        "crop": Attack(timing.crop, source="RAW-Bench, OmniSealBench", head=timing.crop_start),
    }
    for part in (_codecs(), _resampling(), _mixing(others), _levels(), _filters(), _rooms(), _timing(), _network(), _whole()):
        rows.update(part)
    return rows


def chosen(rows: abc.Mapping[str, Attack], names: str | None, but: str | None = None) -> dict[str, Attack]:
    """The rows named, comma separated, in the table's order, without those named in `but`; "loss_*" takes all that begin
    so. ValueError names what is unknown."""
    if but is not None:
        left_out = chosen(rows, but)
        return {name: row for name, row in chosen(rows, names).items() if name not in left_out}
    if names is None or names.strip() in ("", "all"):
        return dict(rows)
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    matches = {name: [row for row in rows if row == name or (name.endswith("*") and row.startswith(name[:-1]))] for name in wanted}
    unknown = [name for name, found in matches.items() if not found]
    if unknown:
        near = difflib.get_close_matches(unknown[0], rows, 5, 0.5)
        hint = f"; near {unknown[0]} are {', '.join(near)}" if near else f"; the first of {len(rows)} are {', '.join([*rows][:5])}"
        raise ValueError(f"rows: {', '.join(unknown)} unknown{hint}")
    picked = {row for found in matches.values() for row in found}
    return {name: row for name, row in rows.items() if name in picked}


def _codecs() -> dict[str, Attack]:
    single = {name: Attack(codecs.codec, {"name": name}, codec.source) for name, codec in codecs.CODECS.items()}
    chains = {name: Attack(codecs.codec_chain, {"names": names}, "one network after another") for name, names in codecs.CHAINS.items()}
    return single | chains


def _resampling() -> dict[str, Attack]:
    return {f"resample_{rate}": Attack(filters.resample, {"new_rate": rate}, "polyphase, Kaiser window") for rate in (8000, 16000, 44100)}


def _mixing(others: list[Any]) -> dict[str, Attack]:
    rows = {
        f"{colour}_{snr_db}db": Attack(noise, {"snr_db": snr_db}, "AudioMarkBench levels, 40 to 5 dB")
        for colour, noise in (("white", mixing.white_noise), ("pink", mixing.pink_noise))
        for snr_db in (30, 20, 10)
    }
    rows["babble_10db"] = Attack(mixing.babble, {"talkers": others, "snr_db": 10}, "five other clips of the corpus")
    rows["talker_10db"] = Attack(mixing.second_talker, {"talkers": others, "snr_db": 10}, "another talker, AudioSeal's 22-clip test")
    rows["music_10db"] = Attack(mixing.music_beneath, {"snr_db": 10}, "plucked chords and a beat")
    return rows


def _levels() -> dict[str, Attack]:
    return {
        "gain_up_12db": Attack(levels.gain, {"gain_db": 12}, "clips where full scale is passed"),
        "gain_down_20db": Attack(levels.gain, {"gain_db": -20}, "AudioSeal: x 0.1"),
        "overdrive": Attack(levels.overdrive, {}, "clipping 6 dB into the peak"),
        "polarity": Attack(levels.polarity, {}, "RAW-Bench"),
        "quantise_8bit": Attack(levels.quantise, {"bits": 8}, "AudioMarkBench is 4 to 64 levels, RAW-Bench 12 to 16 bit"),
        "quantise_16levels": Attack(levels.quantise_to_levels, {"levels": 16}, "AudioMarkBench 4 to 64 levels"),
        "compressor": Attack(levels.compressor, {"threshold_db": -30}, "RAW-Bench strict -36 to -18 dB"),
        "expander": Attack(levels.expander, {"threshold_db": -14}, "RAW-Bench strict -16 to -12 dB"),
        "limiter": Attack(levels.limiter, {"threshold_db": -20}, "RAW-Bench strict -36 to -18 dB"),
        "loudness": Attack(levels.loudness, {"lufs": -16}, "EBU R128, -16 LUFS, as platforms play it"),
        "gain_control": Attack(levels.gain_control, {}, "automatic gain control"),
        "silence_start": Attack(levels.silence_start, {"fraction": 0.1}, "OmniSealBench: shush 0.1"),
    }


def _filters() -> dict[str, Attack]:
    rows = {
        "lowpass_4k": Attack(filters.lowpass, {"cutoff_hz": 4000}, "RAW-Bench strict 3.5 to 6 kHz"),
        "lowpass_1k": Attack(filters.lowpass, {"cutoff_hz": 1000}, "OmniSealBench 0.5 to 5 kHz"),
        "lowpass_500": Attack(filters.lowpass, {"cutoff_hz": 500}, "AudioSeal"),
        "highpass_500": Attack(filters.highpass, {"cutoff_hz": 500}, "RAW-Bench strict 250 to 500 Hz"),
        "highpass_1500": Attack(filters.highpass, {"cutoff_hz": 1500}, "AudioSeal"),
        "bandpass": Attack(filters.bandpass, {"low_hz": 300, "high_hz": 3400}, "the telephone band"),
        "equaliser": Attack(filters.equaliser, {"largest_db": 6}, "a band per Bark, +-6 dB"),
        "moving_average_40": Attack(filters.moving_average, {"taps": 40}, "AudioSeal, OmniSealBench"),
        "moving_average_14": Attack(filters.moving_average, {"taps": 14}, "AudioMarkBench 6 to 22"),
        "median_3": Attack(filters.median, {"taps": 3}, f"WavMark, {RT_SW}"),
        "resample_32k_and_back": Attack(filters.resample_and_back, {"by_rate": 32000}, "AudioSeal: updownresample"),
        "resample_8k_and_back": Attack(filters.resample_and_back, {"by_rate": 8000}, RT_SW),
    }
    for method in ("spectral", "non_local_means", "gate"):
        rows[f"denoise_{method}"] = Attack(filters.noise_suppression, {"method": method}, f"{RT_SW} has a frame gate")
    return rows


def _rooms() -> dict[str, Attack]:
    return {
        "echo": Attack(rooms.echo, {"delay_s": 0.5, "volume": 0.5}, "AudioSeal: 0.5 s, volume 0.5"),
        "multipath": Attack(rooms.multipath, {"taps": 5, "spread_s": 0.016}, "STAMP study: 5 taps to 16 ms"),
        "reverb_0.3": Attack(rooms.reverb, {"rt60_s": 0.3}, "RT60 0.3 s, direct to reverberant 0 dB"),
        "reverb_0.4": Attack(rooms.reverb, {"rt60_s": 0.4}, "RT60 0.4 s, direct to reverberant 0 dB"),
        "reverb_0.6": Attack(rooms.reverb, {"rt60_s": 0.6}, "RT60 0.6 s, direct to reverberant 0 dB"),
    }


def _timing() -> dict[str, Attack]:
    rows = {f"speed_{factor:g}": Attack(timing.speed, {"factor": factor}, "OmniSealBench 0.5 to 1.5", factor)
            for factor in (0.8, 0.9, 0.95, 1.05, 1.1, 1.25)}  # fmt: skip
    rows["speed_1.25_and_back"] = Attack(timing.speed_and_back, {"factor": 1.25}, "two conversions")
    for factor in (0.7, 0.8, 0.9, 1.1, 1.25, 1.5):
        rows[f"tempo_{factor:g}"] = Attack(timing.tempo, {"factor": factor}, "WSOLA", factor)
    for factor in (0.9, 1.1):
        given = {"factor": factor, "method": "phase_vocoder"}
        rows[f"stretch_{factor:g}"] = Attack(timing.tempo, given, "AudioMarkBench: phase vocoder, 0.7 to 1.5", factor)
        given = {"factor": factor, "method": "speech_vocoder"}
        rows[f"stretch_32ms_{factor:g}"] = Attack(timing.tempo, given, "phase vocoder with frames for speech", factor)
        given = {"factor": factor, "method": "rubberband"}
        rows[f"rubberband_{factor:g}"] = Attack(timing.tempo, given, "a vocoder that keeps transients", factor)
    given = {"speed_factor": 1.1, "tempo_factor": 0.85}
    rows["speed_1.1_tempo_0.85"] = Attack(timing.speed_then_tempo, given, "double conversion", 1.1 * 0.85)
    for semitones in (-3, -2, -1, 1, 2, 3):
        rows[f"pitch_{semitones:+d}"] = Attack(timing.pitch, {"semitones": semitones}, "semitones; AudioSeal's 24-clip test")
    for semitones in (-2, 2):
        given = {"semitones": semitones, "method": "phase_vocoder"}
        rows[f"pitch_vocoder_{semitones:+d}"] = Attack(timing.pitch, given, "librosa: phase vocoder, then resampled")
    for ppm in (50, 500):
        rows[f"drift_{ppm}ppm"] = Attack(timing.clock_drift, {"ppm": ppm}, "sound cards differ by tens of ppm")
    rows["wow"] = Attack(timing.wow, {"depth": 0.003, "frequency_hz": 0.7}, "a tape, +-0.3 %")
    rows["time_jitter_0.2"] = Attack(timing.time_jitter, {"scale": 0.2}, "RAW-Bench 0.01 to 0.2")
    rows["delay_0.1s"] = Attack(timing.delay, {"delay_s": 0.1}, "RAW-Bench: phase shift +-0.1 s")
    rows["drop_samples"] = Attack(timing.drop_samples, {"share": 0.001}, f"{RT_SW}; one in a thousand left out", 1 / 0.999)
    rows["suppress_samples"] = Attack(timing.suppress_samples, {"share": 0.001}, "WavMark: one in a thousand zero")
    return rows


def _network() -> dict[str, Attack]:
    rows = {}
    for handling in network.LOSS_HANDLING:
        for percent in (1, 3, 5, 10, 20):
            given = {"loss": percent / 100, "handling": handling}
            faster = 1 / (1 - percent / 100) if handling == "deleted" else 1.0
            rows[f"loss_{percent}_{handling}"] = Attack(network.packet_loss, given, "20 ms packets, independent", faster)
    rows["playout_jumps"] = Attack(network.playout_jumps, {"every_s": 3.0}, "20 ms twice or left out, about every 3 s")
    rows["playout_warps"] = Attack(network.playout_warps, {"every_s": 3.0}, "delay +-20 ms in 200 ms, about every 3 s")
    return rows


def _whole() -> dict[str, Attack]:
    return {
        "phone_call": Attack(calls.phone_call, {}, "room, noise, band and codec in a row"),
        "simulated_call": Attack(calls.simulated_call, {}, f"{RT_SW}: room, noise, band"),
        "mobile_call": Attack(calls.mobile_call, {}, "band, noise 20 dB, AMR 7.95, 3 % loss, 50 ppm"),
        "over_the_air": Attack(calls.over_the_air, {}, "loudspeaker, room 0.45 s, noise 20 dB, drift, gain control"),
        "overwrite": Attack(remarking.overwrite, {}, "another vendor's mark on top: two marks at once"),
        "overwrite_5_times": Attack(remarking.overwrite, {"times": 5}, "five other keys, one after the other"),
    }
