"""Manual page, completions, info, report and progress bar."""

import json
import os
import pty
import re
import shutil
import subprocess
import time

import pytest
import soundfile
from conftest import PAYLOAD, binary, run

ACTIONS = ["create", "verify", "head", "export", "prune", "voice", "voices", "consent", "withdraw"]
COMMANDS = ["keygen", "embed", "detect", "trace", "label", "live", "listen", "devices", "report", "info", *(f"ledger {action}" for action in ACTIONS)]


def options(command):
    return sorted(set(re.findall(r"--[a-z0-9-]+", run(*command.split(), "--help").text)) - {"--help"})


def test_manual_mentions_everything():
    page = run("man").text.replace("\\-", "-").replace("\\fB", "").replace("\\fR", "")
    for command in COMMANDS:
        section = page.split(f".SH EARMARK {command}")[1].split(".SH ")[0]
        for option in options(command):
            assert option in section, (command, option)
    for status in range(5):
        assert f".TP\n{status}\n" in page


@pytest.mark.parametrize("renderer", [["groff", "-man", "-ww", "-Tutf8"], ["man", "--warnings", "-l"]])
def test_manual_renders_without_warnings(tmp_path, renderer):
    page = tmp_path / "earmark.1"
    page.write_bytes(run("man").out)
    done = subprocess.run([*renderer, page], capture_output=True, env={**os.environ, "MANPAGER": "cat"}, check=True)
    assert done.stderr == b"" and b"earmark detect" in done.stdout


def bash_completes(script, *words):
    line = f"source {script}; complete -p earmark >/dev/null; COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; _earmark; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "-c", line], capture_output=True, check=True, text=True)
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_completion(tmp_path):
    script = tmp_path / "earmark"
    script.write_bytes(run("completion", "bash").out)
    assert {command.split()[0] for command in COMMANDS} <= set(bash_completes(script, "earmark", "''"))
    assert set(ACTIONS) <= set(bash_completes(script, "earmark", "ledger", "''"))
    assert bash_completes(script, "earmark", "ledger", "ver") == ["verify"]
    assert "man" not in bash_completes(script, "earmark", "''")
    assert bash_completes(script, "earmark", "det") == ["detect"]
    for command in COMMANDS:
        assert set(options(command)) <= set(bash_completes(script, "earmark", *command.split(), "--"))
    assert bash_completes(script, "earmark", "embed", "--profile", "''") == ["transparent", "standard", "robust"]
    assert bash_completes(script, "earmark", "detect", "--search", "d") == ["drift"]
    (tmp_path / "voice.wav").touch()
    assert bash_completes(script, "earmark", "detect", f"{tmp_path}/voi") == [f"{tmp_path}/voice.wav"]
    assert bash_completes(script, "earmark", "detect", "--key", f"{tmp_path}/voi") == [f"{tmp_path}/voice.wav"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_completions_parse(tmp_path, shell):
    if not shutil.which(shell):
        pytest.skip(f"SKIPPED: no {shell}")
    script = tmp_path / "earmark"
    script.write_bytes(run("completion", shell).out)
    done = subprocess.run([shell, "-n", script], capture_output=True)
    assert done.returncode == 0 and done.stderr == b""
    for command in COMMANDS:
        for option in options(command):
            assert option.lstrip("-") in script.read_text()


def test_fish_completes(tmp_path):
    if not shutil.which("fish"):
        pytest.skip("SKIPPED: no fish")
    script = tmp_path / "earmark.fish"
    script.write_bytes(run("completion", "fish").out)
    words = f"source {script}; complete -C 'earmark embed --prof'; complete -C 'earmark embed --profile r'; complete -C 'earmark k'; complete -C 'earmark ledger ver'; complete -C 'earmark ledger verify --he'"
    done = subprocess.run(["fish", "-c", words], capture_output=True, text=True, env={**os.environ, "HOME": str(tmp_path)})
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["--profile", "robust", "keygen", "verify", "--head", "--help"], done


def test_info():
    text = run("info").text
    for word in ("earmark", "simd target", "FFTW", "GPL", "libsodium", "libsndfile", "SQLite", "libebur128", "soxr", "taglib", "CLI11", "json"):
        assert word in text


def test_info_of_a_file(speech):
    text = run("info", speech).text
    for word in (str(speech), "WAV, pcm_16", "16000 Hz", f"{soundfile.info(speech).frames} samples"):
        assert word in text


def test_report(tmp_path, speech, embed):
    words = embed(speech, tmp_path / "out.wav")
    assert words.out == b"" and f"{soundfile.info(speech).frames} samples" in words.err and "active speech" in words.err
    report = json.loads(embed(speech, tmp_path / "out.wav", "--json").err)
    assert report["samples"] == soundfile.info(speech).frames and report["payload"] == PAYLOAD
    assert report["active_s"] > 1 and report["limited_samples"] >= 0 and -60 < report["mark_db"] < 0


def seen_on_a_terminal(words, feed, pause_s, environment):
    ours, theirs = pty.openpty()
    job = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=theirs, env={**os.environ, **environment})
    os.close(theirs)
    for _ in range(4):
        job.stdin.write(feed)
        job.stdin.flush()
        time.sleep(pause_s)
    job.stdin.close()
    seen = b""
    try:
        while piece := os.read(ours, 65536):
            seen += piece
    except OSError:  # the other side has gone
        pass
    assert job.wait(20) in (0, 1)
    return seen


@pytest.mark.parametrize("pause_s,shown", [(0.5, True), (0.0, False)], ids=["long job", "short job"])
def test_progress_on_a_terminal(speech, key, pause_s, shown):
    words = [binary(), "detect", "-", "--key", key, "--raw", "s16le:16000:1"]
    seen = seen_on_a_terminal(words, speech.read_bytes()[44 : 44 + 64000], pause_s, {"TERM": "xterm"})
    assert (b"\r" in seen) == shown


@pytest.mark.parametrize("no_colour", ["", "1"])
def test_bar_with_and_without_colour(tmp_path, key, no_colour):
    path = tmp_path / "hours.raw"
    path.touch()
    os.truncate(path, 4_000_000_000)  # no byte of it is on the disk; six days of audio
    ours, theirs = pty.openpty()
    words = [binary(), "detect", path, "--key", key, "--raw", "u8:8000:1"]
    job = subprocess.Popen(words, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm", "NO_COLOR": no_colour})
    seen = b""
    while b"%" not in seen:
        seen += os.read(ours, 65536)
    job.terminate()
    job.wait()
    assert b"hours.raw" in seen and (b"\x1b[32m" in seen) == (no_colour == "")


def test_no_progress_in_a_pipe(speech, key):
    words = [binary(), "detect", "-", "--key", key, "--raw", "s16le:16000:1"]
    job = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    for _ in range(3):
        job.stdin.write(bytes(32000))
        job.stdin.flush()
        time.sleep(0.5)
    assert job.communicate()[1] == b""
