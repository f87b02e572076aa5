"""Intervals for shares: with 17 clips a share of 1.00 says less than it seems."""
import math

Z95 = 1.959964  # two-sided 95 %


def wilson(count, n):
    """95 % interval of a share (Wilson 1927); it behaves at 0 and 1, where the normal one has no width."""
    if n == 0:
        return 0.0, 1.0
    share, z2 = count / n, Z95 ** 2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)
