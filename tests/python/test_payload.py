"""Payload: one value in many spellings."""

import json
import pickle
import uuid

import numpy as np
import pytest

import earmark
from earmark import Payload


def test_spellings():
    wanted = "0123456789abcdef"
    for spelling in (
        0x0123456789ABCDEF,
        np.uint64(0x0123456789ABCDEF),
        wanted,
        wanted.upper(),
        "0123-4567-89ab-cdef",
        bytes.fromhex(wanted),
        Payload(wanted),
    ):
        payload = Payload(spelling)
        assert payload == wanted and payload.bits == 64 and str(payload) == wanted
        assert payload == 0x0123456789ABCDEF and payload == bytes.fromhex(wanted) and int(payload) == int(wanted, 16)
        assert not payload != wanted and payload != "0" * 16 and payload != 5 and payload != None  # noqa: E711
    assert Payload(5) == "0000000000000005"
    assert Payload("01234567").bits == 32 and Payload(b"\0\1\2\3") == "00010203"


def test_uuid():
    identity = uuid.uuid4()
    payload = Payload(identity)
    assert payload.bits == 128 and payload.uuid() == identity and payload == identity and Payload(str(identity)) == payload
    with pytest.raises(ValueError, match="^payload: 64 bits"):
        Payload(1).uuid()


def test_is_a_str_everywhere():
    payload = Payload(7)
    assert json.dumps({"payload": payload}) == '{"payload": "0000000000000007"}'
    assert {payload: 1}["0000000000000007"] == 1 and type(str(payload)) is str
    assert pickle.loads(pickle.dumps(payload)) == payload and eval(repr(payload)) == payload


@pytest.mark.parametrize("payload", [0, 2**64 - 1, "89abcdef", uuid.UUID(int=2**127 + 12345)])
def test_through_the_air(speech, key, payload):
    marked = earmark.embed(speech, sample_rate=16000, key=key, payload=payload)
    assert earmark.detect(marked, sample_rate=16000, key=key).payload == payload
