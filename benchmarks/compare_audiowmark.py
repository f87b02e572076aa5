#!/usr/bin/python3
"""earmark beside audiowmark, when both programs are there: add and get on the same files.

    benchmarks/compare_audiowmark.py SPEECH [--earmark PROG] [--audiowmark PROG] [--rates 16000,44100]
                                     [--lengths 5,60,600] [--json FILE]

SPEECH: an audio file, repeated to the longest length. For every rate and length the fastest of three runs of the whole
program (one from five minutes on), files read and written: seconds of audio per second of processor time (user and system, all threads), and per
second on the clock with one thread and with all cores, then the peak memory. A mark that is not read back with its
payload is reported and not timed. Needs ffmpeg.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

PAYLOAD = "0123456789abcdef0123456789abcdef"
RUNS = 3
LONG_S = 300


def timed(words, cores):
    """(clock s, processor s, peak MiB, stdout) of one run on the first `cores` cores."""
    every = sorted(os.sched_getaffinity(0))
    start = time.perf_counter()
    child = subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, every[:cores]),
    )
    out = child.stdout.read().decode()
    _, _, usage = os.wait4(child.pid, 0)
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out


def best(words, length_s, fresh=None):
    row = {}
    for name, cores in (("one", 1), ("all", len(os.sched_getaffinity(0)))):
        runs = []
        for _ in range(RUNS if length_s < LONG_S else 1):
            if fresh:
                fresh.unlink(missing_ok=True)
            runs.append(timed(words, cores))
        row[f"clock_{name}_s"] = min(run[0] for run in runs)
        if cores == 1:
            row["processor_s"] = min(run[1] for run in runs)
        row["memory_mib"] = max(run[2] for run in runs)
        row["out"] = runs[-1][3]
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("speech")
    parser.add_argument("--earmark", default="build-release/tools/earmark")
    parser.add_argument("--audiowmark", default="audiowmark")
    parser.add_argument("--rates", default="16000,44100")
    parser.add_argument("--lengths", default="5,60,600")
    parser.add_argument("--json")
    options = parser.parse_args()
    for program in (options.earmark, options.audiowmark, "ffmpeg"):
        if shutil.which(program) is None:
            print(f"compare_audiowmark: {program} is not there; nothing compared", file=sys.stderr)
            return 2
    rows, failed = [], False
    versions = [
        subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.strip()
        for program in (options.earmark, options.audiowmark)
    ]
    print(" beside ".join(versions))
    print("rate   length  job         x processor   x clock, 1 core   x clock, all   MiB")
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        key, their_key = scratch / "vendor.key", scratch / "their.key"
        subprocess.run([options.earmark, "keygen", key], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([options.audiowmark, "gen-key", their_key], check=True, stdout=subprocess.DEVNULL)
        for rate in map(int, options.rates.split(",")):
            for length in map(int, options.lengths.split(",")):
                host = scratch / "host.wav"
                cut = ["-t", str(length), "-ac", "1", "-ar", str(rate), "-c:a", "pcm_s16le", "-y", host]
                subprocess.run(["ffmpeg", "-v", "error", "-stream_loop", "-1", "-i", options.speech, *cut], check=True)
                ours, theirs = scratch / "ours.wav", scratch / "theirs.wav"
                jobs = [
                    ("earmark", "add", [options.earmark, "embed", "--key", key, "--payload", PAYLOAD, host, ours], ours),
                    ("audiowmark", "add", [options.audiowmark, "add", "--key", their_key, host, theirs, PAYLOAD], theirs),
                    ("earmark", "get", [options.earmark, "detect", "--key", key, ours], None),
                    ("audiowmark", "get", [options.audiowmark, "get", "--key", their_key, theirs], None),
                ]
                for program, job, words, fresh in jobs:
                    row = best([str(word) for word in words], length, fresh)
                    found = job == "add" or PAYLOAD in row.pop("out")
                    row |= {"program": program, "job": job, "rate_hz": rate, "length_s": length, "found": found}
                    rows.append(row)
                    line = f"{rate:<6} {length:>4} s  {program[:8]:8} {job}"
                    for name in ("processor_s", "clock_one_s", "clock_all_s"):
                        line += f" {length / row[name]:13.0f}"
                    failed |= not found and program == "earmark"
                    print(line + f" {row['memory_mib']:8.0f}" + ("" if found else "  mark not read"), flush=True)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"versions": versions, "rows": rows}, indent=1, default=str))
    return failed


if __name__ == "__main__":
    sys.exit(main())
