"""Many items at once: rows in order, every error in its own row, files whole or not at all."""

import importlib
import os

import numpy as np
import pytest
import soundfile

import earmark
from conftest import PAYLOAD, run

SUBTYPES = {"a.wav": "PCM_16", "b.wav": "FLOAT", "c.wav": "PCM_24", "d.flac": "PCM_16", "e.wav": "DOUBLE", "f.wav": "PCM_U8"}


@pytest.fixture
def folder(tmp_path, stereo):
    """Six good files; a text that calls itself audio, an empty WAV, a file that cannot be read, a cut-off one."""
    path = tmp_path / "in"
    (path / "bad").mkdir(parents=True)
    for name, subtype in SUBTYPES.items():
        soundfile.write(path / name, stereo.T if name < "d" else stereo[0], 24000, subtype=subtype)
    (path / "bad" / "text.wav").write_text("hello")
    soundfile.write(path / "bad" / "empty.wav", np.zeros(0), 24000)
    soundfile.write(path / "bad" / "low.wav", np.zeros(4000), 4000)
    whole = (path / "d.flac").read_bytes()
    (path / "bad" / "cut.flac").write_bytes(whole[: len(whole) // 2])
    return path


def test_arrays(speech, marked, key):
    broken = np.full(100, np.nan, np.float32)
    rows = earmark.detect_many([speech, marked, broken, marked[::2]], sample_rate=16000, key=key, table="rows")
    assert [row["marked"] for row in rows] == [False, True, None, False]
    assert [row["item"] for row in rows] == [0, 1, 2, 3] and len({tuple(row) for row in rows}) == 1
    assert rows[2]["error"].startswith("ValueError: x: nan at channel 0, sample 0")
    found = earmark.detect(marked, sample_rate=16000, key=key).to_dict()
    assert {name: rows[1][name] for name in found} == found


def test_embedding_arrays(speech, marked, key):
    rows = earmark.embed_many([speech, None, speech], sample_rate=16000, key=key, payload=PAYLOAD, table="rows", workers=3)
    assert np.array_equal(rows[0]["audio"], marked) and np.array_equal(rows[2]["audio"], marked)
    assert rows[1]["audio"] is None and rows[1]["error"].startswith("TypeError: x: ")
    assert rows[0]["payload"] == "0123456789abcdef" and rows[0]["active_s"] > 2 and rows[0]["error"] is None


def test_files(folder, tmp_path, key):
    out = tmp_path / "out"
    rows = earmark.embed_many([f"{folder}/*.*", *(folder / "bad").iterdir()], key=key, payload=PAYLOAD, out=out, table="rows")
    good, bad = rows[:6], rows[6:]
    assert len(bad) == 4 and all(row["error"] and row["out"] is None for row in bad), bad
    assert sorted(os.listdir(out)) == sorted(SUBTYPES)
    for row in good:
        assert row["error"] is None
        before, after = soundfile.info(row["file"]), soundfile.info(row["out"])
        for name in ("samplerate", "channels", "frames", "format", "subtype"):
            assert getattr(before, name) == getattr(after, name)
    found = earmark.detect_many([str(out / "*"), folder / "a.wav", "gone-*.wav"], key=key, table="rows")
    assert [row["payload"] for row in found[:6]] == ["0123456789abcdef"] * 6
    assert found[6]["marked"] is False and found[7]["file"] == "gone-*.wav" and "no such file" in found[7]["error"]


def test_files_have_the_bits_of_the_program(folder, tmp_path, key):
    names = ["a.wav", "b.wav", "c.wav", "d.flac", "f.wav"]
    earmark.embed_many([folder / name for name in names], key=key, payload=PAYLOAD, out=tmp_path / "out", table="rows")
    for name in names:
        target = tmp_path / f"program-{name}"
        assert run("embed", folder / name, target, "--key", key.path, "--payload", "0123456789abcdef").code == 0
        mine, theirs = (soundfile.read(path, dtype="int32" if name != "b.wav" else "float32")[0]
                        for path in (tmp_path / "out" / name, target))
        assert np.array_equal(mine, theirs), name


def test_one_payload_each(speech, key):
    rows = earmark.embed_many([speech] * 3, sample_rate=16000, key=key, payload=["00000001", 2, b"abcd"], table="rows")
    for row, payload in zip(rows, ("00000001", 2, b"abcd")):
        assert earmark.detect(row["audio"], sample_rate=16000, key=key).payload == payload


def test_settings_that_are_wrong_for_all_raise_at_once(speech, folder, tmp_path, key):
    for error, name, more in (
        (TypeError, "key", {"key": 5}),
        (ValueError, "p_max", {"p_max": 2}),
        (TypeError, "sample_rate", {"sample_rate": None}),
        (ValueError, "workers", {"workers": 0}),
        (TypeError, "workers", {"workers": 1.5}),
        (ValueError, "table", {"table": "csv"}),
    ):
        with pytest.raises(error, match=f"^{name}: "):
            earmark.detect_many([speech], **{"sample_rate": 16000, "key": key} | more)
    files = {"key": key, "payload": 1, "out": tmp_path / "out"}
    for error, name, items, more in (
        (ValueError, "payload", [folder / "a.wav"], {"payload": [1, 2]}),
        (TypeError, "out", [folder / "a.wav"], {"out": None}),
        (ValueError, "out", [folder / "a.wav", folder / "bad" / ".." / "a.wav"], {}),
        (ValueError, "out", [folder / "a.wav"], {"out": folder}),
        (TypeError, "key", [folder / "a.wav"], {"key": key.screening()}),
    ):
        with pytest.raises(error, match=f"^{name}: "):
            earmark.embed_many(items, **files | more)
    assert not (tmp_path / "out").exists()


def test_a_failing_write_leaves_nothing(folder, tmp_path, key, monkeypatch):
    from earmark import files

    monkeypatch.setattr(files, "_check_written", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    rows = earmark.embed_many([folder / "a.wav"], key=key, payload=1, out=tmp_path / "out", table="rows")
    assert rows[0]["error"] == "OSError: disk full" and rows[0]["out"] is None
    assert os.listdir(tmp_path / "out") == []


def test_table(speech, marked, key, monkeypatch):
    pandas = pytest.importorskip("pandas")
    table = earmark.detect_many([speech, marked], sample_rate=16000, key=key)
    assert isinstance(table, pandas.DataFrame) and table.marked.tolist() == [False, True]
    real = importlib.import_module

    def without(name, *more):
        if name in ("pandas", "tqdm"):
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(importlib, "import_module", without)
    rows = earmark.detect_many([speech, marked], sample_rate=16000, key=key, progress=True)
    assert isinstance(rows, list) and rows[1]["marked"]
    with pytest.raises(ImportError):
        earmark.detect_many([speech], sample_rate=16000, key=key, table="pandas")


def test_progress(speech, key, capsys):
    pytest.importorskip("tqdm")
    earmark.detect_many([speech] * 3, sample_rate=16000, key=key, progress=True, table="rows")
    assert "3/3" in capsys.readouterr().err
    earmark.detect_many([speech] * 3, sample_rate=16000, key=key, table="rows")
    assert capsys.readouterr().err == ""


def test_an_empty_list_is_an_empty_table(key):
    assert earmark.detect_many([], key=key, table="rows") == []
