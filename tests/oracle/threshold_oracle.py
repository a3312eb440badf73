#!/usr/bin/env python3
"""Thresholds by other ways than the programs', in exact fractions or float64, from the standard
library alone.

threshold_oracle.py describe FILE    mean_stderr, skewness, kurtosis, median, mad of numbers
threshold_oracle.py conformal        many lines: N, A, sides (1 or 2), the rank of the threshold among
                                     N numbers, how many numbers are needed
threshold_oracle.py draw LAW N SEED  numbers whose lower tail is known: -exponential, -pareto
                                     (shape 1/2), -uniform, normal
"""
import math
import random
import statistics
import sys
from fractions import Fraction


def describe(path):
    xs = [float(line) for line in open(path)]
    fractions = [Fraction(x) for x in xs]
    mean = sum(fractions) / len(xs)
    m2, m3, m4 = (sum((x - mean) ** r for x in fractions) / len(xs) for r in (2, 3, 4))
    median = statistics.median(xs)
    return {"mean_stderr": statistics.stdev(xs) / math.sqrt(len(xs)),
            "skewness": math.sqrt(m3 * m3 / m2 ** 3) * (1 if m3 > 0 else -1),
            "kurtosis": float(m4 / (m2 * m2) - 3),
            "median": median,
            "mad": statistics.median(abs(x - median) for x in xs)}


def conformal():
    """With the decimal A as it is written."""
    for a in "0.01 0.29 0.57 1e-03".split():
        for sides in 1, 2:
            need = math.ceil(sides / Fraction(a)) - 1
            for n in sorted({99, max(need - 1, 2), max(need, 2)}):
                yield n, a, sides, math.floor(Fraction(a) / sides * (n + 1)), need


def draw(law, n, seed):
    r = random.Random(seed)
    laws = {"exponential": lambda: math.log(1 - r.random()),
            "pareto": lambda: -2 * ((1 - r.random()) ** -0.5 - 1),
            "uniform": lambda: -r.random(),
            "normal": lambda: r.gauss(0, 1)}
    return [laws[law]() for _ in range(n)]


def main():
    what, *args = sys.argv[1:]
    if what == "describe":
        for name, value in describe(*args).items():
            print("%s\t%r" % (name, value))
    elif what == "conformal":
        for row in conformal():
            print(*row)
    else:
        print("\n".join(map(repr, draw(args[0], int(args[1]), int(args[2])))))


if __name__ == "__main__":
    main()
