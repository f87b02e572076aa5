"""The sections of the page. Each takes what results.load() gave and returns HTML; `draw` puts a figure into the page and
beside it."""
from html import escape

import distortions
import plots
import published
from results import EXPECTED

from earmark.report.layout import cell, number, share_cell, table
from earmark.report.tables import share

MORE_TABLES = {'robustness_between': 'Lengths between those above',
               'robustness_128_bits': 'Payloads of 128 bits',
               'robustness_joined': 'Longer than any one voice speaks here: voices joined',
               'robustness_standard_8k': 'Hosts of 8 kHz'}
DET_CELLS = ('gsm:2', 'amr_12k2:1', 'amr_4k75:10', 'opus_12k:1', 'opus_8k:3', 'white_10db:3', 'lowpass_1k:1', 'mobile_call:5',
             'over_the_air:2')
PROFILES = {'transparent': 'robustness_transparent', 'standard': 'robustness_standard', 'robust': 'robustness_robust'}
PROFILE_CELLS = ('gsm:3', 'amr_12k2:2', 'amr_4k75:10', 'opus_12k:1', 'white_20db:1')
SUITES = {'audiomarkbench': 'AudioMarkBench', 'audioseal': "AudioSeal's own table", 'omnisealbench': 'OmniSealBench',
          'raw_bench_strict': 'RAW-Bench, strict', 'raw_bench_loose': 'RAW-Bench, loose'}
NOTE = ('Share of windows, cut at random where somebody speaks, found at p &le; {p:g}, and of windows whose whole 64-bit payload is '
        'read right. Intervals are Wilson\'s, 95 %, and take the clips as independent, not the windows of one clip.')


def measured(results):
    """A line under a table: which results it is made of; their commands stand in sources()."""
    links = dict.fromkeys(f'<a href="#made-{one.name}">{one.name}</a>' for one in results)
    return f'<p class="note">Measured: {", ".join(links)}</p>'


def sources(found):
    """What the page is made of, by which command, and what is missing."""
    body = []
    for name, section in EXPECTED.items():
        one = found.get(name)
        told = f'<code>{escape(one.command)}</code>' if one and one.command else 'no command is noted'
        missing = f'<span class="bad">missing: benchmarks/record.sh CORPUS {section} makes it</span>'
        body.append([f'<td id="made-{name}">{name}</td>', f'<td>{told if one else missing}</td>', cell(one.commit if one else '')])
    return '<h2>By which commands</h2>\n' + table(['results', 'made by', 'commit'], body)


def survival(found, draw):
    """Every distortion of the table, by group; speed, tempo and pitch under the full search apart."""
    out = ['<h2>What the mark survives</h2>']
    plain, scaled = distortions.merged(found, distortions.PLAIN), distortions.merged(found, distortions.SCALED)
    if not plain and not scaled:
        return out[0] + '<p class="bad">Nothing was recorded.</p>'
    first = next(found[name] for name in (*distortions.PLAIN, *distortions.SCALED) if name in found)
    out.append(f"<p>{NOTE.format(p=first.data['p_max'])} Profile <code>{escape(first.data['profile'])}</code>, "
               f"{len(first.data['clips'])} clips of speakers that nothing was tuned on. {_controls(found)}</p>")
    groups = distortions.grouped(plain)
    if scaled:
        groups['Speed, tempo and pitch, with --search full'] = list(scaled.values())
    for place, (title, rows) in enumerate(groups.items()):
        out += [f'<h3>{escape(title)}</h3>', draw(f'survival-{place}', plots.curves(rows)), shares(rows)]
    for name, title in MORE_TABLES.items():
        if name in found:
            out += [f'<h3>{title}</h3>', shares(distortions.rows_of(found[name]))]
    return '\n'.join(out)


def _controls(found):
    """Over every record of robustness.py: what must be none."""
    used = [one for name, one in found.items() if name.startswith(('robustness', 'table'))]
    cells = [cell for one in used for windows in one.data['distortions'].values() for cell in windows.values()]
    wrong = sum(cell['wrong_payloads'] for cell in cells)
    host, key = ((sum(cell[kind]['count'] for cell in cells), sum(cell[kind]['n'] for cell in cells)) for kind in ('host', 'key'))
    bad = ' class="bad"' if wrong or host[0] or key[0] else ''
    return (f'<span{bad}>Controls, over all of this: {wrong} wrong payloads; {host[0]} of {host[1]} unmarked windows and {key[0]} of '
            f'{key[1]} marked ones under another key were called marked.</span>')


def shares(rows):
    """Found and read, by length, a row a distortion, and by which commands."""
    lengths, whole = distortions.lengths_of(rows), distortions.filled(rows)
    tables = []
    for what, words in (('found', 'found in'), ('exact', 'payload read in')):
        body = [[cell(row['attack'], row['source']), *(share_cell(row['windows'][length][what]) for length in lengths)] for row in whole]
        tables.append(table([words, *(f'{length} s' for length in lengths)], body))
    return ''.join(tables) + measured(row['results'] for row in rows)


def suites(found, draw):
    """The published suites under their own names and values."""
    rows = distortions.merged(found, ('table_suites', 'table_suites_scaled'))
    out = ['<h2>The published suites, row by row</h2>',
           '<p>Their distortions with their parameters, without those that need a neural network; the figures are ours.</p>']
    for suite, title in SUITES.items():
        own = [row for name, row in rows.items() if name.startswith(suite + '/')]
        if own:
            whole = [{**row, 'attack': row['attack'].removeprefix(suite + '/')} for row in distortions.filled(own)]
            out += [f'<h3>{escape(title)}</h3>', draw(f'suite-{suite}', plots.survival(whole, 'found', 'found')),
                    '<details><summary>as a table</summary>', shares(own), '</details>']
    return '\n'.join(out) if rows else out[0] + '<p class="bad">Not recorded: benchmarks/record.sh CORPUS table.</p>'


def det(found, draw):
    out = ['<h2>Misses against false alarms</h2>',
           '<p>Share of marked windows missed at each threshold, against the proved bound on false alarms (dashed: the threshold '
           'itself) and against the false alarms seen in the unmarked hosts and under a wrong key, over all distortions of that '
           'record and windows of that length. A curve right of the dashed one would break the theorem.</p>']
    results = found.get('robustness_standard')
    cells = []
    for one in DET_CELLS if results else ():
        name, length = one.split(':')
        row = results.data['distortions'].get(name, {}).get(length)
        others = distortions.controls(results, length)
        if row and others:
            clips = sum(bool(values) for values in row['log10_p'])
            counted = share(row['found']['count'], row['n'], clips)
            cells.append((f"{name}, {length} s, {row['n']} windows", distortions.log10_p(results, name, length), others, counted))
    if not cells:
        return out[0] + '<p class="bad">Missing: robustness_standard.json with the log10 p of the controls.</p>'
    return '\n'.join([*out, draw('det', plots.det(cells, results.data['p_max'])), measured([results])])


def peers(found, draw):
    """What others have published, where the conditions match; whose figure is whose stands on every line."""
    rows = {**distortions.merged(found, ('table_suites_scaled', 'table_suites')), **distortions.merged(found, distortions.PLAIN),
            **distortions.merged(found, distortions.SCALED)}
    out = ['<h2>Beside what others have published</h2>',
           '<p>Black: published by those named, about their own or others\' marks, on their clips; none of it was measured here. '
           'Green: earmark, measured here on our clips, at p &le; 10<sup>-6</sup> and whole payloads of 64 bits. Clips, thresholds and '
           'payloads differ: a row says that the distortion matches, not that the test does.</p>']
    for place, ((who, metric), theirs) in enumerate(published.by_publisher(published.load()).items()):
        first = theirs[0]
        out.append(f"<h3>{escape(who)}: {escape(metric)}</h3><p>{escape(first['clips'])}. Source: {escape(first['where'])} "
                   f"<b>({escape(published.TAGS[first['evidence']])})</b>.</p>")
        body, compared, used = [], {}, []
        for one in theirs:
            ours = rows.get(one['row'])
            counted = ours['windows'].get(one['window_s'], {}).get(one['ours']) if ours else None
            name = f"{one['row']}, {one['window_s']} s, {'found' if one['ours'] == 'found' else 'payload read'}"
            if counted and counted['share'] is not None:
                used.append(ours)
                _, _, systems = compared.setdefault((one['condition'], one['row']), (one['condition'], counted, {}))
                systems[one['system']] = one['value']
            body.append([cell(one['condition']), cell(one['system']), cell(*published.told(one)),
                         share_cell(counted or share(0, 0, 0)), cell(name if counted else f'{name}: not recorded')])
        if compared:
            out.append(draw(f'peers-{place}', plots.beside_peers(list(compared.values()), f'{who}: {metric}')))
        out.append(table(['their condition', 'system', 'as published', 'earmark, measured here', 'our row'], body))
        out.append(measured(row['results'] for row in used) if used else '<p class="bad">None of our rows for these is recorded.</p>')
    return '\n'.join(out)


def quality(found, draw):
    """What the mark changes, beside what it survives, for the three profiles, and what others say of theirs."""
    out = ['<h2>Quality beside robustness</h2>']
    if 'quality' not in found:
        return out[0] + '<p class="bad">Missing: quality.json.</p>'
    profiles = found['quality'].data['profiles']
    cells = {}
    for profile, name in PROFILES.items():
        for one in PROFILE_CELLS if name in found else ():
            attack, length = one.split(':')
            row = next((row for row in distortions.rows_of(found[name]) if row['attack'] == attack), None)
            if row and length in row['windows']:
                cells.setdefault(f'{attack}, {length} s', {})[profile] = row['windows'][length]['found']
    if cells:
        words = {name: f"SI-SNR {profiles[name]['si_snr_db']['mean']:.1f} dB, STOI {profiles[name]['stoi']['mean']:.4f}"
                 for name in PROFILES if name in profiles}
        out.append(draw('quality', plots.quality_beside(words, cells)))
    measures = (('stoi', 'STOI', 4), ('si_snr_db', 'SI-SNR, dB', 1), ('nmr_total_db', 'noise-to-mask ratio, dB', 1))
    body = [[cell(profile), *(cell(f'{own[key]["mean"]:.{digits}f}', f'worst {own[key]["worst"]:.{digits}f}, {own[key]["n"]} clips')
                              for key, _, digits in measures),
             *(share_cell(line.get(profile, share(0, 0, 0))) for line in cells.values())] for profile, own in profiles.items()]
    out.append(table(['profile', *(words for _, words, _ in measures), *(f'found: {name}' for name in cells)], body))
    missing = [name for name in PROFILES.values() if name not in found]
    if missing:
        out.append(f'<p class="bad">Missing: {escape(", ".join(missing))}.</p>')
    out.append(measured(found[name] for name in ('quality', *PROFILES.values()) if name in found))
    theirs = [row for row in published.load() if row['row'].startswith('quality/')]
    body = [[cell(row['system']), cell(row['metric']), number(f"{row['value']:g}"), cell(row['published_by'], row['where']),
             cell(published.TAGS[row['evidence']]), cell(row['clips'])] for row in theirs]
    out += ['<h3>What others have published about theirs</h3>',
            table(['system', 'measure', 'value', 'published by', 'evidence', 'clips'], body)]
    return '\n'.join(out)


def alarms(found, draw):
    names = [name for name in ('false_alarms_trials', 'false_alarms_keys') if name in found]
    out = ['<h2>False alarms against the bound</h2>']
    if not names:
        return out[0] + '<p class="bad">Missing: false_alarms_trials.json.</p>'
    keys = {name: found[name].data['keys'] for name in names}
    words = {name: f"{found[name].data['all']['trials']} trials, {keys[name]} random key{'s' * (keys[name] > 1)} each" for name in names}
    out.append(draw('alarms', plots.alarms({words[name]: found[name].data['all']['thresholds'] for name in names})))
    body, shown = [], (0.1, 1e-3, 1e-6)
    for name in names:
        for kind in (found[name].data['all'], *found[name].data['kinds']):
            at = {row['p']: row for row in kind['thresholds']}
            seen = [cell(str(row['count']), f"{100 * row['rate']:.2g} %, up to {100 * row['upper_95']:.2g} %")
                    for row in map(at.get, shown)]
            numbers = (f"{kind['hours']:.1f}", str(kind['trials']), f"{kind['least_log10_p']:.1f}")
            body.append([cell(kind['name'], name), *map(number, numbers), *seen, number(str(kind['payloads']))])
    out.append(table(['audio', 'hours', 'trials', 'least log10 p', *(f'p at most {p:g}' for p in shown), 'payloads'], body))
    return '\n'.join([*out, measured(found[name] for name in names)])


def delay(found, draw):
    out = ['<h2>Seconds until it is found in a call</h2>']
    if 'detection_delay' not in found:
        return out[0] + '<p class="bad">Missing: detection_delay.json.</p>'
    results = found['detection_delay']
    out.append(draw('delay', plots.delays(results.data['rows'])))
    clips = len({row['clip'] for row in results.data['rows']})
    body = [[cell(kind, way), share_cell(share(own['found'], own['calls'], clips)), number(f"{own['median_s']:.2f}"),
             number(f"{own['p95_s']:.2f}")]
            for kind, ways in results.data['results'].items() for way, own in ways.items()]
    out.append(table(['mark begins', 'found', 'median, s', '95th percentile, s'], body))
    return '\n'.join([*out, measured([results])])


def segments(found):
    """How well a verdict tells where marked speech begins and ends."""
    out = ['<h2>Islands of marked speech in unmarked speech</h2>']
    if 'segments' not in found:
        return out[0] + '<p class="bad">Missing: segments.json.</p>'
    results = found['segments']
    body = []
    for row in results.data['rows']:
        clips = max(1, row['n'] // results.data['trials'])
        body.append([cell(row['distortion']), number(f"{row['island_s']:g}"),
                     share_cell(share(row['whole'], row['n'], clips)), share_cell(share(row['good'], row['n'], clips)),
                     number(f"{row['median_s']:.2f}"), number(f"{row['worst_s']:.2f}")])
    out.append(table(['distortion', 'island, s', 'told as one segment', 'both edges within 0.5 s', 'median error, s', 'worst, s'], body))
    return '\n'.join([*out, measured([results])])


def speed(found):
    out = ['<h2>Speed, one core</h2>']
    used = [found[name] for name in ('speed', 'long_files', 'streaming') if name in found]
    body = []
    for row in found['speed'].data['benchmarks'] if 'speed' in found else ():
        if 'x_real_time' in row:
            job = row['name'].removesuffix('/manual_time').replace('/', ', ').replace(':', ' ')
            if 'times_as_fast' in row:  # several threads, by the clock, beside one
                job += f", {row['times_as_fast']:.1f} x as fast as one"
            over = f"{row['over_floor']:.1f}" if 'over_floor' in row else ''
            body.append([cell(job), number(f"{row['x_real_time']:,.0f}"), number(over), number('')])
    for row in found['long_files'].data['rows'] if 'long_files' in found else ():
        body.append([cell(f"{row['job']}, {row['hours']:g} h"), number(f"{row['x_real_time']:,.0f}"), number(''),
                     number(f"{row['peak_mib']:.0f} MiB")])
    for row in found['streaming'].data['one_stream'] if 'streaming' in found else ():
        body.append([cell(f"stream: {row['what']}, {row['rate_hz']} Hz, blocks of {row['block_ms']:g} ms"),
                     number(f"{row['times_real_time']:,.0f}"), number(''), number('')])
    if not body:
        return out[0] + '<p class="bad">Missing: speed.json.</p>'
    out.append(table(['job', 'x real time', "over the FFT library's real transforms", 'memory'], body))
    return '\n'.join([*out, measured(used)])


def averaging(found):
    """How many marked files until the mark can be taken out, and what that costs."""
    out = ['<h2>Averaging many marked files</h2>']
    if 'averaging' not in found:
        return out[0] + '<p class="bad">Missing: averaging.json.</p>'
    results = found['averaging']
    body = [[number(f"{row['seconds']:.0f}"), number(f"{row['strength']:g}"), number(f"{row['median_log10_p']:.1f}"),
             share_cell(share(row['found'], row['of'], row['of'])), share_cell(share(row['read'], row['of'], row['of'])),
             number(f"{row['snr_db']:.1f}")] for row in results.data['rows']]
    out.append(table(['seconds learned from', 'depth', 'median log10 p', 'still found', 'payload read', 'SNR of the attack, dB'], body))
    return '\n'.join([*out, measured([results])])
