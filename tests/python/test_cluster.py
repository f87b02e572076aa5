"""A real local cluster: two workers in processes of their own, one of them killed while it works."""

import os
import pathlib
import signal
import sys
import threading
import time

import pytest
import soundfile

import earmark

distributed = pytest.importorskip("distributed")


@pytest.fixture
def client(monkeypatch):
    # Worker processes import the package that this one has.
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(pathlib.Path(earmark.__file__).parent.parent), *sys.path]))
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        with distributed.Client(cluster) as made:
            yield made


@pytest.fixture
def paths(tmp_path, speech, marked):
    soundfile.write(tmp_path / "speech.wav", speech, 16000)
    soundfile.write(tmp_path / "marked.wav", marked, 16000)
    names = []
    for number in range(400):
        names.append(tmp_path / f"[{number}].wav")
        names[-1].symlink_to(tmp_path / ("marked.wav" if number % 3 == 0 else "speech.wav"))
    names[100] = tmp_path / "gone.wav"
    return names


def test_a_killed_worker_loses_nothing(client, paths, key):
    import earmark.cluster

    killed = []

    def kill():
        time.sleep(1)
        pids = client.run(os.getpid)
        killed.append(next(iter(pids.values())))
        os.kill(killed[0], signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    rows = []
    for _ in range(20):  # until the worker has died in the middle of one
        rows = earmark.cluster.detect(paths, key=key, client=client, files_per_task=50, table="rows")
        assert [row["item"] for row in rows] == list(range(400))
        assert [row["file"] for row in rows] == [str(path) for path in paths]
        assert [row["marked"] for row in rows] == [None if n == 100 else n % 3 == 0 for n in range(400)]
        assert "no such file" in rows[100]["error"] and [row["error"] for row in rows].count(None) == 399
        if killed:
            break
    thread.join()
    assert killed
    alone = earmark.detect_many(paths, key=key, table="rows")
    assert rows == alone


def test_urls_and_settings(client, paths, key):
    pytest.importorskip("fsspec")
    import earmark.cluster

    rows = earmark.cluster.detect([f"file://{paths[0].parent}/marked.wav"], key=key, client=client, table="rows")
    assert rows[0]["marked"] and rows[0]["error"] is None
    assert earmark.cluster.detect([], key=key, client=client, table="rows") == []
    for error, name, more in (
        (TypeError, "client", {"client": None}),
        (ValueError, "files_per_task", {"files_per_task": 0}),
        (TypeError, "key", {"key": None}),
        (ValueError, "p_max", {"p_max": 7}),
        (TypeError, "key", {"key": earmark.Key.generate()}),
    ):
        with pytest.raises(error, match=f"^{name}: "):
            earmark.cluster.detect(paths, **{"key": key, "client": client} | more)
