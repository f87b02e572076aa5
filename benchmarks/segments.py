#!/usr/bin/python3
"""Islands of marked speech in unmarked speech: how well a verdict tells where they begin and end.

    benchmarks/segments.py --corpus DIR [--split test] [--islands 3,4,6] [--length 10] [--trials 4] [--search none]
                           [--distortions none,g711_mu] [--seed 1] [--earmark PROG] [--json FILE]

Each trial takes `length` seconds of a clip where at least half is active speech, marks it, keeps an island of the mark
at a random place and the host elsewhere, and distorts the whole. An island whose edge falls into a pause cannot be
told to be longer or shorter by the pause: errors are counted from the nearest active frame of the host as well, and the
smaller counts.

    whole    share of islands that come back as exactly one segment
    0.5 s    share of those islands whose two edges are both within 0.5 s
    median, worst   of the edges' errors, s
"""
import argparse
import json
import os
import tempfile
from functools import partial

import numpy as np
import soundfile

import corpus
from package import earmark
from program import SCRATCH, Program, seeded_bytes, seeded_number, write_key
from windows import speech_starts

EDGE_LIMIT_S = 0.5
RECORDED = ('split', 'islands', 'length', 'trials', 'search', 'distortions', 'seed')  # no path of one machine


def edge_error(told_s, true_s, active_s):
    """Distance to the edge, or to the pause that it lies in."""
    around = np.concatenate([active_s[active_s <= true_s][-1:], active_s[active_s >= true_s][:1]])
    if min(true_s, *around) - 0.02 <= told_s <= max(true_s, *around) + 0.02:
        return 0.0
    return float(np.min(np.abs(np.append(around, true_s) - told_s)))


def trial(clip, island_s, number, distortion, name, program, options):
    """Errors of the two edges, or None when not exactly one segment came back."""
    seed = ('segments', options.seed, clip.name, island_s, number)
    rng = np.random.default_rng(seeded_number(*seed))
    starts = speech_starts(clip.samples, clip.rate, options.length)
    if not len(starts):
        return 'left out'
    first = int(rng.choice(starts) * clip.rate)
    host = clip.samples[first:first + int(options.length * clip.rate)]
    island = int(rng.uniform(0, options.length - island_s) * clip.rate)
    edges = (island, island + int(island_s * clip.rate))
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        path = partial(os.path.join, folder)
        key = write_key(path('key'), seeded_bytes(*seed, 'key'))
        soundfile.write(path('host.wav'), host, clip.rate, subtype='PCM_16')
        program.embed(path('host.wav'), path('marked.wav'), key, seeded_bytes(*seed, 'payload', size=8).hex(), 'standard')
        mixed = soundfile.read(path('host.wav'))[0]
        mixed[slice(*edges)] = soundfile.read(path('marked.wav'))[0][slice(*edges)]
        received, rate = distortion(mixed, clip.rate, seeded_number(*seed, name))
        soundfile.write(path('received.wav'), np.clip(received, -1, 1), rate, subtype='PCM_16')
        found = program.detect([path('received.wav')], [key], ['--search', options.search])[0]
    if len(found['segments']) != 1:
        return None
    active_s = np.flatnonzero(corpus.active_frames(host, clip.rate)) * corpus.FRAME_S + corpus.FRAME_S / 2
    segment, tempo = found['segments'][0], distortion.tempo
    return [edge_error(told * tempo, edge / clip.rate, active_s)
            for told, edge in zip((segment['start_s'], segment['end_s']), edges)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--corpus', required=True)
    parser.add_argument('--split', choices=('train', 'test', 'all'), default='test')
    parser.add_argument('--islands', default='3,4,6')
    parser.add_argument('--length', type=float, default=10)
    parser.add_argument('--trials', type=int, default=4)
    parser.add_argument('--search', default='none')
    parser.add_argument('--distortions', default='none')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--earmark')
    parser.add_argument('--json')
    options = parser.parse_args()
    program = Program(options.earmark)
    clips = corpus.load(options.corpus, options.split)
    print(f'{program.version()}; {len(clips)} clips, split {options.split}, islands in {options.length:g} s, '
          f'{options.trials} trials, search {options.search}, seed {options.seed}')
    print(f'{"":24}{"n":>6}{"whole":>8}{"0.5 s":>8}{"median":>8}{"worst":>8}')
    record = []
    for name, distortion in earmark.attacks.chosen(earmark.attacks.table(), options.distortions).items():
        for island_s in map(float, options.islands.split(',')):
            tried = [trial(clip, island_s, number, distortion, name, program, options)
                     for clip in clips for number in range(options.trials)]
            tried = [t for t in tried if t != 'left out']
            whole = [t for t in tried if t]
            good = sum(max(t) <= EDGE_LIMIT_S for t in whole)
            errors = np.ravel(whole) if whole else np.array([np.nan])
            row = {'distortion': name, 'island_s': island_s, 'n': len(tried), 'whole': len(whole), 'good': good,
                   'median_s': float(np.median(errors)), 'worst_s': float(np.max(errors))}
            record.append(row)
            print(f'{name + f" {island_s:g} s":24}{row["n"]:6}{len(whole) / len(tried):8.2f}{good / len(tried):8.2f}'
                  f'{row["median_s"]:8.2f}{row["worst_s"]:8.2f}', flush=True)
    if options.json:
        with open(options.json, 'w') as out:
            json.dump({'program': program.version(), **{name: getattr(options, name) for name in RECORDED},
                       'rows': record}, out, indent=1)
            out.write('\n')


if __name__ == '__main__':
    main()
