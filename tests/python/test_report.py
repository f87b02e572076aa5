"""The report: figures that follow from the clips, a page that needs nothing else, and nothing on it that is secret."""

import copy
import html.parser
import json
import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest
import soundfile

import earmark
from earmark import report
from earmark.plot import wilson
from earmark.report import __main__ as command
from earmark.report import clips as clip_room
from earmark.report import tables

SMALL = {"attacks": "none,g711_mu,white_10db", "windows": (1, 3), "trials": 1, "keys": 3}


@pytest.fixture(scope="session")
def folder(stock, stereo):
    place = stock / "clips"
    place.mkdir()
    for name, samples in zip(("one.wav", "two <b>&.flac"), stereo):
        soundfile.write(place / name, samples, 24000)
    soundfile.write(place / "short.wav", stereo[0][:12000], 24000)
    soundfile.write(place / "silent.wav", np.zeros(48000), 24000)
    (place / "notes.txt").write_text("no audio")
    return place


@pytest.fixture(scope="session")
def measured(folder, key):
    return report.measure([folder], key=key, title="Voices of <Example>", command="earmark report clips", **SMALL)


def test_figures(measured, stereo):
    assert [clip["name"] for clip in measured["clips"]] == ["one.wav", "two <b>&.flac"]
    assert len(measured["left_out"]) == 2 and all("short.wav" in why or "silent.wav" in why for why in measured["left_out"])
    rows = {row["attack"]: row for row in measured["robustness"]}
    assert list(rows) == ["none", "g711_mu", "white_10db"]
    easy = rows["none"]["windows"]["3"]
    low, high = wilson(2, 2)
    assert easy["found"] == {"count": 2, "windows": 2, "clips": 2, "share": 1.0, "low": low, "high": high}
    assert easy["exact"]["count"] == 2
    for row in rows.values():
        for cell in row["windows"].values():
            assert cell["host"]["count"] == cell["wrong"]["count"] == 0 < cell["found"]["windows"]
    segments = 2 * int(np.ceil(stereo.shape[1] / 240000))
    for row in measured["false_alarms"]:
        assert row["trials"] == 3 * segments - (3 * 2 if 0 < stereo.shape[1] % 240000 < 24000 else 0)
        assert not any(one["exceeded"] for one in row["thresholds"]) and row["payloads_read"] == 0
    quality = {row["measure"]: row for row in measured["quality"]}
    assert 10 < quality["snr_db"]["mean"] < 40 and quality["snr_db"]["worst"] <= quality["snr_db"]["mean"] + 1e-9
    assert quality["snr_db"]["mean"] == pytest.approx(-quality["mark_db"]["mean"], abs=0.3)


def test_same_seed_same_figures(folder, key, measured):
    again = report.measure([folder], key=key, title="Voices of <Example>", command="earmark report clips", jobs=1, **SMALL)
    assert again | {"made": ""} == measured | {"made": ""}
    first, second = (report.page(one | {"made": ""}) for one in (measured, again))
    assert first == second


class Outline(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.tags, self.outside = [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.outside += [value for name, value in attributes if name in ("src", "href", "xlink:href") and not value.startswith("#")]

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in ("meta", "br"):
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag


def test_page_stands_alone(measured, key, stock):
    page = report.page(measured)
    outline = Outline()
    outline.feed(page)
    assert outline.open == [] and outline.outside == []
    assert outline.tags.count("svg") == 4 and "link" not in outline.tags and "b" not in outline.tags
    assert not re.search(r"@import|url\((?!#)", page)
    identifiers = re.findall(r' id="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers)) > 20
    assert set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', page)) and all(
        (first or second) in identifiers for first, second in re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', page)
    )
    assert "Voices of &lt;Example&gt;" in page and "two &lt;b&gt;&amp;.flac" in page


def test_page_tells_what_it_must_and_no_secret(measured, key, stock):
    page = report.page(measured)
    secret = re.search(r"secret: (\w+)", (stock / "vendor.key").read_text())[1]
    assert secret not in page and secret[:16] not in page
    for word in (key.fingerprint, earmark.__version__, np.__version__, "ffmpeg version", "seed", "95 %", "earmark report clips", "does not mean human"):
        assert word in page
    assert "complian" not in page.lower() and "conform" not in page.lower()
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    assert data["robustness"] == json.loads(json.dumps(measured["robustness"]))


def test_an_alarm_too_many_is_seen():
    fair = list(np.log10((np.arange(500) + 0.5) / 500))
    assert not any(tables._against_bound(fair, threshold)["exceeded"] for threshold in tables.THRESHOLDS)
    unfair = [-7.0] + fair
    assert tables._against_bound(unfair, 1e-6)["exceeded"]
    assert tables._against_bound([0.0] * 1000, 1e-6)["high"] == pytest.approx(3 / 1000, rel=0.01)  # the rule of three
    assert tables._at_least(3, 10, 0.3) == pytest.approx(0.6172, abs=1e-4)


def test_a_wrong_payload_is_seen(measured):
    broken = copy.deepcopy(measured)
    assert "No wrong payload was read" in report.page(broken)
    broken["robustness"][1]["windows"]["3"]["wrong"]["count"] = 1
    assert "1 wrong payloads were read" in report.page(broken)


def test_intervals_count_clips():
    assert tables.share(40, 80, 10)["low"] == wilson(5, 10)[0]
    assert tables.share(0, 80, 10)["high"] == wilson(0, 10)[1]
    low, high = tables.share(41, 80, 10)["low"], tables.share(41, 80, 10)["high"]
    assert low == wilson(5, 10)[0] and high == wilson(6, 10)[1]
    assert tables.share(0, 0, 0)["share"] is None


def test_what_cannot_be_run_is_said(folder, key, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    made = report.measure([folder], key=key, attacks="none,gsm", windows=(1,), trials=1, keys=1)
    page = report.page(made)
    assert "Not run: gsm" in page and "ffmpeg is not on the PATH" in page and made["setting"]["ffmpeg"] == "not installed"


def test_windows_are_where_somebody_speaks(folder):
    (one, *_), _ = clip_room.load([folder / "one.wav"])
    quiet = clip_room.Clip("q", np.concatenate([one.samples, np.zeros(5 * one.rate)]), one.rate, "")
    starts = clip_room.speech_starts(quiet, 1.0)
    assert len(starts) and starts.max() <= one.seconds


@pytest.mark.parametrize(
    "given,error",
    [
        ({"windows": (0.5,)}, "windows: 0.5"),
        ({"windows": ()}, "windows"),
        ({"attacks": "none,nonsense"}, "nonsense"),
        ({"trials": 0}, "trials: 0"),
        ({"keys": 0}, "keys: 0"),
        ({"profile": "loud"}, "profile"),
        ({"p_max": 2}, "p_max"),
        ({"search": "some"}, "search"),
    ],
)
def test_bad_settings(folder, key, given, error):
    with pytest.raises(ValueError, match=error):
        report.measure([folder], key=key, **(SMALL | given))


def as_command(program, *words, **environment):
    done = subprocess.run([program, "report", *map(str, words)], capture_output=True, text=True,
                          env={**os.environ, "EARMARK_PYTHON": sys.executable, **environment})  # fmt: skip
    return done


@pytest.mark.skipif("LD_PRELOAD" in os.environ, reason="the program is not sanitized")
def test_the_command(program, stock, folder, tmp_path, key):
    out = tmp_path / "page.html"
    small = ["--distortions", "none", "--windows", "1", "--trials", "1", "--keys", "1"]
    done = as_command(program, folder, "--key", stock / "vendor.key", "--out", out, *small, "--title", "A = <b>")
    assert done.returncode == 0 and "2 clips" in done.stdout and key.fingerprint in done.stdout, done.stderr
    page = out.read_text()
    assert "A = &lt;b&gt;" in page and "earmark report" in page and oct(out.stat().st_mode & 0o777) == oct(0o666 & ~umask())
    key.screening().save(tmp_path / "screen.key")
    bad = [
        ([folder, "--key", tmp_path / "screen.key", "--out", out], 4, "screen.key"),
        ([folder, "--key", tmp_path / "none.key", "--out", out], 4, "none.key"),
        ([tmp_path / "none", "--key", stock / "vendor.key", "--out", out], 3, "none: no such file"),
        ([stock / "vendor.key", "--key", stock / "vendor.key", "--out", out], 3, "vendor.key: cannot be read"),
        ([folder, "--key", stock / "vendor.key", "--out", tmp_path], 3, "cannot be written"),
        ([folder, "--key", stock / "vendor.key", "--out", out, "--windows", "x"], 2, "windows"),
        ([folder, "--key", stock / "vendor.key", "--out", out, "--keys", "x"], 2, "--keys"),
        ([folder, "--key", stock / "vendor.key", "--out", out, "--profile", "loud"], 2, "loud"),
    ]
    for words, code, why in bad:
        done = as_command(program, *words)
        assert done.returncode == code and len(done.stderr.splitlines()) == 1 and why in done.stderr, (words, done)
    assert out.read_text() == page and {path.name for path in tmp_path.iterdir()} == {"page.html", "screen.key"}
    done = as_command(program, folder, "--key", stock / "vendor.key", "--out", out, EARMARK_PYTHON="/bin/false")
    assert done.returncode == 3 and "EARMARK_PYTHON" in done.stderr


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_failed_write_leaves_the_old_page(tmp_path, monkeypatch):
    out = tmp_path / "page.html"
    out.write_text("old")
    monkeypatch.setattr(os, "fsync", lambda number: (_ for _ in ()).throw(OSError("No space left on device")))
    with pytest.raises(OSError):
        command._write(str(out), "new")
    assert out.read_text() == "old" and [path.name for path in tmp_path.iterdir()] == ["page.html"]
    assert pathlib.Path(out).read_text() == "old"
