"""The command under test, speech to feed it, and what every failure must look like."""

import os
import pathlib
import shlex
import signal
import subprocess
import sys

import pytest
import soundfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from command import ROOT, SENTENCES, Result, binary, run, spoken  # noqa: E402, F401

PAYLOAD = "0123456789abcdef"

# A run in the background or under nohup ignores some signals, and children inherit that: the tests' endings must reach them.
for ending in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
    if signal.getsignal(ending) is signal.SIG_IGN:
        signal.signal(ending, signal.default_int_handler)


def refused(result, code, *hints):
    """One line on stderr that says what was wrong, the right exit code, nothing on stdout."""
    assert result.code == code, (result.code, result.err)
    assert result.out == b""
    lines = result.err.splitlines()
    assert len(lines) == 1 and lines[0].startswith("earmark: "), result.err
    for hint in hints:
        assert hint in lines[0], (hint, lines[0])


def peak_kb(feed, code, *words):
    """Peak memory of the program while the shell command `feed` writes into it; `code` is how it must end."""
    watch = (
        "import resource,subprocess,sys;done=subprocess.run(sys.argv[2:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL);"
        "assert done.returncode==int(sys.argv[1]);print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    watched = shlex.join(["/usr/bin/python3", "-c", watch, str(code), binary(), *map(str, words)])
    return int(subprocess.run(f"{feed} | {watched}", shell=True, capture_output=True, check=True).stdout)


@pytest.fixture
def start():
    """subprocess.Popen, but that nothing outlives the test, however it ends."""
    jobs = []

    def begin(*words, **more):
        jobs.append(subprocess.Popen(*words, **more))
        return jobs[-1]

    yield begin
    for job in jobs:
        if job.poll() is None:
            job.kill()
            job.wait()


@pytest.fixture
def small_disk(tmp_path, request):
    """A folder with so much room: "64k", given by parametrize(..., indirect=True)."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={request.param}", "none", place]
    mounted = os.geteuid() == 0 and subprocess.run(mount, stderr=subprocess.DEVNULL)
    if not mounted or mounted.returncode != 0:
        pytest.skip("SKIPPED: no right to mount a small disk")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.fixture(scope="session")
def stock(tmp_path_factory):
    return tmp_path_factory.mktemp("stock")


@pytest.fixture(scope="session")
def key(stock):
    path = stock / "vendor.key"
    assert run("keygen", path, "--screening", stock / "screen.key").code == 0
    return path


@pytest.fixture(scope="session")
def screening(key):
    return key.with_name("screen.key")


@pytest.fixture(scope="session")
def other_key(stock):
    path = stock / "other.key"
    assert run("keygen", path).code == 0
    return path


@pytest.fixture(scope="session")
def voice(stock):
    return spoken(stock / "voice.wav", "espeak-ng", SENTENCES, "-w")


@pytest.fixture(scope="session")
def speech(stock, voice):
    path = stock / "speech.wav"
    soundfile.write(path, voice(16000), 16000, subtype="PCM_16")
    return path


@pytest.fixture(scope="session")
def short(stock, voice):
    """1.5 s, for tests that do the same thing very often."""
    path = stock / "short.wav"
    soundfile.write(path, voice(16000)[:24000], 16000)
    return path


@pytest.fixture(scope="session")
def marked(stock, speech, key):
    path = stock / "marked.wav"
    assert run("embed", speech, path, "--key", key, "--payload", PAYLOAD).code == 0
    return path


@pytest.fixture
def embed(key):
    def call(source, target, *more, **kwargs):
        return run("embed", source, target, "--key", key, "--payload", PAYLOAD, *more, **kwargs)

    return call


@pytest.fixture(scope="session")
def killer(tmp_path_factory):
    path = tmp_path_factory.mktemp("killer") / "kill_at_write.so"
    source = ROOT / "tests" / "cli" / "kill_at_write.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", path, source, "-ldl"], check=True)
    return path
