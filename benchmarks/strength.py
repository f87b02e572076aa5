#!/usr/bin/python3
"""What a lever of the embedder is worth: z per root second and quality, variant against variant, on the tuning speakers.

    benchmarks/strength.py --corpus DIR [--split train] [--variant NAME FIELD=VALUE...]... [--distortions a,b]
                           [--profile standard] [--seed 1] [--windows 12] [--json FILE] [--build build-release]

Each --variant is a name and changes of the depth rule (fields of dsp/masking/depth.hpp and dsp/embed/cell_signs.hpp),
marked by `mark_with_rule`; without any, the levers recorded are shown: as built, sync no deeper than payload, without
the slow layer, without host rejection, without evenness, without these two. Every variant marks every clip with the
same key. Columns:

    z/rt-s    statistic over the root of the seconds, whole clip: sqrt(2 (ln hypotheses - ln p) / s); mean and worst clip.
              Above about 7 it saturates: packets are folded, and in the fold the mark stands above the host
    log10 p   median over --windows random 2 s windows a clip
    bits      share of their payloads read right, counted over 4 s windows
    quality   SI-SNR dB, STOI; PESQ and ViSQOL where --pesq and --visqol name programs (PESQ never in --json)
"""
import argparse
import json
import math
import multiprocessing
import os
import subprocess
import tempfile
from functools import partial

import numpy as np
import soundfile

import corpus
from package import earmark
from measures.signal_to_noise import si_snr_db
from measures.stoi import stoi
from program import SCRATCH, Program, seeded_bytes, seeded_number, write_key
from quality import outside_score
from windows import cut, speech_starts

LEVERS = [['as built'], ['sync no deeper', 'sync=1'], ['no slow layer', 'slow=0'], ['no host rejection', 'host_rejection=0'],
          ['no evenness', 'usual_frame=0'], ['neither of these', 'host_rejection=0', 'usual_frame=0']]
DISTORTIONS = 'none,g711_mu,amr_12k2,amr_4k75,gsm,opus_12k,opus_6k,white_20db,white_10db'
WINDOW_S, PAYLOAD_WINDOW_S = 2, 4


def windows_of(received, rate, host, host_rate, options, seed):
    """Pieces of received speech: (seconds, samples)."""
    rng = np.random.default_rng(seed)
    for seconds in (WINDOW_S, PAYLOAD_WINDOW_S):
        starts = speech_starts(host, host_rate, seconds)
        for _ in range(options.windows if len(starts) else 0):
            piece = cut(received, rate, float(rng.choice(starts)), seconds, float(rng.random()))
            if piece is not None:
                yield seconds, piece


def strength(verdict):
    """Statistic over root seconds of a whole-clip verdict."""
    if verdict['log10_p'] >= 0:
        return 0.0
    exponent = math.log(verdict['hypotheses']) - verdict['log10_p'] * math.log(10)
    return math.sqrt(2 * max(exponent, 0) / verdict['duration_s'])


def judge(program, key, received, rate, host, host_rate, payload, options, seed, path):
    names, lengths = [path('whole.wav')], [0]
    soundfile.write(names[0], np.clip(received, -1, 1), rate, subtype='PCM_16')
    for seconds, piece in windows_of(received, rate, host, host_rate, options, seed):
        names.append(path(f'{len(names)}.wav'))
        lengths.append(seconds)
        soundfile.write(names[-1], np.clip(piece, -1, 1), rate, subtype='PCM_16')
    verdicts = program.detect(names, [key])
    return {'z': strength(verdicts[0]),
            'log10_p': [v['log10_p'] for v, s in zip(verdicts, lengths) if s == WINDOW_S],
            'exact': [v['payload'] == payload for v, s in zip(verdicts, lengths) if s == PAYLOAD_WINDOW_S]}


def measure_clip(job, clips, options):
    """(variant, clip name, quality, {distortion: figures})"""
    index, variant = job
    clip, program = clips[index], Program(os.path.join(options.build, 'tools/earmark'))
    seed = ('strength', options.seed, clip.name)
    payload = seeded_bytes(*seed, 'payload', size=8).hex()
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        path = partial(os.path.join, folder)
        key = write_key(path('bench.key'), seeded_bytes(*seed, 'key'))
        soundfile.write(path('host.wav'), clip.samples, clip.rate, subtype='PCM_16')
        subprocess.run([os.path.join(options.build, 'benchmarks/mark_with_rule'), path('host.wav'), path('marked.wav'),
                        key, payload, options.profile, *variant[1:]], check=True)
        host, marked = (soundfile.read(path(name))[0] for name in ('host.wav', 'marked.wav'))
        quality = {'si_snr_db': si_snr_db(host, marked), 'stoi': stoi(host, marked, clip.rate)}
        for name in ('pesq', 'visqol'):
            if getattr(options, name):
                quality[name] = outside_score(getattr(options, name), host, marked, clip.rate, folder)
        rows = earmark.attacks.chosen(earmark.attacks.table(), options.distortions)
        figures = {}
        for name, distortion in rows.items():
            received, rate = distortion(marked, clip.rate, seeded_number(*seed, name))
            figures[name] = judge(program, key, received, rate, host, clip.rate, payload, options,
                                  seeded_number(*seed, 'windows'), path)
    return variant[0], clip.name, quality, figures


def summary(results, variants):
    rows = {}
    for name in (variant[0] for variant in variants):
        mine = [result for result in results if result[0] == name]
        row = {measure: float(np.mean([r[2][measure] for r in mine])) for measure in mine[0][2]}
        row['distortions'] = {}
        for distortion in mine[0][3]:
            z = [r[3][distortion]['z'] for r in mine]
            row['distortions'][distortion] = {
                'z_mean': float(np.mean(z)), 'z_worst': min(z), 'worst_clip': mine[int(np.argmin(z))][1],
                'median_log10_p': float(np.median([p for r in mine for p in r[3][distortion]['log10_p']])),
                'exact': float(np.mean([e for r in mine for e in r[3][distortion]['exact']]))}
        rows[name] = row
    return rows


def print_table(rows):
    for name, row in rows.items():
        print(f'\n{name}: ' + ', '.join(f'{measure} {value:.4f}' for measure, value in row.items()
                                        if measure != 'distortions'))
        print(f'  {"":16}{"z/rt-s":>8}{"worst":>7}{"log10 p":>9}{"bits":>6}  worst clip')
        for distortion, f in row['distortions'].items():
            print(f'  {distortion:16}{f["z_mean"]:8.2f}{f["z_worst"]:7.2f}{f["median_log10_p"]:9.1f}{f["exact"]:6.2f}  '
                  f'{f["worst_clip"]}')


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--corpus', required=True)
    parser.add_argument('--split', choices=('train', 'test', 'all'), default='train')
    parser.add_argument('--variant', nargs='+', action='append', metavar=('NAME', 'FIELD=VALUE'))
    parser.add_argument('--distortions', default=DISTORTIONS)
    parser.add_argument('--profile', default='standard')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--windows', type=int, default=12)
    parser.add_argument('--pesq')
    parser.add_argument('--visqol')
    parser.add_argument('--build', default='build-release')
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    parser.add_argument('--json')
    return parser.parse_args()


def main():
    options = arguments()
    variants = options.variant or LEVERS
    clips = corpus.load(options.corpus, options.split)
    print(f'{len(clips)} clips, split {options.split}, profile {options.profile}, seed {options.seed}', flush=True)
    jobs = [(index, variant) for variant in variants for index in range(len(clips))]
    with multiprocessing.Pool(options.jobs) as pool:
        results = pool.map(partial(measure_clip, clips=clips, options=options), jobs, chunksize=1)
    rows = summary(results, variants)
    print_table(rows)
    if options.json:
        for row in rows.values():
            row.pop('pesq', None)
        with open(options.json, 'w') as out:
            json.dump({'split': options.split, 'profile': options.profile, 'seed': options.seed, 'rows': rows}, out, indent=1)


if __name__ == '__main__':
    main()
