"""A script written for AudioSeal, with its import changed and nothing else."""

import sys

import numpy as np
import pytest

import earmark
import other_watermarks
from earmark.audioseal import AudioSeal


@pytest.fixture(autouse=True)
def environment(monkeypatch, key):
    monkeypatch.setenv("EARMARK_KEY", key.path)


def script(wav, message, sr):
    model = AudioSeal.load_generator("audioseal_wm_16bits")
    watermark = model.get_watermark(wav, sr, message=message)
    detector = AudioSeal.load_detector("audioseal_detector_16bits")
    return watermark, detector.detect_watermark(wav + watermark, sr), detector.detect_watermark(wav, sr)


def test_numpy(stereo):
    wav = np.stack([stereo[0], stereo[1]])[:, None]
    message = np.random.default_rng(0).integers(0, 2, (2, 16))
    watermark, (share, read), (share_before, read_before) = script(wav, message, 24000)
    assert watermark.shape == wav.shape and watermark.dtype == np.float32
    assert share > 0.8 and np.array_equal(read, message)
    assert share_before == 0 and np.all(read_before == -1)


def test_torch(stereo, monkeypatch):
    """Tensors in, tensors out; the package knows torch only where the caller has imported it."""
    other_watermarks.install_audioseal(monkeypatch)
    torch = sys.modules["torch"]
    wav = torch.from_numpy(stereo[:1][None])
    message = torch.from_numpy(np.random.default_rng(1).integers(0, 2, (1, 16)))
    watermark, (share, read), _ = script(wav, message, 24000)
    assert isinstance(watermark, torch.Tensor) and share > 0.8 and isinstance(read, torch.Tensor) and np.array_equal(read, message)
    marked = AudioSeal.load_generator("x").eval().to("cpu")(wav, sample_rate=24000, message=message, alpha=1)
    presence, read = AudioSeal.load_detector("x").eval()(marked, 24000)
    assert presence.shape == (1, 2, wav.shape[2]) and isinstance(read, torch.Tensor) and np.array_equal(read, message)


def test_without_a_message_a_random_one_is_carried(stereo):
    wav = stereo[:1][None]
    marked = AudioSeal.load_generator()(wav, 24000)
    _, read = AudioSeal.load_detector().detect_watermark(marked, 24000)
    assert set(np.unique(read)) <= {0, 1}


def test_what_earmark_does_not_guess(stereo, monkeypatch, key):
    wav = stereo[:1][None]
    model = AudioSeal.load_generator()
    for error, name, call in (
        (TypeError, "sample_rate", lambda: model.get_watermark(wav)),
        (ValueError, "x", lambda: model.get_watermark(stereo, 24000)),
        (TypeError, "x", lambda: model.get_watermark((wav * 9).astype(int), 24000)),
        (ValueError, "message", lambda: model.get_watermark(wav, 24000, message=np.ones((1, 15)))),
        (ValueError, "message", lambda: model.get_watermark(wav, 24000, message=np.full((1, 16), 2))),
        (ValueError, "nbits", lambda: AudioSeal.load_generator(nbits=33)),
        (TypeError, "key", lambda: earmark.audioseal.Generator(key=5).get_watermark(wav, 24000)),
    ):
        with pytest.raises(error, match=f"^{name}: "):
            call()
    monkeypatch.delenv("EARMARK_KEY")
    with pytest.raises(ValueError, match="^key: none given"):
        AudioSeal.load_generator()
    AudioSeal.load_generator(key=key)
    AudioSeal.load_detector(key=key.screening())
