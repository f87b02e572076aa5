"""The rows of robustness.py as the tables and figures of earmark.report take them, and how they are grouped."""
from fnmatch import fnmatch

from robustness import every_row

from earmark.report.tables import share

SOURCES = {name: row.source for name, row in every_row().items()}
ORDER = {name: place for place, name in enumerate(SOURCES)}
# Records of one kind: the first that has a row is the one that is shown.
PLAIN, SCALED = ('robustness_standard', 'table'), ('robustness_scaled', 'table_scaled')
GROUPS = {
    'Codecs one after another': ('*_then_*', '*_twice', 'mp3_*_times'),
    'Telephone codecs': ('g7*', 'gsm', 'amr*', 'speex', 'opus_nb*'),
    'Platform codecs': ('opus*', 'mp3*', 'aac*', 'vorbis*', 'resample_*'),
    'Noise and rooms': ('white*', 'pink*', 'babble*', 'talker*', 'music*', 'echo', 'multipath', 'reverb*', 'denoise*'),
    'Calls and networks': ('loss*', 'playout*', '*_call', 'over_the_air', 'drift*'),
    'Edits': ('*',),
}


def rows_of(results):
    """Rows of one robustness record: {attack, source, error, windows: {length: {found, exact}}, results}. The intervals
    take the clips as independent, not their windows."""
    made = []
    for name, windows in results.data['distortions'].items():
        cells = {}
        for length, row in windows.items():
            clips = sum(bool(values) for values in row['log10_p'])
            cells[length] = {what: share(row[what]['count'], row['n'], clips) for what in ('found', 'exact')}
        made.append({'attack': name, 'source': SOURCES.get(name, ''), 'error': None, 'windows': cells, 'results': results})
    return made


def merged(found, names):
    """The rows of several records, each row once, in the order of the table."""
    rows = {}
    for name in names:
        for row in rows_of(found[name]) if name in found else []:
            rows.setdefault(row['attack'], row)
    return dict(sorted(rows.items(), key=lambda item: ORDER.get(item[0], len(ORDER))))


def grouped(rows):
    """{group: [row, ...]}, every row in the first group whose pattern it meets."""
    groups = {group: [] for group in GROUPS}
    for name, row in rows.items():
        groups[next(group for group, patterns in GROUPS.items() if any(fnmatch(name, one) for one in patterns))].append(row)
    return {group: own for group, own in groups.items() if own}


def lengths_of(rows):
    return sorted({length for row in rows for length in row['windows']}, key=float)


def filled(rows):
    """Every row with every length: the tables have a dash where nothing was run."""
    nothing = {what: share(0, 0, 0) for what in ('found', 'exact')}
    lengths = lengths_of(rows)
    return [{**row, 'windows': {length: row['windows'].get(length, nothing) for length in lengths}} for row in rows]


def log10_p(results, name, length):
    return [value for values in results.data['distortions'][name][length]['log10_p'] for value in values]


def controls(results, length):
    """{words: log10 p} of everything of this length that has no mark for the key, over all distortions; None where the
    record keeps none of them."""
    cells = [windows[length] for windows in results.data['distortions'].values() if length in windows]
    if not cells or 'below_0' not in cells[0]['host']:
        return None
    every = lambda kind: [p for cell in cells for p in cell[kind]['below_0'] + [0.0] * (cell[kind]['n'] - len(cell[kind]['below_0']))]
    return {'unmarked windows': every('host'), 'windows under another key': every('key')}
