#!/usr/bin/python3
"""What Python costs: one call against C++, two threads against one, detect_many against the program's batch.

    benchmarks/python_overhead.py [--build build-release] [--rounds 30] [--files 1000] [--batch-rounds 3] [--json FILE]

The two sides of every comparison take turns in one run, each turn short; a ratio is made of the two neighbouring turns, and
the median of the ratios is what counts (in brackets its quartiles): other work on the machine hits both sides of a ratio
alike, and the turns that it hits unevenly fall out. Single calls are timed in seconds of the processor, which waiting for
it does not lengthen; everything else by the clock on the wall. Two threads cannot be faster than the machine lets two processes be at
that moment: the same turn of the C++ program, once and twice at a time, is measured beside them, and `of what two C++
processes reach` compares the two. Results are checked before any time is printed.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import threading
import time

import numpy as np
import soundfile

from corpus import resampled
from package import earmark

RATE, SECONDS, REPEATS = 16000, 10, 10
KEY = earmark.Key.from_bytes(bytes(32))
TEXT = ('The boy was there when the sun rose. A rod is used to catch pink salmon. The source of the huge river is the '
        'clear spring. Kick the ball straight and follow through. Help the woman get back to her feet. ')


def speech(folder):
    """10 s of espeak-ng at 16 kHz, float32."""
    path = folder / 'speech.wav'
    subprocess.run(['espeak-ng', '-w', path, TEXT], check=True)
    samples, rate = soundfile.read(path)
    return np.resize(resampled(samples, rate, RATE), RATE * SECONDS).astype(np.float32)


def seconds(work, clock=time.perf_counter):
    start = clock()
    work()
    return clock() - start


def middle(values):
    """Median and quartiles."""
    low, median, high = statistics.quantiles(values, n=4) if len(values) > 1 else values * 3
    return {'median': median, 'low': low, 'high': high}


class WholeCall:
    """The C++ side: benchmarks/whole_call, kept running, told turn by turn what to do; it answers with the seconds of
    the processor that a call took, the best of the turn."""

    def __init__(self, build, path):
        words = [build / 'benchmarks/whole_call', path, str(RATE)]
        self._running = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def begin(self, what, repeats):
        self._running.stdin.write(f'{what} {repeats}\n')
        self._running.stdin.flush()

    def result(self):
        return float(self._running.stdout.readline())

    def __call__(self, what, repeats=REPEATS):
        self.begin(what, repeats)
        return self.result()

    def close(self):
        self._running.stdin.close()
        if self._running.wait():
            raise SystemExit('whole_call failed')


def calls(args, cpp, x):
    marked = earmark.embed(x, sample_rate=RATE, key=KEY, payload=1)
    assert earmark.detect(marked, sample_rate=RATE, key=KEY).payload == 1
    out = np.empty_like(x)
    embed = lambda samples, **more: earmark.embed(samples, sample_rate=RATE, key=KEY, payload=1, **more)
    works = {'embed': ('embed', lambda: embed(x)), 'embed_out': ('embed', lambda: embed(x, out=out)),
             'embed_float64': ('embed', lambda samples=x.astype(np.float64): embed(samples)),
             'embed_int16': ('embed', lambda samples=np.rint(x * 32767).astype(np.int16): embed(samples)),
             'detect': ('detect', lambda: earmark.detect(marked, sample_rate=RATE, key=KEY))}
    times, overheads = {name: [] for name in works}, {name: [] for name in works}
    for _ in range(args.rounds):
        for name, (what, work) in works.items():
            before = cpp(what)
            times[name].append(min(seconds(work, time.thread_time) for _ in range(REPEATS)))
            overheads[name].append(2 * times[name][-1] / (before + cpp(what)) - 1)
    return {name: {'seconds': statistics.median(times[name]), 'overhead': middle(overheads[name])} for name in works}


def two_threads(work):
    pair = [threading.Thread(target=work) for _ in range(2)]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join()


def threads(args, cpp, other, x):
    """How much more two threads get done than one, beside two C++ processes against one, in the same turns."""
    def some():
        for _ in range(REPEATS):
            earmark.embed(x, sample_rate=RATE, key=KEY, payload=1)

    def two_processes():
        for process in (cpp, other):
            process.begin('embed', REPEATS)
        for process in (cpp, other):
            process.result()

    python, machine, share = [], [], []
    for _ in range(args.rounds):
        one_s, two_s = seconds(some), seconds(lambda: two_threads(some))
        one_process_s, two_processes_s = seconds(lambda: cpp('embed')), seconds(two_processes)
        python.append(2 * one_s / two_s)
        machine.append(2 * one_process_s / two_processes_s)
        share.append(python[-1] / machine[-1])
    return {'speed_up': {**middle(python), 'best': max(python)}, 'two_cpp_processes': {**middle(machine), 'best': max(machine)},
            'of_what_two_cpp_processes_reach': middle(share)}


def batch(args, folder, x):
    """detect_many() against the program, each with one thread and each with all cores."""
    KEY.save(folder / 'key')
    marked = earmark.embed(x, sample_rate=RATE, key=KEY, payload=1)
    paths = [folder / f'{number}.wav' for number in range(args.files)]
    for number, path in enumerate(paths):
        soundfile.write(path, (x, marked)[number % 2], RATE, subtype='PCM_16')
    sides = {'one_worker': (1, 1), 'all_cores': (None, 0)}  # workers of detect_many, --jobs of the program
    ratios, times = {name: [] for name in sides}, {f'{side}{name}': [] for name in sides for side in ('', 'program_')}
    parts = [paths[start:start + 50] for start in range(0, len(paths), 50)] * args.batch_rounds
    for part in parts:  # short turns, so that all meet the same machine
        wanted = [int(path.stem) % 2 == 1 for path in part]
        for name, (workers, jobs) in sides.items():
            words = [args.build / 'tools/earmark', 'detect', *part, '--key', folder / 'key', '--json', '--jobs', str(jobs)]
            started = time.perf_counter()
            done = subprocess.run(words, capture_output=True, text=True)
            program_s = time.perf_counter() - started
            assert [json.loads(line)['marked'] for line in done.stdout.splitlines()] == wanted
            started = time.perf_counter()
            rows = earmark.detect_many(part, key=KEY, table='rows', workers=workers)
            python_s = time.perf_counter() - started
            assert [row['marked'] for row in rows] == wanted
            times[f'program_{name}'].append(program_s)
            times[name].append(python_s)
            ratios[name].append(python_s / program_s - 1)
    return {'files': args.files, **{f'{name}_s': sum(taken) / args.batch_rounds for name, taken in times.items()},
            **{f'{name}_against_program': middle(found) for name, found in ratios.items()}}


def said(name, found, percent=True):
    scale, unit, sign = (100, ' %', '+') if percent else (1, '', '')
    low, median, high = (f'{scale * found[part]:{sign}.{1 if percent else 2}f}' for part in ('low', 'median', 'high'))
    print(f'{name:54}{median:>6}{unit} ({low} to {high})')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--build', type=pathlib.Path, default='build-release')
    parser.add_argument('--rounds', type=int, default=30)
    parser.add_argument('--files', type=int, default=1000)
    parser.add_argument('--batch-rounds', type=int, default=3)
    parser.add_argument('--json')
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir='/dev/shm' if os.path.isdir('/dev/shm') else None) as scratch:
        folder = pathlib.Path(scratch)
        x = speech(folder)
        x.tofile(folder / 'speech.f32')
        cpp, other = (WholeCall(args.build, folder / 'speech.f32') for _ in range(2))
        record = {'version': earmark.__version__, 'cores': os.cpu_count(), 'load_before': os.getloadavg()[0],
                  'call': calls(args, cpp, x), 'threads': threads(args, cpp, other, x)}
        cpp.close(), other.close()
        record['batch'] = batch(args, folder, x)
        record['load_after'] = os.getloadavg()[0]
    print(f'{os.cpu_count()} cores, load {record["load_before"]:.1f} before and {record["load_after"]:.1f} after')
    for name, row in record['call'].items():
        said(f'{name}, {SECONDS} s at 16 kHz, {1e3 * row["seconds"]:.2f} ms: over C++', row['overhead'])
    said('two threads against one', record['threads']['speed_up'], percent=False)
    said('two C++ processes against one', record['threads']['two_cpp_processes'], percent=False)
    said('of what two C++ processes reach', record['threads']['of_what_two_cpp_processes_reach'], percent=False)
    for name in ('one_worker', 'all_cores'):
        title = f'{args.files} files, {name} {record["batch"][f"{name}_s"]:.1f} s, program {record["batch"][f"program_{name}_s"]:.1f} s'
        said(title, record['batch'][f'{name}_against_program'])
    if args.json:
        with open(args.json, 'w') as out:
            json.dump(record, out, indent=1)
            out.write('\n')


if __name__ == '__main__':
    main()
