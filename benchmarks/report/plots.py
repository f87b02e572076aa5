"""The figures of the page, drawn with earmark.plot and earmark.report.figures."""
import math
from statistics import NormalDist
from textwrap import fill

import numpy as np

from package import earmark

from earmark.report.figures import figure, survival  # noqa: F401  survival is drawn as it is there

OURS, SECOND, QUIET, BOUND = '#0b6e4f', '#c77700', '#9aa0a6', '#b3261e'
PEERS = {'AudioSeal': 's', 'WavMark': '^', 'Timbre': 'v', 'STAMP': 'D', 'RT-SW': 'P'}
ACROSS = 4


def legend_above(made, handles, labels, across, lines=1):
    """A legend over all axes, in room that the layout leaves free."""
    height = 0.06 + 0.19 * lines
    made.get_layout_engine().set(rect=(0, 0, 1, 1 - height / made.get_figheight()))
    made.legend(handles, labels, loc='upper center', bbox_to_anchor=(0.5, 1), ncols=across, frameon=False, fontsize=8)


def curves(rows):
    """Found and payload read against seconds: a panel a distortion."""

    def draw(made):
        down = math.ceil(len(rows) / ACROSS)
        panels = made.subplots(down, ACROSS, sharex=True, sharey=True, squeeze=False).ravel()
        ticks = sorted({float(length) for row in rows for length in row['windows']})
        for number, (axes, row) in enumerate(zip(panels, rows)):
            axes.set_prop_cycle(color=[OURS, SECOND])
            for what in ('found', 'exact'):
                cells = {float(length): cell[what] for length, cell in row['windows'].items() if cell[what]['share'] is not None}
                if cells:
                    columns = ([cell[key] for cell in cells.values()] for key in ('share', 'low', 'high'))
                    earmark.plot.share_by_seconds(list(cells), *columns, axes=axes)
            below = number + ACROSS >= len(rows)
            axes.set(xscale='log', ylabel='', ylim=(-0.03, 1.03))
            axes.set_xlabel('seconds' if below else '', fontsize=8)
            axes.set_title(row['attack'], fontsize=8)
            axes.set_xticks(ticks, [f'{tick:g}' for tick in ticks])
            axes.minorticks_off()
            axes.set_yticks([0, 0.5, 1], ['0', '50 %', '100 %'])
            axes.tick_params(labelsize=7, labelbottom=below)
            axes.grid(color='#e3e3e3', lw=0.5)
            axes.spines[['top', 'right']].set_visible(False)
        for axes in panels[len(rows):]:
            axes.set_visible(False)
        lines = [panels[0].plot([], [], 'o-', ms=4, color=colour)[0] for colour in (OURS, SECOND)]
        legend_above(made, lines, ['found', 'payload read'], 2)

    return figure((8.6, 0.6 + 1.45 * math.ceil(len(rows) / ACROSS)), draw)


def det(cells, p_max):
    """cells: (title, log10 p of marked windows, controls, share found at p_max): a panel a cell."""

    def draw(made):
        down = math.ceil(len(cells) / 3)
        panels = made.subplots(down, 3, sharex=True, sharey=True, squeeze=False).ravel()
        place = NormalDist().inv_cdf  # the scale of plot.det()
        for number, (axes, (title, marked, others, found)) in enumerate(zip(panels, cells)):
            earmark.plot.det(marked, others, axes=axes)
            handles, labels = axes.get_legend_handles_labels()
            axes.get_legend().remove()
            missed = [place(min(max(1 - value, 1e-3), 0.999)) for value in (found['high'], found['share'], found['low'])]
            bar = axes.plot([place(p_max)] * 2, [missed[0], missed[2]], color=BOUND, lw=1.5)[0]
            axes.plot(place(p_max), missed[1], 'o', ms=4, color=BOUND)
            axes.set_xticks([place(value) for value in (1e-6, 1e-4, 0.01, 0.5)], ['$10^{-6}$', '$10^{-4}$', '1 %', '50 %'])
            axes.set_title(title, fontsize=8)
            axes.set(xlabel='false alarms' if number + 3 >= len(cells) else '', ylabel='misses' if number % 3 == 0 else '')
            axes.tick_params(labelsize=6.5)
            axes.grid(color='#e3e3e3', lw=0.5)
            axes.spines[['top', 'right']].set_visible(False)
        for axes in panels[len(cells):]:
            axes.set_visible(False)
        shown = {label.split(', ')[0] + (': ' + label.split(' ', 2)[2] if label.startswith('observed') else ''): handle
                 for handle, label in zip(handles, labels) if not label.startswith('no miss')}
        shown[f'misses at p = {p_max:g}, 95 %'] = bar
        legend_above(made, shown.values(), shown.keys(), 2, 2)

    return figure((8.6, 0.9 + 2.5 * math.ceil(len(cells) / 3)), draw)


def beside_peers(compared, title):
    """compared: (condition, ours as a share, {system: share as published}); every line a condition."""

    def draw(made):
        axes = made.add_subplot()
        places = np.arange(len(compared))[::-1]
        for place, (_, ours, theirs) in zip(places, compared):
            for number, (system, value) in enumerate(theirs.items()):
                axes.plot(100 * value, place - 0.12 - 0.06 * number, PEERS.get(system, 'x'), ms=5, mfc='white', color='#444444')
            axes.plot([100 * ours['low'], 100 * ours['high']], [place + 0.2] * 2, color=OURS, lw=1.3)
            axes.plot(100 * ours['share'], place + 0.2, 'o', ms=4.5, color=OURS)
        systems = {system: None for _, _, theirs in compared for system in theirs}
        lines = [axes.plot([], [], 'o-', ms=4.5, color=OURS, label='earmark, measured here, 95 %')[0]]
        lines += [axes.plot([], [], PEERS.get(one, 'x'), mfc='white', color='#444444', ls='', label=f'{one}, as published')[0]
                  for one in systems]
        axes.set_yticks(places, [fill(condition, 40) for condition, *_ in compared], fontsize=8)
        axes.set(xlim=(-2, 102), ylim=(-0.6, len(compared) - 0.4), xlabel='% of windows or clips')
        axes.set_title(title, fontsize=9, loc='left')
        axes.grid(axis='x', color='#e3e3e3', lw=0.6)
        axes.spines[['top', 'right']].set_visible(False)
        legend_above(made, lines, [line.get_label() for line in lines], 3, math.ceil(len(lines) / 3))

    return figure((8.6, 1.3 + 0.33 * len(compared)), draw)


def quality_beside(profiles, lines):
    """profiles: {name: its quality in words}; lines: {distortion: {profile: share}}."""

    def draw(made):
        axes = made.add_subplot()
        for number, (name, cells) in enumerate(lines.items()):
            x = [place + 0.06 * (number - (len(lines) - 1) / 2) for place, profile in enumerate(profiles) if profile in cells]
            y, low, high = ([100 * cells[profile][key] for profile in profiles if profile in cells] for key in ('share', 'low', 'high'))
            axes.errorbar(x, y, [np.subtract(y, low), np.subtract(high, y)], marker='o', ms=4, lw=1.2, capsize=2, label=name)
        axes.set_xticks(range(len(profiles)), [f'{profile}\n{words}' for profile, words in profiles.items()])
        axes.set(ylabel='found, % of windows', ylim=(-3, 103), xlim=(-0.5, len(profiles) - 0.5))
        axes.spines[['top', 'right']].set_visible(False)
        axes.grid(color='#e3e3e3', lw=0.6)
        legend_above(made, *axes.get_legend_handles_labels(), 5)

    return figure((8.6, 4), draw)


def alarms(records):
    """records: {words: rows {p, count, rate, upper_95}}: the share of trials at or below p against the bound."""

    def draw(made):
        axes = made.add_subplot()
        least = min(min(row['p'] for row in rows) for rows in records.values())
        for (words, rows), colour, line in zip(records.items(), (OURS, SECOND), ('-', ':')):
            seen = [row for row in rows if row['count']]
            axes.plot([row['p'] for row in seen], [row['rate'] for row in seen], 'o-', ms=4, color=colour, label=words)
            for row in rows:
                axes.plot([row['p']] * 2, [row['rate'] if row['count'] else 1e-9, row['upper_95']], color=colour, lw=1.2, ls=line)
                axes.plot(row['p'], row['upper_95'], '_', color=colour)
        axes.plot([least, 1], [least, 1], '--', color=BOUND, label='the proved bound')
        axes.plot([], [], '_-', color=QUIET, label='up to the 95 % upper limit of the share')
        axes.set(xscale='log', yscale='log', xlim=(least / 1.5, 1), ylim=(least / 3, 1.3))
        axes.set(xlabel='reported p', ylabel='share of trials with at most this p')
        axes.grid(color='#e3e3e3', lw=0.6)
        axes.spines[['top', 'right']].set_visible(False)
        axes.legend(loc='upper left', fontsize=8, frameon=False)

    return figure((6.4, 4.4), draw)


def delays(rows):
    """Share of calls found so many seconds after the mark began."""

    def draw(made):
        axes = made.add_subplot()
        for kind, ls in zip(dict.fromkeys(row['kind'] for row in rows), ('-', '--')):
            for key, words, colour in (('stream_s', 'stream', OURS), ('whole_s', 'whole file', SECOND)):
                own = [row[key] for row in rows if row['kind'] == kind]
                at = np.sort([value for value in own if value is not None])
                axes.step(at, np.arange(1, len(at) + 1) / len(own), where='post', color=colour, ls=ls, label=f'{words}, mark {kind}')
        axes.set(xlabel='seconds of mark heard', ylabel='share of calls', ylim=(0, 1.02), xlim=(0, None))
        axes.grid(color='#e3e3e3', lw=0.6)
        axes.spines[['top', 'right']].set_visible(False)
        axes.legend(loc='lower right', fontsize=8, frameon=False)

    return figure((6.4, 3.4), draw)
