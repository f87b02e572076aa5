"""Audio that comes bit by bit: marked audio leaves in time, verdicts come while the call runs, memory stays."""

import json
import os
import select
import subprocess

import numpy as np
import pytest
from conftest import PAYLOAD, binary, peak_kb

BLOCK_S = 0.02
LATENCY_S = 0.032  # of the embedder, at most; the command adds a block of 20 ms


def mulaw(samples):
    """ITU-T G.711, by its formula: good enough to be decoded by anybody."""
    magnitude = np.minimum(np.abs(samples) * 32768 + 132, 32767).astype(int)
    exponent = np.floor(np.log2(magnitude)).astype(int) - 7
    code = (np.signbit(samples) << 7) | exponent << 4 | (magnitude >> (exponent + 3) & 15)
    return (~code & 0xFF).astype(np.uint8).tobytes()


@pytest.mark.parametrize("encoding,width", [("s16le", 2), ("mulaw", 1), ("alaw", 1)])
@pytest.mark.parametrize("rate", [8000, 24000])
def test_marked_audio_leaves_after_the_stated_latency(key, encoding, width, rate):
    words = [binary(), "embed", "-", "-", "--raw", f"{encoding}:{rate}:1", "--key", str(key), "--payload", PAYLOAD]
    block = int(BLOCK_S * rate) * width
    noise = np.random.default_rng(1).integers(0, 256, 50 * block, dtype=np.uint8).tobytes()
    job = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    got = 0
    for sent in range(block, len(noise) + 1, block):
        job.stdin.write(noise[sent - block : sent])
        job.stdin.flush()
        due = sent - int((LATENCY_S + BLOCK_S) * rate) * width
        while got < due:
            assert select.select([job.stdout], [], [], 20)[0], f"{due} bytes due, {got} came"
            got += len(os.read(job.stdout.fileno(), 65536))
    job.stdin.close()
    got += len(job.stdout.read())
    assert job.wait(20) == 0 and got == len(noise)


@pytest.fixture(scope="module")
def call(voice, key, tmp_path_factory):
    """3 s unmarked, a marked sentence, 6 s unmarked: mu-law at 8 kHz. With the times of the mark."""
    import soundfile

    folder = tmp_path_factory.mktemp("call")
    host = np.tile(voice(8000), 3)
    soundfile.write(folder / "host.wav", host, 8000)
    words = ["embed", folder / "host.wav", folder / "marked.wav", "--key", key, "--payload", PAYLOAD]
    subprocess.run([binary(), *map(str, words)], check=True, capture_output=True)
    received = host[: 17 * 8000].copy()
    received[3 * 8000 : 11 * 8000] = soundfile.read(folder / "marked.wav")[0][3 * 8000 : 11 * 8000]
    assert len(received) == 17 * 8000
    return mulaw(received)


def test_follow_tells_while_the_call_runs(call, key):
    words = [binary(), "detect", "-", "--raw", "mulaw:8000:1", "--key", str(key), "--follow", "--json"]
    job = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    events, sent = [], 0
    while sent < len(call):
        job.stdin.write(call[sent : sent + 4000])
        job.stdin.flush()
        sent += 4000
        if sent == 10 * 8000:  # what is told by now was told before the mark ended
            events = [json.loads(job.stdout.readline()) for _ in range(2)]
            assert [event["event"] for event in events] == ["began", "payload"]
    job.stdin.close()
    events += [json.loads(line) for line in job.stdout.readlines()]
    assert job.wait(20) == 0
    assert [event.get("event") for event in events] == ["began", "payload", "ended", None]
    began, read, ended, verdict = events
    assert 3 < began["duration_s"] < 5 and abs(began["start_s"] - 3) < 1.1
    assert read["payload"] == PAYLOAD == verdict["payload"]
    assert 11 < ended["duration_s"] < 16 and abs(ended["end_s"] - 11) < 1.1
    assert verdict["decided_s"] == began["decided_s"] <= began["duration_s"]


def test_follow_in_words(call, key):
    words = [binary(), "detect", "-", "--raw", "mulaw:8000:1", "--key", str(key), "--follow"]
    done = subprocess.run(words, input=call, capture_output=True, check=True)
    lines = done.stdout.decode().splitlines()
    assert len(lines) == 4 and done.stderr == b""
    for line, word in zip(lines, ("BEGAN", PAYLOAD, "ENDED", "MARKED")):
        assert line.startswith("-: ") and word in line


def test_followed_calls_may_lose_their_reader(call, key):
    words = f"{binary()} detect - --raw mulaw:8000:1 --key {key} --follow | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", words], input=call, capture_output=True)
    assert done.stderr == b"" and b"BEGAN" in done.stdout
    assert int(done.stdout.splitlines()[-1]) in (0, 141)


def test_memory_of_detect_does_not_grow_with_the_call(key):
    def peak(seconds):
        return peak_kb(f"head -c {seconds * 8000} /dev/zero", 1, "detect", "-", "--raw", "mulaw:8000:1", "--key", key)

    assert peak(3600) < peak(60) * 1.05 + 1000
