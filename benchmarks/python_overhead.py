"""What Python costs: one call against C++, two threads against one, detect_many against the program's batch.

    PYTHONPATH=build-release/python python3 benchmarks/python_overhead.py --build build-release [--files 1000]

Every time is the best of its repeats, and the sides take turns, so that other work on the machine hits both alike.
Results are checked before any time is printed.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile
import threading
import time

import numpy as np
import soundfile

import earmark

RATE, SECONDS = 16000, 10
TEXT = ('The boy was there when the sun rose. A rod is used to catch pink salmon. The source of the huge river is the '
        'clear spring. Kick the ball straight and follow through. Help the woman get back to her feet. ')


def speech(folder):
    """10 s of espeak-ng at 16 kHz, float32."""
    from scipy.signal import resample_poly
    path = folder / 'speech.wav'
    subprocess.run(['espeak-ng', '-w', path, TEXT], check=True)
    samples, rate = soundfile.read(path)
    divisor = np.gcd(RATE, rate)
    return np.resize(resample_poly(samples, RATE // divisor, rate // divisor), RATE * SECONDS).astype(np.float32)


def best_s(repeats, work):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def calls(args, folder, x):
    key = earmark.Key.from_bytes(bytes(32))
    x.tofile(folder / 'speech.f32')
    marked = earmark.embed(x, sample_rate=RATE, key=key, payload=1)
    assert earmark.detect(marked, sample_rate=RATE, key=key).payload == 1
    whole = x.astype(np.float64), np.rint(x * 32767).astype(np.int16)
    python = {name: 1e9 for name in ('embed_s', 'detect_s', 'embed_float64_s', 'embed_int16_s')}
    cpp = {'embed_s': 1e9, 'detect_s': 1e9}
    for _ in range(args.rounds):
        done = subprocess.run([args.build / 'benchmarks/whole_call', folder / 'speech.f32', str(RATE), '20'],
                              check=True, capture_output=True)
        for name, seconds in json.loads(done.stdout).items():
            cpp[name] = min(cpp[name], seconds)
        for name, work in (('embed_s', lambda: earmark.embed(x, sample_rate=RATE, key=key, payload=1)),
                           ('embed_float64_s', lambda: earmark.embed(whole[0], sample_rate=RATE, key=key, payload=1)),
                           ('embed_int16_s', lambda: earmark.embed(whole[1], sample_rate=RATE, key=key, payload=1)),
                           ('detect_s', lambda: earmark.detect(marked, sample_rate=RATE, key=key))):
            python[name] = min(python[name], best_s(20, work))
    return {'cpp': cpp, 'python': python, 'embed_overhead': python['embed_s'] / cpp['embed_s'] - 1,
            'detect_overhead': python['detect_s'] / cpp['detect_s'] - 1}


def processes_speed_up(args, folder):
    """What this machine gives to two C++ processes at this moment: the most that two threads can be expected to reach."""
    words = [args.build / 'benchmarks/whole_call', folder / 'speech.f32', str(RATE), '20']

    def run(count):
        running = [subprocess.Popen(words, stdout=subprocess.DEVNULL) for _ in range(count)]
        assert all(process.wait() == 0 for process in running)

    one_s = two_s = 1e9
    for _ in range(args.rounds):
        one_s, two_s = min(one_s, best_s(1, lambda: run(1))), min(two_s, best_s(1, lambda: run(2)))
    return 2 * one_s / two_s


def threads(args, folder, x):
    key = earmark.Key.from_bytes(bytes(32))

    def some():
        for _ in range(20):
            earmark.embed(x, sample_rate=RATE, key=key, payload=1)

    def two():
        pair = [threading.Thread(target=some) for _ in range(2)]
        for thread in pair:
            thread.start()
        for thread in pair:
            thread.join()

    one_s = two_s = 1e9
    for _ in range(args.rounds):
        one_s, two_s = min(one_s, best_s(1, some)), min(two_s, best_s(1, two))
    return {'one_thread_s': one_s, 'two_threads_twice_the_work_s': two_s, 'speed_up': 2 * one_s / two_s,
            'two_cpp_processes_speed_up': processes_speed_up(args, folder)}


def batch(args, folder, x):
    key = earmark.Key.from_bytes(bytes(32))
    key.save(folder / 'key')
    marked = earmark.embed(x, sample_rate=RATE, key=key, payload=1)
    paths = [folder / f'{number}.wav' for number in range(args.files)]
    for number, path in enumerate(paths):
        soundfile.write(path, (x, marked)[number % 2], RATE, subtype='PCM_16')
    words = [args.build / 'tools/earmark', 'detect', *paths, '--key', folder / 'key', '--json']
    program_s = python_s = one_worker_s = 1e9
    for _ in range(2):
        start = time.perf_counter()
        done = subprocess.run(words, capture_output=True, text=True)
        program_s = min(program_s, time.perf_counter() - start)
        start = time.perf_counter()
        rows = earmark.detect_many(paths, key=key, table='rows')
        python_s = min(python_s, time.perf_counter() - start)
        start = time.perf_counter()
        earmark.detect_many(paths, key=key, table='rows', workers=1)
        one_worker_s = min(one_worker_s, time.perf_counter() - start)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert [row['marked'] for row in rows] == [line['marked'] for line in lines] == [n % 2 == 1 for n in range(args.files)]
    return {'files': args.files, 'program_s': program_s, 'detect_many_s': python_s,
            'detect_many_one_worker_s': one_worker_s, 'against_program': python_s / program_s - 1,
            'one_worker_against_program': one_worker_s / program_s - 1}


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--build', type=pathlib.Path, default='build-release')
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--files', type=int, default=1000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        clip = speech(scratch)
        print(json.dumps({'call': calls(arguments, scratch, clip), 'threads': threads(arguments, scratch, clip),
                          'batch': batch(arguments, scratch, clip)}, indent=1))
