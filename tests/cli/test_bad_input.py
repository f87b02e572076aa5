"""Bad input: one clear line, the right exit code, no output file."""

import json
import os
import struct
import subprocess

import numpy as np
import pytest
import soundfile
from conftest import PAYLOAD, Result, binary, refused, run


def wav(path, samples, rate=16000, subtype="PCM_16"):
    soundfile.write(path, samples, rate, subtype=subtype, format="WAV")
    return path


def with_data_size(path, size):
    """Rewrites the size of the data chunk, as an interrupted or a lying writer leaves it."""
    data = bytearray(path.read_bytes())
    at = data.index(b"data") + 4
    struct.pack_into("<I", data, at, size)
    path.write_bytes(data)
    return path


def broken(folder, voice, what):
    path = folder / "bad.wav"
    speech = voice(16000)
    if what == "empty file":
        path.write_bytes(b"")
    elif what == "no samples":
        wav(path, speech[:0])
    elif what == "NaN":
        speech = speech.copy()
        speech[1234] = np.nan
        wav(path, speech, subtype="FLOAT")
    elif what == "infinity":
        speech = np.stack([speech, speech], axis=1)
        speech[70000, 1] = -np.inf
        wav(path, speech, subtype="DOUBLE")
    elif what == "unfinished header":
        with_data_size(wav(path, speech), 0)
    elif what == "cut flac":
        path = folder / "bad.flac"
        soundfile.write(path, speech, 16000)
        os.truncate(path, path.stat().st_size // 2)
    elif what == "directory":
        path.mkdir()
    elif what == "text":
        path.write_text("this is no audio\n" * 20)
    elif what == "header only":
        wav(path, speech)
        os.truncate(path, 30)
    elif what == "rate too low":
        wav(path, speech, 4000)
    elif what == "rate too high":
        wav(path, speech, 384000)
    elif what == "too many channels":
        wav(path, np.zeros((1000, 65)))
    elif what == "m4a":
        path = folder / "bad.m4a"
        wav(folder / "host.wav", speech)
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", folder / "host.wav", path], check=True)
        (folder / "host.wav").unlink()
    return path  # "missing" was never made


CASES = [
    ("empty file", ["is empty", "0 bytes"]),
    ("no samples", ["0 samples"]),
    ("NaN", ["sample 1234 of channel 0", "NaN"]),
    ("infinity", ["sample 70000 of channel 1", "infinite"]),
    ("unfinished header", ["header says 0 samples but", "interrupted recording", "--raw"]),
    ("cut flac", ["damaged"]),
    ("directory", ["is a directory"]),
    ("missing", ["No such file"]),
    ("text", ["no audio format known here", "ffmpeg"]),
    ("header only", ["cut off"]),
    ("rate too low", ["4000 Hz", "8000 .. 192000"]),
    ("rate too high", ["384000 Hz", "8000 .. 192000"]),
    ("too many channels", ["65", "1 .. 64"]),
    ("m4a", ["ffmpeg"]),
]


@pytest.mark.parametrize("what,hints", CASES, ids=[case[0] for case in CASES])
def test_refused(tmp_path, voice, key, embed, what, hints):
    path = broken(tmp_path, voice, what)
    before = sorted(tmp_path.iterdir())
    refused(embed(path, tmp_path / "out.wav"), 3, str(path), *hints)
    refused(run("detect", path, "--key", key), 3, str(path), *hints)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("what", ["empty file", "no samples", "NaN", "infinity", "unfinished header", "cut flac", "text"])
def test_refused_on_a_pipe(tmp_path, voice, key, embed, what):
    data = broken(tmp_path, voice, what).read_bytes()
    before = sorted(tmp_path.iterdir())
    refused(embed("-", tmp_path / "out.wav", stdin=data), 3, "earmark: -: ")
    refused(run("detect", "-", "--key", key, stdin=data), 3, "earmark: -: ")
    assert sorted(tmp_path.iterdir()) == before


def test_a_scale_that_leaves_no_room_for_a_mark(tmp_path, voice, embed):
    path = wav(tmp_path / "loud.wav", voice(16000) * 32768, subtype="FLOAT")
    refused(embed(path, tmp_path / "out.wav"), 3, "outside -8 to 8", "full scale")
    assert not (tmp_path / "out.wav").exists()


def test_wav_cut_short(tmp_path, marked, key, embed):
    path = tmp_path / "cut.wav"
    path.write_bytes(marked.read_bytes())
    os.truncate(path, path.stat().st_size * 3 // 4)
    refused(embed(path, tmp_path / "out.wav"), 3, "cut off", "nothing marked")
    refused(embed("-", tmp_path / "out.wav", stdin=path.read_bytes()), 3, "cut off", "nothing marked")
    for result in (run("detect", path, "--key", key), run("detect", "-", "--key", key, stdin=path.read_bytes())):
        assert result.code == 0 and "MARKED" in result.text
        assert len(result.err.splitlines()) == 1 and "warning" in result.err and "cut off" in result.err


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0xFFFFFFDB, 0x7FFFF000, 0x7FFFFFFF, 0x80000000])
def test_sizes_of_writers_that_could_not_seek(tmp_path, marked, key, embed, size):
    path = tmp_path / "streamed.wav"
    path.write_bytes(marked.read_bytes())
    with_data_size(path, size)
    frames = soundfile.info(marked).frames
    for result in (embed(path, tmp_path / "a.wav"), embed("-", tmp_path / "b.wav", stdin=path.read_bytes())):
        assert result.code == 0, result.err
    assert soundfile.info(tmp_path / "a.wav").frames == soundfile.info(tmp_path / "b.wav").frames == frames
    assert run("detect", path, "--key", key).code == 0


def markless(voice, what):
    rate = 16000
    return {
        "10 ms": voice(rate)[20000:20160],
        "silence": np.zeros(5 * rate),
        "DC": np.full(5 * rate, 0.5),
        "square wave": np.where(np.arange(5 * rate) // 40 % 2 == 0, 1.0, -1.0),
    }[what]


@pytest.mark.parametrize("what", ["10 ms", "silence", "DC", "square wave"])
def test_what_carries_no_mark_is_not_let_through(tmp_path, voice, key, embed, what):
    source, target = wav(tmp_path / "in.wav", markless(voice, what)), tmp_path / "out.wav"
    refused(embed(source, target), 3, "in.wav", "nothing marked", "0.032 s" if what in ("10 ms", "silence") else "-45 dB")
    assert list(tmp_path.iterdir()) == [source]
    result = run("detect", source, "--key", key, "--json")
    verdict = json.loads(result.out)
    assert result.code == 1 and not verdict["marked"]
    if what in ("10 ms", "silence"):
        assert "active speech" in verdict["reason"]


def test_a_short_word_is_marked_with_a_warning(tmp_path, voice, embed):
    source, target = wav(tmp_path / "in.wav", voice(16000)[20000:28000]), tmp_path / "out.wav"
    result = embed(source, target)
    assert result.code == 0 and "too little to find the mark again" in result.err
    assert soundfile.info(target).frames == 8000


def test_eight_bit(tmp_path, voice, key, embed):
    source, target = wav(tmp_path / "in.wav", voice(16000), subtype="PCM_U8"), tmp_path / "out.wav"
    assert embed(source, target).code == 0
    assert soundfile.info(target).subtype == "PCM_U8"
    assert run("detect", target, "--key", key).code == 0


@pytest.mark.parametrize("way", ["same path", "other spelling", "hard link", "symbolic link"])
def test_output_is_the_input(tmp_path, speech, embed, way):
    source, target = tmp_path / "in.wav", tmp_path / "other.wav"
    source.write_bytes(speech.read_bytes())
    if way == "same path":
        target = source
    elif way == "other spelling":
        target = f"{tmp_path}/./in.wav"
    elif way == "hard link":
        os.link(source, target)
    else:
        target.symlink_to(source)
    refused(embed(source, target), 2, "in.wav", "choose another output")
    assert source.read_bytes() == speech.read_bytes()


def test_output_is_standard_input(tmp_path, speech, key):
    source = tmp_path / "in.wav"
    source.write_bytes(speech.read_bytes())
    with open(source, "rb") as stdin:
        words = [binary(), "embed", "-", source, "--key", key, "--payload", PAYLOAD]
        refused(Result(subprocess.run(words, stdin=stdin, capture_output=True)), 2, "choose another output")
    assert source.read_bytes() == speech.read_bytes()


def test_output_that_cannot_be(tmp_path, speech, embed):
    refused(embed(speech, tmp_path), 3, "is a directory")
    refused(embed(speech, tmp_path / "none" / "out.wav"), 3, "No such file or directory")
    refused(embed(speech, "/dev/null"), 3, "no regular file")


def test_failure_leaves_the_old_output(tmp_path, voice, embed):
    target = tmp_path / "out.wav"
    target.write_bytes(b"precious")
    refused(embed(broken(tmp_path, voice, "infinity"), target), 3)
    assert target.read_bytes() == b"precious"
