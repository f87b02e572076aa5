#!/usr/bin/python3
"""Ten hours through a pipe: does memory stay where it was, does time grow with length alone?

    benchmarks/long_files.py [--hours 0.5,10] [--rate 16000] [--earmark PROG] [--json FILE]

For each length, audio that is made on the way (noise that swells like syllables, at other levels every minute) goes
through `earmark embed - -` into `earmark detect -`, and unmarked into another `earmark detect -`. A line for each of the
three programs: seconds of audio per second of processor time (user and system) and the peak of its memory. Exit 1 when

    a verdict is wrong, or a sample is missing behind embed
    the longest takes more than 64 MiB, or 2 MiB more than the shortest
    the longest runs at less than 0.7 times the speed of the shortest (or the machine was busy with something else)
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

from program import Program, write_key

PAYLOAD = '0123456789abcdef'
MINUTES = 7  # of which the audio is put together
# numpy stays in a process of its own: the peak of a child is at least what its parent had (Python: 17 MiB).
FEEDER = '--feed'
MOST_MIB, MOST_GROWTH_MIB, LEAST_SPEED = 64, 2, 0.7


def made_minutes(rate):
    """s16le, a little shorter than a minute each, so that nothing falls into step with the mark."""
    import numpy as np
    draw = np.random.default_rng(1)
    minutes = []
    for _ in range(MINUTES):
        time_s = np.arange(int(59.3 * rate)) / rate
        swell = np.sin(3.1 * time_s) ** 2 + 0.01
        noise = np.convolve(draw.normal(size=time_s.size), 0.7 ** np.arange(20), 'same')
        minutes.append((32767 * np.clip(draw.uniform(0.01, 0.1) * swell * noise, -1, 1)).astype('<i2').tobytes())
    return minutes


def feed(rate, size):
    """`size` bytes of such minutes, one after the other at random, to standard output."""
    minutes, draw = made_minutes(rate), random.Random(2)
    while size > 0:
        minute = draw.choice(minutes)[:size]
        sys.stdout.buffer.write(minute)
        size -= len(minute)


def feeder(rate, size):
    return subprocess.Popen([sys.executable, __file__, FEEDER, str(rate), str(size)], stdout=subprocess.PIPE)


class Child:
    """One earmark in a chain of pipes."""

    def __init__(self, words, stdin):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(list(map(str, words)), stdin=stdin, stdout=pipe, stderr=pipe)

    def wait(self):
        """(exit code, processor s, peak MiB, stderr)"""
        told = self.process.stderr.read().decode()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return self.process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, told


def run_hours(program, key, rate, hours):
    """{job: (processor s, peak MiB)}"""
    samples = int(hours * 3600 * rate)
    raw = ['--raw', f's16le:{rate}:1']
    embed = [program, 'embed', '-', '-', '--key', key, '--payload', PAYLOAD, '--json', *raw]
    detect = [program, 'detect', '-', '--key', key, '--json', *raw]
    with feeder(rate, 2 * samples) as source:
        marking = Child(embed, source.stdout)
        finding = Child(detect, marking.process.stdout)
        for pipe in (source.stdout, marking.process.stdout):  # or nobody would hear that a reader has gone
            pipe.close()
        verdict = json.loads(finding.process.stdout.read() or '{}')
        marked, found = marking.wait(), finding.wait()
    with feeder(rate, 2 * samples) as source:
        screening = Child(detect, source.stdout)
        source.stdout.close()
        nothing = json.loads(screening.process.stdout.read() or '{}')
        screened = screening.wait()
    if (marked[0], found[0], screened[0]) != (0, 0, 1):
        raise SystemExit(f'long_files: exit codes {marked[0]}, {found[0]}, {screened[0]}: {marked[3]}{found[3]}{screened[3]}')
    if json.loads(marked[3])['samples'] != samples or round(verdict['duration_s'] * rate) != samples:
        raise SystemExit(f'long_files: samples are missing: {marked[3]} {verdict["duration_s"]} s')
    if not verdict['marked'] or verdict['payload'] != PAYLOAD or nothing['marked']:
        raise SystemExit('long_files: the verdict is wrong')
    return {'embed': marked[1:3], 'detect, marked': found[1:3], 'detect, nothing there': screened[1:3]}


def broken_limits(rows):
    """What does not hold, in words."""
    for job in dict.fromkeys(row['job'] for row in rows):
        first, *_, last = [row for row in rows if row['job'] == job] * 2
        if last['peak_mib'] > MOST_MIB:
            yield f'{job}: {last["peak_mib"]:.1f} MiB, more than {MOST_MIB}'
        if last['peak_mib'] > first['peak_mib'] + MOST_GROWTH_MIB:
            yield f'{job}: memory grows from {first["peak_mib"]:.1f} to {last["peak_mib"]:.1f} MiB'
        if last['x_real_time'] < LEAST_SPEED * first['x_real_time']:
            yield f'{job}: {last["x_real_time"]:.0f} x real time after {first["x_real_time"]:.0f}'


def main():
    if sys.argv[1:2] == [FEEDER]:
        return feed(*map(int, sys.argv[2:]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--hours', default='0.5,10')
    parser.add_argument('--rate', type=int, default=16000)
    parser.add_argument('--earmark')
    parser.add_argument('--json')
    options = parser.parse_args()
    program = Program(options.earmark)
    print(f'{program.version()}; {options.rate} Hz mono through pipes\n\n{"":24}{"hours":>7}{"x real time":>13}{"MiB":>7}')
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        key = write_key(os.path.join(folder, 'bench.key'), bytes(range(32)))
        for hours in sorted(map(float, options.hours.split(','))):
            for job, (processor_s, peak_mib) in run_hours(program.path, key, options.rate, hours).items():
                row = {'job': job, 'hours': hours, 'x_real_time': hours * 3600 / processor_s, 'peak_mib': peak_mib}
                rows.append(row)
                print(f'{job:24}{hours:7.1f}{row["x_real_time"]:13.0f}{peak_mib:7.1f}', flush=True)
    broken = list(broken_limits(rows))
    for words in broken:
        print(f'LIMIT BROKEN: {words}')
    if options.json:
        with open(options.json, 'w') as out:
            json.dump({'program': program.version(), 'rate_hz': options.rate, 'rows': rows}, out, indent=1)
            out.write('\n')
    return 1 if broken else 0


if __name__ == '__main__':
    sys.exit(main())
