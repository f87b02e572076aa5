#!/usr/bin/env python3
"""The derivation and the carrier written a second time, from the specifications alone: prints the known answers that
test_key.cpp, test_keyed_stream.cpp and test_carrier.cpp hold. Needs Python's standard library only.

BLAKE2b is hashlib's (RFC 7693; libsodium's KDF is BLAKE2b with salt = subkey id and person = context). ChaCha20 is
written out below from Bernstein's paper: 64-bit block counter, 64-bit nonce of 0.

    python3 tests/carrier/reference.py
"""

import hashlib
import struct

ROWS, BANDS = 64, 31
SLOW_ROWS, SLOW_BANDS = 32, 14


def derive_subkey(master, number):
    salt = struct.pack("<QQ", number, 0)
    return hashlib.blake2b(key=master, digest_size=32, salt=salt, person=b"earmark1".ljust(16, b"\0")).digest()


def chacha20_block(key, counter):
    def quarter(x, a, b, c, d):
        for first, second, target, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            x[first] = (x[first] + x[second]) & 0xFFFFFFFF
            mixed = x[target] ^ x[first]
            x[target] = (mixed << turn | mixed >> (32 - turn)) & 0xFFFFFFFF

    start = struct.unpack("<4I", b"expand 32-byte k") + struct.unpack("<8I", key) + (counter, 0, 0, 0)
    x = list(start)
    for _ in range(10):
        for i in range(4):
            quarter(x, i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(x, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(x, start)))


def stream_bytes(subkey, name):
    key = hashlib.blake2b(b"earmark stream 1: " + name.encode(), key=subkey, digest_size=32).digest()
    counter = 0
    while True:
        yield from chacha20_block(key, counter)
        counter += 1


def stream_bits(subkey, name):
    for byte in stream_bytes(subkey, name):
        yield from ((byte >> i) & 1 for i in range(8))


def below(source, n):
    while True:
        value = int.from_bytes(bytes(next(source) for _ in range(4)), "little")
        if value >= 2**32 % n:
            return value % n


def permutation(source, n):
    order = list(range(n))
    for last in range(n - 1, 0, -1):
        other = below(source, last + 1)
        order[last], order[other] = order[other], order[last]
    return order


def carrier(sync, payload):
    is_sync = [[False] * BANDS for _ in range(ROWS)]
    deal = stream_bits(sync, "deal")
    for row in range(ROWS):
        for pair in range(BANDS // 2):
            is_sync[row][2 * pair + next(deal)] = True
    for pair in range(ROWS // 2):
        is_sync[2 * pair + next(deal)][BANDS - 1] = True
    sync_bits = stream_bits(sync, "sync signs")
    payload_bits = stream_bits(payload, "payload signs")
    order = iter(permutation(stream_bytes(payload, "code bit order"), ROWS * BANDS // 2))
    chips = []
    for use in (use for row in is_sync for use in row):
        chips.append((1 - 2 * next(sync_bits), -1) if use else (1 - 2 * next(payload_bits), next(order)))
    return chips


def slow_signs(sync):
    bits = stream_bits(sync, "slow signs")
    return [1 - 2 * next(bits) for _ in range(SLOW_ROWS * SLOW_BANDS)]


def main():
    master = bytes(range(32))
    sync, payload = derive_subkey(master, 1), derive_subkey(master, 2)
    print("master       ", master.hex())
    print("sync         ", sync.hex())
    print("payload      ", payload.hex())
    print("fingerprint  ", hashlib.blake2b(b"earmark fingerprint 1", key=sync, digest_size=16).hexdigest()[:16])

    source = stream_bytes(sync, "test")
    print("bytes        ", bytes(next(source) for _ in range(72)).hex())
    source = stream_bytes(sync, "test")
    print("below(1000)  ", [below(source, 1000) for _ in range(6)])
    print("below(3<<30) ", [below(source, 3 << 30) for _ in range(6)])
    print("permutation  ", permutation(stream_bytes(sync, "test"), 16))

    chips = carrier(sync, payload)
    as_bytes = struct.pack("<1984b", *(sign for sign, _ in chips)) + struct.pack("<1984h", *(bit for _, bit in chips))
    print("first row    ", "".join("+" if sign > 0 else "-" for sign, _ in chips[:BANDS]), [b for _, b in chips[:BANDS]])
    print("carrier      ", hashlib.blake2b(as_bytes, digest_size=32).hexdigest())
    slow = slow_signs(sync)
    print("first slow   ", "".join("+" if sign > 0 else "-" for sign in slow[:SLOW_BANDS]))
    print("slow         ", hashlib.blake2b(struct.pack("<448b", *slow), digest_size=32).hexdigest())
    lines = [b"earmark key 1", b"# Keep this file secret: whoever has it can mark audio and read marks.", b"kind: master",
             b"secret: " + master.hex().encode(), b"fingerprint: "
             + hashlib.blake2b(b"earmark fingerprint 1", key=sync, digest_size=16).hexdigest()[:16].encode()]
    print("checksum     ", hashlib.blake2b(b"".join(line + b"\n" for line in lines), digest_size=16).hexdigest()[:16])


if __name__ == "__main__":
    main()
