"""Whatever goes in comes out: container, sample format, rate, channels, length; and the mark is in it."""

import json
import os

import numpy as np
import pytest
import soundfile
from conftest import PAYLOAD, refused, run

RATES = [8000, 11025, 16000, 22050, 24000, 44100, 48000, 96000]
FORMATS = [
    ("wav", "WAV", "PCM_U8"),
    ("wav", "WAV", "PCM_16"),
    ("wav", "WAV", "PCM_24"),
    ("wav", "WAV", "PCM_32"),
    ("wav", "WAV", "FLOAT"),
    ("wav", "WAV", "DOUBLE"),
    ("wav", "WAV", "ULAW"),
    ("wav", "WAV", "ALAW"),
    ("wav", "WAVEX", "PCM_24"),
    ("flac", "FLAC", "PCM_16"),
    ("flac", "FLAC", "PCM_24"),
    ("ogg", "OGG", "VORBIS"),
    ("opus", "OGG", "OPUS"),
    ("mp3", "MP3", "MPEG_LAYER_III"),
    ("aiff", "AIFF", "PCM_16"),
    ("au", "AU", "ULAW"),
    ("w64", "W64", "FLOAT"),
    ("caf", "CAF", "PCM_24"),
]


def writable(form, rate):
    if form == "OPUS":
        return rate in (8000, 16000, 24000, 48000)
    return form != "MPEG_LAYER_III" or rate <= 48000


CASES = [(*form, rate) for form in FORMATS for rate in RATES if writable(form[2], rate)]


@pytest.mark.parametrize("extension,container,form,rate", CASES)
def test_kept(tmp_path, voice, key, embed, extension, container, form, rate):
    source, target = tmp_path / f"in.{extension}", tmp_path / f"out.{extension}"
    soundfile.write(source, voice(rate), rate, format=container, subtype=form)
    result = embed(source, target)
    assert result.code == 0, result.err
    before, after = soundfile.info(source), soundfile.info(target)
    for field in ("format", "subtype", "samplerate", "channels", "frames"):
        assert getattr(before, field) == getattr(after, field), field
    result = run("detect", target, "--key", key, "--json")
    verdict = json.loads(result.out)
    assert result.code == 0 and verdict["marked"], verdict
    assert verdict["payload"] == PAYLOAD
    assert run("detect", source, "--key", key).code == 1


@pytest.mark.parametrize("channels", [2, 7])
def test_channels(tmp_path, voice, key, embed, channels):
    source, target = tmp_path / "in.wav", tmp_path / "out.wav"
    samples = np.outer(voice(16000), np.linspace(1, 0.2, channels))
    soundfile.write(source, samples, 16000)
    assert embed(source, target).code == 0
    assert soundfile.info(target).channels == channels
    result = run("detect", target, "--key", key, "--json")
    assert result.code == 0 and json.loads(result.out)["payload"] == PAYLOAD


@pytest.mark.parametrize("samples", [801, 1023, 1024, 1025, 65535, 65536, 65537])
def test_length_kept(tmp_path, voice, embed, samples):
    source, target = tmp_path / "in.wav", tmp_path / "out.wav"
    soundfile.write(source, np.resize(voice(16000)[20000:], samples), 16000)
    assert embed(source, target).code == 0
    assert soundfile.info(target).frames == samples


def test_conversion_on_demand(tmp_path, speech, embed):
    for form, name in [("float", "FLOAT"), ("pcm_24", "PCM_24"), ("mulaw", "ULAW")]:
        target = tmp_path / f"{form}.wav"
        assert embed(speech, target, "--sample-format", form).code == 0
        assert soundfile.info(target).subtype == name


def test_impossible_format(tmp_path, voice, embed):
    source = tmp_path / "in.wav"
    soundfile.write(source, voice(16000), 16000, subtype="FLOAT")
    refused(embed(source, tmp_path / "out.flac"), 2, "FLAC cannot hold float", "pcm_16", "pcm_24")
    refused(embed(source, tmp_path / "out.xyz"), 2, ".xyz", ".wav", ".flac")
    soundfile.write(source, voice(22050), 22050)
    refused(embed(source, tmp_path / "out.opus", "--sample-format", "opus"), 2, "22050")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.wav"]


def test_name_without_extension_keeps_the_container(tmp_path, speech, embed):
    target = tmp_path / "marked"
    assert embed(speech, target).code == 0
    assert soundfile.info(target).format == "WAV"


def test_same_input_same_output(tmp_path, voice, embed):
    source = tmp_path / "in.wav"
    soundfile.write(source, voice(16000), 16000, subtype="FLOAT")
    for name in ("a.wav", "b.wav"):
        assert embed(source, tmp_path / name).code == 0
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_plain_wav_is_written_as_libsndfile_writes_it(tmp_path, voice, embed):
    source, target, again = (tmp_path / name for name in ("in.wav", "out.wav", "again.wav"))
    soundfile.write(source, voice(16000)[:16001], 16000, subtype="PCM_16")
    assert embed(source, target).code == 0
    samples, rate = soundfile.read(target, dtype="int16")
    soundfile.write(again, samples, rate, subtype="PCM_16")
    assert target.read_bytes() == again.read_bytes()


def test_libraries_come_when_they_are_needed(tmp_path, voice, key, embed):
    """By what the dynamic linker says it starts."""

    def started(*words):
        done = run(*words, env={**os.environ, "LD_DEBUG": "libs"})
        assert done.code == 0, done.err
        calls = [line for line in done.err.splitlines() if "calling init" in line]
        assert calls
        return {name for name in ("libsndfile", "libsqlite3", "libportaudio", "libtag.", "libsoxr") if name in str(calls)}

    plain, marked, coded = (tmp_path / name for name in ("in.wav", "marked.wav", "marked.flac"))
    soundfile.write(plain, voice(16000), 16000, subtype="PCM_16")
    words = ("--key", key, "--payload", PAYLOAD)
    assert started("--version") == set()
    assert started("embed", plain, marked, *words) == set()
    assert started("detect", marked, "--key", key) == set()
    assert started("embed", plain, coded, *words) == {"libsndfile"}
    assert started("detect", coded, "--key", key) == {"libsndfile", "libtag."}  # a label may be in its tags
    assert started("ledger", "create", tmp_path / "audio.ledger") == {"libsqlite3"}
