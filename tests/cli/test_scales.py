"""Speech whose speed, tempo or pitch was changed by the tools that people use: found, read, and told by how much."""

import json
import subprocess

import pytest
import soundfile
from conftest import PAYLOAD, run

# What the two scales are good to: WSOLA does not keep time evenly.
TIME_LIMIT, FREQUENCY_LIMIT = 0.004, 0.006

CHANGES = {
    "speed": (["speed", "1.07"], 1.07, 1.07),
    "tempo up": (["tempo", "-s", "1.25"], 1.25, 1),
    "tempo down": (["tempo", "-s", "0.8"], 0.8, 1),
    "pitch": (["pitch", "-200"], 1, 2 ** (-2 / 12)),
    "speed and tempo": (["speed", "1.1", "tempo", "-s", "0.85"], 1.1 * 0.85, 1.1),
}


def detect(path, key, *more):
    result = run("detect", path, "--key", key, "--json", *more)
    assert result.code in (0, 1) and result.err == ""
    return json.loads(result.text)


def changed(path, target, effect):
    subprocess.run(["sox", "-D", path, target, "gain", "-1", *effect, "rate", "16000"], check=True, capture_output=True)
    return target


@pytest.mark.parametrize("name", CHANGES)
def test_full_search_finds_and_measures(marked, speech, key, tmp_path, name):
    effect, time_scale, frequency_scale = CHANGES[name]
    received = changed(marked, tmp_path / "received.wav", effect)
    found = detect(received, key, "--search", "full")
    assert found["marked"] and found["payload"] == PAYLOAD
    assert found["time_scale"] == pytest.approx(time_scale, rel=TIME_LIMIT)
    assert found["frequency_scale"] == pytest.approx(frequency_scale, rel=FREQUENCY_LIMIT)
    assert found["log10_p"] < -30
    assert found["start_s"] < 0.7 and found["end_s"] > found["duration_s"] - 0.7
    segment = found["segments"][0]
    assert (segment["time_scale"], segment["frequency_scale"]) == (found["time_scale"], found["frequency_scale"])

    host = detect(changed(speech, tmp_path / "host.wav", effect), key, "--search", "full")
    assert not host["marked"] and (host["time_scale"], host["frequency_scale"]) == (1, 1)


def test_without_it_a_change_of_speed_hides_the_mark(marked, key, tmp_path):
    received = changed(marked, tmp_path / "received.wav", ["speed", "1.1"])
    assert not detect(received, key)["marked"]


def test_the_line_for_people_tells_the_change(marked, key, tmp_path):
    received = changed(marked, tmp_path / "received.wav", ["speed", "1.1"])
    line = run("detect", received, "--key", key, "--search", "full").text
    assert "time x 1.10" in line and "frequency x 1.10" in line
    assert "time x" not in run("detect", marked, "--key", key, "--search", "full").text


def test_drift_is_followed_by_every_search(marked, key, tmp_path):
    samples, rate = soundfile.read(marked)
    for factor in ("1.0005", "0.9995"):
        received = changed(marked, tmp_path / "received.wav", ["speed", factor])
        for search in ("none", "drift", "full"):
            found = detect(received, key, "--search", search)
            assert found["marked"] and found["payload"] == PAYLOAD
            assert found["end_s"] - found["start_s"] > len(samples) / rate - 1.2
