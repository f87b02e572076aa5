"""Key files: made once, readable by their owner only, refused when they are not what they should be."""

import stat

import pytest
from conftest import PAYLOAD, refused, run


def test_keygen(tmp_path):
    master, screening = tmp_path / "vendor.key", tmp_path / "screen.key"
    result = run("keygen", master, "--screening", screening)
    assert result.code == 0 and result.err == ""
    for path in (master, screening):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert master.read_text() != screening.read_text()


def test_never_overwrites(tmp_path):
    path, other = tmp_path / "vendor.key", tmp_path / "screen.key"
    assert run("keygen", path).code == 0
    before = path.read_text()
    refused(run("keygen", path), 4, str(path), "exists")
    assert path.read_text() == before
    other.write_text("something else")
    refused(run("keygen", tmp_path / "new.key", "--screening", other), 4, str(other), "exists")
    assert not (tmp_path / "new.key").exists()
    refused(run("keygen", tmp_path / "new.key", "--screening", tmp_path / "none" / "s.key"), 4)
    assert not (tmp_path / "new.key").exists()
    refused(run("keygen", tmp_path / "new.key", "--screening", tmp_path / "new.key"), 2)


def test_screening_later(tmp_path, key, screening):
    later = tmp_path / "later.key"
    assert run("keygen", "--screening", later, "--from", key).code == 0
    assert later.read_bytes() == screening.read_bytes()
    refused(run("keygen", "--screening", tmp_path / "x.key", "--from", screening), 4, str(screening))
    refused(run("keygen", "--from", key), 2, "--screening")
    refused(run("keygen", tmp_path / "x.key", "--screening", tmp_path / "y.key", "--from", key), 2, "--from")
    refused(run("keygen"), 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["later.key"]


def test_embed_needs_a_master_key(tmp_path, speech, screening):
    refused(run("embed", speech, tmp_path / "out.wav", "--key", screening, "--payload", PAYLOAD), 4, str(screening))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["missing", "empty", "cut", "changed", "text", "binary", "directory"])
def test_bad_key_files(tmp_path, speech, key, kind):
    path = tmp_path / "bad.key"
    text = key.read_text()
    if kind == "directory":
        path.mkdir()
    elif kind != "missing":
        middle = len(text) // 2
        swapped = "1" if text[-9] != "1" else "2"
        content = {
            "empty": "",
            "cut": text[:middle],
            "changed": text[:-9] + swapped + text[-8:],
            "text": "no key at all\n",
            "binary": "\0\1\2" * 100,
        }
        path.write_text(content[kind])
    refused(run("embed", speech, tmp_path / "out.wav", "--key", path, "--payload", PAYLOAD), 4, str(path))
    refused(run("detect", speech, "--key", path), 4, str(path))
    refused(run("info", "--key", path), 4, str(path))
    assert not (tmp_path / "out.wav").exists()


def test_info_tells_the_kind_and_no_secret(key, screening):
    master, screen = run("info", "--key", key), run("info", "--key", screening)
    assert "master key" in master.text and "screening key" in screen.text

    def fingerprint(result):
        return result.text.split("fingerprint")[1].split()[0]

    assert fingerprint(master) == fingerprint(screen) and len(fingerprint(master)) == 16
