#!/usr/bin/python3
"""What the mark survives: distortion by window length, through the `earmark` program, with negative controls.

    benchmarks/robustness.py --corpus DIR [--split test] [--rows all] [--but ROWS] [--windows 1,2,3,5,10,20] [--trials 4]
                             [--marks 1] [--profile standard] [--host-rate 8000] [--join-s 20] [--join-voices]
                             [--clips 9] [--payload-bits 64] [--seed 1] [--quick] [--json FILE] [--earmark PROG] [--jobs 2] [--p-max 1e-6]
                             [--detect-options "--search drift"]

Each clip (files of one speaker joined to --join-s where shorter, with --join-voices of any speakers; --clips takes so many
of them, evenly over all) gets --marks times a key and a payload of its own, is marked whole and distorted whole.
From the result --trials windows of each length are cut at random, where at least half of the host is active speech; a
window longer than its clip is left out, so n falls with length. The host, not marked, goes through the same distortion
with the same seed, and the same windows are cut. --rows takes names of
earmark.attacks.table(), and of its suites as "audioseal/echo", comma separated, "loss_*" for all that begin so; --but
leaves such rows out; --rows list prints all with their sources.

Rows of speed, tempo and pitch need --detect-options "--search full".

    found    share of windows with p <= p_max under the right key
    exact    share with the whole payload read right
    log10 p  median over the windows
    wrong    windows of any kind with a payload that was never put in (must be 0)
    host     unmarked windows called marked;  key   marked windows called marked under another key
             (both expected at most p_max a window)

The JSON has, per distortion and window, counts, n and Wilson 95 % intervals, which take windows as independent:
windows of one clip overlap, so true intervals are somewhat wider; the log10 p of every marked window, a list a clip in the
order of "clips" (groups.py); and of the controls those below 0, all others being 0 (report). Needs Debian's ffmpeg with
libavcodec-extra.
Exit 1 when a payload was wrong or a negative control was called marked.
"""
import argparse
import json
import multiprocessing
import os
import sys
import tempfile
from collections import defaultdict
from functools import partial

import numpy as np
import soundfile

import corpus
from package import earmark
from program import SCRATCH, Program, seeded_bytes, seeded_number, write_key
from proportions import wilson
from windows import cut, speech_starts

WINDOWS_S = (1, 2, 3, 5, 10, 20)
ROWS_AT_ONCE = 8  # the program is started once for so many; their windows stay in memory meanwhile
RECORDED = ('split', 'host_rate', 'join_s', 'join_voices', 'profile', 'payload_bits', 'seed', 'marks', 'trials', 'p_max', 'detect_options')
QUICK = {'windows': '3,10', 'rows': 'none,crop,g711_mu,gsm,opus_12k,mp3_32k,white_20db,lowpass_4k', 'trials': 1}


def write_windows(received, places, path):
    """Files for the windows of one received signal; {(window_s, trial): path}."""
    samples, rate = received
    files = {}
    for window_s, trial, start_s, jitter in places:
        piece = cut(samples, rate, start_s, window_s, jitter)
        if piece is not None:
            files[window_s, trial] = f'{path}_{window_s:g}_{trial}.wav'
            soundfile.write(files[window_s, trial], np.clip(piece, -1, 1), rate, subtype='PCM_16')
    return files


def draw_places(host, rate, options, seed):
    """(window, trial, start, jitter) for every window; the same places for every distortion of the clip."""
    rng = np.random.default_rng(seed)
    places = []
    for window_s in options.windows:
        starts = speech_starts(host, rate, window_s)
        for trial in range(options.trials if len(starts) else 0):
            places.append((window_s, trial, float(rng.choice(starts)), float(rng.random())))
    return places


def judge(program, files, key, options):
    """{place: verdict} of the files under one key."""
    extra = ['--p-max', str(options.p_max), *options.detect_options.split()]
    verdicts = program.detect(list(files.values()), [key], extra)
    return dict(zip(files, verdicts))


def chosen_rows(others, names, but=None):
    """The rows of the table and the suites; `others` are the clips that babble and the second talker are drawn from."""
    talkers = [(clip.samples, clip.rate) for clip in others]
    return earmark.attacks.chosen(every_row(talkers), names, but)


def every_row(talkers=()):
    rows = earmark.attacks.table(talkers)
    for suite in earmark.attacks.SUITES:
        rows |= {f'{suite}/{name}': row for name, row in earmark.attacks.suite(suite).items()}
    return rows


def run_clip(job, clips, program, options):
    """All distortions of one clip under one mark: (clip, distortion, window, kind, log10 p, marked, payload, sent)."""
    index, mark = job
    clip, seed = clips[index], ('robustness', options.seed, clips[index].name, mark)
    rows = chosen_rows([c for c in clips if c.speaker != clip.speaker], options.rows, options.but)
    payload = seeded_bytes(*seed, 'payload', size=options.payload_bits // 8).hex()
    results = []
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        path = partial(os.path.join, folder)
        key = write_key(path('right.key'), seeded_bytes(*seed, 'key'))
        other_key = write_key(path('other.key'), seeded_bytes(*seed, 'other key'))
        soundfile.write(path('host.wav'), clip.samples, clip.rate, subtype='PCM_16')
        program.embed(path('host.wav'), path('marked.wav'), key, payload, options.profile)
        host, marked = (soundfile.read(path(name))[0] for name in ('host.wav', 'marked.wav'))
        places = draw_places(host, clip.rate, options, seeded_number(*seed, 'places'))
        names = list(rows)
        for some in (names[first:first + ROWS_AT_ONCE] for first in range(0, len(names), ROWS_AT_ONCE)):
            files, host_files = {}, {}
            for number, name in enumerate(some):
                distortion, change_seed = rows[name], seeded_number(*seed, name)
                moved = [(w, t, distortion.received_s(start_s, host, clip.rate, change_seed), jitter)
                         for w, t, start_s, jitter in places]
                for samples, kept, kind in ((marked, files, 'marked'), (host, host_files, 'host')):
                    windows = write_windows(distortion(samples, clip.rate, change_seed), moved, path(f'{kind}_{number}'))
                    kept.update({(name, *place): file for place, file in windows.items()})
            judged = {'mark': judge(program, files, key, options),
                      'key': judge(program, files, other_key, options),
                      'host': judge(program, host_files, key, options)}
            for kind, verdicts in judged.items():
                results += [(clip.name, name, window_s, kind, v['log10_p'], v['marked'], v.get('payload'), payload)
                            for (name, window_s, _), v in verdicts.items()]
            for file in [*files.values(), *host_files.values()]:
                os.unlink(file)
    return results


def share(count, n):
    low, high = wilson(count, n)
    return {'count': count, 'share': count / n, 'low': round(low, 5), 'high': round(high, 5)}


def summary(results, names):
    """{distortion: {window: row}}; names: those of the clips"""
    grouped = defaultdict(lambda: defaultdict(list))
    clips = defaultdict(lambda: defaultdict(list))
    for clip, name, window_s, kind, *verdict in results:
        grouped[name, window_s][kind].append(verdict)
        if kind == 'mark':
            clips[name, window_s][clip].append(round(verdict[0], 2))
    rows = defaultdict(dict)
    for (name, window_s), kinds in grouped.items():
        mark, n = kinds['mark'], len(kinds['mark'])
        read = lambda verdicts, right: sum(p is not None and (p == sent) == right for *_, p, sent in verdicts)
        row = {'n': n, 'found': share(sum(v[1] for v in mark), n), 'exact': share(read(mark, True), n),
               'median_log10_p': round(float(np.median([v[0] for v in mark])), 3),
               'log10_p': [clips[name, window_s][clip] for clip in names],
               'wrong_payloads': read(mark, False) + sum(v[2] is not None for k in ('host', 'key') for v in kinds[k])}
        for kind in ('host', 'key'):
            log10_p = sorted(v[0] for v in kinds[kind])
            row[kind] = {'count': sum(v[1] for v in kinds[kind]), 'n': len(log10_p), 'min_log10_p': round(log10_p[0], 3),
                         'below_0': [round(p, 2) for p in log10_p if p < 0]}
        rows[name][f'{window_s:g}'] = row
    return rows


def print_tables(rows, windows_s, out=sys.stdout):
    header = ''.join(f'{w:>8g}s' for w in windows_s)
    cells = {'found, share at p <= p_max': lambda r: f'{r["found"]["share"]:.2f}',
             'exact, share of payloads read right': lambda r: f'{r["exact"]["share"]:.2f}',
             'median log10 p': lambda r: f'{r["median_log10_p"]:.1f}', 'n': lambda r: str(r['n'])}
    for title, cell in cells.items():
        print(f'\n{title}\n{"":24}{header}', file=out)
        for name, row in rows.items():
            line = ''.join(f'{cell(row[k]) if k in row else "-":>9}' for k in (f'{w:g}' for w in windows_s))
            print(f'{name:24}{line}', file=out)


def print_controls(rows):
    """Totals over everything; returns whether all is as it must be."""
    every = [row for windows in rows.values() for row in windows.values()]
    wrong = sum(row['wrong_payloads'] for row in every)
    print(f'\nwrong payloads: {wrong} (must be 0)')
    false = 0
    for kind, title in (('host', 'unmarked host'), ('key', 'another key')):
        count, n = sum(row[kind]['count'] for row in every), sum(row[kind]['n'] for row in every)
        smallest = min(row[kind]['min_log10_p'] for row in every)
        print(f'{title}: {count} of {n} windows called marked; smallest log10 p {smallest:.2f}; '
              f'95 % upper limit {wilson(count, n)[1]:.1e} a window')
        false += count
    return wrong == 0 and false == 0


def write_record(setting, rows, path):
    """A line a distortion: thousands of windows stay below half a megabyte, and a change is seen where it is."""
    compact = lambda value: json.dumps(value, separators=(',', ':'))
    lines = ',\n'.join(f'{json.dumps(name)}:{compact(row)}' for name, row in rows.items())
    with open(path, 'w') as out:
        out.write(f'{json.dumps(setting)[:-1]}, "distortions": {{\n{lines}\n}}}}\n')


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--corpus')
    parser.add_argument('--split', choices=('train', 'test', 'all'), default='test')
    parser.add_argument('--rows', default=None)
    parser.add_argument('--but')
    parser.add_argument('--windows', default=None)
    parser.add_argument('--trials', type=int, default=None)
    parser.add_argument('--marks', type=int, default=1)
    parser.add_argument('--profile', default='standard')
    parser.add_argument('--payload-bits', type=int, choices=(32, 64, 128), default=64)
    parser.add_argument('--host-rate', type=int)
    parser.add_argument('--join-s', type=float, default=20.0)
    parser.add_argument('--join-voices', action='store_true')
    parser.add_argument('--clips', type=int)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--p-max', type=float, default=1e-6)
    parser.add_argument('--detect-options', default='')
    parser.add_argument('--earmark')
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--json')
    options = parser.parse_args()
    defaults = QUICK if options.quick else {'windows': ','.join(map(str, WINDOWS_S)), 'rows': 'all', 'trials': 4}
    for name, value in defaults.items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    options.windows = [float(w) for w in options.windows.split(',')]
    return options


def main():
    options = arguments()
    if options.rows == 'list':
        for name, row in every_row().items():
            print(f'{name:40} {row.source}')
        return 0
    if options.corpus is None:
        sys.exit('robustness: --corpus DIR is needed')
    program = Program(options.earmark)
    try:
        order = list(chosen_rows((), options.rows, options.but))
    except ValueError as error:
        sys.exit(f'robustness: --{error}')
    clips = corpus.load(options.corpus, options.split, options.host_rate, options.join_s, options.join_voices)
    if options.clips is not None and not 1 <= options.clips <= len(clips):
        sys.exit(f'robustness: --clips: {options.clips}, there are {len(clips)}')
    clips = [clips[number * len(clips) // options.clips] for number in range(options.clips)] if options.clips else clips
    print(f'{program.version()}; {len(clips)} clips of {len({c.speaker for c in clips})} speakers, '
          f'{sum(c.seconds for c in clips):.0f} s, split {options.split}, host rate {options.host_rate or "own"}, '
          f'profile {options.profile}, {options.payload_bits} bits, seed {options.seed}, {options.marks} marks a clip, {options.trials} windows a length, '
          f'p_max {options.p_max:g}', flush=True)
    jobs = [(index, mark) for index in range(len(clips)) for mark in range(options.marks)]
    results = []
    with multiprocessing.Pool(options.jobs) as pool:
        for done in pool.imap_unordered(partial(run_clip, clips=clips, program=program, options=options), jobs):
            results += done
            print('.', end='', file=sys.stderr, flush=True)
    print(file=sys.stderr)
    found = summary(results, [clip.name for clip in clips])
    rows = {name: found[name] for name in order if name in found}
    print_tables(rows, options.windows)
    good = print_controls(rows)
    if options.json:
        write_record({'program': program.version(), 'clips': [c.name for c in clips],
                      **{name: getattr(options, name) for name in RECORDED}}, rows, options.json)
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
