#!/usr/bin/python3
"""The averaging attack: how many files under one key until the mark can be taken out, and what that does to the sound.

    benchmarks/averaging.py --corpus DIR [--seconds 20,60,160,320] [--strengths 1,2,4] [--targets 5] [--seed 1] [--json FILE]

Clips of the test side are marked with one key and payloads of their own. From some, as many as --seconds ask for, the
pattern is learned (earmark.attacks.average_out); out of the --targets clips, which are not among them, it is taken, so many
times as deep as learned. p: median over the targets of the bound on 10 s from the start; SNR: what the attack changed.
"""
import argparse
import json

import numpy as np

import corpus
from package import earmark
from program import seeded_bytes

from earmark.attacks import average_out, learn  # noqa: E402


def marked_clips(clips, key, options):
    for clip in clips:
        payload = seeded_bytes('averaging', options.seed, clip.name, size=8)
        yield earmark.embed(clip.samples, sample_rate=clip.rate, key=key, payload=payload), clip.rate


def enough(clips, seconds):
    """The first clips that together last so long, the last one cut."""
    taken = []
    for samples, rate in clips:
        if seconds <= 0:
            break
        taken.append((samples[:int(seconds * rate)], rate))
        seconds -= len(samples) / rate
    return taken


def attacked(targets, key, learned, strength):
    p, snr_db, read = [], [], 0
    for samples, rate in targets:
        host = samples[:10 * rate]
        out, _ = average_out(host, rate, 0, learned=learned, strength=strength)
        found = earmark.detect(out, sample_rate=rate, key=key)
        p.append(found.log10_p)
        read += found.payload is not None
        snr_db.append(10 * np.log10(np.mean(host ** 2) / max(np.mean((out - host) ** 2), 1e-20)))
    return {'median_log10_p': float(np.median(p)), 'found': sum(one <= -6 for one in p), 'read': read, 'of': len(p),
            'snr_db': float(np.mean(snr_db))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--corpus', required=True)
    parser.add_argument('--seconds', default='20,60,160,320')
    parser.add_argument('--strengths', default='1,2,4')
    parser.add_argument('--targets', type=int, default=5)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--json')
    options = parser.parse_args()
    key = earmark.Key.from_bytes(seeded_bytes('averaging', options.seed, 'key'))
    clips = list(marked_clips(corpus.load(options.corpus, 'test'), key, options))
    targets, others = clips[:options.targets], clips[options.targets:]
    rows = []
    print(f'{"learned from":>14}{"depth":>8}{"median log10 p":>16}{"found":>8}{"read":>8}{"SNR dB":>8}')
    for seconds in map(float, options.seconds.split(',')):
        pattern = learn(enough(others, seconds))
        for strength in map(float, options.strengths.split(',')):
            row = {'seconds': pattern.packets * 2.048, 'strength': strength, **attacked(targets, key, pattern, strength)}
            rows.append(row)
            print(f'{row["seconds"]:12.0f} s{strength:8g}{row["median_log10_p"]:16.1f}{row["found"]:5}/{row["of"]}'
                  f'{row["read"]:6}/{row["of"]}{row["snr_db"]:8.1f}', flush=True)
    if options.json:
        with open(options.json, 'w') as out:
            json.dump({'seed': options.seed, 'rows': rows}, out, indent=1)
            out.write('\n')


if __name__ == '__main__':
    main()
