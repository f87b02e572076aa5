"""Keys: files, kinds, names, and what goes into a pickle."""

import copy
import os
import pickle
import stat

import numpy as np
import pytest

import earmark
from conftest import PAYLOAD


def test_file_and_back(tmp_path):
    key = earmark.Key.generate()
    assert key.path is None
    key.save(tmp_path / "a.key")
    assert key.path == str(tmp_path / "a.key") and stat.S_IMODE(os.stat(key.path).st_mode) == 0o600
    again = earmark.Key.load(key.path)
    assert again == key and hash(again) == hash(key) and again.fingerprint == key.fingerprint
    assert earmark.load_key(key.path) == key and earmark.Key.parse(key.text()) == key
    assert key != earmark.Key.generate() and key != key.screening()


def test_screening_keys(tmp_path, marked, key):
    screening = key.screening()
    screening.save(tmp_path / "screen.key")
    assert earmark.ScreeningKey.load(tmp_path / "screen.key") == screening
    found = earmark.detect(marked, sample_rate=16000, key=tmp_path / "screen.key")
    assert found.marked and found.payload is None and found.payload_log10_p is None
    with pytest.raises(earmark.KeyFileError, match="is a screening key, a master key is needed"):
        earmark.Key.load(tmp_path / "screen.key")
    with pytest.raises(earmark.KeyFileError, match="a screening key is needed"):
        earmark.ScreeningKey.load(key.path)


def test_files_that_are_no_keys(tmp_path):
    with pytest.raises(FileNotFoundError, match="gone.key"):
        earmark.load_key(tmp_path / "gone.key")
    (tmp_path / "text.key").write_text("hello")
    with pytest.raises(earmark.KeyFileError, match="text.key"):
        earmark.embed(np.zeros(9), sample_rate=8000, key=str(tmp_path / "text.key"), payload=1)
    strange = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.key")
    open(strange, "w").close()
    with pytest.raises(earmark.KeyFileError):
        earmark.load_key(strange)
    with pytest.raises(earmark.KeyFileError):
        earmark.load_key(tmp_path)
    assert issubclass(earmark.KeyFileError, ValueError)


def test_never_overwrites(tmp_path):
    earmark.Key.generate().save(tmp_path / "a.key")
    with pytest.raises(FileExistsError, match="a.key"):
        earmark.Key.generate().save(tmp_path / "a.key")


def test_wrong_arguments(tmp_path):
    for call in (lambda: earmark.Key(), lambda: earmark.ScreeningKey(), lambda: earmark.Key.load(5)):
        with pytest.raises(TypeError):
            call()
    with pytest.raises(TypeError, match="^master: "):
        earmark.Key.from_bytes("0" * 32)
    with pytest.raises(ValueError, match="^master: 31 bytes"):
        earmark.Key.from_bytes(bytes(31))
    with pytest.raises(TypeError, match="^path: "):
        earmark.load_key(3)
    with pytest.raises(ValueError, match="^path: "):
        earmark.load_key("a\0b")


def test_the_secret_is_not_in_the_repr(key):
    secret = next(line for line in key.text().splitlines() if line.startswith("secret:")).split()[1]
    embedder = earmark.Embedder(sample_rate=16000, key=key, payload=1)
    detector = earmark.Detector(sample_rate=16000, key=key)
    for thing in (key, embedder, detector, embedder.config, detector.config):
        assert secret not in repr(thing) and secret[:16] not in repr(thing) and key.fingerprint in repr(thing)


def test_pickle_holds_the_path_not_the_secret(tmp_path):
    key = earmark.Key.from_bytes(bytes(range(32)))
    with pytest.raises(TypeError, match="^key: only a key that has a file is pickled"):
        pickle.dumps(key)
    key.save(tmp_path / "a.key")
    for kept in (key, earmark.Key.load(tmp_path / "a.key")):
        data = pickle.dumps(kept)
        assert bytes(range(8)) not in data and b"0001020304" not in data
        assert pickle.loads(data) == kept
    screening = key.screening()
    screening.save(tmp_path / "s.key")
    assert pickle.loads(pickle.dumps(screening)) == screening
    assert copy.copy(key) is key and copy.deepcopy(key) is key
    data = pickle.dumps(key)
    os.unlink(tmp_path / "a.key")
    with pytest.raises(FileNotFoundError):
        pickle.loads(data)
    earmark.Key.generate().save(tmp_path / "a.key")
    with pytest.raises(earmark.KeyFileError, match="holds another key now"):
        pickle.loads(data)


def test_configs_are_pickled_and_embedders_are_not(key, speech, marked):
    embedder = earmark.Embedder(sample_rate=16000, key=key.path, payload=PAYLOAD, profile="standard")
    detector = earmark.Detector(sample_rate=16000, key={"mine": key}, p_max=1e-9)
    with pytest.raises(TypeError, match="not pickled; pickle .config"):
        pickle.dumps(embedder)
    config = pickle.loads(pickle.dumps(embedder.config))
    assert config == embedder.config
    again = earmark.Embedder.from_config(config)
    out = np.concatenate([again.process(speech), again.flush()])[again.latency_samples :]
    assert np.array_equal(out, marked)
    config = pickle.loads(pickle.dumps(detector.config))
    assert config == detector.config
    again = earmark.Detector.from_config(config)
    again.push(marked)
    assert again.finish().key == "mine"
    with pytest.raises(TypeError, match="^config: "):
        earmark.Detector.from_config(embedder.config)


def test_names_of_keys(tmp_path, marked, key):
    other = earmark.Key.generate()

    def name(keys):
        return earmark.detect(marked, sample_rate=16000, key=keys).key

    assert name(key) == key.path and name([other, key]) == key.path
    assert name({"theirs": other, "ours": key}) == "ours"
    assert name(earmark.Key.parse(key.text())) == key.fingerprint
    assert name(other) is None
    strange = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.key")
    earmark.Key.parse(key.text()).save(strange)
    assert name(strange) == strange
