"""live, listen and devices without a sound card: ALSA plug-ins that read and write files, and a JACK server whose
device is a clock. ALSA's null device is thousands of times faster than sound and hands out memory that nobody wrote:
a hostile device, and one on which everything that does not fit must be seen to be counted."""

import contextlib
import json
import os
import pathlib
import pty
import signal
import subprocess
import time

import numpy as np
import pytest
import soundfile
from conftest import PAYLOAD, binary, refused, run

RATE = 16000

# PortAudio lists no pcm named "null", and cannot do without a "default".
ALSA = """
pcm.null {{ type null }}
pcm.default {{ type null }}
pcm.hostile {{ type null }}
pcm.hears_mark {{ type file slave.pcm "null" infile "{marked}" file "/dev/null" format "raw" }}
pcm.hears_host {{ type file slave.pcm "null" infile "{host}" file "/dev/null" format "raw" }}
pcm.hears_noise {{ type file slave.pcm "null" infile "{noise}" file "/dev/null" format "raw" }}
pcm.plays {{ type file slave.pcm "null" file "{played}" format "raw" }}
pcm.feeds_live {{ type jack playback_ports {{ 0 "earmark:in_0" }} }}
"""


def floats(path, target):
    samples, _ = soundfile.read(path, dtype="float32")
    samples.tofile(target)
    return len(samples)


def environment(alsa):
    """No device but those of the file, and no JACK server but one of this test."""
    return {**os.environ, "ALSA_CONFIG_PATH": str(alsa), "JACK_DEFAULT_SERVER": f"none{os.getpid()}", "JACK_NO_START_SERVER": "1"}


@pytest.fixture(scope="module")
def host(stock, voice):
    """6 s: what fits in the queue of listen, which holds 8."""
    path = stock / "host6.wav"
    soundfile.write(path, voice(RATE)[: 6 * RATE], RATE, subtype="PCM_16")
    return path


@pytest.fixture(scope="module")
def marked(stock, host, key):
    path = stock / "marked6.wav"
    assert run("embed", host, path, "--key", key, "--payload", PAYLOAD).code == 0
    return path


@pytest.fixture
def alsa(tmp_path, host, marked):
    paths = {name: tmp_path / f"{name}.f32" for name in ("marked", "host", "noise", "played")}
    floats(marked, paths["marked"])
    floats(host, paths["host"])
    noise = np.random.default_rng(1).normal(0, 0.1, 20 * RATE)
    noise.astype("<f4").tofile(paths["noise"])
    config = tmp_path / "alsa.conf"
    config.write_text(ALSA.format(**paths))
    return environment(config)


def seconds_of(path):
    return soundfile.info(path).frames / RATE


def listen(*words, **more):
    return run("listen", "--rate", RATE, *words, **more)


def live(key, *words, **more):
    return run("live", "--key", key, "--payload", PAYLOAD, *words, **more)


def test_no_device(tmp_path, key):
    nothing = tmp_path / "alsa.conf"
    nothing.write_text("pcm.default { type hw card 77 }")
    env = environment(nothing)
    refused(run("devices", env=env), 3, "no sound device was found")
    refused(listen("--key", key, env=env), 3, "no sound device for input")
    refused(live(key, env=env), 3, "no sound device for input")
    for words, hint in ((["--seconds", -1], "--seconds: -1.000"), (["--channels", 65], "65 is outside 1 to 64")):
        refused(listen("--key", key, *words, env=env), 2, hint)
        refused(live(key, *words, env=env), 2, hint)


def test_configuration_that_portaudio_aborts_on(tmp_path, key):
    nothing = tmp_path / "alsa.conf"
    nothing.touch()
    refused(run("devices", env=environment(nothing)), 3, "PortAudio cannot work with this configuration")
    refused(listen("--key", key, env=environment(nothing)), 3, "PortAudio cannot work with this configuration")


def test_devices(alsa):
    result = run("devices", env=alsa)
    assert result.code == 0 and result.err == ""
    head, *lines = result.text.splitlines()
    assert head.split() == ["no", "name", "in", "out", "rate", "system"]
    assert {"hostile", "hears_mark", "plays"} <= {line.split()[1] for line in lines}
    rows = [json.loads(line) for line in run("devices", "--json", env=alsa).text.splitlines()]
    assert [row["name"] for row in rows] == [line.split()[1] for line in lines]
    assert all(row["system"] == "ALSA" and row["inputs"] > 0 and row["sample_rate_hz"] > 0 for row in rows)
    assert [row["name"] for row in rows if row["default_input"]] == ["default"]


@pytest.mark.parametrize("block", [[], ["--block", 77]], ids=["the device's block", "77 samples"])
def test_listen_says_what_detect_says(alsa, marked, key, block):
    """Sample for sample the file: the verdict is that of `detect` on it, to the last digit."""
    heard = listen("--device", "hears_mark", "--seconds", seconds_of(marked), "--key", key, "--json", *block, env=alsa)
    assert heard.code == 0, heard.err
    verdict, expected = json.loads(heard.out), json.loads(run("detect", marked, "--key", key, "--json").out)
    assert verdict.pop("file") == "hears_mark" and expected.pop("file") == str(marked)
    assert verdict == {field: expected[field] for field in verdict} and verdict["marked"] and verdict["payload"] == PAYLOAD
    events = heard.err.splitlines()
    assert "a mark BEGAN" in events[0] and events[0].startswith("hears_mark: at "), heard.err
    assert events[1].endswith(f" payload {PAYLOAD}") and len(events) == 2
    assert float(events[0].split()[2]) < 5


def test_listen_finds_nothing(alsa, host, marked, key, other_key, screening):
    unmarked = listen("--device", "hears_host", "--seconds", seconds_of(host), "--key", key, env=alsa)
    assert unmarked.code == 1 and unmarked.text.startswith("hears_host: NOT FOUND") and unmarked.err == ""
    wrong = listen("--device", "hears_mark", "--seconds", seconds_of(marked), "--key", other_key, env=alsa)
    assert wrong.code == 1 and wrong.err == "", wrong.err
    several = listen("--device", "hears_mark", "--seconds", seconds_of(marked), "--key", other_key, "--key", screening, env=alsa)
    assert several.code == 0 and f"payload not read, key {screening}" in several.text


def test_listen_counts_what_it_loses(alsa, key):
    """A device 1,000 times too fast, garbage in: all that does not fit in the queue is lost, and said to be."""
    result = listen("--device", "hostile", "--seconds", 2000, "--key", key, "--json", env=alsa)
    verdict = json.loads(result.out)
    assert result.code == 1 and not verdict["marked"]
    warning = [line for line in result.err.splitlines() if " s were lost" in line]
    assert len(warning) == 1 and warning[0].startswith("earmark: warning: hostile: ")
    lost_s = float(warning[0].split()[3])
    assert verdict["duration_s"] + lost_s == pytest.approx(2000, abs=0.01)


@pytest.mark.parametrize("source", ["hears_noise", "hostile"])
def test_live_too_late_plays_silence(alsa, tmp_path, key, source):
    """The worker has no chance against such a device. What came in must never be heard instead. Noise, because the mark
    changes every sample of it: one in a hundred equals some sample of the host by chance, no eight on end do."""
    result = live(key, "--device", source, "--output-device", "plays", "--rate", RATE, "--seconds", 20, env=alsa)
    assert result.code == 0 and result.out == b""
    # Whether the queue of two seconds runs over as well ("lost") is up to the scheduler.
    assert len(result.err.splitlines()) == 1 and "silent " in result.err
    played = np.fromfile(tmp_path / "played.f32", dtype="<f4")
    noise = np.fromfile(tmp_path / "noise.f32", dtype="<f4")
    assert len(played) >= 20 * RATE and np.abs(played).max() <= 8
    silent_s = float(result.err.split("silent ")[1].split()[0])
    assert np.count_nonzero(played) <= (20.01 - silent_s) * RATE
    of_host = np.isin(played, noise).astype(int)
    assert np.convolve(of_host, np.ones(8, int)).max() < 8
    assert np.convolve(np.isin(noise, noise).astype(int), np.ones(8, int)).max() == 8


def caught(process, signal_number):
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return int(status.split("SigCgt:\t")[1].split()[0], 16) >> (signal_number - 1) & 1


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("command", ["live", "listen"])
def test_ctrl_c_ends_well(alsa, key, command, signal_number, start):
    words = ["--payload", PAYLOAD] if command == "live" else ["--json"]
    job = start(
        [binary(), command, "--key", key, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**alsa, "TERM": "dumb"},
    )
    end = time.monotonic() + 20
    while not caught(job.pid, signal_number):
        assert time.monotonic() < end and job.poll() is None
        time.sleep(0.01)
    job.send_signal(signal_number)
    out, err = job.communicate(timeout=20)
    assert job.returncode == (0 if command == "live" else 1), err
    assert command == "live" or json.loads(out)["marked"] is False
    assert all(line.startswith(("earmark: warning: ", "default -> default: ")) for line in err.splitlines()), err


@pytest.mark.parametrize(
    "words,code,hint",
    [
        (["--rate", 7000], 2, "7000 is outside 8000 to 192000"),
        (["--channels", 65], 2, "65 is outside 1 to 64"),
        (["--block", 70000], 2, "70000 is outside 1 to 65536"),
        (["--block", -1], 2, "--block"),
        (["--seconds", -1], 2, "--seconds: -1.000"),
        (["--seconds", "nan"], 2, "--seconds"),
        (["--device", "nose"], 2, "'nose': no such device for input"),
        (["--device", 99], 2, "'99': no such device for input"),
        (["--device", "hears"], 2, "could be 1 'hears_mark', 2 'hears_host', 3 'hears_noise'"),
        (["--key", "no-such.key"], 4, "no-such.key"),
    ],
)
def test_wrong_wishes(alsa, key, words, code, hint):
    for command in ("listen", "live"):
        all_words = [command, *words, *([] if "--key" in words else ["--key", key])]
        refused(run(*all_words, *(["--payload", PAYLOAD] if command == "live" else []), env=alsa), code, hint)


def test_live_needs_what_marks(alsa, key, screening):
    refused(run("live", "--key", screening, "--payload", PAYLOAD, env=alsa), 4, "screening")
    refused(run("live", "--key", key, "--payload", "12", env=alsa), 2, "12")
    refused(run("live", "--key", key, env=alsa), 2, "--payload")
    refused(live(key, "--output-device", "mouth", env=alsa), 2, "'mouth': no such device for output")


def test_listen_draws_a_meter(alsa, marked, key, start):
    ours, theirs = pty.openpty()
    words = ["listen", "--device", "hears_mark", "--rate", RATE, "--seconds", seconds_of(marked), "--key", key]
    job = start([binary(), *map(str, words)], stdout=subprocess.DEVNULL, stderr=theirs, env={**alsa, "TERM": "xterm", "NO_COLOR": "1"})
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # the other side has gone
        while piece := os.read(ours, 65536):
            seen += piece
    assert job.wait(20) == 0
    assert b" dBFS  [########################] p = 10^-" in seen and b"MARKED" in seen
    assert seen.endswith(b"\r\x1b[K")


def start_jack(folder, env):
    """The names are few: a server that was killed keeps its place among the eight that JACK has, but leaves it to one of
    its name. A second run of the tests beside this one takes the next name."""
    for number in range(4):
        env["JACK_DEFAULT_SERVER"] = f"earmark{number}"
        server = subprocess.Popen(
            ["jackd", "-n", env["JACK_DEFAULT_SERVER"], "-r", "-t", "5000", "-d", "dummy", "-r", str(RATE), "-p", "256"],
            stdout=open(folder / "log", "a"), stderr=subprocess.STDOUT, env=env,
        )
        if wait_for_port(env, "system:capture_1", server):
            return server
    raise AssertionError((folder / "log").read_text())


@pytest.fixture(scope="module")
def jack(tmp_path_factory):
    """A server at 16 kHz whose device is a clock: sound at the rate of sound."""
    folder = tmp_path_factory.mktemp("jack")
    (folder / "alsa.conf").write_text(ALSA.format(marked="", host="", noise="", played=""))
    env = {**environment(folder / "alsa.conf"), "JACK_NO_AUDIO_RESERVATION": "1"}
    server = start_jack(folder, env)
    yield env, server
    server.terminate()
    server.wait(20)


def wait_for_port(env, name, process):
    """False when the process ended before."""
    end = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < end:
        if name in subprocess.run(["jack_lsp"], capture_output=True, text=True, env=env).stdout.split():
            return process.poll() is None
        time.sleep(0.05)
    return False


def test_other_rate_and_channels_than_the_device(jack, key):
    env, _ = jack
    refused(run("listen", "--device", "system", "--rate", 8000, "--key", key, env=env), 3, "'system': 8000 Hz is not supported", "16000 Hz")
    refused(run("listen", "--device", "system", "--channels", 3, "--key", key, env=env), 3, "3 channels are wanted for input, it has 2")


def test_true_rate_live_to_listen(jack, tmp_path, voice, key, start):
    """Speech is played into live, live's output is heard by listen: found, with the payload, in the time it takes."""
    env, _ = jack
    seconds = 5
    voice(RATE)[: seconds * RATE].astype("<f4").tofile(tmp_path / "host.f32")
    words = ["live", "--device", "system", "--output-device", "system", "--key", key, "--payload", PAYLOAD]
    marking = start([binary(), *map(str, words)], stderr=subprocess.PIPE, text=True, env=env)
    assert wait_for_port(env, "earmark:out_0", marking)
    player = start(
        ["aplay", "-q", "-D", "feeds_live", "-f", "FLOAT_LE", "-r", str(RATE), "-c", "1", tmp_path / "host.f32"], env=env
    )
    began = time.monotonic()
    heard = run("listen", "--device", "earmark", "--seconds", seconds, "--key", key, "--json", env=env)
    took_s = time.monotonic() - began
    player.kill()
    player.wait()
    marking.send_signal(signal.SIGINT)
    _, words = marking.communicate(timeout=20)
    assert marking.returncode == 0 and words.startswith("system -> system: ") and "latency " in words
    verdict = json.loads(heard.out)
    assert heard.code == 0 and verdict["payload"] == PAYLOAD and verdict["file"] == "earmark"
    assert verdict["duration_s"] == seconds and 0.9 * seconds < took_s < 3 * seconds
    soundfile.write(tmp_path / "host.wav", voice(RATE)[: seconds * RATE], RATE)
    assert run("detect", tmp_path / "host.wav", "--key", key).code == 1


def test_true_rate_device_goes_away(jack, key, start):
    """The last test here: it takes the server away from under them."""
    env, server = jack
    jobs = {}
    for name, port, more in (
        ("live", "earmark:out_0", ["--payload", PAYLOAD, "--output-device", "system"]),
        ("listen", "earmark-01:in_0", ["--json"]),
    ):
        words = [binary(), name, "--device", "system", "--key", key, *more]
        jobs[name] = start(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
        assert wait_for_port(env, port, jobs[name])
    time.sleep(0.3)  # so that something was heard
    server.terminate()
    for name, job in jobs.items():
        out, err = job.communicate(timeout=20)
        assert job.returncode == 3, (name, err)
        *warnings, last = err.splitlines()
        assert last == "earmark: device 'system': the device has gone"
        assert all(line.startswith("earmark: warning: system: the device lost input") for line in warnings), err
        assert name == "live" or json.loads(out)["duration_s"] > 0


def test_sound_libraries_are_loaded_by_those_commands_alone(tmp_path, alsa, key, marked):
    broken = {**alsa, "LD_LIBRARY_PATH": str(tmp_path / "broken")}
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "libportaudio.so.2").touch()
    for result in (run("devices", env=broken), listen("--key", key, env=broken), live(key, env=broken)):
        refused(result, 3, "sound devices: ")
        assert "libportaudio.so.2" in result.err
    assert run("detect", marked, "--key", key, env=broken).code == 0
