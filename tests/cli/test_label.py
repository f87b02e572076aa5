"""earmark label as a whole: cue, mark, file, metadata, in this order; found again, or nothing is written."""

import json
import subprocess

import numpy as np
import pytest
import soundfile
from conftest import PAYLOAD, refused, run
from labelled import LABEL, ffmpeg

MARK_BY = ["--payload", PAYLOAD]


@pytest.fixture(scope="module")
def mark(key):
    return ["--key", key, *MARK_BY]


def findings(path, key, *words):
    result = run("detect", path, "--key", key, "--json", *words)
    return result.code, json.loads(result.out)


def rhythms(path, key, *words):
    return [round(cue["start_s"], 2) for cue in findings(path, key, *words)[1]["cue"]["rhythms"]]


def receipt_of(path):
    receipt = json.loads(path.read_text())
    return receipt, {duty["duty"]: duty for duty in receipt["duties"]}


def ebur128(path):
    """Integrated loudness as ffmpeg measures it."""
    done = subprocess.run(["ffmpeg", "-nostats", "-i", path, "-filter_complex", "ebur128", "-f", "null", "-"], capture_output=True, check=True, text=True)
    return float(done.stderr.rsplit("I:", 1)[1].split("LUFS")[0])


@pytest.mark.parametrize("extension", ["wav", "flac", "ogg", "mp3", "opus"])
def test_everything_at_once(tmp_path, speech, key, mark, extension):
    out, receipt, c2pa = tmp_path / f"out.{extension}", tmp_path / "receipt.json", tmp_path / "c2pa.json"
    cue = ["--cue", "rhythm", "--cue-at", "start", "--cue-at", "end"]
    result = run("label", speech, out, *cue, *mark, *LABEL, "--verify", "--receipt", receipt, "--c2pa", c2pa)
    assert result.code == 0 and result.out == b"", result.err
    code, found = findings(out, key)
    assert code == 0 and found["payload"] == PAYLOAD
    assert found["metadata"]["valid"] and found["metadata"]["AIGC"]["ProduceID"] == "id-1"
    assert found["evidence"] == "confirmed" and found["wording"] == "属于生成合成内容"
    length = soundfile.info(speech).frames / 16000
    starts = [cue["start_s"] for cue in found["cue"]["rhythms"]]
    assert np.allclose(starts, [0.25, length + 1.82 + 0.25], atol=0.03), starts
    report, duties = receipt_of(receipt)
    assert list(duties) == ["audible cue", "hidden mark", "metadata label", "C2PA hand-over"]
    assert report["samples"] == soundfile.info(out).frames == soundfile.info(speech).frames + 2 * int(1.82 * 16000)
    assert report["bytes"] == out.stat().st_size
    assert duties["hidden mark"]["log10_p"] == found["log10_p"] < -20
    assert duties["audible cue"]["checked"] and len(duties["audible cue"]["found"]) == 2
    assert duties["C2PA hand-over"]["signed"] is False
    assert "compliant" not in receipt.read_text() + result.err


def test_from_a_coded_file(tmp_path, speech, mark):
    source, out = tmp_path / "in.mp3", tmp_path / "out.flac"
    ffmpeg("-i", speech, source)
    assert run("label", source, out, *mark).code == 0
    assert soundfile.info(out).subtype == "PCM_16"


def test_c2pa_hand_over(tmp_path, speech, mark):
    c2pa = tmp_path / "c2pa.json"
    assert run("label", speech, tmp_path / "out.wav", *mark, "--c2pa", c2pa, "--c2pa-alg", "org.example.mark.1").code == 0
    actions, binding = json.loads(c2pa.read_text())["assertions"]
    assert [action["action"] for action in actions["data"]["actions"]] == ["c2pa.created", "c2pa.watermarked.bound"]
    assert actions["data"]["actions"][0]["digitalSourceType"] == "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    milliseconds = round(soundfile.info(tmp_path / "out.wav").duration * 1000)
    assert binding["label"] == "c2pa.soft-binding"
    assert binding["data"] == {"alg": "org.example.mark.1", "blocks": [{"scope": {"timespan": {"start": 0, "end": milliseconds}}, "value": PAYLOAD}]}


def test_the_speech_is_kept_sample_for_sample(tmp_path, speech):
    out = tmp_path / "out.wav"
    assert run("label", speech, out, "--cue", "rhythm", "--cue-at", "start", "--cue-at", "3", "--cue-at", "end").code == 0
    host, cued = soundfile.read(speech, dtype="int16")[0], soundfile.read(out, dtype="int16")[0]
    added = int(1.82 * 16000)
    assert len(cued) == len(host) + 3 * added
    cued = cued[added:-added]
    first = np.argmax(cued[: len(host)] != host)
    assert 1.2 * 16000 < first < 4.8 * 16000  # within 1.5 s of the place, and what the pause needs
    assert np.array_equal(np.concatenate([cued[:first], cued[first + added :]]), host)


def test_a_cue_never_cuts_a_word(tmp_path, voice):
    speech = voice(16000)[:32000]
    path, out = tmp_path / "in.wav", tmp_path / "out.wav"
    soundfile.write(path, np.concatenate([speech, np.zeros(8000), speech]), 16000)
    assert run("label", path, out, "--cue", "rhythm", "--cue-at", "1.6").code == 0
    cued = soundfile.read(out)[0]
    place = np.flatnonzero(np.abs(cued - np.concatenate([speech, np.zeros(8000), speech, np.zeros(len(cued) - 72000)])) > 1e-3)[0]
    assert 32000 < place < 40000 + 4000


@pytest.mark.parametrize("rate", [8000, 44100])
@pytest.mark.parametrize("kind", ["rhythm", "spoken"])
def test_as_loud_as_the_speech(tmp_path, voice, stock, rate, kind):
    path, out, cue = tmp_path / "in.wav", tmp_path / "out.wav", tmp_path / "cue.wav"
    soundfile.write(path, 0.3 * np.stack([voice(rate), voice(rate)], axis=1), rate)
    receipt = tmp_path / "receipt.json"
    words = ["--cue-say", "This was generated by AI."] if kind == "spoken" else []
    assert run("label", path, out, "--cue", kind, *words, "--receipt", receipt, "--verify").code == 0
    place = receipt_of(receipt)[1]["audible cue"]["placed"][0]
    samples = soundfile.read(out)[0]
    soundfile.write(cue, samples[round(place["start_s"] * rate) : round(place["end_s"] * rate)], rate)
    assert abs(ebur128(cue) - ebur128(path)) < 0.5


def test_repeats(tmp_path, voice, key):
    path, out = tmp_path / "in.wav", tmp_path / "out.wav"
    soundfile.write(path, np.tile(voice(8000), 4), 8000)
    length = 4 * len(voice(8000)) / 8000
    assert run("label", path, out, "--cue", "rhythm", "--cue-at", "start", "--cue-every", "10", "--cue-unit-ms", "60").code == 0
    starts = np.array(rhythms(out, key))
    inserted = 11 * 0.06 + 0.5
    assert len(starts) == 1 + int((length - 1) / 10)
    assert starts[0] == 0.25
    places = starts[1:] - 0.25 - inserted * np.arange(1, len(starts))
    assert np.all(np.abs(places - 10 * np.arange(1, len(starts))) < 1.7)


CHANNELS = ["G.711 mu-law", "G.711 A-law", "G.722", "GSM", "AMR 12.2", "MP3 32k", "MP3 at 8 kHz", "Opus 12k", "AAC 32k"]
FAST = ["G.711 mu-law", "MP3 32k"]  # the shortest dots too


@pytest.mark.parametrize("channel,unit_ms", [*((name, 120) for name in CHANNELS), *((name, 60) for name in FAST)])
def test_the_rhythm_through_codecs(tmp_path, speech, key, channel, unit_ms):
    cued, coded, out = tmp_path / "cued.wav", tmp_path / "coded", tmp_path / "out.wav"
    places = ["--cue-at", "start", "--cue-at", "3", "--cue-at", "end"]
    assert run("label", speech, cued, "--cue", "rhythm", *places, "--cue-unit-ms", unit_ms).code == 0
    words = {
        "G.711 mu-law": ["-ar", "8000", "-c:a", "pcm_mulaw", "-f", "wav"],
        "G.711 A-law": ["-ar", "8000", "-c:a", "pcm_alaw", "-f", "wav"],
        "G.722": ["-c:a", "g722", "-f", "wav"],
        "GSM": ["-ar", "8000", "-c:a", "libgsm", "-f", "gsm"],
        "AMR 12.2": ["-ar", "8000", "-c:a", "libopencore_amrnb", "-b:a", "12.2k", "-f", "amr"],
        "MP3 32k": ["-c:a", "libmp3lame", "-b:a", "32k", "-f", "mp3"],
        "MP3 at 8 kHz": ["-ar", "8000", "-c:a", "libmp3lame", "-b:a", "16k", "-f", "mp3"],
        "Opus 12k": ["-c:a", "libopus", "-b:a", "12k", "-f", "ogg"],
        "AAC 32k": ["-c:a", "aac", "-b:a", "32k", "-f", "adts"],
    }[channel]
    ffmpeg("-i", cued, *words, coded)
    ffmpeg("-f", {"adts": "aac"}.get(words[-1], words[-1]), "-i", coded, "-f", "wav", out)
    wanted, found = rhythms(cued, key), rhythms(out, key)
    assert len(wanted) == 3 and len(found) == 3, (wanted, found)
    assert np.allclose(wanted, found, atol=0.1)  # codecs delay


def test_no_cue_in_speech(speech, marked, key):
    assert rhythms(speech, key) == [] and rhythms(marked, key) == []


def test_strength_of_the_evidence(tmp_path, speech, marked, key, other_key):
    cued, three, two = tmp_path / "cued.wav", tmp_path / "three.wav", tmp_path / "two.wav"
    assert run("label", speech, cued, "--cue", "rhythm").code == 0
    assert run("label", speech, two, *LABEL, "--label", "2").code == 0
    assert run("label", speech, three, *LABEL, "--label", "3").code == 0
    broken = tmp_path / "broken.wav"
    broken.write_bytes(three.read_bytes().replace(b'{"Label":"3"', b'["Label":"1"'))
    for path, strength, words in [
        (speech, "not found", None),
        (marked, "suspected", "疑似生成合成内容"),
        (cued, "suspected", "疑似生成合成内容"),
        (three, "suspected", "疑似生成合成内容"),
        (broken, "suspected", "疑似生成合成内容"),
        (two, "possible", "可能为生成合成内容"),
    ]:
        code, found = findings(path, key)
        assert (found["evidence"], found["wording"]) == (strength, words), path
        assert code == (0 if path == marked else 1)  # the exit code speaks of the mark alone
        assert ("note" in found) == (strength == "not found")
    assert findings(speech, key)[1]["note"] == "not found does not mean human"
    assert findings(marked, other_key)[1]["evidence"] == "not found"
    assert findings(broken, key)[1]["metadata"]["AIGC"] is None
    text = run("detect", two, "--key", key).text.splitlines()
    assert len(text) == 2 and "AIGC label 2 of ExampleVoice, no rhythm cue; AI-generated: possible" in text[1]
    assert len(run("detect", speech, "--key", key).text.splitlines()) == 1


def test_metadata_of_a_pipe_is_not_read(speech, key):
    result = run("detect", "-", "--key", key, "--json", stdin=speech.read_bytes())
    assert json.loads(result.out)["metadata"] == {"found": False, "reason": "metadata is not read from a pipe"}
    raw = run("detect", speech, "--key", key, "--json", "--raw", "s16le:16000:1")
    assert "bare samples" in json.loads(raw.out)["metadata"]["reason"]


def unmet(result, *hints):
    assert result.code == 1 and result.out == b""
    assert len(result.err.splitlines()) == 1 and result.err.startswith("earmark: ") and "not written" in result.err
    for hint in hints:
        assert hint in result.err, result.err


def test_nothing_is_written_when_something_is_missing(tmp_path, speech, voice, mark):
    """Too short, or silent: found out before the file has a name."""
    short, silent, out = tmp_path / "short.wav", tmp_path / "silent.wav", tmp_path / "out.wav"
    soundfile.write(short, voice(16000)[8000:8800], 16000)
    soundfile.write(silent, np.zeros(80000), 16000)
    more = ["--receipt", tmp_path / "receipt.json", "--c2pa", tmp_path / "c2pa.json", *LABEL, "--verify"]
    before = sorted(tmp_path.iterdir())
    unmet(run("label", short, out, *mark, *more), "mark is not found again")
    unmet(run("label", silent, out, *mark, *more), "mark is not found again")
    assert sorted(tmp_path.iterdir()) == before
    out.write_bytes(b"precious")
    unmet(run("label", short, out, *mark, *more), "mark is not found again")
    assert out.read_bytes() == b"precious" and sorted(tmp_path.iterdir()) == sorted([*before, out])
    # Without --verify nobody looked.
    result = run("label", short, out, *mark)
    assert result.code == 0 and "not verified" in result.err


def test_a_cue_that_cannot_be_heard_is_missing(tmp_path, voice):
    quiet, out = tmp_path / "quiet.wav", tmp_path / "out.wav"
    soundfile.write(quiet, 0.01 * voice(16000), 16000, subtype="PCM_16")
    unmet(run("label", quiet, out, "--cue", "rhythm", "--cue-level-db", "-20", "--sample-format", "pcm_u8", "--verify"), "the cue at 0.25 s is not found again")
    assert not out.exists()


SPOKEN = "本音频由 AI 生成 / generated by AI"


def test_spoken_cue_from_a_recording(tmp_path, speech, mark):
    subprocess.run(["flite", "-voice", "slt", "-t", "This audio is AI generated.", "-o", tmp_path / "cue.wav"], check=True)
    receipt = tmp_path / "receipt.json"
    for extension in ("wav", "mp3"):
        out = tmp_path / f"out.{extension}"
        result = run("label", speech, out, "--cue", "spoken", "--cue-file", tmp_path / "cue.wav", "--cue-at", "start", "--cue-at", "end", *mark, "--verify", "--receipt", receipt)
        assert result.code == 0, result.err
        cue = receipt_of(receipt)[1]["audible cue"]
        assert cue["kind"] == "spoken" and min(cue["likeness"]) > 0.8
        assert abs(cue["level_lufs"] - cue["speech_lufs"]) <= 0.2
        place = cue["placed"][0]
        assert abs(place["end_s"] - place["start_s"] - soundfile.info(tmp_path / "cue.wav").duration) < 0.01


def test_words_without_the_two_elements(tmp_path, speech):
    result = run("label", speech, tmp_path / "out.wav", "--cue", "spoken", "--cue-say", "A podcast by AI")
    assert result.code == 0 and "generation element" in result.err
    result = run("label", speech, tmp_path / "out.wav", "--cue", "spoken", "--cue-say", SPOKEN)
    assert result.code == 0 and "element" not in result.err


WRONG = [
    ([], "nothing to do"),
    (["--cue-at", "start"], "need --cue"),
    (["--cue", "rhythm", "--cue-at", "999"], "0 .. "),
    (["--cue", "rhythm", "--cue-at", "nan"], "0 .. "),
    (["--cue", "rhythm", "--cue-at", "middle"], "start, end or seconds"),
    (["--cue", "rhythm", "--cue-every", "1"], "5 .. 86400"),
    (["--cue", "rhythm", "--cue-pitch-hz", "100"], "400"),
    (["--cue", "rhythm", "--cue-unit-ms", "20"], "unit_s"),
    (["--cue", "rhythm", "--cue-level-db", "30"], "-20 .. 10"),
    (["--cue", "rhythm", "--cue-file", "x.wav"], "need --cue spoken"),
    (["--cue", "spoken", "--cue-file", "x.wav", "--cue-say", "y"], "exclude"),
    (["--cue", "whistle"], "--cue"),
    (["--payload", PAYLOAD], "--payload needs --key"),
    (["--key", "vendor.key"], "--key needs --payload"),
    (["--cue", "rhythm", "--c2pa", "x.json"], "--key and --payload"),
]


@pytest.mark.parametrize("words,hint", WRONG, ids=[" ".join(words) or "nothing" for words, _ in WRONG])
def test_wrong_usage(tmp_path, speech, words, hint):
    refused(run("label", speech, tmp_path / "out.wav", *words), 2, hint)
    assert list(tmp_path.iterdir()) == []


def test_bad_files(tmp_path, speech, voice, mark):
    out, cue = tmp_path / "out.wav", ["--cue", "rhythm"]
    refused(run("label", "-", out, *cue), 2, "no pipe")
    refused(run("label", speech, speech, *cue), 2, "choose another output")
    refused(run("label", speech, speech, *LABEL), 2, "choose another output")
    refused(run("label", speech, out, *cue, "--receipt", speech), 2, "choose another output")
    refused(run("label", speech, out, *cue, "--receipt", f"{tmp_path}/./out.wav"), 2, "a file each")
    refused(run("label", speech, out, *cue, *mark, "--receipt", tmp_path / "a", "--c2pa", tmp_path / "a"), 2, "a file each")
    refused(run("label", speech, out, "--cue", "spoken", "--cue-voice", "nobody"), 3, "espeak-ng failed", "nobody")
    refused(run("label", tmp_path / "missing.wav", out, *cue), 3, "missing.wav", "No such file")
    refused(run("label", tmp_path / "missing.wav", out, *LABEL), 3, "missing.wav", "No such file")
    refused(run("label", speech, out, "--cue", "spoken", "--cue-file", tmp_path / "missing.wav"), 3, "missing.wav")
    soundfile.write(tmp_path / "silent.wav", np.zeros(16000), 16000)
    refused(run("label", speech, out, "--cue", "spoken", "--cue-file", tmp_path / "silent.wav"), 3, "silent")
    soundfile.write(tmp_path / "short.wav", voice(16000)[:3000], 16000)
    refused(run("label", speech, out, "--cue", "spoken", "--cue-file", tmp_path / "short.wav"), 3, "0.4 to 30 s")
    refused(run("label", speech, out, "--cue", "spoken", "--cue-say", "AI generated", env={"PATH": ""}), 3, "espeak-ng", "--cue-file")
    ffmpeg("-i", speech, tmp_path / "in.m4a")
    refused(run("label", tmp_path / "in.m4a", tmp_path / "out.m4a", *mark), 3, "in.m4a", "ffmpeg")
    refused(run("label", speech, tmp_path / "out.m4a", *mark), 2, ".m4a")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.m4a", "short.wav", "silent.wav"]
