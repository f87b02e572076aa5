#!/usr/bin/python3
"""Is the mark found as well in women's voices as in men's, in every language, in human and synthetic voices?

    benchmarks/groups.py --corpus DIR [--cells gsm:3,amr_12k2:2,...] [--seed 1] [--json FILE] ROBUSTNESS.json

Takes what robustness.py recorded, window by window, and the columns lang, sex and kind of the corpus's manifest. For the
cells named (distortion:seconds; those where some but not all is found tell most) it prints the share found in each group
and in all other clips together, and the difference with a 95 % interval from 10,000 draws of whole clips: windows of one
clip are not independent. `apart` marks an interval that does not hold 0. A group of a single clip has no interval. With
as many groups as languages one in twenty stands apart by chance.
"""
import argparse
import csv
import json
import pathlib
from collections import defaultdict

import numpy as np

CELLS = 'gsm:2,gsm:3,amr_12k2:1,amr_12k2:2,opus_12k:1,amr_4k75:10,opus_6k:10,white_10db:3,lowpass_1k:1,mobile_call:5'
DRAWS = 10000


def manifest(folder):
    with open(folder / 'manifest.csv', newline='') as lines:
        return {pathlib.Path(row['file']).stem: row for row in csv.DictReader(lines)}


def found_by_clip(record, cells):
    """{clip: share of its windows found, over the cells}"""
    found = defaultdict(list)
    limit = np.log10(record['p_max'])
    for cell in cells:
        name, seconds = cell.rsplit(':', 1)
        for clip, values in zip(record['clips'], record['distortions'][name][seconds]['log10_p']):
            found[clip] += [value <= limit for value in values]
    return {clip: float(np.mean(values)) for clip, values in found.items() if values}


def difference(inside, outside, rng):
    """95 % interval of the difference of two means of clips; none for a single clip."""
    if min(len(inside), len(outside)) < 2:
        return None
    draws = [rng.choice(values, (DRAWS, len(values))).mean(1) for values in (np.array(inside), np.array(outside))]
    return tuple(float(q) for q in np.quantile(draws[0] - draws[1], [0.025, 0.975]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('record', type=pathlib.Path)
    parser.add_argument('--corpus', type=pathlib.Path, required=True)
    parser.add_argument('--cells', default=CELLS)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--json')
    options = parser.parse_args()
    record, voices = json.loads(options.record.read_text()), manifest(options.corpus)
    found = found_by_clip(record, options.cells.split(','))
    groups = defaultdict(list)
    for clip in found:
        row = voices[clip]
        for column, value in (('sex', row['sex'].rstrip('?')), ('lang', row['lang']), ('kind', row['kind'].split('-')[0])):
            groups[column, value].append(clip)
    rng, rows = np.random.default_rng(options.seed), []
    print(f'share found at p <= {record["p_max"]:g} over {options.cells}')
    print(f'{"group":16}{"clips":>6}{"found":>8}{"others":>8}  difference, 95 % of draws of clips')
    for (column, value), clips in sorted(groups.items()):
        inside, outside = [found[c] for c in clips], [found[c] for c in found if c not in clips]
        interval = difference(inside, outside, rng)
        row = {'group': f'{column} {value}', 'clips': len(clips), 'found': float(np.mean(inside)),
               'others': float(np.mean(outside)), 'interval': interval}
        rows.append(row)
        told = 'one clip' if interval is None else (
            f'{row["found"] - row["others"]:+.2f} ({interval[0]:+.2f} to {interval[1]:+.2f})'
            + ('  apart' if interval[0] > 0 or interval[1] < 0 else ''))
        print(f'{row["group"]:16}{row["clips"]:6}{row["found"]:8.2f}{row["others"]:8.2f}  {told}')
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({'cells': options.cells, 'rows': rows}, indent=1) + '\n')


if __name__ == '__main__':
    main()
