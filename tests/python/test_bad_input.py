"""Whatever cannot be used is a TypeError or a ValueError that names the argument."""

import uuid

import numpy as np
import pytest

import earmark

GOOD = np.random.default_rng(0).normal(0, 0.1, 32000).astype(np.float32)


def holding(value, dtype=np.float32):
    x = GOOD.astype(dtype)
    x[123] = value
    return x


class Failing:
    def __array__(self, dtype=None):
        raise RuntimeError("on another device")


AUDIO = {
    "objects": (np.array([object()] * 8), TypeError),
    "objects that are numbers": (GOOD[:100].astype(object), TypeError),
    "none": (None, TypeError),
    "a path": ("speech.wav", TypeError),
    "bytes": (b"\0\0\0\0", TypeError),
    "int32": ((GOOD * 1000).astype(np.int32), TypeError),
    "uint8": (np.zeros(100, np.uint8), TypeError),
    "float16": (GOOD.astype(np.float16), TypeError),
    "long double": (GOOD.astype(np.longdouble), TypeError),
    "complex": (GOOD.astype(np.complex64), TypeError),
    "bool": (GOOD > 0, TypeError),
    "record": (np.zeros(100, [("a", "f4")]), TypeError),
    "masked": (np.ma.masked_greater(GOOD, 0.1), TypeError),
    "ragged": ([[0.1, 0.2], [0.3]], TypeError),
    "fails to convert": (Failing(), TypeError),
    "no dimension": (np.float32(0.1), ValueError),
    "three dimensions": (np.zeros((1, 1, 100), np.float32), ValueError),
    "no samples": (np.zeros(0, np.float32), ValueError),
    "no samples in 2 channels": (np.zeros((2, 0), np.float32), ValueError),
    "no channels": (np.zeros((0, 100), np.float32), ValueError),
    "channels last": (np.zeros((32000, 2), np.float32), ValueError),
    "65 channels": (np.zeros((65, 100), np.float32), ValueError),
    "nan": (holding(np.nan), ValueError),
    "infinity": (holding(-np.inf), ValueError),
    "nan in float64": (holding(np.nan, np.float64), ValueError),
    "too large for float32": (holding(1e300, np.float64), ValueError),
    "2^31 samples claimed": (np.broadcast_to(np.float32(0.1), 2**31), ValueError),
    "2^33 int16 claimed": (np.broadcast_to(np.int16(1), (2, 2**32)), ValueError),
    "2^59 claimed": (np.broadcast_to(np.float64(0), (2, 2**58)), ValueError),
}
RATES = [
    (0, ValueError),
    (-16000, ValueError),
    (7999, ValueError),
    (192001, ValueError),
    (2**70, ValueError),
    (22050.5, ValueError),
    (float("nan"), ValueError),
    (float("inf"), ValueError),
    ("16000", TypeError),
    (None, TypeError),
    (True, TypeError),
    (16000j, TypeError),
    ([16000], TypeError),
]
PAYLOADS = [
    (-1, ValueError),
    (2**64, ValueError),
    ("", ValueError),
    ("012345678", ValueError),
    ("0123456789abcdeg", ValueError),
    ("٠1234567", ValueError),
    ("0123\x004567", ValueError),
    ("0123456\ud800", ValueError),
    (b"abc", ValueError),
    (1.0, TypeError),
    (None, TypeError),
    (True, TypeError),
    ([1, 2], TypeError),
]


@pytest.fixture
def embed(key):
    return lambda x=GOOD, **more: earmark.embed(x, **{"sample_rate": 16000, "key": key, "payload": 1} | more)


@pytest.fixture
def detect(key):
    return lambda x=GOOD, **more: earmark.detect(x, **{"sample_rate": 16000, "key": key} | more)


@pytest.mark.parametrize("name", AUDIO)
def test_audio(embed, detect, name):
    x, error = AUDIO[name]
    for call in (embed, detect):
        with pytest.raises(error, match="^x: "):
            call(x)


def test_float_audio_on_the_scale_of_int16(embed, detect):
    with pytest.raises(ValueError, match="^x: peak .* full scale of floats is 1"):
        embed(GOOD * 32768)
    detect(GOOD * 32768)


@pytest.mark.parametrize("rate,error", RATES)
def test_sample_rate(embed, detect, key, rate, error):
    for call in (
        embed,
        detect,
        lambda **more: earmark.Embedder(key=key, payload=1, **more),
        lambda **more: earmark.Detector(key=key, **more),
    ):
        with pytest.raises(error, match="^sample_rate: "):
            call(sample_rate=rate)


def test_sample_rate_is_required(key):
    with pytest.raises(TypeError, match="sample_rate"):
        earmark.embed(GOOD, key=key, payload=1)
    with pytest.raises(TypeError, match="sample_rate"):
        earmark.detect(GOOD, key=key)
    with pytest.raises(TypeError):
        earmark.detect(GOOD, 16000, key)


def test_whole_numbers_of_any_kind_are_sample_rates(detect):
    for rate in (16000, 16000.0, np.int32(16000), np.float64(16000)):
        assert detect(sample_rate=rate).duration_s == 2


@pytest.mark.parametrize("payload,error", PAYLOADS)
def test_payload(embed, payload, error):
    with pytest.raises(error, match="^payload"):
        embed(payload=payload)


@pytest.mark.parametrize("wrong", [None, 5, b"0" * 32, object(), {"a"}, uuid.UUID(int=1)])
def test_key_types(embed, detect, wrong):
    for call in (embed, detect):
        with pytest.raises(TypeError, match="^key: "):
            call(key=wrong)


def test_keys_that_do_not_fit(embed, detect, key):
    with pytest.raises(TypeError, match="^key: a ScreeningKey finds"):
        embed(key=key.screening())
    for none in ([], {}, ()):
        with pytest.raises(ValueError, match="^key: none given"):
            detect(key=none)
    with pytest.raises(TypeError, match="^key: "):
        detect(key=[key, None])
    with pytest.raises(TypeError, match="^key: "):
        embed(key=[key])


@pytest.mark.parametrize("name,value,error", [
    ("search", "fast", ValueError), ("search", None, TypeError), ("p_max", 0, ValueError), ("p_max", 1, ValueError),
    ("p_max", float("nan"), ValueError), ("p_max", "low", TypeError), ("p_max", None, TypeError),
])
def test_detect_settings(detect, name, value, error):
    with pytest.raises(error, match=f"^{name}: "):
        detect(**{name: value})


@pytest.mark.parametrize("value,error", [("loud", ValueError), (None, TypeError), (1, TypeError), ("", ValueError)])
def test_profile(embed, value, error):
    with pytest.raises(error, match="^profile: "):
        embed(profile=value)


@pytest.mark.parametrize("value,error", [(0, ValueError), (65, ValueError), (2**40, ValueError), ("2", TypeError)])
def test_channels(key, value, error):
    with pytest.raises(error, match="^channels: "):
        earmark.Embedder(sample_rate=16000, key=key, payload=1, channels=value)
    with pytest.raises(error, match="^channels: "):
        earmark.Detector(sample_rate=16000, key=key, channels=value)


def test_native_layer_checks_what_memory_needs(key):
    """Nobody should call it directly, but a mistake there must not read foreign memory."""
    native = earmark._earmark
    embedder = native.Embedder(16000, 2, key._native, "00000001", "standard")
    for wrong in (GOOD, GOOD[None], GOOD.reshape(2, 2, -1), GOOD.astype(np.float64).reshape(2, -1), None):
        with pytest.raises((TypeError, ValueError)):
            embedder.process(wrong)
    with pytest.raises(TypeError):
        native.embed(np.asfortranarray(GOOD.reshape(2, -1)), 16000, key._native, "00000001", "standard")
    with pytest.raises(TypeError):
        native.detect(GOOD[None], 16000, [("a", object())], "none", 1e-6, False)
    with pytest.raises(TypeError):
        native.Key()
