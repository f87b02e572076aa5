"""How tests run the program: that named by EARMARK, else the release build of this tree. And what they let it speak."""

import os
import pathlib
import subprocess

import numpy as np
import soundfile
from scipy.signal import resample_poly

ROOT = pathlib.Path(__file__).resolve().parents[2]
SENTENCES = (
    "She sells sea shells by the sea shore, and the shells she sells are sea shells, I am sure. "
    "Six thick thistle sticks stood in the soft summer grass, just past the church."
)


def binary():
    path = pathlib.Path(os.environ.get("EARMARK", ROOT / "build-release" / "tools" / "earmark"))
    assert path.is_file(), f"{path} is not built"
    return str(path)


class Result:
    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr.decode()

    @property
    def text(self):
        return self.out.decode()


def run(*words, stdin=b"", **more):
    words = [binary(), *map(str, words)]
    return Result(subprocess.run(words, input=stdin, capture_output=True, timeout=120, **more))


def spoken(path, *command):
    """Speech by sample rate, float64 within +-0.9, as `command` writes it to `path`."""
    plain = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}  # no sanitizer in the synthesiser
    subprocess.run([*command, path], check=True, env=plain, timeout=60)
    samples, rate = soundfile.read(path)
    made = {}

    def at(wanted):
        if wanted not in made:
            divisor = np.gcd(wanted, rate)
            made[wanted] = np.clip(resample_poly(samples, wanted // divisor, rate // divisor), -0.9, 0.9)
        return made[wanted]

    return at
