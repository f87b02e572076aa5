"""The page of the benchmarks: every row with its interval and its source, theirs told from ours, what is missing named; a
broken result is one line and an exit code."""
import csv
import html.parser
import json
import pathlib
import re
import subprocess
import sys

import pytest

pytest.importorskip('matplotlib')
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / 'benchmarks/report'))
import results  # noqa: E402
CLIPS = ['one', 'two <b>']


def cell(n=4, found=3, exact=2, controls=True):
    listed = {'below_0': [-0.5, -0.2]} if controls else {}
    kinds = {kind: {'count': 0, 'n': n, 'min_log10_p': -0.5, **listed} for kind in ('host', 'key')}
    share = lambda count: {'count': count, 'share': count / n, 'low': 0, 'high': 1}
    values = [[-7.0] * (n // 2), [-7.0] * (found - n // 2) + [-3.0] * (n - found)]
    return {'n': n, 'found': share(found), 'exact': share(exact), 'median_log10_p': -7.0, 'log10_p': values, 'wrong_payloads': 0, **kinds}


def record(names, lengths=('2', '10'), **more):
    return {'program': 'earmark 0', 'clips': CLIPS, 'split': 'test', 'profile': 'standard', 'seed': 1, 'p_max': 1e-6, **more,
            'distortions': {name: {length: cell() for length in lengths} for name in names}}


def whole():
    """A small result of every kind, of the form that the benchmarks write."""
    measure = lambda value: {'mean': value, 'worst': value - 1, 'worst_clip': 'one', 'n': 2}
    profiles = {name: {'stoi': measure(0.99), 'si_snr_db': measure(23.0), 'nmr_total_db': measure(8.0)}
                for name in ('transparent', 'standard', 'robust')}
    thresholds = [{'p': p, 'count': int(1000 * p / 6), 'rate': int(1000 * p / 6) / 1000, 'upper_95': p / 5 + 0.003, 'breach': False}
                  for p in (0.1, 1e-3, 1e-6)]
    alarms = {'all': {'name': 'all', 'hours': 3.0, 'trials': 1000, 'least_log10_p': -2.5, 'payloads': 0, 'thresholds': thresholds}, 'keys': 1}
    alarms['kinds'] = [alarms['all'] | {'name': 'chord'}]
    delay = {'calls': 2, 'found': 2, 'median_s': 0.3, 'p95_s': 0.5}
    calls = [{'clip': clip, 'kind': 'from the start', 'stream_s': 0.3, 'whole_s': 0.2} for clip in CLIPS]
    standard = ['none', 'gsm', 'opus_12k', 'white_20db', 'mobile_call', 'simulated_call']
    return {
        'robustness_standard': record(standard, ('1', '2', '3', '5', '10')),
        'robustness_standard_8k': record(['gsm']), 'robustness_between': record(['gsm'], ('8', '15')),
        'robustness_joined': record(['white_10db'], ('30',)),
        'robustness_128_bits': record(['none'], ('7',)),
        'robustness_scaled': record(['speed_1.1', 'pitch_+2'], ('5', '10')),
        'robustness_transparent': record(['gsm'], ('3',)), 'robustness_robust': record(['gsm'], ('3',)),
        'table': record(['amr_5k9', 'loss_3_zero', 'median_3']), 'table_scaled': record(['tempo_0.7']),
        'table_suites': record(['audioseal/echo', 'raw_bench_strict/polarity'], ('5', '10')),
        'table_suites_scaled': record(['audiomarkbench/time_stretch_0.7'], ('5', '10')),
        'segments': {'trials': 3, 'distortions': 'gsm', 'rows': [{'distortion': 'gsm', 'island_s': 3.0, 'n': 6, 'whole': 5, 'good': 4, 'median_s': 0.13, 'worst_s': 0.93}]},
        'averaging': {'rows': [{'seconds': 61.4, 'strength': 2.0, 'median_log10_p': -9.5, 'found': 4, 'read': 1, 'of': 5, 'snr_db': 17.3}]},
        'quality': {'profiles': profiles}, 'false_alarms_trials': alarms, 'false_alarms_keys': alarms,
        'detection_delay': {'rows': calls, 'results': {'all': {'stream': delay, 'whole': delay}}},
        'speed': {'benchmarks': [
            {'name': 'embedding/rate:8000/manual_time', 'x_real_time': 4321.0, 'over_floor': 2.5},
            {'name': 'sharing/threads:2/manual_time', 'x_real_time': 6543.0, 'times_as_fast': 1.7},
        ]},
        'long_files': {'rows': [{'job': 'embed', 'hours': 10.0, 'x_real_time': 2041.0, 'peak_mib': 16.9}]},
        'streaming': {'one_stream': [{'what': 'detect, unmarked', 'rate_hz': 8000, 'block_ms': 20, 'times_real_time': 2393.0}]},
    }


def written(folder, whole):
    folder.mkdir()
    for name, data in whole.items():
        (folder / f'{name}.json').write_text(json.dumps(data))
        (folder / f'{name}.txt').write_text(f'a table\n\nmade by: benchmarks/{name}.py --corpus CORPUS --json FILE\ncommit 0123abc\n')
    return folder


def run(folder, out, code=0):
    done = subprocess.run([sys.executable, ROOT / 'benchmarks/report', '--results', folder, '--out', out], capture_output=True, text=True)
    assert done.returncode == code and 'Traceback' not in done.stderr, done.stderr
    return done


@pytest.fixture(scope='module')
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp('page')
    run(written(folder / 'results', whole()), folder / 'out')
    return folder / 'out'


@pytest.fixture(scope='module')
def page(made):
    return (made / 'report.html').read_text()


def test_every_row_with_its_interval(page):
    for name, data in whole().items():
        for distortion in data.get('distortions', ()):
            assert f'<td>{distortion}' in page, (name, distortion)
    # 3 of 4 windows of two clips: the interval is that of 1 of 2 to 2 of 2 clips, which Wilson has at 9 and 100 %.
    assert '75 %<br><small>9 to 100</small>' in page and '50 %<br><small>9 to 91</small>' in page


def test_every_source_is_told(page):
    for name in whole():
        assert f'benchmarks/{name}.py --corpus CORPUS' in page, name
        assert f'<td id="made-{name}">' in page and f'href="#made-{name}"' in page, name
    assert page.count('<td>0123abc</td>') == len(whole()) and 'missing:' not in page and 'Missing' not in page
    with open(ROOT / 'benchmarks/report/published.csv', newline='') as lines:
        theirs = list(csv.DictReader(lines))
    assert {row['evidence'] for row in theirs} == {'read', 'secondary', 'measured'}
    for row in theirs:
        assert row['published_by'] and row['where'] and row['clips'] and 0 <= float(row['value']) <= (1 if row['ours'] else 100)
        assert row['published_by'].replace("'", '&#x27;') in page and row['where'].replace("'", '&#x27;') in page
    assert page.count('secondary source: a digest') >= 3 and 'published' in page


def test_speeds_with_and_without_a_floor(page):
    assert '4,321' in page and 'sharing, threads 2, 1.7 x as fast as one' in page and '6,543' in page


def test_islands(page):
    assert '83 %<br>' in page and '67 %<br>' in page and '0.93' in page


def test_published_rows_are_rows_of_ours():
    from robustness import every_row
    with open(ROOT / 'benchmarks/report/published.csv', newline='') as lines:
        names = {row['row'] for row in csv.DictReader(lines)}
    assert {name for name in names if not name.startswith('quality/')} <= set(every_row())


class Outline(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.outside, self.tags = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.outside += [value for name, value in attributes if name in ('src', 'href', 'xlink:href') and not value.startswith('#')]


def test_page_stands_alone_and_every_plot_is_a_file(made, page):
    outline = Outline()
    outline.feed(page)
    plots = list(made.glob('*.png'))
    assert outline.outside == [] and outline.tags.count('svg') == len(plots) >= 12
    assert all(plot.read_bytes().startswith(b'\x89PNG') for plot in plots)
    assert {'det.png', 'quality.png', 'alarms.png', 'delay.png'} <= {plot.name for plot in plots}
    identifiers = re.findall(r' id="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


def test_what_is_missing_is_named(tmp_path):
    some = {name: data for name, data in whole().items() if name in ('robustness_standard', 'quality')}
    for windows in some['robustness_standard']['distortions'].values():
        windows.update({length: cell(controls=False) for length in windows})
    run(written(tmp_path / 'results', some), tmp_path / 'out')
    page = (tmp_path / 'out/report.html').read_text()
    assert '<td>gsm' in page and 'missing: benchmarks/record.sh CORPUS speed makes it' in page
    for words in ('Missing: robustness_standard.json with the log10 p of the controls', 'Missing: detection_delay.json',
                  'Missing: robustness_transparent, robustness_robust', 'not recorded'):  # fmt: skip
        assert words in page, words


@pytest.mark.parametrize('text, why', [
    ('{"distortions": {', 'robustness_standard.json: Expecting'),
    ('[]', 'robustness_standard.json: a list where an object is needed'),
    ('{"distortions": {}, "clips": [], "profile": "standard"}', 'robustness_standard.json: it has no p_max'),
])  # fmt: skip
def test_a_broken_result_is_named(tmp_path, text, why):
    (tmp_path / 'robustness_standard.json').write_text(text)
    with pytest.raises(results.Broken, match=why):
        results.load(tmp_path)


def test_a_broken_result_is_one_line(tmp_path):
    folder = written(tmp_path / 'results', {})
    for text, why in (('{"distortions": {', 'robustness_standard.json: Expecting'),
                      (json.dumps(record(['gsm']) | {'distortions': {'gsm': {'5': {}}}}), 'survival: results of another form')):
        (folder / 'robustness_standard.json').write_text(text)
        done = run(folder, tmp_path / 'out', code=3)
        assert len(done.stderr.splitlines()) == 1 and why in done.stderr and done.stderr.startswith('report: ')
        assert not (tmp_path / 'out/report.html').exists()


def test_no_folder(tmp_path):
    assert 'no such folder' in run(tmp_path / 'none', tmp_path / 'out', code=3).stderr
