#!/usr/bin/env python3
"""Streams of numbers, random and adversarial, with their mean and stdev by Python's statistics,
which computes both in exact fractions and rounds once (stdev: since Python 3.11).

exact_oracle.py COUNT SEED STREAMS EXPECTED
writes for each stream its length and numbers, and mean and stdev, all as raw f64; see
tests/unit/exact_sum.c.
"""
import math
import random
import statistics
import struct
import sys


def of_bits(bits):
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def finite():
    while True:
        x = of_bits(random.getrandbits(64))
        if math.isfinite(x):
            return x


def cancelling():
    xs = [finite() for _ in range(random.randint(1, 10))]
    xs += [-x for x in xs] + [random.gauss(0, 1) for _ in range(random.randint(1, 3))]
    random.shuffle(xs)
    return xs


def nearly_equal():
    bits = random.getrandbits(62)
    return [of_bits(bits + random.randint(0, 2)) for _ in range(random.randint(2, 20))]


def few_bits():
    """Sums with many zeros: ties of the last rounding."""
    scale = 2.0 ** random.randint(-1074, 900)
    return [scale * random.randint(-4, 4) for _ in range(random.randint(2, 9))]


KINDS = [
    lambda: [random.gauss(1900, 60) for _ in range(random.randint(2, 60))],
    lambda: [finite() for _ in range(random.randint(2, 12))],
    lambda: [1e9 + random.randint(0, 2) for _ in range(random.randint(2, 30))],
    lambda: [5e-324 * random.randint(-9, 9) for _ in range(random.randint(2, 12))],
    lambda: [of_bits(random.getrandbits(54) | random.getrandbits(1) << 63)
             for _ in range(random.randint(2, 12))],
    lambda: [random.choice([-1, 1]) * random.uniform(0.5e308, 1.79e308)
             for _ in range(random.randint(2, 12))],
    lambda: [random.choice([0.0, -0.0, 5e-324, -5e-324]) for _ in range(random.randint(2, 5))],
    lambda: [random.gauss(0, 1) * 10.0 ** random.randint(-300, 300)
             for _ in range(random.randint(2, 12))],
    cancelling,
    nearly_equal,
    few_bits,
]


def stdev(xs):
    try:
        return statistics.stdev(xs)
    except OverflowError:
        return math.inf


def main():
    count, seed, streams, expected = sys.argv[1:]
    random.seed(int(seed))
    with open(streams, "wb") as s, open(expected, "wb") as e:
        for i in range(int(count)):
            xs = KINDS[i % len(KINDS)]()
            s.write(struct.pack("<%dd" % (len(xs) + 1), len(xs), *xs))
            e.write(struct.pack("<2d", statistics.mean(xs), stdev(xs)))


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.exit("needs Python 3.11, whose stdev is correctly rounded")
    main()
