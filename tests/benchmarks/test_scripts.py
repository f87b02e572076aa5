"""Every script of benchmarks/ on seconds of espeak: it runs, its figures are those of speech that is hardly touched, and its
JSON is what the readers of it take. Times are not looked at."""
import json
import os
import pathlib
import subprocess
import sys

import pytest

from program import Program

ROOT = pathlib.Path(__file__).resolve().parents[2]
VOICES = {'tts-en-espeak': ('en-us', 'm'), 'one': ('en-gb', 'm'), 'two': ('en-gb+f3', 'f')}  # the first is a tuning clip's name
TEXT = ('The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background. It is easy to tell the depth '
        'of a well.')


@pytest.fixture(scope='session')
def tool():
    try:
        return Program().path
    except SystemExit:
        pytest.skip('no earmark program built')


@pytest.fixture(scope='session')
def voices(tmp_path_factory):
    """A corpus of three speakers, about 7 s each."""
    folder = tmp_path_factory.mktemp('voices')
    lines = ['file,speaker,kind,lang,sex']
    for name, (voice, sex) in VOICES.items():
        try:
            subprocess.run(['espeak-ng', '-v', voice, '-w', folder / f'{name}.wav', TEXT], check=True)
        except FileNotFoundError:
            pytest.skip('espeak-ng is not installed')
        lines.append(f'{name}.wav,{name},tts,en,{sex}')
    (folder / 'manifest.csv').write_text('\n'.join(lines) + '\n')
    return folder


def built(name):
    path = pathlib.Path(os.environ.get('EARMARK') or ROOT / 'build-release/tools/earmark').parents[1] / 'benchmarks' / name
    return path if path.exists() else pytest.skip(f'{name} is not built')


def ran(script, *words, code=0):
    done = subprocess.run([sys.executable, ROOT / 'benchmarks' / script, *map(str, words)], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == code, (done.stdout[-1500:], done.stderr[-1500:])
    return done


def figures(tmp_path, script, *words, code=0):
    path = tmp_path / 'figures.json'
    ran(script, *words, '--json', path, code=code)
    assert path.stat().st_size < 512 * 1024
    return json.loads(path.read_text())


@pytest.fixture(scope='session')
def survived(tool, voices, tmp_path_factory):
    path = tmp_path_factory.mktemp('robustness') / 'standard.json'
    ran('robustness.py', '--corpus', voices, '--earmark', tool, '--rows', 'none,white_20db,audioseal/echo', '--windows', '2,4',
        '--trials', 1, '--json', path)
    return path


def test_robustness(survived):
    record = json.loads(survived.read_text())
    assert list(record['distortions']) == ['none', 'white_20db', 'audioseal/echo'] and record['clips'] == ['one', 'two']
    row = record['distortions']['none']['4']
    assert row['n'] == 2 and row['found'] == {'count': 2, 'share': 1.0, 'low': 0.34238, 'high': 1.0}
    assert [len(values) for values in row['log10_p']] == [1, 1] and max(map(max, row['log10_p'])) < -6
    for windows in record['distortions'].values():
        for cell in windows.values():
            assert cell['wrong_payloads'] == 0
            for kind in ('host', 'key'):
                own = cell[kind]
                assert own['count'] == 0 and own['n'] == cell['n'] >= len(own['below_0'])
                assert own['below_0'] == sorted(own['below_0']) and all(-6 < p <= 0 for p in own['below_0'])
    assert survived.read_text().count('\n') == 5  # a line a distortion


def test_rows_are_chosen_and_left_out(voices):
    listed = ran('robustness.py', '--rows', 'list').stdout.splitlines()
    assert len(listed) > 350 and any(line.startswith('raw_bench_strict/reverb_6 ') for line in listed)
    done = ran('robustness.py', '--corpus', voices, '--rows', 'none', '--but', 'gms', code=1)
    assert 'rows: gms unknown; near gms are gsm' in done.stderr and 'Traceback' not in done.stderr


def test_groups(survived, voices, tmp_path):
    rows = figures(tmp_path, 'groups.py', '--corpus', voices, '--cells', 'none:4,white_20db:2', survived)['rows']
    assert {row['group']: row['clips'] for row in rows if row['group'].startswith('sex')} == {'sex f': 1, 'sex m': 1}
    assert all(0.5 <= row['found'] <= 1 for row in rows)


def test_quality(tool, voices, tmp_path):
    profiles = figures(tmp_path, 'quality.py', '--corpus', voices, '--earmark', tool, '--profiles', 'transparent,robust')['profiles']
    snr_db = [profiles[name]['si_snr_db']['mean'] for name in ('transparent', 'robust')]
    assert 40 > snr_db[0] > snr_db[1] > 12 and 0.9 < profiles['robust']['stoi']['worst'] < 1


def test_segments(tool, voices, tmp_path):
    (row,) = figures(tmp_path, 'segments.py', '--corpus', voices, '--earmark', tool, '--islands', '3', '--length', 6, '--trials', 1)['rows']
    assert row['n'] == 2 and row['whole'] >= 1 and 0 <= row['median_s'] <= row['worst_s'] < 2


def test_detection_delay(tool, voices, tmp_path):
    made = figures(tmp_path, 'detection_delay.py', '--corpus', voices, '--earmark', tool, '--delay', built('detection_delay'),
                   '--calls', 2, '--seconds', 5)  # fmt: skip
    assert len(made['rows']) == 4 and made['results']['all']['stream']['found'] == 4
    assert all(0 < row['stream_s'] < 5 and row['stream_s'] > row['whole_s'] - 0.5 for row in made['rows'])


def test_cue(tool, voices, tmp_path):
    made = figures(tmp_path, 'cue.py', '--corpus', voices, '--earmark', tool, '--distortions', 'none')
    assert made['clips'] == 2 and made['found']['none']['found'] == made['found']['none']['n'] == 4
    assert all(row['cues'] == 0 for rows in made['without'].values() for row in rows.values())


def test_averaging(voices, tmp_path):
    made = figures(tmp_path, 'averaging.py', '--corpus', voices, '--seconds', 6, '--strengths', 1, '--targets', 1)
    (row,) = made['rows']
    assert row['of'] == row['found'] == 1 and row['median_log10_p'] < -6 and row['snr_db'] > 5


def test_strength(voices, tmp_path):
    built('mark_with_rule')
    made = figures(tmp_path, 'strength.py', '--corpus', voices, '--split', 'test', '--variant', 'as built', '--distortions', 'none',
                   '--windows', 2, '--build', built('mark_with_rule').parents[1])  # fmt: skip
    (row,) = made['rows'].values()
    assert row


def test_long_files(tool, tmp_path):
    made = figures(tmp_path, 'long_files.py', '--hours', '0.003', '--earmark', tool)
    assert len(made['rows']) == 3 and all(row['peak_mib'] < 64 for row in made['rows'])


def test_compare(tmp_path):
    row = {'name': 'embedding/8000', 'run_type': 'iteration', 'real_time': 2.0, 'time_unit': 'ms'}
    for name, time in (('before', 2.0), ('after', 1.0)):
        (tmp_path / f'{name}.json').write_text(json.dumps({'benchmarks': [row | {'real_time': time}]}))
    said = ran('compare', tmp_path / 'before.json', tmp_path / 'after.json').stdout
    assert 'embedding/8000' in said and '0.5' in said
    (tmp_path / 'none.json').write_text(json.dumps({'benchmarks': []}))
    assert 'no benchmark in common' in ran('compare', tmp_path / 'none.json', tmp_path / 'after.json', code=1).stderr


def test_readme_says_what_was_recorded():
    ran('readme_tables.py', '--check')
