"""Many files in one call of embed: the same files as one by one, whatever happens to some of them."""

import json
import shutil
import signal
import subprocess
import time

import numpy as np
import pytest
import soundfile
from conftest import PAYLOAD, binary, peak_kb, refused, run
from labelled import LABEL


@pytest.fixture
def many(tmp_path, key):
    """Marks files into tmp_path/marked."""

    def call(files, *more, folder="marked", **kwargs):
        return run("embed", *files, "--out-dir", tmp_path / folder, "--key", key, "--payload", PAYLOAD, *more, **kwargs)

    return call


@pytest.fixture
def inputs(tmp_path, voice):
    """Six files that differ in length, rate, channels and container."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number, (rate, channels, name) in enumerate(
        [(16000, 1, "a.wav"), (8000, 2, "b.wav"), (44100, 1, "c.flac"), (24000, 1, "d.ogg"), (16000, 1, "e.wav"), (48000, 2, "f.wav")]
    ):
        samples = voice(rate)[: int(rate * (1.5 + 0.3 * number))]
        soundfile.write(folder / name, np.stack([samples] * channels, axis=1), rate)
    return sorted(folder.iterdir())


def lines(result):
    return [json.loads(line) for line in result.err.splitlines()]


@pytest.mark.parametrize("jobs", [0, 1, 2, 5])
def test_the_same_as_one_by_one(tmp_path, inputs, many, embed, jobs):
    result = many(inputs, "--json", "--jobs", jobs)
    assert result.code == 0 and result.out == b""
    told = lines(result)
    assert [line["input"] for line in told] == [str(path) for path in inputs]
    for path, line in zip(inputs, told):
        alone = tmp_path / ("alone" + path.suffix)
        single = embed(path, alone, "--json")
        target = tmp_path / "marked" / path.name
        assert line["file"] == str(target)
        if path.suffix != ".ogg":  # an Ogg stream has a random serial number
            assert target.read_bytes() == alone.read_bytes()
        expected = lines(single)[0]
        assert {**line, "file": "", "input": ""} == {**expected, "file": "", "input": ""}
    assert sorted(path.name for path in (tmp_path / "marked").iterdir()) == [path.name for path in inputs]


def test_text_lines_in_order(inputs, many):
    result = many(inputs)
    assert result.code == 0
    assert [line.split(": ")[0].rsplit("/")[-1] for line in result.err.splitlines()] == [path.name for path in inputs]


def test_failing_files_are_told_and_the_others_go_on(tmp_path, inputs, many):
    broken, silent, missing = tmp_path / "broken.wav", tmp_path / "silent.wav", tmp_path / "missing.wav"
    broken.write_bytes(inputs[0].read_bytes()[:3000])
    soundfile.write(silent, np.zeros(16000), 16000)
    files = [broken, inputs[0], silent, missing, inputs[1]]
    result = many(files, "--json", "--jobs", 3)
    assert result.code == 3
    told = lines(result)
    assert [line["input"] for line in told] == list(map(str, files))
    assert ["error" in line for line in told] == [True, False, True, True, False]
    for at, word in ((0, "cut off"), (2, "mark"), (3, "missing.wav")):
        assert word in told[at]["error"] and str(files[at]) in told[at]["error"]
    assert sorted(path.name for path in (tmp_path / "marked").iterdir()) == [inputs[0].name, inputs[1].name]
    plain = many(files, folder="plain")
    assert plain.code == 3 and [line.startswith("earmark: ") for line in plain.err.splitlines()] == [True, False, True, True, False]


def test_what_stood_there_stays_when_its_input_fails(tmp_path, inputs, many):
    (tmp_path / "marked").mkdir()
    for path in inputs[:2]:
        (tmp_path / "marked" / path.name).write_bytes(b"precious")
    inputs[0].write_bytes(b"RIFF")
    assert many(inputs[:2]).code == 3
    assert (tmp_path / "marked" / inputs[0].name).read_bytes() == b"precious"
    assert (tmp_path / "marked" / inputs[1].name).read_bytes() != b"precious"


def test_refusals_before_anything_is_written(tmp_path, inputs, many, key):
    before = {path: path.read_bytes() for path in inputs}
    refused(many(inputs, folder="in"), 2, "is also the input", "--out-dir")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "in")
    refused(many(inputs[:1], folder="link"), 2, "is also the input")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / inputs[0].name).hardlink_to(inputs[1])
    refused(many(inputs, folder="other"), 2, "is also the input")
    (tmp_path / "twin").mkdir()
    twin = shutil.copy(inputs[0], tmp_path / "twin" / inputs[0].name)
    refused(many([*inputs, twin]), 2, str(twin), "has the name of", str(inputs[0]))
    refused(many([inputs[0], "-"]), 2, "-: has no name")
    refused(many(inputs, folder="in/a.wav"), 3, "no folder")
    refused(many(inputs, "--jobs", -1), 2, "--jobs")
    for words in (inputs[:1], inputs[:3]):
        refused(run("embed", *words, "--key", key, "--payload", PAYLOAD), 2, "IN and OUT", "--out-dir")
    assert before == {path: path.read_bytes() for path in inputs}
    assert not (tmp_path / "marked").exists()


def test_every_file_has_its_row_in_the_ledger(tmp_path, inputs, key):
    ledger = tmp_path / "audio.ledger"
    assert run("ledger", "create", ledger).code == 0
    inputs[3].write_bytes(b"OggS")
    result = run("embed", *inputs, "--out-dir", tmp_path / "marked", "--key", key, "--ledger", ledger, "--json", "--jobs", 4)
    assert result.code == 3
    told = lines(result)
    assert len({line["payload"] for line in told if "error" not in line}) == 5
    assert len({line["ledger"]["row"] for line in told if "error" not in line}) == 5
    assert run("ledger", "verify", ledger).code == 0
    for path, line in zip(inputs, told):
        if "error" in line:
            continue
        traced = run("trace", tmp_path / "marked" / path.name, "--key", key, "--ledger", ledger, "--json")
        assert traced.code == 0
        (story,) = json.loads(traced.out)["traced"]
        assert story["payload"] == line["payload"] and story["same_file"]


def test_a_label_of_an_input_is_carried_over(tmp_path, inputs, many, key):
    labelled = tmp_path / "labelled.wav"
    assert run("label", inputs[0], labelled, *LABEL).code == 0
    assert many([inputs[1], labelled], "--jobs", 2).code == 0
    found = run("detect", tmp_path / "marked" / "labelled.wav", tmp_path / "marked" / inputs[1].name, "--key", key, "--json")
    kept, bare = (json.loads(line) for line in found.out.splitlines())
    assert (kept["marked"], kept["evidence"]) == (True, "confirmed")
    assert (bare["marked"], bare["evidence"]) == (True, "suspected")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_whole_files_only(tmp_path, voice, key, start, ending):
    folder = tmp_path / "in"
    folder.mkdir()
    samples = np.tile(voice(16000), 4)
    files = [folder / f"{number:02}.wav" for number in range(40)]
    for path in files:
        soundfile.write(path, samples, 16000, subtype="PCM_16")
    seen = 0
    for attempt in range(6):
        target = tmp_path / f"marked{attempt}"
        job = start([binary(), "embed", *files, "--out-dir", target, "--key", key, "--payload", PAYLOAD, "--jobs", "6"], stderr=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while not (target.is_dir() and len(list(target.iterdir())) > attempt):
            assert time.monotonic() < end and job.poll() is None
            time.sleep(0.001)
        job.send_signal(ending)
        assert job.wait(20) == -ending
        left = list(target.iterdir())
        seen += len(left) < len(files)
        assert not [path.name for path in left if path.name.startswith(".")]
        assert all(path.stat().st_size == files[0].stat().st_size for path in left)
    assert seen > 0  # it did end in the middle


def test_memory_does_not_grow_with_the_number_of_files(tmp_path, voice, key):
    folder = tmp_path / "in"
    folder.mkdir()
    files = [folder / f"{number:03}.wav" for number in range(60)]
    samples = np.tile(voice(16000), 3)
    for path in files:
        soundfile.write(path, samples, 16000, subtype="PCM_16")

    def peak(count):
        target = tmp_path / f"marked{count}"
        return peak_kb("true", 0, "embed", *files[:count], "--out-dir", target, "--key", key, "--payload", PAYLOAD, "--jobs", 2)

    assert peak(60) < peak(4) + 4096
