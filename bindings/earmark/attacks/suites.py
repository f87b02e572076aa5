"""The published suites, row by row, with their own names and values: what a figure of theirs can be compared with.

Rows that need a neural codec (EnCodec, DAC, SoundStream) are left out; background noise, theirs recorded, is babble here.
Where a suite draws a value from a range, the two ends are rows here.
"""
from __future__ import annotations

import math
from collections import abc
from typing import Any

from . import codecs, filters, levels, mixing, rooms, timing
from .attack import Attack, none


def suite(name: str) -> dict[str, Attack]:
    """"audiomarkbench", "audioseal", "omnisealbench", "raw_bench_strict" or "raw_bench_loose": {row: Attack}.

    >>> suite("audioseal")["echo"]
    echo(samples, sample_rate, seed, delay_s=0.5, volume=0.5)
    """
    if name not in SUITES:
        raise ValueError(f"name: {name!r} is not one of {', '.join(SUITES)}")
    return SUITES[name]()


def _swept(name: str, change: Any, parameter: str, values: abc.Iterable[Any], source: str, **fixed: Any) -> dict[str, Attack]:
    return {f"{name}_{value:g}": Attack(change, {parameter: value, **fixed}, source) for value in values}


def _stretched(name: str, factors: abc.Iterable[float], source: str) -> dict[str, Attack]:
    return {f"{name}_{one:g}": Attack(timing.tempo, {"factor": one, "method": "phase_vocoder"}, source, one) for one in factors}


def _background(ratios_db: abc.Iterable[float], source: str) -> dict[str, Attack]:
    return _swept("background_noise", mixing.babble, "snr_db", ratios_db, f"{source}, recordings replaced by babble", talkers=[])


def _audiomarkbench() -> dict[str, Attack]:
    """NeurIPS 2024; clips of 5 s at 16 kHz. Its Opus 496k is left out: one channel takes 256k at most."""
    source = "AudioMarkBench"
    ratios = (0.1, 0.2, 0.3, 0.4, 0.5)
    return (
        _stretched("time_stretch", (0.7, 0.9, 1.1, 1.3, 1.5), source)
        | _swept("gaussian_noise", mixing.white_noise, "snr_db", (40, 30, 20, 10, 5), source)
        | _background((40, 30, 20, 10, 5), source)
        | _swept("opus", codecs.coded, "bitrate_kbps", (16, 32, 64, 128, 256), source, format="opus")
        | _swept("quantization", levels.quantise_to_levels, "levels", (4, 8, 16, 32, 64), source)
        | _swept("highpass", filters.windowed_sinc, "cutoff_ratio", ratios, source, kind="highpass")
        | _swept("lowpass", filters.windowed_sinc, "cutoff_ratio", ratios, source, kind="lowpass")
        | _swept("smooth", filters.moving_average, "taps", (6, 10, 14, 18, 22), source)
        | _swept("echo", rooms.echo, "delay_s", (0.1, 0.3, 0.5, 0.7, 0.9), source, volume=0.4)
        | _swept("mp3", codecs.coded, "bitrate_kbps", (8, 16, 24, 32, 40), source, format="mp3")
    )


def _audioseal() -> dict[str, Attack]:
    """ICML 2024, the table of the paper; clips of 10 s at 16 kHz."""
    source = "AudioSeal"
    return {
        "identity": Attack(none, {}, source),
        "bandpass_filter": Attack(filters.bandpass, {"low_hz": 500, "high_hz": 5000}, source),
        "highpass_filter": Attack(filters.windowed_sinc, {"kind": "highpass", "cutoff_ratio": 1500 / 16000}, source),
        "lowpass_filter": Attack(filters.windowed_sinc, {"kind": "lowpass", "cutoff_ratio": 500 / 16000}, source),
        "boost_audio": Attack(levels.gain, {"gain_db": 20.0}, source),
        "duck_audio": Attack(levels.gain, {"gain_db": -20.0}, source),
        "echo": Attack(rooms.echo, {"delay_s": 0.5, "volume": 0.5}, source),
        "pink_noise": Attack(mixing.noise_of_level, {"noise_std": 0.1, "colour": "pink"}, source),
        "random_noise": Attack(mixing.noise_of_level, {"noise_std": 0.05}, source),
        "speed": Attack(timing.speed, {"factor": 1.25}, source, 1.25),
        "smooth": Attack(filters.moving_average, {"taps": 40}, source),
        "updownresample": Attack(filters.resample_and_back, {"by_rate": 32000}, source),
        "aac_compression": Attack(codecs.coded, {"format": "aac", "bitrate_kbps": 64}, source),
        "mp3_compression": Attack(codecs.coded, {"format": "mp3", "bitrate_kbps": 32}, source),
    }


def _omnisealbench() -> dict[str, Attack]:
    """Its speed 1 changes nothing, its high-pass at 8 kHz leaves nothing at 16 kHz, MP3 has no 12 kb/s: left out."""
    source = "OmniSealBench"
    percents = (10, 20, 30, 40, 50, 60, 70, 80, 90)
    up, down = ([20 * math.log10(1 + sign * one / 100) for one in percents] for sign in (1, -1))
    rows = {"updownresample": Attack(filters.resample_and_back, {"by_rate": 32000}, source),
            "bandpass_filter": Attack(filters.bandpass, {"low_hz": 500, "high_hz": 5000}, source)}  # fmt: skip
    for factor in (0.5, 0.6, 0.7, 0.8, 0.9, 1.1, 1.2, 1.25, 1.3, 1.4, 1.5):
        rows[f"speed_{factor:g}"] = Attack(timing.speed, {"factor": factor}, source, factor)
    for volume in (0.1, 0.2, 0.3, 0.4, 0.5):
        rows |= _swept(f"echo_{volume:g}", rooms.echo, "delay_s", (0.1, 0.2, 0.3, 0.4, 0.5), source, volume=volume)
    rows |= _swept("random_noise", mixing.noise_of_level, "noise_std", (0.001, 0.01, 0.05, 0.1, 0.3), source)
    rows |= _swept("pink_noise", mixing.noise_of_level, "noise_std", (0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0), source, colour="pink")
    for kind, cutoffs_hz in (("lowpass", (500, 1000, 1500, 2000, 3000, 4000, 5000)), ("highpass", (500, 1000, 1500, 2000, 4000))):
        for cutoff_hz in cutoffs_hz:
            given = {"kind": kind, "cutoff_ratio": cutoff_hz / 16000}
            rows[f"{kind}_filter_{cutoff_hz}"] = Attack(filters.windowed_sinc, given, source)
    for name, gains_db in (("boost_audio", up), ("duck_audio", down)):
        rows |= {f"{name}_{percent}": Attack(levels.gain, {"gain_db": one}, source) for percent, one in zip(percents, gains_db)}
    rows |= _swept("shush", levels.silence_start, "fraction", (0.001, 0.01, 0.1, 0.3), source)
    rows |= _swept("smooth", filters.moving_average, "taps", (2, 4, 8, 10, 20, 40), source)
    for format in ("aac", "mp3"):
        rates = (24, 32, 64, 128, 256) if format == "mp3" else (12, 24, 32, 64, 128, 256)
        rows |= _swept(f"{format}_compression", codecs.coded, "bitrate_kbps", rates, source, format=format)
    return rows


def _raw_bench(strict: bool) -> dict[str, Attack]:
    """Interspeech 2025, configs/attack. Its noise and room recordings are replaced by what is made here; its Vorbis 256k is
    more than one channel takes; its equaliser draws the logarithm of a gain (e to the power of 0.375: 3.3 dB)."""
    source = f"RAW-Bench {'strict' if strict else 'loose'}"

    def pick(tight: tuple[float, ...], wide: tuple[float, ...]) -> tuple[float, ...]:
        return tight if strict else wide

    rows = _swept("gaussian_noise", mixing.white_noise, "snr_db", pick((20, 40), (40, 60)), source)
    rows |= _background(pick((20, 35), (35, 60)), source)
    rows |= _swept("reverb", rooms.reverb, "direct_db", pick((0, 6), (6, 12)), source, rt60_s=0.5)
    for format, rates in (("aac", pick((64,), (128, 256))), ("mp3", pick((64,), (128, 256))), ("vorbis", pick((48,), (64, 128)))):
        rows |= _swept(format, codecs.coded, "bitrate_kbps", rates, source, format=format)
    thresholds_db = pick((-36, -18), (-18, -6))
    rows |= _swept("dynamic_range_compression", levels.compressor, "threshold_db", thresholds_db, source)
    rows |= _swept("dynamic_range_expansion", levels.expander, "threshold_db", pick((-16, -12), (-12, -6)), source)
    rows |= _swept("limiter", levels.limiter, "threshold_db", thresholds_db, source)
    rows |= {f"eq_{log:g}": Attack(filters.equaliser, {"largest_db": 20 * math.log10(math.exp(log))}, source)
             for log in pick((0.375, 0.75), (0.375,))}  # fmt: skip
    rows |= _swept("highpass", filters.highpass, "cutoff_hz", pick((250, 500), (10, 250)), source)
    rows |= _swept("lowpass", filters.lowpass, "cutoff_hz", pick((3500, 6000), (6000, 8000)), source)
    rows |= {f"gain_{factor:g}": Attack(levels.gain, {"gain_db": 20 * math.log10(factor)}, source)
             for factor in pick((0.2, 0.5, 1.5, 5.0), (0.5, 1.5))}  # fmt: skip
    rows |= _swept("phase_shift", timing.delay, "delay_s", (-0.1, 0.1), source)
    rows |= _swept("quantization", levels.quantise, "bits", (12, 16), source)
    rows |= _swept("time_jitter", timing.time_jitter, "scale", (0.01, 0.2), source)
    rows |= _stretched("time_stretch", pick((0.75, 0.95, 1.05, 1.25), (0.95, 1.05)), source)
    return rows | {"polarity": Attack(levels.polarity, {}, source)}


SUITES: dict[str, abc.Callable[[], dict[str, Attack]]] = {
    "audiomarkbench": _audiomarkbench,
    "audioseal": _audioseal,
    "omnisealbench": _omnisealbench,
    "raw_bench_strict": lambda: _raw_bench(True),
    "raw_bench_loose": lambda: _raw_bench(False),
}
