"""The LADSPA plug-in in two hosts that know nothing of earmark: ffmpeg and sox."""

import os
import pathlib
import subprocess

import numpy as np
import pytest
import soundfile
from conftest import PAYLOAD, binary, run

PLUGIN = pathlib.Path(binary()).parents[1] / "bindings" / "ladspa" / "earmark.so"


def sanitizer():
    """A host built without the address sanitizer has to load it first when the plug-in was built with it."""
    library = PLUGIN.parents[1] / "c" / "libearmark-c.so"
    if "libasan" not in subprocess.run(["readelf", "-d", library], capture_output=True, text=True, check=True).stdout:
        return {}
    names = [subprocess.check_output(["gcc", f"-print-file-name={name}"], text=True).strip() for name in ("libasan.so", "libstdc++.so")]
    return {"LD_PRELOAD": " ".join(names), "ASAN_OPTIONS": "detect_leaks=0"}


def ffmpeg(source, target):
    return ["ffmpeg", "-y", "-loglevel", "error", "-i", source, "-af", f"ladspa=file={PLUGIN}:plugin=earmark:latency=1", target]


def sox(source, target):
    return ["sox", "-D", source, target, "ladspa", "-l", "-r", "earmark", "earmark"]


HOSTS = [ffmpeg, sox]


def hosted(host, source, target, **settings):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EARMARK_")}
    environment = {**kept, **sanitizer(), "LADSPA_PATH": str(PLUGIN.parent), **settings}
    return subprocess.run(list(map(str, host(source, target))), capture_output=True, text=True, env=environment)


@pytest.mark.parametrize("host", HOSTS)
def test_marks_as_embed_does(tmp_path, host, speech, marked, key):
    """Latency compensated: the very samples that `earmark embed` writes, up to the host's last bit of rounding."""
    target = tmp_path / "out.wav"
    done = hosted(host, speech, target, EARMARK_KEY=str(key), EARMARK_PAYLOAD=PAYLOAD)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    ours, theirs = (soundfile.read(path, dtype="int16")[0].astype(int) for path in (marked, target))
    assert len(ours) == len(theirs) and np.abs(ours - theirs).max() <= 1
    found = run("detect", target, "--key", key)
    assert found.code == 0 and f"payload {PAYLOAD}" in found.text
    assert run("detect", speech, "--key", key).code == 1


@pytest.mark.parametrize("host", HOSTS)
def test_every_channel_and_profile(tmp_path, host, voice, key):
    source, target = tmp_path / "stereo.wav", tmp_path / "out.wav"
    soundfile.write(source, np.stack([voice(16000), 0.5 * voice(16000)], axis=1), 16000)
    done = hosted(host, source, target, EARMARK_KEY=str(key), EARMARK_PAYLOAD=PAYLOAD, EARMARK_PROFILE="transparent")
    assert done.returncode == 0, done.stderr
    samples, rate = soundfile.read(target)
    assert samples.shape == (len(voice(16000)), 2)
    for channel in (0, 1):
        soundfile.write(tmp_path / "one.wav", samples[:, channel], rate)
        assert run("detect", tmp_path / "one.wav", "--key", key).code == 0


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    "change,hint",
    [
        ({"EARMARK_KEY": None}, "EARMARK_KEY"),
        ({"EARMARK_KEY": "no-such.key"}, "no-such.key"),
        ({"EARMARK_PAYLOAD": None}, "EARMARK_PAYLOAD"),
        ({"EARMARK_PAYLOAD": "12"}, "payload"),
        ({"EARMARK_PROFILE": "loud"}, "loud"),
    ],
    ids=str,
)
def test_no_mark_no_audio(tmp_path, host, speech, key, change, hint):
    target = tmp_path / "out.wav"
    settings = {"EARMARK_KEY": str(key), "EARMARK_PAYLOAD": PAYLOAD, **change}
    done = hosted(host, speech, target, **{name: value for name, value in settings.items() if value is not None})
    assert done.returncode > 0  # not a crash, which is below 0
    assert any(line.startswith("earmark: ") and hint in line for line in done.stderr.splitlines()), done.stderr
    assert not target.exists() or target.stat().st_size == 0


@pytest.mark.parametrize("host", HOSTS)
def test_a_screening_key_marks_nothing(tmp_path, host, speech, screening):
    target = tmp_path / "out.wav"
    done = hosted(host, speech, target, EARMARK_KEY=str(screening), EARMARK_PAYLOAD=PAYLOAD)
    assert done.returncode > 0 and "screening key" in done.stderr
    assert not target.exists() or target.stat().st_size == 0
