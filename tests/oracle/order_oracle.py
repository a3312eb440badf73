#!/usr/bin/env python3
"""What holds for quantiles and histograms of nicestat however close or far apart the numbers are:
random sets, held against exact fractions.

order_oracle.py COUNT SEED
Numbers are few ulps apart, at the ends of the range of a double, subnormal, equal, or of either sign.
Quantiles must not fall where P grows; edges must not either, every number must be in the bin that
the printed edges give, and both must be within two roundings of what they are.
"""
import bisect
import math
import random
import struct
import subprocess
import sys
from fractions import Fraction as F


def of_bits(bits):
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def finite():
    while True:
        x = of_bits(random.getrandbits(64))
        if math.isfinite(x):
            return x


def near(x, ulps):
    bits = struct.unpack("<Q", struct.pack("<d", x))[0]
    return of_bits(min(bits + random.randint(0, ulps), 0x7fefffffffffffff | bits & 1 << 63))


def few_ulps():
    x, ulps = random.choice([1e16, 542.7960276775916, -1900.0, 1e308, 5e-324, 1.0, finite()]), random.randint(1, 9)
    return [near(x, ulps) for _ in range(random.randint(2, 6))]


KINDS = [
    few_ulps,
    lambda: [finite() for _ in range(random.randint(2, 9))],
    lambda: [random.choice([-1, 1]) * random.uniform(1e308, 1.797e308) for _ in range(random.randint(2, 6))],
    lambda: [5e-324 * random.randint(-9, 9) for _ in range(random.randint(2, 6))],
    lambda: [random.choice([0.0, -0.0, 5e-324, 1.0])] * random.randint(2, 4),
    lambda: [random.gauss(-1900, 60) for _ in range(random.randint(2, 40))],
]


def run(xs, *options):
    text = "".join("%r\n" % x for x in xs)
    done = subprocess.run(["nicestat", *options], input=text, capture_output=True, text=True)
    assert done.returncode == 0, (xs, options, done)
    return [line.split("\t") for line in done.stdout.splitlines()]


def ulp(x):
    return F(math.ulp(x))


def is_near(got, low, high, part):
    """low + part (high - low): the difference is rounded by half an ulp, the result by another half."""
    step = abs(F(high) - F(low))
    exact = F(low) + part * (F(high) - F(low))
    bound = ulp(min(float(step / 2), 8e307)) * 2 + ulp(max(abs(low), abs(high)))
    return abs(F(got) - exact) <= bound


def check_quantiles(xs):
    ps = sorted({round(random.random(), random.randint(1, 17)) for _ in range(40)} | {0.0, 1.0})
    rows = run(xs, "-q", ",".join(map(repr, ps)), "-k", "0")
    got = [float(value) for name, value in rows if name.startswith("quantile:")]
    xs = sorted(xs)
    assert len(got) == len(ps) and got == sorted(got), (xs, ps, got)
    assert got[0] == xs[0] and got[-1] == xs[-1]
    for p, q in zip(ps, got):
        h = p * (len(xs) - 1)
        i = min(int(h), len(xs) - 2)
        assert xs[i] <= q <= xs[i + 1] and is_near(q, xs[i], xs[i + 1], F(h) - i), (xs, p, q)


def check_two_sided(xs):
    for method in "quantile:%r" % random.choice([0.9, 0.999, 0.5, 0.01]), "sigma:%d" % random.randint(0, 3):
        done = subprocess.run(["nicestat", "--two-sided", "--method", method], capture_output=True,
                              input="".join("%r\n" % x for x in xs), text=True)
        assert done.returncode == 0 or "beyond the range" in done.stderr, (xs, method, done)


def check_histogram(xs):
    nbins = random.choice([1, 2, 3, 7, 10, 100, 999])
    rows = run(xs, "-H", str(nbins))
    edges = [float(low) for low, _, _ in rows] + [float(rows[-1][1])]
    assert len(rows) == nbins and edges == sorted(edges), (xs, nbins)
    assert [high for _, high, _ in rows[:-1]] == [low for low, _, _ in rows[1:]]
    counts = [0] * nbins
    for x in xs:
        counts[min(bisect.bisect_right(edges, x), nbins) - 1] += 1
    assert [int(count) for _, _, count in rows] == counts, (xs, nbins, counts)
    for i, edge in enumerate(edges):
        # i / nbins is rounded, too
        slack = (F(max(xs)) - F(min(xs))) * F(1, 2**53)
        low, high, part = min(xs), max(xs), F(i, nbins)
        exact = F(low) + part * (F(high) - F(low))
        assert is_near(edge, low, high, part) or abs(F(edge) - exact) <= 2 * slack + 2 * ulp(edge), (xs, i)


def main():
    count, seed = map(int, sys.argv[1:])
    random.seed(seed)
    for i in range(count):
        xs = KINDS[i % len(KINDS)]()
        check_histogram(xs)
        if max(xs) - min(xs) < 1e308:  # beyond, the stdev is refused
            check_quantiles(xs)
            check_two_sided(xs)


if __name__ == "__main__":
    main()
