"""The benchmarks and the program agree: it takes a key written from a seed, and its verdicts are read."""
import pytest

from program import Program, seeded_bytes, write_key


@pytest.fixture(scope='module')
def program():
    try:
        return Program()
    except SystemExit:
        pytest.skip('no earmark program built')


def test_mark_is_found_under_its_key_alone(program, speech, tmp_path):
    soundfile = pytest.importorskip('soundfile')
    soundfile.write(tmp_path / 'host.wav', *speech)
    right, other = (write_key(tmp_path / name, seeded_bytes(name)) for name in ('right.key', 'other.key'))
    program.embed(tmp_path / 'host.wav', tmp_path / 'marked.wav', right, '0123456789abcdef', 'standard')
    files = [tmp_path / 'marked.wav', tmp_path / 'host.wav']
    marked, host = program.detect(files, [right])
    assert marked['marked'] and marked['payload'] == '0123456789abcdef' and marked['log10_p'] < -6
    assert not host['marked'] and host['payload'] is None
    assert not program.detect(files[:1], [other])[0]['marked']


def test_failure_is_told(program, tmp_path):
    (tmp_path / 'no.key').write_text('nothing')
    with pytest.raises(RuntimeError, match='exit 4'):
        program.detect([tmp_path / 'none.wav'], [tmp_path / 'no.key'])
