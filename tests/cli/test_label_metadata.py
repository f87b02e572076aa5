"""The AIGC label in every container, read back by programs that are not ours; everything else stays as it was."""

import json
import shutil

import pytest
from conftest import refused, run
from labelled import FIELDS, KINDS, LABEL, ffmpeg, labels_by_others, make, packets, riff_chunks, tags


@pytest.fixture(scope="module")
def sources(tmp_path_factory, speech):
    folder = tmp_path_factory.mktemp("sources")
    return {name: make(folder, speech, name) for name in KINDS}


def checked(path):
    result = run("label", "--check", path, "--json")
    return result.code, json.loads(result.out)


@pytest.mark.parametrize("kind", KINDS)
def test_round_trip(tmp_path, sources, kind):
    source, once, twice = sources[kind], tmp_path / f"once-{kind}", tmp_path / f"twice-{kind}"
    before = source.read_bytes()
    result = run("label", source, once, *LABEL)
    assert result.code == 0, result.err
    assert source.read_bytes() == before
    (text,) = labels_by_others(once)
    assert list(json.loads(text).items()) == list(FIELDS.items())
    audio = packets(source)
    assert packets(once) == audio
    kept = {key: value for key, value in tags(once).items() if key != "aigc"}
    assert kept == tags(source)

    # Whoever passes it on changes the distributor's fields and nothing else; there is still one label.
    result = run("label", once, twice, "--propagator", "Platform", "--propagate-id", "p-9", "--reserved2", '{"a":1}')
    assert result.code == 0, result.err
    changed = {**FIELDS, "ContentPropagator": "Platform", "PropagateID": "p-9", "ReservedCode2": '{"a":1}'}
    assert [json.loads(text) for text in labels_by_others(twice, all_programs=False)] == [changed]
    assert packets(twice) == audio
    for path, fields in ((once, FIELDS), (twice, changed)):
        code, report = checked(path)
        assert code == 0 and report["valid"] and [json.loads(text) for text in report["labels"]] == [fields]
    code, report = checked(source)
    assert code == 1 and not report["valid"] and report["rules"][0]["why"] == "no AIGC label"


@pytest.mark.parametrize("kind", ["plain.wav", "odd.wav"])
def test_riff_keeps_every_other_byte(tmp_path, sources, kind):
    out = tmp_path / kind
    assert run("label", sources[kind], out, *LABEL).code == 0
    old, new = riff_chunks(sources[kind]), riff_chunks(out)
    assert new[:-1] == old and new[-1][0] == b"AIGC"


def test_riff_label_in_the_middle_and_bytes_behind_the_form(tmp_path, sources):
    data = sources["plain.wav"].read_bytes()
    old = b"AIGC" + (5).to_bytes(4, "little") + b"first\0"
    size = int.from_bytes(data[4:8], "little") + 2 * len(old)
    form = b"RIFF" + size.to_bytes(4, "little") + b"WAVE" + old + data[12:] + old
    path, out = tmp_path / "in.wav", tmp_path / "out.wav"
    path.write_bytes(form + b"behind the form")
    code, report = checked(path)
    assert code == 1 and report["labels"] == ["first", "first"] and "2 labels" in report["rules"][0]["why"]
    # Not ours to repair: the producer of the content is not known.
    refused(run("label", path, out, *LABEL), 3, str(path), "breaks rules", "--check")
    path.write_bytes(b"RIFF" + (size - 2 * len(old)).to_bytes(4, "little") + data[8:] + b"behind the form")
    assert run("label", path, out, *LABEL).code == 0
    assert out.read_bytes().endswith(b'"ReservedCode2":""}\0behind the form')


def test_wrapped_label_becomes_the_inner_object(tmp_path, sources):
    data = sources["plain.wav"].read_bytes()
    text = json.dumps({"AIGC": FIELDS}).encode().replace(b" ", b"")
    chunk = b"AIGC" + len(text).to_bytes(4, "little") + text + b"\0" * (len(text) % 2)
    path, out = tmp_path / "in.wav", tmp_path / "out.wav"
    path.write_bytes(data[:4] + (len(data) - 8 + len(chunk)).to_bytes(4, "little") + data[8:] + chunk)
    assert checked(path)[0] == 0
    assert run("label", path, out, "--propagator", "P", "--propagate-id", "1").code == 0
    assert json.loads(labels_by_others(out)[0]) == {**FIELDS, "ContentPropagator": "P", "PropagateID": "1"}


def test_the_producers_fields_are_never_changed(tmp_path, sources):
    once, out = tmp_path / "once.flac", tmp_path / "out.flac"
    assert run("label", sources["tagged.flac"], once, *LABEL).code == 0
    assert run("label", once, out, *LABEL).code == 0  # the same again is no change
    out.unlink()
    for words in (["--producer", "Other"], [*LABEL[:2], "--produce-id", "id-2"], [*LABEL, "--label", "3"], [*LABEL, "--reserved1", "x"]):
        refused(run("label", once, out, *words), 2, str(once), "already labelled 1 by 'ExampleVoice' as 'id-1'")
    assert not out.exists()


CODE = "001191000000000000000K1TEST"
WRONG = [
    (["--producer", "a name"], "allowed are 0x21 to 0x7E"),
    (["--producer", "声音"], "allowed are 0x21 to 0x7E"),
    (["--producer", CODE[:-1]], "26 characters, a provider code has 27"),
    (["--producer", CODE.replace("K", "L")], "check character"),
    (["--producer", "P", "--reserved1", "back\\slash"], "backslash"),
    (["--producer", "P", "--propagator", "Q"], "--propagator needs --propagate-id"),
    (["--producer", "P", "--reserved2", "x"], "need --propagator"),
    (["--produce-id", "x"], "nothing to do"),
    (["--propagator", "Q", "--propagate-id", "1"], "has no label for --propagator"),
    (["--label", "4", "--producer", "P"], "--label"),
]


@pytest.mark.parametrize("words,hint", WRONG, ids=[hint for _, hint in WRONG])
def test_what_cannot_be_written(tmp_path, sources, words, hint):
    more = [] if "--produce-id" in words or "--producer" not in words else ["--produce-id", "id-1"]
    refused(run("label", sources["plain.wav"], tmp_path / "out.wav", *words, *more), 2, hint)
    assert list(tmp_path.iterdir()) == []


def test_a_code_and_the_other_statements(tmp_path, sources):
    out = tmp_path / "out.mp3"
    assert run("label", sources["plain.mp3"], out, "--label", "2", "--producer", CODE, "--produce-id", "x").code == 0
    assert json.loads(labels_by_others(out)[0]) == {**FIELDS, "Label": "2", "ContentProducer": CODE, "ContentPropagator": CODE, "ProduceID": "x", "PropagateID": "x"}


def test_no_place_for_a_label(tmp_path, speech, sources):
    for name, words in {"a.aiff": [], "a.caf": [], "a.oga": ["-c:a", "flac"]}.items():
        path, out = tmp_path / name, tmp_path / f"out-{name}"
        ffmpeg("-i", speech, *words, path)
        refused(run("label", path, out, *LABEL), 3, str(path), "holds no label")
        refused(run("label", "--check", path), 3, str(path), "holds no label")
        assert not out.exists()
    fragmented = tmp_path / "f.m4a"
    ffmpeg("-i", speech, "-movflags", "+frag_keyframe+empty_moov", fragmented)
    refused(run("label", fragmented, tmp_path / "out.m4a", *LABEL), 3, str(fragmented), "fragmented", "ffmpeg")
    refused(run("label", sources["tagged.flac"], tmp_path / "out.wav", *LABEL), 2, "out.wav", "'.flac'")
    assert not [path for path in tmp_path.iterdir() if "out" in path.name]


def test_an_untrustworthy_size_is_not_written_behind(tmp_path, sources):
    path, out = tmp_path / "in.wav", tmp_path / "out.wav"
    data = bytearray(sources["plain.wav"].read_bytes())
    at = data.index(b"data") + 4
    for size in (0xFFFFFFFF, 0x7FFFF000, len(data)):
        data[at : at + 4] = size.to_bytes(4, "little")
        path.write_bytes(data)
        refused(run("label", path, out, *LABEL), 3, str(path), "promises", "no label written")
    data[4:8] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    refused(run("label", path, out, *LABEL), 3, str(path), "promises")
    assert not out.exists()


def test_embed_carries_a_label_over(tmp_path, sources, embed):
    labelled, out = tmp_path / "labelled.wav", tmp_path / "out.flac"
    assert run("label", sources["plain.wav"], labelled, *LABEL).code == 0
    assert embed(labelled, out).code == 0
    assert json.loads(labels_by_others(out)[0]) == FIELDS
    result = embed(labelled, tmp_path / "out.aiff")
    assert result.code == 0 and "holds no AIGC label" in result.err


def test_check_goes_on_after_a_bad_file(tmp_path, sources):
    labelled, text = tmp_path / "labelled.wav", tmp_path / "text.wav"
    assert run("label", sources["plain.wav"], labelled, *LABEL).code == 0
    text.write_text("this is no audio")
    result = run("label", "--check", text, labelled, tmp_path / "missing.wav")
    assert result.code == 3 and len(result.err.splitlines()) == 2 and len(result.text.splitlines()) == 10
    assert all("kept" in line for line in result.text.splitlines())
    shutil.copy(sources["plain.wav"], text)
    result = run("label", "--check", text, labelled)
    assert result.code == 1 and "BROKEN, one label in the file (6.1 c): no AIGC label" in result.text
