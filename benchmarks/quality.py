#!/usr/bin/python3
"""How much the mark changes speech, per profile: embed every clip of a corpus with the `earmark` program and measure.

    benchmarks/quality.py --corpus DIR [--split test] [--profiles transparent,standard,robust] [--json FILE]
                          [--pesq PROG] [--visqol PROG] [--earmark PROG] [--host-rate 16000] [--jobs 2] [--seed 1]

One line a profile and measure: mean over clips, the worst clip and its name. Columns of the JSON carry the same names:

    snr_db            energy of the host over energy of the change; pauses included
    si_snr_db         the same, blind to overall gain
    segmental_snr_db  mean over active 20 ms frames, each held to -10 .. 35 dB
    stoi              short-time objective intelligibility, 0 .. 1
    lsd_db            log-spectral distance over active frames
    nmr_total_db      noise-to-mask ratio, mean of ratios over bands and active frames; below 0: masked on the whole
    nmr_worst_db      99th percentile over frames of the worst band
    nmr_above         share of bands and frames where the change lies above the mask
    pesq, visqol      what the named program prints when called as PROG REF DEG, on WAV files at 16 kHz (for pesq, 8 kHz
                      hosts: 8 kHz). PESQ's licence restricts publishing: --json leaves it out

Worst means lowest for snr, stoi, pesq, visqol and highest for lsd and nmr. Each clip gets a key and a payload of its
own, made from --seed. Needs Debian's python3-numpy, python3-scipy, python3-soundfile.
"""
import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from functools import partial

import numpy as np
import soundfile

import corpus
from measures.noise_to_mask import noise_to_mask
from measures.signal_to_noise import segmental_snr_db, si_snr_db, snr_db
from measures.spectral_distance import log_spectral_distance_db
from measures.stoi import stoi
from program import SCRATCH, Program, seeded_bytes, write_key

PROFILES = ('transparent', 'standard', 'robust')
HIGHER_IS_WORSE = {'lsd_db', 'nmr_total_db', 'nmr_worst_db', 'nmr_above'}
UNRECORDED = {'pesq'}


def outside_score(program, host, marked, rate, folder):
    """The number another program prints for the pair, at the rate such programs take."""
    new_rate = 8000 if rate == 8000 and 'pesq' in os.path.basename(program) else 16000
    paths = []
    for name, samples in (('reference', host), ('degraded', marked)):
        paths.append(os.path.join(folder, f'{name}.wav'))
        resampled = np.clip(corpus.resampled(samples, rate, new_rate), -1, 1)
        soundfile.write(paths[-1], resampled, new_rate, subtype='PCM_16')
    done = subprocess.run([program, *paths], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f'{program}: {done.stderr.strip()[:300]}')
    return float(done.stdout.split()[-1])


def measures_of(host, marked, rate):
    masked = noise_to_mask(host, marked, rate)
    return {'snr_db': snr_db(host, marked), 'si_snr_db': si_snr_db(host, marked),
            'segmental_snr_db': segmental_snr_db(host, marked, rate), 'stoi': stoi(host, marked, rate),
            'lsd_db': log_spectral_distance_db(host, marked, rate), 'nmr_total_db': masked['total_db'],
            'nmr_worst_db': masked['worst_db'], 'nmr_above': masked['above']}


def measure_clip(clip, program, profiles, seed, outside):
    """{profile: {measure: value}} of one clip."""
    found = {}
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        path = partial(os.path.join, folder)
        soundfile.write(path('host.wav'), clip.samples, clip.rate, subtype='PCM_16')
        host = soundfile.read(path('host.wav'))[0]
        key = write_key(path('bench.key'), seeded_bytes('quality', seed, clip.name, 'key'))
        payload = seeded_bytes('quality', seed, clip.name, 'payload', size=8).hex()
        for profile in profiles:
            program.embed(path('host.wav'), path(f'{profile}.wav'), key, payload, profile)
            marked, rate = soundfile.read(path(f'{profile}.wav'))
            if rate != clip.rate or len(marked) != len(host):
                raise RuntimeError(f'{clip.name}: the marked file has another rate or length')
            found[profile] = measures_of(host, marked, rate)
            for name, other in outside.items():
                found[profile][name] = outside_score(other, host, marked, rate, folder)
    return clip.name, found


def summary(values):
    """values: {clip: {measure: value}} of one profile; means and worst clips, without values that are no number."""
    rows = {}
    for measure in next(iter(values.values())):
        named = [(v[measure], clip) for clip, v in values.items() if np.isfinite(v[measure])]
        if named:
            worst, clip = (max if measure in HIGHER_IS_WORSE else min)(named)
            mean = float(np.mean([v for v, _ in named]))
            rows[measure] = {'mean': mean, 'worst': worst, 'worst_clip': clip, 'n': len(named)}
    return rows


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--corpus', required=True)
    parser.add_argument('--split', choices=('train', 'test', 'all'), default='test')
    parser.add_argument('--profiles', default=','.join(PROFILES))
    parser.add_argument('--earmark')
    parser.add_argument('--pesq')
    parser.add_argument('--visqol')
    parser.add_argument('--host-rate', type=int)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    parser.add_argument('--json')
    return parser.parse_args()


def main():
    options = arguments()
    program = Program(options.earmark)
    profiles = options.profiles.split(',')
    outside = {name: prog for name, prog in (('pesq', options.pesq), ('visqol', options.visqol)) if prog}
    clips = corpus.load(options.corpus, options.split, options.host_rate)
    print(f'{program.version()}; {len(clips)} clips, {sum(c.seconds for c in clips):.0f} s, split {options.split}, '
          f'seed {options.seed}')
    work = partial(measure_clip, program=program, profiles=profiles, seed=options.seed, outside=outside)
    with multiprocessing.Pool(options.jobs) as pool:
        found = dict(pool.imap_unordered(work, clips))
    record = {'program': program.version(), 'split': options.split, 'seed': options.seed,
              'host_rate': options.host_rate, 'clips': sorted(found), 'profiles': {}}
    for profile in profiles:
        rows = summary({clip: values[profile] for clip, values in found.items()})
        print(f'\n{profile:18}{"mean":>9}{"worst":>9}  worst clip')
        for measure, row in rows.items():
            print(f'{measure:18}{row["mean"]:9.3f}{row["worst"]:9.3f}  {row["worst_clip"]}')
        record['profiles'][profile] = {m: row for m, row in rows.items() if m not in UNRECORDED}
    if options.json:
        with open(options.json, 'w') as out:
            json.dump(record, out, indent=1)
            out.write('\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
