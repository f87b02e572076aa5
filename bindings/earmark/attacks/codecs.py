"""Speech and music codecs through ffmpeg, there and back, one after another if asked for.

Codec delay is not removed; nothing may depend on it. Every setting is one line of CODECS, as ffmpeg takes it.
Debian: ffmpeg with libavcodec-extra (the AMR encoders).
"""
from __future__ import annotations

from collections import abc
from dataclasses import dataclass
from typing import Any

from .attack import Changed, attack, in_range, one_of
from .ffmpeg import transcoded


@dataclass(frozen=True)
class Codec:
    encoder: str  # ffmpeg's output options
    extension: str  # names the container
    rate: int | None = None  # Hz, the codec's own, in and out; None: the host's
    source: str = ""  # where the setting comes from


AMR_NB_KBPS = (4.75, 5.15, 5.9, 6.7, 7.4, 7.95, 10.2, 12.2)
AMR_WB_KBPS = (6.6, 8.85, 12.65, 14.25, 15.85, 18.25, 19.85, 23.05, 23.85)
OPUS_KBPS = (6, 8, 12, 16, 24, 32)
MP3_KBPS = (8, 16, 24, 32, 40, 48, 64)


def _named(kbps: float) -> str:
    """12.2 -> 12k2, 24 -> 24k."""
    whole, _, rest = f"{kbps:g}".partition(".")
    return f"{whole}k{rest}"


def _amr(kbps: float) -> Codec:
    return Codec(f"-c:a libopencore_amrnb -b:a {kbps}k", "amr", 8000, f"3GPP TS 26.071, mode {kbps} kb/s")


def _amr_wb(kbps: float) -> Codec:
    return Codec(f"-c:a libvo_amrwbenc -b:a {kbps}k", "amr", 16000, f"3GPP TS 26.171, mode {kbps} kb/s")


def _opus(kbps: float, rate: int = 16000) -> Codec:
    return Codec(f"-c:a libopus -b:a {kbps}k -application voip", "ogg", rate, f"RFC 6716, {rate // 1000} kHz in")


def _mp3(kbps: float) -> Codec:
    """Below 32 kb/s MPEG-2 alone has a rate: 16 kHz, that of AudioMarkBench's clips."""
    source = "AudioMarkBench 8 to 40k, AudioSeal 32k, RAW-Bench strict 64k"
    return Codec(f"-c:a libmp3lame -b:a {kbps}k", "mp3", 16000 if kbps < 32 else None, source)


CODECS: abc.Mapping[str, Codec] = {
    "g711_a": Codec("-c:a pcm_alaw", "wav", 8000, "ITU-T G.711, 64 kb/s"),
    "g711_mu": Codec("-c:a pcm_mulaw", "wav", 8000, "ITU-T G.711, 64 kb/s"),
    "gsm": Codec("-c:a libgsm", "gsm", 8000, "GSM 06.10 full rate, 13 kb/s"),
    **{f"amr_{_named(kbps)}": _amr(kbps) for kbps in reversed(AMR_NB_KBPS)},
    **{f"amr_wb_{_named(kbps)}": _amr_wb(kbps) for kbps in reversed(AMR_WB_KBPS)},
    "g722": Codec("-c:a g722", "g722", 16000, "ITU-T G.722, 64 kb/s"),
    "g723_1": Codec("-c:a g723_1 -b:a 6.3k", "wav", 8000, "ITU-T G.723.1, 6.3 kb/s"),
    "g726_32k": Codec("-c:a g726 -b:a 32k", "wav", 8000, "ITU-T G.726, 32 kb/s"),
    "speex": Codec("-c:a libspeex -cbr_quality 8", "ogg", 8000, "Speex narrowband, quality 8, 15 kb/s"),
    **{f"opus_{_named(kbps)}": _opus(kbps) for kbps in reversed(OPUS_KBPS)},
    "opus_nb_8k": _opus(8, 8000),
    **{f"mp3_{_named(kbps)}": _mp3(kbps) for kbps in reversed(MP3_KBPS)},
    "aac_64k": Codec("-c:a aac -b:a 64k", "m4a", None, "AudioSeal, RAW-Bench strict"),
    "vorbis_q0": Codec("-c:a libvorbis -q:a 0", "ogg", None, "RAW-Bench strict is 48 kb/s"),
}
CHAINS: abc.Mapping[str, tuple[str, ...]] = {
    "opus_16k_then_g711_mu": ("opus_16k", "g711_mu"),
    "mp3_64k_then_opus_12k": ("mp3_64k", "opus_12k"),
    "g711_mu_then_amr_12k2": ("g711_mu", "amr_12k2"),
    "amr_12k2_twice": ("amr_12k2", "amr_12k2"),
    "mp3_64k_3_times": ("mp3_64k", "mp3_64k", "mp3_64k"),  # RT-SW: encoded three times
}


def transcode(codec: Codec, samples: Any, sample_rate: int) -> Changed:
    rate = codec.rate or sample_rate
    return transcoded(samples, sample_rate, codec.encoder, codec.extension, rate), rate


@attack
def codec(samples: Any, sample_rate: int, seed: int = 0, *, name: str) -> Changed:
    """Encoded and decoded; name is a key of CODECS. 16 bit both ways, at the codec's own rate where it has one."""
    return transcode(CODECS[one_of("name", name, CODECS)], samples, sample_rate)


@attack
def codec_chain(samples: Any, sample_rate: int, seed: int = 0, *, names: abc.Sequence[str]) -> Changed:
    """One codec after another, as a call crosses networks; names are keys of CODECS."""
    for name in names:
        samples, sample_rate = codec(samples, sample_rate, seed, name=name)
    return samples, sample_rate


@attack
def coded(samples: Any, sample_rate: int, seed: int = 0, *, format: str, bitrate_kbps: float) -> Changed:
    """Any bit rate of "mp3", "aac", "vorbis" or "opus"; at the host's rate, or at the nearest that the codec has there
    (mp3 under 32 kb/s: 16 kHz; Opus: 16 or 48 kHz; Vorbis over 64 kb/s: 44.1 kHz). 6 to 320 kb/s; OSError where the codec
    has no such rate for one channel."""
    in_range("bitrate_kbps", bitrate_kbps, 6, 320, " kb/s")
    made = {
        "mp3": _mp3(bitrate_kbps),
        "opus": Codec(f"-c:a libopus -b:a {bitrate_kbps}k", "ogg", 16000 if sample_rate <= 16000 else 48000),
        "aac": Codec(f"-c:a aac -b:a {bitrate_kbps}k", "m4a"),
        "vorbis": Codec(f"-c:a libvorbis -b:a {bitrate_kbps}k", "ogg", 44100 if bitrate_kbps > 64 else None),
    }
    return transcode(made[one_of("format", format, made)], samples, sample_rate)
