"""The ledger as a user has it: rows before audio, consent before rows, and a chain that others can check."""

import hashlib
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import tempfile

import pytest
from conftest import PAYLOAD, ROOT, binary, refused, run

WITHDRAWN_AT_ONCE = "2020-01-02"


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / "audio.ledger"
    assert run("ledger", "create", path).code == 0
    return path


@pytest.fixture
def memory():
    """A folder where waiting for the disk takes no time."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        yield pathlib.Path(folder)


@pytest.fixture
def embed_with(key, ledger):
    def call(source, target, *more, **kwargs):
        return run("embed", source, target, "--key", key, "--ledger", ledger, *more, **kwargs)

    return call


def rows(ledger):
    result = run("ledger", "export", ledger)
    assert result.code == 0
    return [json.loads(line) for line in result.text.splitlines()]


def kinds(ledger):
    return [row["kind"] for row in rows(ledger)]


def file_digest(data):
    return hashlib.blake2b(data, digest_size=32).hexdigest()


def whole(ledger):
    result = run("ledger", "verify", ledger)
    assert result.code == 0 and "whole" in result.text, result.text + result.err
    return True


def test_from_audio_to_its_row(tmp_path, speech, key, ledger, embed_with):
    marked, call = tmp_path / "marked.wav", tmp_path / "call.wav"
    words = ["--provider", "Example", "--model", "tts-2", "--voice", "anna", "--reference", "request-9"]
    report = json.loads(embed_with(speech, marked, *words, "--json").err)
    assert embed_with(speech, tmp_path / "other.wav").code == 0
    subprocess.run(["ffmpeg", "-v", "error", "-i", marked, "-ar", "8000", "-c:a", "pcm_mulaw", call], check=True)
    for path in (marked, call):
        result = run("trace", path, "--key", key, "--ledger", ledger)
        assert result.code == 0, result.err
        for word in (report["payload"], "by Example", "model tts-2", "voice anna", "reference request-9", f"row {report['ledger']['row']}"):
            assert word in result.text
        assert ("byte for byte" in result.text) == (path == marked)
    found = json.loads(run("trace", marked, "--key", key, "--ledger", ledger, "--json").out)
    (story,) = found["traced"]
    assert found["marked"] and story["same_file"] and story["failed"] is None
    assert story["begun"]["key_fingerprint"] in run("info", "--key", key).text
    assert story["made"]["input_digest"] == file_digest(speech.read_bytes())
    assert story["made"]["output_digest"] == file_digest(marked.read_bytes())
    assert json.loads(story["made"]["detail"])["samples"] == report["samples"]
    assert run("ledger", "verify", ledger, "--head", report["ledger"]["head"]).code == 0


def test_trace_exit_codes(tmp_path, speech, marked, key, other_key, screening, ledger, embed_with):
    ours = tmp_path / "ours.wav"
    assert embed_with(speech, ours).code == 0
    trace = lambda *files, key=key: run("trace", *files, "--key", key, "--ledger", ledger)
    assert trace(ours).code == 0
    stranger = trace(marked)  # marked with the key, but not by way of this ledger
    assert stranger.code == 1 and f"payload {PAYLOAD}: not in {ledger}" in stranger.text
    assert trace(speech).code == 1 and "not found does not mean human" in trace(speech).text
    assert trace(ours, speech).code == 1
    assert trace(ours, key=other_key).code == 1
    refused(trace(ours, key=screening), 4, str(screening))
    result = trace(ours, tmp_path / "none.wav")
    assert result.code == 3 and "MARKED" in result.text and "No such file" in result.err


def test_pipes(tmp_path, speech, key, ledger):
    data = speech.read_bytes()
    result = run("embed", "-", "-", "--key", key, "--ledger", ledger, stdin=data)
    assert result.code == 0, result.err
    made = rows(ledger)[-1]
    # A pipe's WAV gets its length at its end or not at all, but these are the bytes that came out.
    assert made["kind"] == "made" and made["input_digest"] == file_digest(data) and made["output_digest"] == file_digest(result.out)
    assert run("trace", "-", "--key", key, "--ledger", ledger, stdin=result.out).code == 0
    flac = tmp_path / "voice.flac"
    subprocess.run(["ffmpeg", "-v", "error", "-i", speech, flac], check=True)
    assert run("embed", "-", tmp_path / "out.wav", "--key", key, "--ledger", ledger, stdin=flac.read_bytes()).code == 0
    made = rows(ledger)[-1]
    assert made["input_digest"] == file_digest(flac.read_bytes())
    assert made["output_digest"] == file_digest((tmp_path / "out.wav").read_bytes())


def consent_refused(embed_with, speech, folder, *words, why):
    before = sorted(folder.iterdir())
    for target in (folder / "out.wav", "-"):
        refused(embed_with(speech, target, *words), 2, why)
    assert sorted(folder.iterdir()) == before


def test_consent(tmp_path, speech, ledger, embed_with):
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"I agree.")
    assert run("ledger", "voice", ledger, "anna", "--person", "p-1").code == 0
    assert run("ledger", "voice", ledger, "robot", "--synthetic").code == 0
    check = lambda *words, why: consent_refused(embed_with, speech, tmp_path, *words, why=why)
    check(why="--voice")
    check("--voice", "Anna", why="not registered")
    check("--voice", "anna", why="real person's")
    check("--voice", "anna", "--consent", "c-1", why="no consent 'c-1'")
    give = lambda reference, *words: run("ledger", "consent", ledger, reference, "--voice", "anna", *words)
    assert give("c-1", "--scope", "audiobooks", "--document", paper, "--until", "2100-01-01").code == 0
    assert give("c-2", "--from", "2020-01-01", "--until", WITHDRAWN_AT_ONCE).code == 0
    assert give("c-3", "--from", "2100-01-01").code == 0
    refused(give("c-4", "--until", "tomorrow"), 2, "--until", "tomorrow")
    refused(give("c-4", "--document", tmp_path / "none"), 3, "none")
    check("--voice", "anna", "--consent", "c-2", why="ended at 2020-01-02")
    check("--voice", "anna", "--consent", "c-3", why="begins at 2100-01-01")
    assert embed_with(speech, tmp_path / "a.wav", "--voice", "anna", "--consent", "c-1").code == 0
    assert embed_with(speech, tmp_path / "b.wav", "--voice", "robot").code == 0
    assert run("ledger", "withdraw", ledger, "c-1").code == 0
    check("--voice", "anna", "--consent", "c-1", why="withdrawn")
    listed = run("ledger", "voices", ledger).text
    assert "anna: person p-1" in listed and "withdrawn" in listed and "robot: synthetic" in listed
    (given,) = [row for row in rows(ledger) if row["consent"] == "c-1" and row["kind"] == "consent"]
    assert given["input_digest"] == file_digest(b"I agree.") and "audiobooks" in given["detail"]
    refused(run("ledger", "voice", ledger, "x"), 2, "--person", "--synthetic")
    assert whole(ledger)


def field(out, value):
    data = value if isinstance(value, bytes) else value.encode()
    out.update(len(data).to_bytes(8, "little") + data)


def micros(text):
    import datetime

    moment = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)
    return (moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(microseconds=1)


def hash_of(row, first):
    """tools/ledger/row.hpp in other words, from the exported line alone."""
    out = hashlib.blake2b(digest_size=32, key=b"" if row["sequence"] == 1 else first)
    number = lambda value: field(out, value.to_bytes(8, "little", signed=True))
    absent = lambda: out.update((2**64 - 1).to_bytes(8, "little"))
    maybe = lambda value, put: absent() if value is None else put(value)
    field(out, "earmark ledger row 1")
    field(out, bytes.fromhex(row["previous"]))
    number(row["sequence"])
    number(micros(row["time"]))
    field(out, row["kind"])
    maybe(row["about"], number)
    maybe(row["payload"], lambda payload: field(out, bytes.fromhex(payload)))
    for name in ("provider", "model", "voice", "person", "consent", "reference"):
        field(out, row[name])
    for name in ("from", "until"):
        maybe(row[name], lambda moment: number(micros(moment)))
    field(out, row["profile"])
    field(out, row["key_fingerprint"])
    for name in ("input_digest", "output_digest"):
        maybe(row[name], lambda digest: field(out, bytes.fromhex(digest)))
    field(out, row["detail"])
    return out.hexdigest()


def test_an_auditor_can_check_the_export_alone(tmp_path, speech, ledger, embed_with):
    assert run("ledger", "voice", ledger, "声音", "--person", "p-1").code == 0
    assert run("ledger", "consent", ledger, "c-1", "--voice", "声音", "--until", "2100-01-01").code == 0
    assert embed_with(speech, tmp_path / "a.wav", "--voice", "声音", "--consent", "c-1", "--model", 'a "quoted" \\ one').code == 0
    exported = rows(ledger)
    assert [row["kind"] for row in exported] == ["opened", "voice", "consent", "begun", "made"]
    first, previous = bytes.fromhex(exported[0]["hash"]), "00" * 32
    for row in exported:
        assert row["previous"] == previous
        assert row["hash"] == hash_of(row, first), row
        previous = row["hash"]
    assert run("ledger", "head", ledger).text.strip() == f"{exported[-1]['sequence']}:{previous}"
    after = run("ledger", "export", ledger, "--after", 3).text.splitlines()
    assert [json.loads(line) for line in after] == exported[3:]


def test_an_edit_shows(tmp_path, speech, ledger, embed_with):
    assert embed_with(speech, tmp_path / "a.wav", "--voice", "anna").code == 0
    with sqlite3.connect(ledger) as hand:
        (trigger,) = hand.execute("SELECT sql FROM sqlite_schema WHERE name = 'no_update'").fetchone()
        hand.execute("DROP TRIGGER no_update")
        hand.execute("UPDATE log SET voice = 'ben' WHERE sequence = 2")
        hand.execute(trigger)
    hand.close()
    result = run("ledger", "verify", ledger)
    assert result.code == 1 and "BROKEN, row 2 was changed" in result.text


def test_retention(ledger):
    for days in (-5, 0, 183):
        refused(run("ledger", "prune", ledger, "--keep-days", days), 2, "--keep-days", "184")
    result = run("ledger", "prune", ledger, "--keep-days", 184)
    assert result.code == 0 and "0 rows" in result.text
    assert kinds(ledger) == ["opened"]


def test_options_that_do_not_fit(tmp_path, speech, key, ledger, embed_with):
    refused(run("embed", speech, tmp_path / "o.wav", "--key", key), 2, "--payload", "--ledger")
    refused(run("embed", speech, tmp_path / "o.wav", "--key", key, "--voice", "anna", "--payload", PAYLOAD), 2, "--ledger")
    refused(embed_with(speech, tmp_path / "o.wav", "--voice", "two\nlines"), 2, "--voice", "control character")
    refused(embed_with(speech, tmp_path / "o.wav", "--voice", b"\xff".decode("latin-1").encode("latin-1").decode("utf-8", "surrogateescape")), 2, "--voice", "UTF-8")
    refused(run("ledger", "create", ledger), 3, "exists")
    refused(run("ledger"), 2, "see earmark ledger --help")
    refused(run("ledger", "verify"), 2, "LEDGER", "see earmark ledger verify --help")
    link = tmp_path / "link.wav"
    link.symlink_to(ledger)
    refused(embed_with(speech, link), 2, "is the ledger")
    assert kinds(ledger) == ["opened"]
    assert embed_with(speech, tmp_path / "o.wav", "--payload", PAYLOAD).code == 0
    assert rows(ledger)[1]["payload"] == PAYLOAD


def test_files_that_are_no_ledger(tmp_path, speech, key, ledger):
    text, empty, other, later = (tmp_path / name for name in ("text", "empty", "other", "later"))
    text.write_text("not a database, but long enough to be one " * 40)
    empty.touch()
    for path, sql in ((other, "CREATE TABLE t (x)"), (later, "PRAGMA user_version = 7")):
        if path == later:
            path.write_bytes(ledger.read_bytes())
        sqlite3.connect(path).execute(sql).connection.close()
    cases = [(text, "not an SQLite file"), (empty, "empty file"), (other, "another SQLite file"), (later, "version 7"),
             (tmp_path / "none", "earmark ledger create"), (tmp_path, "no regular file"), ("/dev/full", "no regular file")]
    for path, why in cases:
        before = sorted(tmp_path.iterdir())
        refused(run("embed", speech, tmp_path / "out.wav", "--key", key, "--ledger", path), 3, str(path), why)
        refused(run("trace", speech, "--key", key, "--ledger", path), 3, str(path), why)
        refused(run("ledger", "verify", path), 3, str(path), why)
        assert sorted(tmp_path.iterdir()) == before
    refused(run("ledger", "create", tmp_path / "none" / "a.ledger"), 3, "No such file or directory")


def test_a_failed_output_is_told(tmp_path, speech, ledger, embed_with):
    refused(embed_with(speech, tmp_path / "none" / "o.wav"), 3, "No such file or directory")
    assert kinds(ledger) == ["opened", "begun", "failed"]
    assert "no output" in rows(ledger)[-1]["detail"]


@pytest.mark.parametrize("small_disk", ["128k"], indirect=True)
def test_full_and_read_only_disk(tmp_path, small_disk, speech, key):
    ledger, out = small_disk / "audio.ledger", tmp_path / "out.wav"
    assert run("ledger", "create", ledger).code == 0
    embed = lambda target: run("embed", speech, target, "--key", key, "--ledger", ledger)
    assert embed(out).code == 0
    before = ledger.read_bytes()
    with pytest.raises(OSError):
        (small_disk / "filler").write_bytes(bytes(128 * 1024))
    refused(embed(tmp_path / "second.wav"), 3, str(ledger), "disk is full")
    assert not (tmp_path / "second.wav").exists() and ledger.read_bytes() == before
    refused(run("ledger", "create", small_disk / "new.ledger"), 3, "full")
    (small_disk / "filler").unlink()
    assert embed(tmp_path / "third.wav").code == 0 and whole(ledger)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    refused(embed(tmp_path / "fourth.wav"), 3, str(ledger), "read-only")
    assert not (tmp_path / "fourth.wav").exists()
    assert run("trace", out, "--key", key, "--ledger", ledger).code == 0 and whole(ledger)
    assert sorted(path.name for path in small_disk.iterdir()) == ["audio.ledger"]


def test_killed_at_every_write(memory, killer, speech, key):
    """No marked audio without its row, no row that lies about a file, the old output or the new one, and a ledger that
    the next one can use: wherever between two bytes the program is killed."""
    ledger, place = memory / "audio.ledger", memory / "place"
    place.mkdir()
    assert run("ledger", "create", ledger).code == 0
    target = place / "out.wav"
    words = [binary(), "embed", speech, target, "--key", key, "--ledger", ledger]
    for call in range(1, 1000):
        target.write_bytes(b"old")
        environment = {**os.environ, "LD_PRELOAD": str(killer), "KILL_AT": str(call), "ASAN_OPTIONS": "verify_asan_link_order=0"}
        code = subprocess.run(list(map(str, words)), env=environment, stderr=subprocess.DEVNULL, timeout=60).returncode
        assert code in (0, -signal.SIGKILL), code
        assert whole(ledger), call
        recorded = rows(ledger)
        made = {row["output_digest"] for row in recorded if row["kind"] == "made"}
        begun = {row["payload"] for row in recorded if row["kind"] == "begun"}
        data = target.read_bytes()
        assert data == b"old" or file_digest(data) in made, call
        for path in [path for path in place.iterdir() if path != target]:  # what the killed one left aside
            if path.stat().st_size > 60_000:  # enough to read a payload from, with a header or not
                verdict = json.loads(run("detect", path, "--key", key, "--raw", "s16le:16000:1", "--json").out)
                assert verdict["payload"] is None or verdict["payload"] in begun, call
            path.unlink()
        if code == 0:
            assert data != b"old" and call > 20  # two commits and a file: the killer was there
            return
    raise AssertionError("never got through")


def test_many_at_once(tmp_path, speech, key, ledger):
    words = lambda number: [binary(), "embed", speech, tmp_path / f"o{number}.wav", "--key", key, "--ledger", ledger]
    jobs = [subprocess.Popen(words(number), stderr=subprocess.PIPE) for number in range(6)]
    for job in jobs:
        assert job.wait(60) == 0, job.stderr.read()
    drawn = [row["payload"] for row in rows(ledger) if row["kind"] == "begun"]
    assert len(set(drawn)) == 6 and whole(ledger)


def test_rights(ledger):
    assert ledger.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in ledger.parent.iterdir()] == ["audio.ledger"]


def test_no_word_claims_more_than_a_program_can():
    texts = [run("man").text, *(run("ledger", action, "--help").text for action in ("create", "verify", "prune"))]
    assert all("complian" not in text.lower() for text in texts)
    assert not any("complian" in path.read_text().lower() for path in pathlib.Path(ROOT, "tools").rglob("*.[ch]pp"))


def test_label_writes_the_ledger_too(tmp_path, speech, key, ledger):
    out = tmp_path / "labelled.wav"
    label = lambda *words: run("label", speech, out, "--cue", "rhythm", "--producer", "Name", "--verify", "--ledger", ledger, *words)
    refused(label(), 2, "--ledger", "--key")
    assert run("ledger", "voice", ledger, "anna", "--person", "p-1").code == 0
    refused(label("--key", key, "--voice", "anna"), 2, "real person's")
    assert not out.exists() and kinds(ledger) == ["opened", "voice"]
    assert run("ledger", "consent", ledger, "c-1", "--voice", "anna").code == 0
    result = label("--key", key, "--voice", "anna", "--consent", "c-1")
    assert result.code == 0, result.err
    made = rows(ledger)[-1]
    assert made["kind"] == "made" and made["output_digest"] == file_digest(out.read_bytes()) and made["input_digest"] == file_digest(speech.read_bytes())
    found = run("trace", out, "--key", key, "--ledger", ledger)
    assert found.code == 0 and "byte for byte" in found.text and made["payload"] in found.text
    assert f'"ProduceID":"{made["payload"]}"'.encode() in out.read_bytes().replace(b" ", b"")
