"""Jobs that end badly: signals, closed pipes, full disks. Never half a file."""

import signal
import subprocess
import time

import pytest
from conftest import PAYLOAD, binary, refused, run


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("stands", [False, True], ids=["new file", "file stands there"])
def test_signal_leaves_no_file(tmp_path, speech, key, start, ending, stands):
    target = tmp_path / "out.wav"
    if stands:
        target.write_bytes(b"precious")
    words = [binary(), "embed", "-", target, "--key", key, "--payload", PAYLOAD]
    job = start(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    job.stdin.write(speech.read_bytes()[:60000])
    job.stdin.flush()
    end = time.monotonic() + 20
    while not [path for path in tmp_path.iterdir() if path != target and path.stat().st_size > 1000]:
        assert time.monotonic() < end and job.poll() is None
        time.sleep(0.01)
    job.send_signal(ending)
    assert job.wait(20) == -ending
    job.stdin.close()
    assert [path.name for path in tmp_path.iterdir()] == (["out.wav"] if stands else [])
    assert not stands or target.read_bytes() == b"precious"


@pytest.mark.parametrize("ignored", [False, True], ids=["as in a shell", "SIGPIPE ignored"])
def test_closed_pipe_is_quiet(tmp_path, speech, key, ignored):
    """The reader goes after 100 bytes: no message; the shell sees what it sees of any filter."""
    for command in (f"embed {speech} - --key {key} --payload {PAYLOAD}", "detect " + f"{speech} " * 40 + f"--key {key}", "man"):
        words = f"exec 2>{tmp_path}/err; {binary()} {command} --help >/dev/null; {binary()} {command} | head -c 100 >/dev/null; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", words], capture_output=True, restore_signals=not ignored)
        lines = [line for line in (tmp_path / "err").read_text().splitlines() if "samples" not in line]
        assert lines == [], lines
        assert int(done.stdout) in (0, 1, 128 + signal.SIGPIPE)


def test_full_disk_on_standard_output(marked, speech, key):
    for command in (
        ["embed", speech, "-", "--key", key, "--payload", PAYLOAD],
        ["detect", marked, "--key", key],
        ["man"],
        ["--help"],
    ):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([binary(), *map(str, command)], stdout=full, stderr=subprocess.PIPE)
        assert done.returncode == 3, command
        assert done.stderr.decode().splitlines() == ["earmark: standard output: " + done.stderr.decode().split(": ", 2)[2].strip()]
        assert b"No space left on device" in done.stderr


@pytest.mark.parametrize("small_disk", ["64k"], indirect=True)
def test_full_disk(small_disk, speech, embed):
    target = small_disk / "out.wav"
    refused(embed(speech, target), 3, str(target), "No space left on device")
    assert list(small_disk.iterdir()) == []
    target.write_bytes(b"precious")
    refused(embed(speech, target), 3, "No space left on device")
    refused(embed(speech, small_disk / "out.flac"), 3, "No space left on device")
    assert target.read_bytes() == b"precious" and len(list(small_disk.iterdir())) == 1


def test_file_size_limit(tmp_path, speech, key):
    """What a quota looks like where nobody may mount."""
    words = f"ulimit -f 16; trap '' XFSZ; {binary()} embed {speech} {tmp_path}/out.wav --key {key} --payload {PAYLOAD}"
    done = subprocess.run(["bash", "-c", words], capture_output=True)
    assert done.returncode == 3 and b"File too large" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_access_rights(tmp_path, speech, embed):
    target = tmp_path / "out.wav"
    assert embed(speech, target, umask=0o027).code == 0
    assert target.stat().st_mode & 0o777 == 0o640
    target.chmod(0o604)
    assert embed(speech, target).code == 0
    assert target.stat().st_mode & 0o777 == 0o604


def test_output_through_a_link(tmp_path, speech, embed):
    real, link = tmp_path / "real.wav", tmp_path / "link.wav"
    real.write_bytes(b"old")
    link.symlink_to(real)
    assert embed(speech, link).code == 0
    assert link.is_symlink() and real.stat().st_size > 1000


def test_info_of_a_closed_output(speech):
    done = subprocess.run(f"{binary()} info >&-", shell=True, capture_output=True)
    assert done.returncode == 3 and done.stderr.startswith(b"earmark: standard output")


def test_version(speech):
    result = run("--version")
    assert result.code == 0 and result.text.startswith("earmark 0.") and result.err == ""
