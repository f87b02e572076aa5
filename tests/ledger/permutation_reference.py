"""The permutation of tools/ledger/permutation.hpp, written a second time; prints the known answers of its test."""
import hashlib

ROUNDS = 10


def half(key, which, value):
    message = bytes([which]) + value.to_bytes(4, "little")
    return int.from_bytes(hashlib.blake2b(message, key=key, digest_size=16).digest()[:4], "little")


def forward(key, number):
    left, right = number >> 32, number & 0xFFFFFFFF
    for which in range(ROUNDS):
        left, right = right, left ^ half(key, which, right)
    return left << 32 | right


if __name__ == "__main__":
    for number in (0, 1, 2, 2**32, 2**64 - 1):
        print(f"{number:#x} {forward(bytes(range(32)), number):#018x}")
