"""A vendor's own clips through quality, robustness and false alarms, on one HTML page for their security assessment.

    python3 -m earmark.report clips/ --key vendor.key --out report.html
    earmark report clips/ --key vendor.key --out report.html          # the same, from the command

The page has versions, the key's fingerprint (never the key), seeds, confidence intervals and the command; it reports
measurements and judges none of them. Needs Debian's python3-numpy, python3-scipy, python3-soundfile, python3-matplotlib,
and ffmpeg for codecs: what cannot be run is said on the page.

>>> page(measure(["clips"], key="vendor.key"))  # doctest: +SKIP
"""
from __future__ import annotations

import datetime
import importlib
import os
import platform
import shutil
import subprocess
from collections import abc
from typing import Any

from .._earmark import simd_target
from .._earmark import version as _version
from ..attacks.table import chosen, table
from ..config import DetectConfig, EmbedConfig
from ..key import KeyLike, as_marking_key
from ..payload import Payload
from .clips import load
from .layout import page
from .tables import Settings, false_alarms, marked_clips, quality, robustness

__all__ = ["ATTACKS", "WINDOWS", "measure", "page"]

WINDOWS = (1.0, 2.0, 3.0, 5.0, 10.0)
ATTACKS = (
    "none,crop,g711_a,g711_mu,g722,g726_32k,gsm,amr_12k2,amr_4k75,amr_wb_12k65,speex,opus_24k,opus_12k,mp3_32k,aac_64k,"
    "vorbis_q0,resample_8000,white_20db,white_10db,lowpass_4k,highpass_500,gain_down_20db,quantise_8bit,echo,reverb_0.3,"
    "speed_1.05,phone_call,mobile_call"
)


def measure(
    clips: abc.Iterable[str | os.PathLike[str]],
    *,
    key: KeyLike,
    profile: str = "standard",
    attacks: str = ATTACKS,
    windows: abc.Sequence[float] = WINDOWS,
    trials: int = 2,
    keys: int = 20,
    seed: int = 1,
    p_max: float = 1e-6,
    search: str = "none",
    title: str = "Reliability of the inaudible mark",
    command: str = "",
    jobs: int | None = None,
    progress: bool | None = None,
) -> dict[str, Any]:
    """What page() shows, as a dict of plain values.

    clips    files and folders of speech
    attacks  rows of earmark.attacks.table(), comma separated; "name_*" takes all that begin so
    windows  lengths in s, 1 to 60
    trials   windows a clip, attack and length, 1 or more
    keys     random keys a segment of 10 s in the false-alarm table, 1 or more
    jobs     threads; as many as there are cores unless given

    ValueError or TypeError names the argument; FileNotFoundError and OSError the file.
    """
    own = as_marking_key(key)
    rows = chosen(table(), attacks)
    lengths = tuple(sorted({float(length) for length in windows}))
    if not lengths or not 1 <= lengths[0] <= lengths[-1] <= 60:
        raise ValueError(f"windows: {', '.join(map(str, windows))} is outside 1 to 60 s")
    for name, value in (("trials", trials), ("keys", keys)):
        if not 1 <= value <= 10_000:
            raise ValueError(f"{name}: {value} is outside 1 to 10000")
    EmbedConfig(16000, own, Payload(0), 1, profile)  # both check what they are given
    DetectConfig(16000, own, 1, search, p_max, False)  # type: ignore[arg-type]
    listed, left_out = load(clips)
    settings = Settings(own, profile, rows, lengths, trials, keys, seed, p_max, search, jobs, progress)
    marked = marked_clips(listed, settings)
    return {
        "title": title,
        "made": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "command": command,
        "setting": _setting(settings),
        "clips": [{"name": clip.name, "seconds": clip.seconds, "rate": clip.rate, "digest": clip.digest} for clip in listed],
        "left_out": left_out,
        "quality": quality(marked),
        "robustness": robustness(marked, settings),
        "false_alarms": false_alarms(marked, settings),
    }


def _setting(settings: Settings) -> dict[str, Any]:
    modules = {name: importlib.import_module(name).__version__ for name in ("numpy", "scipy", "soundfile", "matplotlib")}
    return {
        "earmark": _version,
        "simd_target": simd_target(),
        "profile": settings.profile,
        "key_fingerprint": settings.key.fingerprint,
        "p_max": settings.p_max,
        "search": settings.search,
        "seed": settings.seed,
        "windows_a_clip_distortion_and_length": settings.trials,
        "random_keys_a_segment": settings.keys,
        "python": platform.python_version(),
        **modules,
        "ffmpeg": _ffmpeg(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def _ffmpeg() -> str:
    if shutil.which("ffmpeg") is None:
        return "not installed"
    return subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True).stdout.split("\n")[0].split(" Copyright")[0]
