#!/usr/bin/python3
"""How often the rhythm cue is found again after distortions, and how often one is found where there is none.

    benchmarks/cue.py --corpus CORPUS [--audio NAME=FOLDER]... [--earmark PROGRAM] [--json FILE]

Found: every test clip of the corpus gets a cue at its start and its end (`earmark label --cue rhythm`, defaults), goes
through every row of earmark.attacks.table(), and `earmark detect` says where it hears cues; one within 0.3 s of its place
counts, the head that a cut takes off allowed for (a cue of which it took a part is not asked for; where it is heard all
the same, it stands under "elsewhere"). False: what the detector hears elsewhere in the same files, and in
hours of audio without a cue: the whole corpus and the folders given with --audio, plain and through telephone codecs.
Nothing of the detector was tuned on any of it; its limits come from the timing of Morse.
"""
import argparse
import json
import pathlib
import tempfile

import numpy as np
import soundfile

import corpus
from package import earmark
from program import Program, seeded_bytes, seeded_number, write_key
from proportions import wilson

CLOSE_S = 0.3
WITHOUT = ('none', 'g711_mu', 'gsm', 'amr_4k75')  # what audio without a cue goes through
PIECE_S = 300
AUDIO = {'.wav', '.flac'}


def cued(clip, program, scratch, unit_ms):
    """The clip with its cues, and where they start."""
    host, out, receipt = scratch / 'host.wav', scratch / 'cued.wav', scratch / 'receipt.json'
    soundfile.write(host, clip.samples, clip.rate)
    program._run(['label', host, out, '--cue', 'rhythm', '--cue-at', 'start', '--cue-at', 'end', '--cue-unit-ms', unit_ms,
                  '--receipt', receipt], {0})
    placed = json.loads(receipt.read_text())['duties'][0]['placed']
    return soundfile.read(out)[0], [place['start_s'] for place in placed]


def heard(files, program, key):
    return [[cue['start_s'] for cue in verdict['cue']['rhythms']] for verdict in program.detect(files, [key])]


def run_clip(clip, rows, program, key, scratch, options):
    """For every distortion: cues found, cues there, cues heard where none is."""
    samples, starts = cued(clip, program, scratch, options.unit_ms)
    files, wanted = [], []
    for name, row in rows.items():
        seed = seeded_number(options.seed, clip.name, name)
        received, rate = row(samples, clip.rate, seed)
        files.append(scratch / f'{name}.wav')
        soundfile.write(files[-1], np.clip(received, -1, 1), rate)
        length_s = len(received) / rate
        # A cut may take the pause before a cue, but what it takes of the cue itself cannot be found.
        places = [row.received_s(at, samples, clip.rate, seed) for at in starts]
        wanted.append([at for at in places if at >= 0 and at + 11e-3 * options.unit_ms <= length_s])
    counts = {}
    for name, places, found in zip(rows, wanted, heard(files, program, key)):
        hits = sum(any(abs(cue - place) < CLOSE_S for cue in found) for place in places)
        counts[name] = (hits, len(places), len(found) - hits)
    return counts


def pieces(folder):
    """(samples, rate) of every file, mono, at most five minutes a piece."""
    for path in sorted(path for path in pathlib.Path(folder).rglob('*') if path.suffix.lower() in AUDIO):
        samples, rate = soundfile.read(path, always_2d=True)
        for start in range(0, len(samples), PIECE_S * rate):
            piece = samples[start:start + PIECE_S * rate, 0]
            if len(piece) > rate:
                yield piece, rate


def run_without(sources, rows, program, key, scratch, seed):
    """For every source and distortion: hours, and cues heard in them."""
    table = {}
    for source, folder in sources:
        totals = {name: [0.0, 0] for name in WITHOUT}
        for samples, rate in pieces(folder):
            files = []
            for name in WITHOUT:
                received, received_rate = rows[name](samples, rate, seed)
                files.append(scratch / f'without-{name}.wav')
                soundfile.write(files[-1], np.clip(received, -1, 1), received_rate)
                totals[name][0] += len(received) / received_rate / 3600
            for name, found in zip(WITHOUT, heard(files, program, key)):
                totals[name][1] += len(found)
        table[source] = {name: {'hours': hours, 'cues': cues} for name, (hours, cues) in totals.items()}
    return table


def print_found(table):
    print(f"{'distortion':16} {'found':>11} {'share':>7}  95 % interval  heard elsewhere")
    for name, row in table.items():
        print(f"{name:16} {row['found']:5} of {row['n']:3} {row['share']:7.2f}  "
              f"{row['interval'][0]:.2f} to {row['interval'][1]:.2f}   {row['elsewhere']}")


def print_without(table):
    print(f"\n{'audio without a cue':20} {'through':10} {'hours':>7} {'cues heard':>11}")
    hours = cues = 0
    for source, rows in table.items():
        for name, row in rows.items():
            print(f"{source:20} {name:10} {row['hours']:7.2f} {row['cues']:11}")
            hours, cues = hours + row['hours'], cues + row['cues']
    print(f"{'all':20} {'':10} {hours:7.2f} {cues:11}")
    if cues == 0:
        print(f"none in {hours:.1f} h: fewer than {3 / hours:.2f} an hour with 95 % confidence, were the hours independent")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('--corpus', required=True, help='folder of speech, see corpus.py')
    parser.add_argument('--audio', action='append', default=[], metavar='NAME=FOLDER', help='more audio without a cue')
    parser.add_argument('--earmark', help='the program; default: the newest in build*/tools')
    parser.add_argument('--distortions', default='all', help='comma separated; default all')
    parser.add_argument('--unit-ms', type=float, default=120)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--json', help='write the figures here')
    options = parser.parse_args()
    program = Program(options.earmark)
    sources = [('corpus', options.corpus), *(named.split('=', 1) for named in options.audio)]
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        key = write_key(scratch / 'any.key', seeded_bytes(options.seed, 'cue'))
        all_rows = earmark.attacks.table([(clip.samples, clip.rate) for clip in corpus.load(options.corpus, 'train')])
        rows = earmark.attacks.chosen(all_rows, options.distortions)
        by_clip = [run_clip(clip, rows, program, key, scratch, options) for clip in corpus.load(options.corpus, 'test')]
        found = {}
        for name in rows:
            hits, n, elsewhere = (sum(counts[name][i] for counts in by_clip) for i in range(3))
            found[name] = {'found': hits, 'n': n, 'share': hits / max(n, 1), 'interval': wilson(hits, n), 'elsewhere': elsewhere}
        without = run_without(sources, all_rows, program, key, scratch, options.seed)
    print(f'{program.version()}, {len(by_clip)} clips, unit {options.unit_ms:g} ms, seed {options.seed}')
    print_found(found)
    print_without(without)
    if options.json:
        figures = {'version': program.version(), 'clips': len(by_clip), 'unit_ms': options.unit_ms, 'seed': options.seed,
                   'found': found, 'without': without}
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=1) + '\n')


if __name__ == '__main__':
    main()
