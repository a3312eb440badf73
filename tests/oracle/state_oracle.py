#!/usr/bin/env python3
"""States that numbers can have left behind, and states that they cannot, in exact fractions.

state_oracle.py COUNT SEED
Of a few small numbers, sums and extremes are moved a little; nicestat -m must take the state if, and
only if, real numbers have these sums, one of them being min, another max, and the others in between.
Those have their least squares if all are equal, and the greatest if all but one are at the ends.
"""
import math
import random
import subprocess
import sys
from fractions import Fraction as F


def text(x):
    """As nicestate(5) has it."""
    x, exponent = F(x), 0
    if x == 0:
        return "0x0p0"
    while x.denominator > 1:
        x, exponent = 2 * x, exponent - 1
    m = abs(int(x))
    while m % 2 == 0:
        m, exponent = m // 2, exponent + 1
    return "%s0x%xp%d" % ("-" if x < 0 else "", m, exponent)


def possible(n, low, high, total, squares):
    if n == 0:
        return low == math.inf and high == -math.inf and total == squares == 0
    if n == 1:
        return low == high == total and squares == total * total
    if low > high:
        return False
    n, total, squares = n - 2, total - low - high, squares - low * low - high * high
    if n == 0:
        return total == squares == 0
    if not n * low <= total <= n * high or squares * n < total * total:
        return False
    most = squares_at_ends(n, low, high, total)
    return squares <= most


def squares_at_ends(n, low, high, total):
    best = None
    for k in range(n):  # k at high, n - 1 - k at low, one in between
        rest = total - k * high - (n - 1 - k) * low
        if low <= rest <= high:
            value = k * high * high + (n - 1 - k) * low * low + rest * rest
            best = value if best is None else max(best, value)
    return best


def main():
    count, seed = map(int, sys.argv[1:])
    random.seed(seed)
    taken = 0
    for _ in range(count):
        scale = F(2) ** random.choice([0, 0, -1074, 900])
        xs = [random.randint(-3, 3) * scale for _ in range(random.randint(0, 6))]
        n, total, squares = len(xs), sum(xs, F(0)), sum((x * x for x in xs), F(0))
        low, high = (min(xs), max(xs)) if xs else (math.inf, -math.inf)
        change = random.randint(0, 7)
        if change == 1:
            squares += random.choice([-1, 1]) * scale * scale / random.choice([1, 2, 4])
        elif change == 2:
            total += random.choice([-1, 1]) * scale
        elif change == 3 and xs:
            low -= random.choice([-1, 1, 2]) * scale
        elif change == 4 and xs:
            high += random.choice([-1, 1, 2]) * scale
        elif change == 5:
            n = max(0, n + random.choice([-1, 1]))
        if squares < 0 or (squares and (squares * F(2) ** 2148).denominator > 1):
            continue
        state = "nicestat-state\t1\nn\t%d\nmin\t%r\nmax\t%r\nsum\t%s\nsquares\t%s\n" % (
            n, float(low), float(high), text(total), text(squares))
        done = subprocess.run(["nicestat", "-ms"], input=state, capture_output=True, text=True)
        wanted = possible(n, low, high, total, squares)
        assert (done.returncode == 0) == wanted, (wanted, state, done.stderr)
        taken += wanted
    assert 0.2 * count < taken < 0.9 * count, taken


if __name__ == "__main__":
    main()
