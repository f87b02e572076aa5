"""The benchmarks are scripts, not a package: their folder goes on the path. Speech comes from espeak-ng, made here."""
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'benchmarks'))

TEXT = ('The boy was there when the sun rose. A rod is used to catch pink salmon. '
        'The source of the huge river is the clear spring.')


@pytest.fixture(scope='session')
def speech(tmp_path_factory):
    """(samples, rate): about 7 s at 22.05 kHz."""
    soundfile = pytest.importorskip('soundfile')
    path = tmp_path_factory.mktemp('speech') / 'espeak.wav'
    try:
        subprocess.run(['espeak-ng', '-v', 'en-gb', '-w', path, TEXT], check=True)
    except FileNotFoundError:
        pytest.skip('espeak-ng is not installed')
    return soundfile.read(path)
