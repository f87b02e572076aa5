#!/usr/bin/python3
"""Copies the tables of record into README.md, between `<!-- table: NAME -->` and `<!-- end -->`.

    benchmarks/readme_tables.py [--check]

Reads benchmarks/results/*.json as benchmarks/record.sh wrote them. --check changes nothing and exits 1 when README.md
does not say what the results say.
"""
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks/results"
ROWS = {
    "none": "none", "crop": "crop at a random offset", "g711_mu": "G.711 mu-law", "g722": "G.722", "g726_32k": "G.726 32k",
    "gsm": "GSM full rate", "amr_12k2": "AMR-NB 12.2k", "amr_4k75": "AMR-NB 4.75k", "speex": "Speex", "opus_24k": "Opus 24k",
    "opus_12k": "Opus 12k", "opus_8k": "Opus 8k", "opus_6k": "Opus 6k", "mp3_32k": "MP3 32k", "aac_64k": "AAC 64k",
    "vorbis_q0": "Vorbis q0", "resample_8000": "resampled to 8 kHz", "white_20db": "white noise 20 dB",
    "white_10db": "white noise 10 dB", "babble_10db": "babble 10 dB", "lowpass_1k": "low-pass 1 kHz", "highpass_1500": "high-pass 1.5 kHz",
    "quantise_8bit": "8 bits", "polarity": "polarity", "echo": "echo", "reverb_0.6": "reverberation 0.6 s",
    "talker_10db": "second talker 10 dB", "loss_10_deleted": "10 % of packets lost, cut out",
    "mobile_call": "mobile call (noise, AMR 7.95k, loss)", "over_the_air": "over the air"}


def load(name):
    return json.loads((RESULTS / f"{name}.json").read_text())


def share(counts):
    return f"{100 * counts['share']:.0f} %"


def three_figures(x):
    return float(f"{x:.3g}")


def robustness():
    """Found and exact shares of profile standard; a dash where a row has no windows of that length."""
    table = load("robustness_standard")["distortions"]
    lines = ["| distortion | found in 1 s | 2 s | 3 s | 5 s | 10 s | payload in 3 s | 5 s | 10 s | 20 s |",
             "|---|---|---|---|---|---|---|---|---|---|"]
    for key, label in ROWS.items():
        cell = lambda window, column: share(table[key][window][column]) if window in table[key] else "-"
        found = [cell(window, "found") for window in ("1", "2", "3", "5", "10")]
        exact = [cell(window, "exact") for window in ("3", "5", "10", "20")]
        lines.append("| " + " | ".join([label, *found, *exact]) + " |")
    return lines


def controls():
    """The negative controls beside the table, in one sentence."""
    run = load("robustness_standard")
    counts = {"host": [0, 0], "key": [0, 0]}
    wrong = windows = 0
    for by_window in run["distortions"].values():
        for row in by_window.values():
            wrong += row["wrong_payloads"]
            windows += row["n"]
            for control, total in counts.items():
                total[0] += row[control]["count"]
                total[1] += row[control]["n"]
    return [f"{len(run['clips'])} clips, {windows} marked windows, seed {run['seed']}; wrong payloads: {wrong}. The same "
            f"windows of the unmarked hosts called marked: {counts['host'][0]} of {counts['host'][1]}; marked windows under "
            f"another key: {counts['key'][0]} of {counts['key'][1]}."]


def false_alarms():
    """Hours of unmarked audio and the smallest bound seen in them, in one sentence."""
    total = load("false_alarms_trials")["all"]
    at = {row["p"]: row for row in total["thresholds"]}
    return [f"{total['hours']:.0f} h of unmarked trials (speech, music, tones, DTMF, noise, other keys' marks; "
            f"{total['trials']} clips, a random key each): smallest p 10^{total['least_log10_p']:.1f}, "
            f"{at[1e-6]['count']} at p <= 10^-6; at p <= 0.1 stand {100 * at[0.1]['rate']:.2f} %."]


def quality():
    """STOI, SI-SNR and noise-to-mask ratio of every profile."""
    profiles = load("quality")["profiles"]
    lines = ["| profile | STOI mean (worst) | SI-SNR dB mean (worst) | noise-to-mask ratio dB mean (worst) |", "|---|---|---|---|"]
    for name, columns in profiles.items():
        cells = [f"{columns[key]['mean']:.{digits}f} ({columns[key]['worst']:.{digits}f})"
                 for key, digits in (("stoi", 4), ("si_snr_db", 1), ("nmr_total_db", 1))]
        lines.append(f"| `{name}` | " + " | ".join(cells) + " |")
    return lines


def speed():
    """Real times and ratios to both floors, a row a job, rates or numbers of keys side by side."""
    measured = {row["name"].removesuffix("/manual_time"): row for row in load("speed")["benchmarks"]}
    rates, keys = (8000, 16000, 24000, 44100, 48000), (10, 100, 1000)
    kinds = ((0, "nothing there"), (1, "marked"))
    jobs = [(f"embed, {' / '.join(f'{rate / 1000:g}' for rate in rates)} kHz", [f"embedding/rate:{rate}" for rate in rates])]
    jobs += [(f"detect, {what}, at the same rates", [f"detecting/rate:{rate}/keys:1/marked:{marked}" for rate in rates])
             for marked, what in kinds]
    jobs += [(f"detect, {what}, 8 kHz, {' / '.join(map(str, keys))} keys",
              [f"detecting/rate:8000/keys:{count}/marked:{marked}" for count in keys]) for marked, what in kinds]
    lines = ["| job | x real time | over FFTW's own | over earmark's |", "|---|---|---|---|"]
    for job, names in jobs:
        times = " / ".join(f"{three_figures(measured[name]['x_real_time']):,.0f}" for name in names)
        floors = (" / ".join(f"{measured[name][floor]:.1f}" for name in names) for floor in ("over_floor", "over_own"))
        lines.append(f"| {job} | {times} | {' | '.join(floors)} |")
    for name, row in measured.items():
        if name.startswith("sharing/threads:"):
            threads = name.removeprefix("sharing/threads:")
            lines.append(f"| detect, marked, 8 kHz, 10 min by {threads} threads, on the clock | {three_figures(row['x_real_time']):,.0f} "
                         f"| {row['times_as_fast']:.1f} x as fast as one | |")
    return lines


def audiowmark():
    """Speeds beside audiowmark on one core, in seconds of audio per second on the clock."""
    compared = load("audiowmark")
    speed = {(row["job"], row["rate_hz"], row["length_s"], row["program"]): row["length_s"] / row["clock_one_s"]
             for row in compared["rows"]}
    lines = ["| one core, x real time | earmark embeds | audiowmark adds | earmark detects | audiowmark gets | detects faster by |",
             "|---|---|---|---|---|---|"]
    for rate, length in sorted({key[1:3] for key in speed}):
        ours, theirs, found, got = (speed[job, rate, length, program] for job in ("add", "get")
                                    for program in ("earmark", "audiowmark"))
        lines.append(f"| {rate / 1000:g} kHz, {length} s | {ours:,.0f} | {theirs:,.0f} | {found:,.0f} | {got:,.0f} | {found / got:.0f} |")
    return lines


def main():
    readme = ROOT / "README.md"
    old = text = readme.read_text()
    for maker in (robustness, controls, false_alarms, quality, speed, audiowmark):
        pattern = rf"(<!-- table: {maker.__name__} -->\n).*?(<!-- end -->)"
        block = "\n".join(maker()) + "\n"
        text, found = re.subn(pattern, lambda m: m.group(1) + block + m.group(2), text, flags=re.S)
        if found != 1:
            sys.exit(f"readme_tables: README.md has {found} places for table {maker.__name__}, 1 is needed")
    if "--check" in sys.argv[1:]:
        sys.exit(0 if text == old else "readme_tables: README.md differs from benchmarks/results")
    readme.write_text(text)


if __name__ == "__main__":
    main()
