"""listen on a PipeWire desktop without a sound card: a server and a session of the test's own, with a null sink whose
monitor is what is heard, through pipewire-alsa."""

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time

import pytest
import soundfile
from conftest import PAYLOAD, run

RATE = 24000

SERVER = f"""
context.properties = {{ support.dbus = false core.daemon = true core.name = pipewire-0 default.clock.rate = {RATE} }}
context.spa-libs = {{ audio.convert.* = audioconvert/libspa-audioconvert support.* = support/libspa-support }}
context.modules = [
  {{ name = libpipewire-module-protocol-native }}
  {{ name = libpipewire-module-spa-node-factory }}
  {{ name = libpipewire-module-client-node }}
  {{ name = libpipewire-module-adapter }}
  {{ name = libpipewire-module-link-factory }}
  {{ name = libpipewire-module-metadata }}
  {{ name = libpipewire-module-access }}
]
context.objects = [
  {{ factory = metadata args = {{ metadata.name = default }} }}
  {{ factory = spa-node-factory args = {{ factory.name = support.node.driver node.name = clock priority.driver = 20000 }} }}
  {{ factory = adapter args = {{ factory.name = support.null-audio-sink node.name = speaker media.class = Audio/Sink
                                 object.linger = true audio.position = [ MONO ] }} }}
]
"""
ALSA = """
</usr/share/alsa/alsa.conf>
pcm.desktop { type pipewire }
pcm.!default { type null }
"""


@pytest.fixture
def desktop():
    """The environment in which PipeWire's clients find it. The names of its sockets must be short."""
    with tempfile.TemporaryDirectory(prefix="pw", ignore_cleanup_errors=True) as folder, contextlib.ExitStack() as jobs:
        config = os.path.join(folder, "pipewire")
        os.mkdir(config)
        for name, text in (("pipewire/test.conf", SERVER), ("alsa.conf", ALSA)):
            with open(os.path.join(folder, name), "w") as file:
                file.write(text)
        env = {key: value for key, value in os.environ.items() if not key.startswith(("DBUS_", "PIPEWIRE_", "DISPLAY"))}
        env |= {name: folder for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME")}
        env["ALSA_CONFIG_PATH"] = os.path.join(folder, "alsa.conf")
        # The session manager wants a bus, and links who plays and who listens to the sink.
        for words in (["pipewire", "-c", "test.conf"], ["dbus-run-session", "--", "wireplumber"]):
            with open(os.path.join(folder, "log"), "a") as log:
                job = subprocess.Popen(words, env=env, stdout=log, stderr=log, start_new_session=True)
            jobs.callback(end, job)
            wait_for("speaker" if words[0] == "pipewire" else "default.audio.sink", env, folder)
        yield env


def end(job):
    """With all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(job.pid, signal.SIGKILL)
    job.wait()


def wait_for(name, env, folder):
    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        for words in (["pw-cli", "ls", "Node"], ["pw-metadata"]):
            told = subprocess.run(["timeout", "5", *words], env=env, capture_output=True, text=True).stdout
            if name in told:
                return
        time.sleep(0.1)
    with open(os.path.join(folder, "log")) as log:
        raise AssertionError(f"no {name}\n{log.read()}")


def test_true_rate_what_the_desktop_plays_is_heard(desktop, tmp_path, voice, key, start):
    soundfile.write(tmp_path / "host.wav", voice(RATE), RATE)
    assert run("embed", tmp_path / "host.wav", tmp_path / "marked.wav", "--key", key, "--payload", PAYLOAD).code == 0
    for name, code in (("marked", 0), ("host", 1)):
        player = start(["pw-cat", "-p", tmp_path / f"{name}.wav"], env=desktop, stderr=subprocess.DEVNULL)
        heard = run("listen", "--device", "desktop", "--rate", RATE, "--seconds", 4, "--key", key, "--json", env=desktop)
        player.kill()
        assert heard.code == code, heard
        verdict = json.loads(heard.out)
        assert verdict["active_s"] > 2 and verdict["payload"] == (PAYLOAD if name == "marked" else None)
