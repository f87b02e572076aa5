"""The payload code once more, written from the comments of dsp/coding: prints the digests that test_codeword.cpp expects."""
import pathlib
import re

CODEWORD_BITS, MEMORY, CRC_BITS = 992, 12, 16
CODING = pathlib.Path(__file__).parents[2] / "dsp/coding"
POLYNOMIALS = [int(taps, 16) for taps in re.findall(r"0x[0-9a-f]{4}", (CODING / "code_polynomials.hpp").read_text())]


def bits_of(value, count):
    return [value >> i & 1 for i in reversed(range(count))]


def crc(data, register):
    for bit in (bit for byte in data for bit in bits_of(byte, 8)):
        feedback = register >> 15 ^ bit
        register = register << 1 & 0xFFFF ^ (0x1021 if feedback else 0)
    return register


def outputs_of_sections(count):
    weights = [min(2 + min(t, count - 1 - t), MEMORY + 2) for t in range(count)]
    first = [CODEWORD_BITS * sum(weights[:t]) // sum(weights) for t in range(count + 1)]
    return [b - a for a, b in zip(first, first[1:])]


def scramble(seed):
    mask = (1 << 64) - 1
    for i in range(1, CODEWORD_BITS + 1):
        word = seed + i * 0x9E3779B97F4A7C15 & mask
        word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 & mask
        word = (word ^ word >> 27) * 0x94D049BB133111EB & mask
        yield word >> 63


def encode(payload):
    size = 8 * len(payload)
    check = crc(payload, {32: 0x1D0F, 64: 0xFFFF, 128: 0xC6C6}[size])
    message = [bit for byte in payload for bit in bits_of(byte, 8)] + bits_of(check, CRC_BITS) + [0] * MEMORY
    code = []
    for t, outputs in enumerate(outputs_of_sections(len(message))):
        window = sum(message[t - i] << i for i in range(min(t, MEMORY) + 1))
        code += [(window & taps).bit_count() & 1 for taps in POLYNOMIALS[:outputs]]
    return [bit ^ flip for bit, flip in zip(code, scramble(size), strict=True)]


def digest(bits):
    value = 0xCBF29CE484222325  # FNV-1a
    for bit in bits:
        value = (value ^ bit) * 0x100000001B3 & (1 << 64) - 1
    return value


if __name__ == "__main__":
    for size in (8, 16, 32):
        for payload in ("0" * size, ("0123456789abcdef" * 2)[:size]):
            print(payload, f"0x{digest(encode(bytes.fromhex(payload))):016x}")
