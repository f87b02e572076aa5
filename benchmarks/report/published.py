"""What others have published about their marks (published.csv), row by row beside what was measured here.

evidence: "read" in their repository, "secondary": in somebody's digest of the paper, "measured" here on their samples.
"""
import csv
import pathlib

from earmark.plot import wilson

TAGS = {'read': 'read in their repository', 'secondary': 'secondary source: a digest, the paper was not opened',
        'measured': 'measured here on their samples'}
PATH = pathlib.Path(__file__).with_name('published.csv')


def load():
    with open(PATH, newline='') as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        row['value'] = float(row['value'])
        row['n'] = int(row['n'] or 0)
    return rows


def by_publisher(rows):
    """{(published_by, metric): rows}, without those on quality."""
    groups = {}
    for row in rows:
        if not row['row'].startswith('quality/'):
            groups.setdefault((row['published_by'], row['metric']), []).append(row)
    return groups


def told(row):
    """Their figure, with Wilson's interval where they say of how many clips it is."""
    if not row['n']:
        return f"{100 * row['value']:.0f} %", 'no count given'
    low, high = wilson(row['value'] * row['n'], row['n'])
    return f"{100 * row['value']:.0f} %", f"{100 * low:.0f} to {100 * high:.0f}, n {row['n']}"
