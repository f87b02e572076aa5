#!/usr/bin/python3
"""Seconds of mark until "marked", streaming and whole file, on marked G.711 calls.

    benchmarks/detection_delay.py --corpus DIR --delay BUILD/benchmarks/detection_delay [--split test] [--calls 32]
                                  [--seconds 20] [--keys 1] [--profile standard] [--seed 1] [--json FILE] [--earmark PROG]

Each clip is marked whole and sent through G.711 mu-law; --calls stretches of it are cut at random where somebody
speaks (half of the first two seconds at least). Half of the calls are marked from their first sample; in the others
the stretch follows 5 to 20 s of another clip, unmarked, through the same codec. Streaming: 20 ms pushes, poll() after
each. Whole file: the shortest beginning that detect() calls marked, tried every 20 ms, so with the choice of its
stopping time for nothing. With --keys the streaming detector searches for so many, and what that costs beyond the p
that each of them pays is said in a last line: against the key alone, held to p_max / keys.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

import numpy as np
import soundfile

import corpus
from package import earmark
from program import Program, seeded_bytes, write_key
from windows import speech_starts

RATE = 8000
LEAD_S = (5, 20)
RECORDED = ('split', 'calls', 'seconds', 'keys', 'profile', 'seed')  # no path of one machine


def telephoned(samples, rate):
    out, out_rate = earmark.attacks.codec(np.clip(samples, -1, 1), rate, name='g711_mu')
    return corpus.resampled(out, out_rate, RATE).astype(np.float32)


def calls_of(clip, other, program, key, options, folder, rng):
    """(path, start of the mark in s, kind) of this clip's calls."""
    host, marked = folder / 'host.wav', folder / 'marked.wav'
    soundfile.write(host, np.clip(clip.samples, -1, 1), clip.rate, subtype='PCM_16')
    program.embed(host, marked, key, '0123456789abcdef', options.profile)
    samples, rate = soundfile.read(marked)
    received, lead = telephoned(samples, rate), telephoned(other.samples, other.rate)
    starts = speech_starts(clip.samples, clip.rate, 2)
    for number in range(options.calls):
        start = int(rng.choice(starts) * RATE)
        call, mark_s, kind = received[start:], 0.0, 'from the start'
        if number % 2:
            length = int(min(rng.uniform(*LEAD_S) * RATE, len(lead)))
            call, mark_s, kind = np.concatenate([lead[:length], call]), length / RATE, 'after unmarked speech'
        path = folder / f'{clip.name[:40]}-{number}.f32'
        call.tofile(path)
        yield path, mark_s, kind


def summary(delays):
    found = [d for d in delays if d is not None]
    never = [np.inf] * (len(delays) - len(found))
    ranked = np.sort(np.array(found + never))
    def quantile(share):
        return float(ranked[int(np.ceil(share * len(ranked))) - 1])
    return {'calls': len(delays), 'found': len(found), 'median_s': quantile(0.5), 'p95_s': quantile(0.95)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--corpus', required=True)
    parser.add_argument('--delay', required=True)
    parser.add_argument('--split', default='test', choices=['train', 'test', 'all'])
    parser.add_argument('--calls', type=int, default=32)
    parser.add_argument('--seconds', type=float, default=20)
    parser.add_argument('--keys', type=int, default=1)
    parser.add_argument('--profile', default='standard')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--json')
    parser.add_argument('--earmark')
    options = parser.parse_args()
    program, rows = Program(options.earmark), []
    clips = corpus.load(options.corpus, options.split)
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        for index, clip in enumerate(clips):
            rng = np.random.default_rng([options.seed, index])
            key = write_key(folder / 'key', seeded_bytes('delay', options.seed, index))
            calls = list(calls_of(clip, clips[(index + 1) % len(clips)], program, key, options, folder, rng))
            words = [word for path, mark_s, _ in calls for word in (str(path), repr(mark_s))]
            done = subprocess.run([options.delay, str(key), str(options.keys), str(options.seconds), *words], check=True,
                                  capture_output=True, text=True)
            for (_, _, kind), line in zip(calls, done.stdout.splitlines(), strict=True):
                rows.append({'clip': clip.name, 'kind': kind, **json.loads(line)})
            for path, _, _ in calls:
                path.unlink()
    results = {}
    print(f'{len(clips)} clips, G.711 mu-law, profile {options.profile}, split {options.split}, seed {options.seed}')
    print(f'{"mark":<24}{"calls":>6}  {"median s":>10}{"":>14}  {"95th percentile s":>18}')
    for kind in ('from the start', 'after unmarked speech', 'all'):
        chosen = [row for row in rows if kind in ('all', row['kind'])]
        stream, whole = (summary([row[name] for row in chosen]) for name in ('stream_s', 'whole_s'))
        results[kind] = {'stream': stream, 'whole': whole}
        parts = [f'{kind:<24}{len(chosen):>6}']
        for figure in ('median_s', 'p95_s'):
            ratio = stream[figure] / whole[figure]
            parts.append(f'{stream[figure]:.2f} : {whole[figure]:.2f} ({100 * (ratio - 1):+.0f} %)'.rjust(24))
        print('  '.join(parts))
    print('streaming : whole file')
    if options.keys > 1:
        pairs = [(row['stream_s'], row['alone_s']) for row in rows]
        later = [among - alone for among, alone in pairs if among is not None and alone is not None]
        lost = sum(among is None and alone is not None for among, alone in pairs)
        print(f'{options.keys} keys: {len(later)} calls found, {lost} lost; later than alone by {np.mean(later):.3f} s on '
              f'average, {np.quantile(later, 0.95):.2f} s at the 95th percentile, {max(later):.2f} s at most')
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({'options': {name: getattr(options, name) for name in RECORDED},
                                                          'results': results, 'rows': rows}, indent=1) + '\n')


if __name__ == '__main__':
    main()
