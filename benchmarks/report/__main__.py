#!/usr/bin/python3
"""One page and its plots from the tables of record: what the mark survives, beside what others have published.

    /usr/bin/python3 benchmarks/report [--results benchmarks/results] --out DIR

Reads what benchmarks/record.sh wrote, and published.csv, whose figures are other people's. Writes DIR/report.html, which
needs nothing beside it, and every plot as PNG. What is missing is named on the page. Exit 0 done, 2 wrong usage, 3 a result
that cannot be used. Needs Debian's python3-matplotlib.
"""
import argparse
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from package import earmark  # noqa: E402, F401

from earmark.report import figures, layout  # noqa: E402

import sections  # noqa: E402
from results import Broken, load  # noqa: E402

TITLE = 'What earmark\'s mark survives'


def page(found, folder):
    """Writes the plots on its way."""

    def draw(name, drawn):
        (folder / f'{name}.png').write_bytes(figures.png(drawn))
        return figures.svg(name, drawn)

    makers = [sections.survival, sections.det, sections.peers, sections.suites, sections.quality, sections.alarms, sections.delay]
    parts = [_guarded(maker, found, draw) for maker in makers]
    parts += [_guarded(maker, found) for maker in (sections.segments, sections.speed, sections.averaging, sections.sources)]
    titles = [part[len('<h2>'):part.index('</h2>')] for part in parts]
    parts = [part.replace('<h2>', f'<h2 id="section-{number}">', 1) for number, part in enumerate(parts)]
    links = ' &middot; '.join(f'<a href="#section-{number}">{title}</a>' for number, title in enumerate(titles))
    return layout.document(TITLE, [f'<p>{links}</p>', *parts])


def _guarded(maker, *given):
    """A result of another form than record.sh writes is told in one line, with the section that could not be made."""
    try:
        return maker(*given)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ZeroDivisionError) as error:
        raise Broken(f'{maker.__name__}: results of another form: {type(error).__name__} {error}') from error


def main():
    parser = argparse.ArgumentParser(prog='report', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--results', type=pathlib.Path, default=HERE.parent / 'results')
    parser.add_argument('--out', type=pathlib.Path, required=True)
    options = parser.parse_args()
    try:
        if not options.results.is_dir():
            raise Broken(f'{options.results}: no such folder')
        found = load(options.results)
        if not found:
            raise Broken(f'{options.results}: no results in it; benchmarks/record.sh makes them')
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / 'report.html').write_text(page(found, options.out))
    except (Broken, OSError) as error:
        print(f'report: {" ".join(str(error).split())}', file=sys.stderr)
        return 3
    print(f'{options.out / "report.html"}: {len(found)} results, {len(list(options.out.glob("*.png")))} plots')
    return 0


if __name__ == '__main__':
    sys.exit(main())
