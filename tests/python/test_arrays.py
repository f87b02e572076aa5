"""Shape, dtype and layout in are shape, dtype and layout out, and none of them changes the bits of the mark."""

import sys

import numpy as np
import pytest

import earmark

import other_watermarks
from conftest import PAYLOAD


@pytest.fixture
def embed(key):
    return lambda x, rate=24000: earmark.embed(x, sample_rate=rate, key=key, payload=PAYLOAD)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16, ">f4", ">f8", ">i2"])
@pytest.mark.parametrize("channels", [None, 1, 2])
def test_shape_and_dtype_are_kept(embed, stereo, key, dtype, channels):
    x = stereo[0] if channels is None else stereo[:channels]
    x = (x * 32767).astype(dtype) if np.dtype(dtype).kind == "i" else x.astype(dtype)
    before = x.copy()
    marked = embed(x)
    assert marked.shape == x.shape and marked.dtype == x.dtype
    assert np.array_equal(x, before) and not np.array_equal(marked, x)
    found = earmark.detect(marked, sample_rate=24000, key=key)
    assert found.marked and found.payload == PAYLOAD


def test_float64_is_computed_in_float32(embed, stereo):
    assert np.array_equal(embed(stereo.astype(np.float64)), embed(stereo).astype(np.float64))


def test_int16_is_the_float_result_rounded(embed, stereo):
    x = np.rint(stereo * 32767).astype(np.int16)
    wanted = np.rint(embed(x.astype(np.float32) / 32768) * 32768)
    assert np.array_equal(embed(x), np.clip(wanted, -32768, 32767))


def test_int16_at_full_scale_does_not_wrap(embed, stereo):
    x = np.clip(np.rint(stereo * 200000), -32768, 32767).astype(np.int16)
    marked = embed(x)
    assert np.max(np.abs(marked.astype(int) - x)) < 16384


LAYOUTS = {
    "fortran": lambda x: np.asfortranarray(x),
    "transposed": lambda x: np.ascontiguousarray(x.T).T,
    "strided": lambda x: np.repeat(x, 3, axis=1)[:, ::3],
    "backwards twice": lambda x: np.ascontiguousarray(x[:, ::-1])[:, ::-1],
    "read-only": lambda x: np.frombuffer(x.tobytes(), np.float32).reshape(x.shape),
    "misaligned": lambda x: np.frombuffer(b"\0" + x.tobytes(), np.uint8)[1:].view(np.float32).reshape(x.shape),
    "nested list": lambda x: x[:, :40000].tolist(),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout_changes_no_bit(embed, stereo, key, name):
    view = LAYOUTS[name](stereo)
    plain = stereo[:, : np.shape(view)[1]]
    marked = embed(view)
    assert np.array_equal(marked, embed(plain))
    again = LAYOUTS[name](marked.astype(np.float32))
    assert earmark.detect(again, sample_rate=24000, key=key) == earmark.detect(
        marked[:, : np.shape(again)[1]], sample_rate=24000, key=key
    )


def test_each_channel_is_marked_as_if_alone(embed, stereo):
    both = embed(stereo)
    assert np.array_equal(both[0], embed(stereo[0])) and np.array_equal(both[1], embed(stereo[1]))


class Wrapped:
    """Stands for the arrays of other libraries: no NumPy array, but knows how to become one."""

    def __init__(self, array):
        self.array = array


class WithArray(Wrapped):
    def __array__(self, dtype=None):
        return self.array


class WithDlpack(Wrapped):
    def __dlpack__(self, stream=None):
        return self.array.__dlpack__()

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


@pytest.mark.parametrize("kind", [WithArray, WithDlpack])
def test_other_libraries_arrays(embed, stereo, key, kind):
    marked = embed(kind(stereo))
    assert isinstance(marked, np.ndarray) and np.array_equal(marked, embed(stereo))
    assert earmark.detect(kind(marked), sample_rate=24000, key=key).marked


def test_torch_tensors(embed, stereo, key, monkeypatch):
    """A tensor gives a tensor, gradients are left behind; torch is known only where the caller has imported it."""
    other_watermarks.install_audioseal(monkeypatch)
    torch = sys.modules["torch"]
    for tensor in (torch.from_numpy(stereo), torch.from_numpy(stereo).requires_grad_()):
        marked = embed(tensor)
        assert isinstance(marked, torch.Tensor) and marked.dtype == np.float32 and not marked.requires_grad
        assert np.array_equal(np.asarray(marked), embed(stereo))
        assert earmark.detect(marked, sample_rate=24000, key=key).marked


@pytest.mark.parametrize("samples", [1, 2, 47, 480, 481, 700])
@pytest.mark.filterwarnings("ignore:x. .* s of active speech")
def test_short_audio_keeps_its_length(embed, stereo, key, samples):
    x = stereo[0, 12000 : 12000 + samples]
    assert embed(x).shape == x.shape
    found = earmark.detect(x, sample_rate=24000, key=key)
    assert not found.marked and found.reason.endswith("s of active speech")


def test_too_little_speech_to_be_found_is_told(embed, stereo):
    with pytest.warns(UserWarning, match="x: .* s of active speech, under 1 s"):
        embed(stereo[0, :4000])


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
@pytest.mark.parametrize("kind", ["new", "strided", "itself", "overlapping"])
def test_out_gets_the_same_samples(embed, stereo, key, dtype, kind):
    x = (stereo * (32767 if dtype == np.int16 else 1)).astype(dtype)
    memory = np.concatenate([x, x], axis=1).ravel()
    size = x.size
    host = memory[:size].reshape(x.shape)
    host[:] = x
    out = {
        "new": np.empty_like(x), "strided": np.empty((2, 2 * x.shape[1]), dtype)[:, ::2], "itself": host,
        "overlapping": memory[10 : 10 + size].reshape(x.shape),
    }[kind]  # fmt: skip
    whole = embed(x)
    assert earmark.embed(host, sample_rate=24000, key=key, payload=PAYLOAD, out=out) is out and np.array_equal(out, whole)
    host[:] = x
    streamed = earmark.Embedder(sample_rate=24000, key=key, payload=PAYLOAD, channels=2)
    lag = streamed.latency_samples
    assert streamed.process(host, out=out) is out and np.array_equal(out[:, lag:], whole[:, :-lag])


def test_out_that_does_not_fit(embed, stereo, key):
    x = stereo[0].copy()
    frozen = np.zeros_like(x)
    frozen.flags.writeable = False
    for error, out in ((TypeError, [0.0] * len(x)), (ValueError, np.zeros(len(x))), (ValueError, np.zeros_like(x[1:])),
                       (ValueError, np.zeros_like(x[np.newaxis])), (ValueError, frozen)):  # fmt: skip
        with pytest.raises(error, match="^out: "):
            earmark.embed(x, sample_rate=24000, key=key, payload=PAYLOAD, out=out)
        with pytest.raises(error, match="^out: "):
            earmark.Embedder(sample_rate=24000, key=key, payload=PAYLOAD).process(x, out=out)
    kept = np.full_like(x, 0.25)
    with pytest.raises(ValueError, match="^payload"):
        earmark.embed(x, sample_rate=24000, key=key, payload=-1, out=kept)
    assert np.all(kept == 0.25)
