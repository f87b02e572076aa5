"""Stand-ins for watermarks that are not installed here: they take and give what the real ones do, and check what they get.

Shapes, types and option names were read in audioseal/models.py of AudioSeal 0.2 and in the help and output of audiowmark
0.6.5. The mark of both is a plain additive pattern per bit.
"""
import sys
import types

import numpy as np

AUDIOWMARK = r'''#!{python}
import json, sys
import numpy as np, soundfile
words, options = [], {{}}
rest = iter(sys.argv[1:])
for word in rest:
    if word in ("--key", "--strength", "--json"):
        options[word] = next(rest)
    elif word.startswith("--"):
        options[word] = True
    else:
        words.append(word)
seed = len(open(options["--key"]).read()) if "--key" in options else 0
pattern = np.random.default_rng(seed).choice([-1.0, 1.0], (128, 1 << 14))
if words[0] == "add":
    host, rate = soundfile.read(words[1])
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(words[3]), np.uint8)) * 2.0 - 1
    mark = np.resize(bits @ pattern, len(host)) * 1e-4 * float(options.get("--strength", 10))
    soundfile.write(words[2], np.clip(host + mark, -1, 1), rate, subtype="PCM_16")
    print("Input:", words[1])
elif words[0] == "get":
    received, rate = soundfile.read(words[1])
    whole = received[: len(received) // 16384 * 16384].reshape(-1, 16384).sum(axis=0)
    read = np.packbits((pattern @ whole > 0).astype(np.uint8)).tobytes().hex()
    guesses = [np.random.default_rng(n).bytes(16).hex() for n in range(7)]
    matches = [dict(key="test", pos="0:00", bits=bits, quality=0.6 - 0.01 * n, error=0.5, rating=0.6 - 0.01 * n, type="CLIP-A",
                    speed=1.0) for n, bits in enumerate(guesses[:3] + [read] + guesses[3:])]
    json.dump(dict(length="0:10", matches=matches), open(options["--json"], "w"))
else:
    sys.exit("usage: audiowmark <command> [ <args>... ]")
'''


def install_audiowmark(folder):
    program = folder / "audiowmark"
    program.write_text(AUDIOWMARK.format(python=sys.executable))
    program.chmod(0o755)
    return program


class Tensor(np.ndarray):
    """As much of torch.Tensor as a numpy array can be. Like the real one it gives no array while it carries a gradient."""

    requires_grad = False

    def requires_grad_(self):
        copy = np.array(self).view(Tensor)
        copy.requires_grad = True
        return copy

    def __array__(self, *more):
        if self.requires_grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return np.ndarray.__array__(self, *more)

    def detach(self):
        return np.ndarray.view(self, np.ndarray).copy().view(Tensor)

    def cpu(self):
        return self


class _NoGrad:
    def __enter__(self):
        return self

    def __exit__(self, *problem):
        return False


def _model_input(x, sample_rate):
    assert isinstance(x, Tensor) and x.dtype == np.float32 and x.ndim == 3 and x.shape[1] == 1, (type(x), x.shape, x.dtype)
    assert sample_rate == 16000 and np.abs(x).max() <= 1.5
    return np.asarray(x, np.float64)


class _Model:
    pattern = np.random.default_rng(7).choice([-1.0, 1.0], (17, 1 << 14)) * 0.01
    in_evaluation = False

    def eval(self):
        self.in_evaluation = True
        return self


class Generator(_Model):
    def get_watermark(self, x, sample_rate=None, message=None):
        x = _model_input(x, sample_rate)
        assert self.in_evaluation and message.shape == (x.shape[0], 16) and message.dtype == np.int64
        bits = np.concatenate([np.ones((len(message), 1)), np.asarray(message) * 2 - 1], axis=1)
        return np.stack([np.resize(row @ self.pattern, x.shape[1:]) for row in bits]).astype(np.float32).view(Tensor)


class Detector(_Model):
    def detect_watermark(self, x, sample_rate=None, message_threshold=0.5, detection_threshold=0.5):
        x = _model_input(x, sample_rate)
        assert self.in_evaluation
        whole = x[0, 0, : x.shape[2] // 16384 * 16384].reshape(-1, 16384).sum(axis=0)
        match = self.pattern @ whole / max(np.linalg.norm(whole) * np.linalg.norm(self.pattern[0]), 1e-9)
        return float(match[0] > 0.05), (match[np.newaxis, 1:] > 0).astype(np.int32).view(Tensor)


def install_audioseal(monkeypatch):
    torch = types.ModuleType("torch")
    torch.Tensor, torch.no_grad = Tensor, _NoGrad
    torch.from_numpy = lambda array: np.ascontiguousarray(array).view(Tensor)
    audioseal = types.ModuleType("audioseal")

    class AudioSeal:
        @staticmethod
        def load_generator(card):
            assert card == "audioseal_wm_16bits"
            return Generator()

        @staticmethod
        def load_detector(card):
            assert card == "audioseal_detector_16bits"
            return Detector()

    audioseal.AudioSeal = AudioSeal
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "audioseal", audioseal)
