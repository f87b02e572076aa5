"""What a mark says: 32, 64 (the usual) or 128 bits. Their meaning is the user's."""
from __future__ import annotations

import operator
import uuid
from typing import SupportsIndex, Union

from . import _earmark

PayloadLike = Union[SupportsIndex, str, bytes, uuid.UUID]


class Payload(str):
    """The bits as lower-case hexadecimal digits: a str that also knows bytes, integers and UUIDs.

    Payload(value) takes a non-negative integer below 2**64 (64 bits), 8, 16 or 32 hexadecimal digits (dashes are
    skipped), 4, 8 or 16 bytes, or a uuid.UUID. ValueError for a value out of range, TypeError for another type; both
    name the argument `payload`.

    >>> payload = Payload(0x0123456789ABCDEF)
    >>> print(payload, payload.bits)
    0123456789abcdef 64
    >>> payload == "0123456789abcdef" and payload == 0x0123456789ABCDEF and bytes(payload)[0] == 1
    True

    Equal to a str of the same digits and to an integer, bytes or UUID of the same bits. The hash is that of the str:
    look integers up in a set or dict as Payload(value).
    """

    __slots__ = ()

    def __new__(cls, value: PayloadLike) -> Payload:
        return super().__new__(cls, _earmark.payload_hex(_digits(value)))

    @property
    def bits(self) -> int:
        """32, 64 or 128."""
        return 4 * len(self)

    def uuid(self) -> uuid.UUID:
        """The 128 bits as a UUID; ValueError for shorter payloads."""
        if self.bits != 128:
            raise ValueError(f"payload: {self.bits} bits, a UUID has 128")
        return uuid.UUID(hex=str(self))

    def __bytes__(self) -> bytes:
        return bytes.fromhex(str(self))

    def __int__(self) -> int:
        return int(str(self), 16)

    __index__ = __int__

    def __str__(self) -> str:
        return str.__str__(self)

    def __repr__(self) -> str:
        return f"Payload({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return str.__eq__(self, other)
        if isinstance(other, int):
            return int(self) == other
        if isinstance(other, bytes):
            return bytes(self) == other
        if isinstance(other, uuid.UUID):
            return self.bits == 128 and int(self) == other.int
        return NotImplemented

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__

    def __getnewargs__(self) -> tuple[str]:
        return (str(self),)


def _digits(value: PayloadLike) -> str:
    if isinstance(value, str):
        return str(value).encode("ascii", "replace").decode()
    if isinstance(value, (bytes, bytearray)):
        if len(value) not in (4, 8, 16):
            raise ValueError(f"payload: {len(value)} bytes, 4, 8 or 16 are needed")
        return value.hex()
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(
            f"payload: {type(value).__name__} given; an int, hexadecimal digits, bytes or a uuid.UUID is needed"
        )
    number = operator.index(value)
    if not 0 <= number < 2**64:
        raise ValueError(f"payload: {number} is outside 0 to 2**64 - 1; give 128 bits as bytes or uuid.UUID")
    return f"{number:016x}"
