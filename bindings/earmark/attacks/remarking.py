"""Attacks with earmark itself: another vendor's mark on top of the first."""
from __future__ import annotations

import hashlib
from typing import Any

from ..embedder import embed_reported
from ..key import Key
from .attack import Changed, attack, in_range


@attack
def overwrite(samples: Any, sample_rate: int, seed: int = 0, *, profile: str = "standard", times: int = 1) -> Changed:
    """Marked again, `times` over (1 to 100), each time with a key and a payload of its own, both from the seed.

    That is also what two vendors who mark one after the other do: both marks stand in the result.
    """
    for number in range(int(in_range("times", times, 1, 100))):
        drawn = hashlib.sha256(f"earmark overwrite {seed} {number}".encode()).digest()
        samples = embed_reported(
            samples, sample_rate=sample_rate, key=Key.from_bytes(drawn), payload=drawn[:8], profile=profile
        )[0]
    return samples, sample_rate
