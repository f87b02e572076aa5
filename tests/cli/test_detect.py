"""Verdicts: who finds what with which key, and the JSON that other people's scripts read."""

import json
import os
import shutil

import numpy as np
import pytest
import soundfile
from conftest import PAYLOAD, refused, run

FIELDS = [
    "file",
    "marked",
    "log10_p",
    "payload",
    "payload_log10_p",
    "key",
    "channel",
    "start_s",
    "end_s",
    "time_scale",
    "frequency_scale",
    "duration_s",
    "active_s",
    "decided_s",
    "hypotheses",
    "segments",
    "metadata",
    "cue",
    "evidence",
    "wording",
]


def verdicts(result):
    def no_constant(name):
        raise AssertionError(f"{name} is no JSON")

    return [json.loads(line, parse_constant=no_constant) for line in result.text.splitlines()]


def test_fields_of_a_mark(marked, key):
    result = run("detect", marked, "--key", key, "--json")
    assert result.code == 0 and result.err == ""
    (found,) = verdicts(result)
    assert list(found) == FIELDS
    assert found["file"] == str(marked) and found["key"] == str(key)
    assert found["marked"] is True and found["payload"] == PAYLOAD
    assert found["log10_p"] < -6 and found["payload_log10_p"] < -6
    assert found["duration_s"] == pytest.approx(soundfile.info(marked).duration, abs=1e-3)
    assert 0 <= found["start_s"] < found["end_s"] <= found["duration_s"] + 0.5
    assert 0 < found["active_s"] <= found["duration_s"]
    assert 0 < found["decided_s"] < 3
    assert found["hypotheses"] >= 1
    assert found["segments"] and all({"start_s", "end_s", "log10_p"} <= set(segment) for segment in found["segments"])


def test_fields_without_a_mark(speech, key):
    result = run("detect", speech, "--key", key, "--json")
    assert result.code == 1
    (found,) = verdicts(result)
    assert list(found) == FIELDS + ["note"]
    assert found["marked"] is False and found["segments"] == []
    assert found["payload"] is None and found["payload_log10_p"] is None and found["key"] is None
    assert -6 < found["log10_p"] <= 0


def test_reason_when_there_is_too_little(tmp_path, voice, key):
    path = tmp_path / "short.wav"
    soundfile.write(path, voice(16000)[20000:24000], 16000)
    result = run("detect", path, "--key", key, "--json")
    assert result.code == 1
    assert "active speech" in verdicts(result)[0]["reason"]
    assert "active speech" in run("detect", path, "--key", key).text


def test_scores_only_when_asked(marked, key):
    (found,) = verdicts(run("detect", marked, "--key", key, "--json", "--scores"))
    assert list(found) == FIELDS + ["scores"]
    assert len(found["scores"]) > 5 and set(found["scores"][0]) == {"start_s", "z"}
    assert np.mean([score["z"] for score in found["scores"]]) > 3


def test_words(marked, speech, key):
    found = run("detect", marked, "--key", key)
    assert found.text.startswith(f"{marked}: MARKED, p = 10^-") and PAYLOAD in found.text and str(key) in found.text
    absent = run("detect", speech, "--key", key)
    assert absent.text.startswith(f"{speech}: NOT FOUND") and "does not mean human" in absent.text
    assert found.err == absent.err == ""


def test_wrong_key(marked, other_key):
    result = run("detect", marked, "--key", other_key, "--json")
    assert result.code == 1 and not verdicts(result)[0]["marked"]


def test_one_of_several_keys(marked, key, other_key):
    result = run("detect", marked, "--key", other_key, "--key", key, "--json")
    assert result.code == 0 and verdicts(result)[0]["key"] == str(key)


def test_screening_key_finds_and_does_not_read(marked, screening):
    result = run("detect", marked, "--key", screening, "--json")
    (found,) = verdicts(result)
    assert result.code == 0 and found["marked"]
    assert found["payload"] is None and found["payload_log10_p"] is None and found["key"] == str(screening)
    assert "payload not read" in run("detect", marked, "--key", screening).text


@pytest.mark.parametrize("payload", ["01234567", PAYLOAD, "00112233445566778899aabbccddeeff", "00112233-4455-6677-8899-AABBCCDDEEFF"])
@pytest.mark.parametrize("profile", ["transparent", "standard", "robust"])
def test_payloads_and_profiles(tmp_path, voice, key, payload, profile):
    source, target = tmp_path / "in.wav", tmp_path / "out.wav"
    soundfile.write(source, np.tile(voice(16000), 2), 16000)
    assert run("embed", source, target, "--key", key, "--payload", payload, "--profile", profile).code == 0
    (found,) = verdicts(run("detect", target, "--key", key, "--json"))
    assert found["payload"] == payload.replace("-", "").lower()


def test_several_files(tmp_path, marked, speech, key):
    again = shutil.copy(marked, tmp_path / "again.wav")
    missing = tmp_path / "missing.wav"
    both = run("detect", marked, again, "--key", key, "--json")
    assert both.code == 0 and [found["file"] for found in verdicts(both)] == [str(marked), str(again)]
    assert run("detect", marked, speech, "--key", key).code == 1
    mixed = run("detect", speech, missing, marked, "--key", key, "--json")
    assert mixed.code == 3
    assert [found["marked"] for found in verdicts(mixed)] == [False, True]
    assert len(mixed.err.splitlines()) == 1 and str(missing) in mixed.err


def test_codecs_of_the_telephone(tmp_path, voice, key, embed):
    source, target, line = tmp_path / "in.wav", tmp_path / "out.wav", tmp_path / "line.wav"
    soundfile.write(source, np.tile(voice(24000), 2), 24000)
    assert embed(source, target).code == 0
    from scipy.signal import resample_poly

    soundfile.write(line, resample_poly(soundfile.read(target)[0], 1, 3), 8000, subtype="ULAW")
    result = run("detect", line, "--key", key, "--json")
    assert result.code == 0 and verdicts(result)[0]["payload"] == PAYLOAD


def test_file_name_that_is_not_utf8(tmp_path, marked, key):
    path = bytes(tmp_path) + b"/caf\xe9.wav"
    shutil.copy(marked, path)
    import subprocess

    from conftest import Result, binary

    result = Result(subprocess.run([binary(), "detect", path, "--key", str(key), "--json"], capture_output=True))
    assert result.code == 0 and verdicts(result)[0]["marked"]


@pytest.mark.parametrize(
    "words,hints",
    [
        (["--p-max", "0"], ["p_max"]),
        (["--p-max", "1.5"], ["p_max"]),
        (["--p-max", "x"], ["--p-max"]),
        (["--search", "everything"], ["--search", "none,drift,full"]),
        (["--raw", "s16le"], ["--raw"]),
    ],
)
def test_wrong_usage(marked, key, words, hints):
    refused(run("detect", marked, "--key", key, *words), 2, *hints)


def test_missing_words(marked, key, tmp_path):
    refused(run(), 2, "keygen, embed, detect, trace, label, live, listen, devices, ledger, report, info")
    refused(run("dance"), 2)
    refused(run("detect", marked), 2, "--key")
    refused(run("detect", "--key", key), 2)
    refused(run("embed", marked, tmp_path / "out.wav", "--key", key), 2, "--payload")
    refused(run("embed", marked, tmp_path / "out.wav", "--key", key, "--payload", "12x4"), 2, "payload")
    refused(run("embed", marked, tmp_path / "out.wav", "--key", key, "--payload", PAYLOAD, "--profile", "loud"), 2, "--profile")
    assert list(tmp_path.iterdir()) == []


def test_threads_that_share_a_long_file_say_what_one_says(marked, key, tmp_path):
    samples, rate = soundfile.read(marked)
    long = tmp_path / "long.wav"
    soundfile.write(long, np.tile(samples, 1 + int(301 * rate / len(samples))), rate, subtype="PCM_16")
    alone = run("detect", long, "--key", key, "--json", "--scores", "--jobs", 1)
    assert alone.code == 0 and len(verdicts(alone)[0]["segments"]) > 0
    for jobs in (0, 2, 3):
        assert run("detect", long, "--key", key, "--json", "--scores", "--jobs", jobs).out == alone.out
    piped = run("detect", "-", "--key", key, "--json", "--scores", stdin=long.read_bytes())
    elsewhere = {"file": "", "metadata": None}
    assert verdicts(piped)[0] | elsewhere == verdicts(alone)[0] | elsewhere


def test_many_files_at_once_say_the_same_in_the_same_order(marked, speech, key, tmp_path):
    missing = tmp_path / "missing.wav"
    files = [marked, speech, missing, marked, speech, marked]
    alone = run("detect", *files, "--key", key, "--json", "--jobs", 1)
    for jobs in (0, 2, 5):
        together = run("detect", *files, "--key", key, "--json", "--jobs", jobs)
        assert together.out == alone.out and together.err == alone.err and together.code == alone.code == 3
    assert [verdict["marked"] for verdict in verdicts(alone)] == [True, False, True, False, True]
    refused(run("detect", marked, "--key", key, "--jobs", -1), 2, "--jobs", "-1", "0 to 1024")


def test_simd_target_by_name(marked, key):
    def under(name, *words):
        return run(*words, env={**os.environ, "EARMARK_SIMD": name})

    assert "(scalar)" in under("scalar", "--version").text
    assert "(scalar)" not in under("", "--version").text
    refused(under("avx9", "detect", marked, "--key", key), 2, "EARMARK_SIMD", "avx9", "scalar")
    (best,) = verdicts(under("", "detect", marked, "--key", key, "--json"))
    (scalar,) = verdicts(under("scalar", "detect", marked, "--key", key, "--json"))
    assert best["payload"] == scalar["payload"] == PAYLOAD
    assert best["log10_p"] == pytest.approx(scalar["log10_p"], rel=0.01)
