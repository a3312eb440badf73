#!/usr/bin/env python3
"""What nicethresh must decide, from the definitions, in fractions and by brute force.

thresh_oracle.py CASES [SEED]
runs the nicethresh of PATH on so many random cases: few and many numbers, with ties, with NaN and
infinities, one side and two. p-values are counts over all of the calibration; the procedure of
Benjamini and Hochberg sorts all p-values and looks for the last one under the line; the confusion
table is counted from the printed verdicts, its intervals from the binomial tails.
"""
import math
import random
import subprocess
import sys
from fractions import Fraction as F

SPECIAL = [math.nan, math.inf, -math.inf, 0.0, -0.0]


def rank(x):
    """NaN before all."""
    return (0, 0) if math.isnan(x) else (1, x)


def p_value(calibration, x, two_sided):
    n = len(calibration)
    lower = F(1 + sum(rank(c) <= rank(x) for c in calibration), n + 1)
    if not two_sided:
        return lower
    upper = F(1 + sum(rank(c) >= rank(x) for c in calibration), n + 1)
    return min(F(1), 2 * lower, 2 * upper)


def benjamini_hochberg(ps, q):
    last = F(-1)
    for k, p in enumerate(sorted(ps), 1):
        if p <= F(k, len(ps)) * q:
            last = p
    return [p <= last for p in ps]


def write(name, xs):
    with open(name, "w") as f:
        f.write("".join("%r\n" % x for x in xs))


def nicethresh(*args):
    done = subprocess.run(["nicethresh", *args], stdout=subprocess.PIPE, check=True, text=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


def same(a, b):
    return a == b or math.isnan(a) and math.isnan(b)


def check_lines(lines, xs, ps, verdicts):
    assert len(lines) == len(xs)
    for (value, verdict, p), x, want_p, want in zip(lines, xs, ps, verdicts):
        assert same(float(value), x), (value, x)
        assert float(p) == float(want_p), (x, p, want_p)
        assert verdict == ("anomaly" if want else "normal"), (x, verdict, want_p)


def ratio(k, n):
    return k / n if n else math.nan


def tail(k, n, p):
    """P(X >= k) for X binomial."""
    return math.fsum(math.comb(n, j) * p**j * (1 - p)**(n - j) for j in range(k, n + 1))


def check_share(row, name, k, n):
    assert same(row[name], ratio(k, n)), (name, row[name], k, n)
    low, high = row[name + "_low"], row[name + "_high"]
    # 1e-9: of sums of up to 200 terms, each good to some 1e-13
    assert low == 0 if k == 0 else abs(tail(k, n, low) - 0.025) < 1e-9, (name, low, k, n)
    assert high == 1 if k == n else abs(1 - tail(k + 1, n, high) - 0.025) < 1e-9, (name, high)


def check_table(lines, verdicts, labels, promised):
    row = {name: float(value) for name, value in lines}
    both = list(zip(verdicts, labels))
    tp, fp = both.count((True, 1)), both.count((True, 0))
    tn, fn = both.count((False, 0)), both.count((False, 1))
    shares = [part for name in ("precision", "recall", "false_positive_rate")
              for part in (name, name + "_low", name + "_high")]
    assert list(row) == ["normal", "anomalous", "true_positives", "false_positives",
                         "true_negatives", "false_negatives", *shares,
                         *(["promised"] if promised else []), "f1", "balanced_accuracy"], row
    assert [row[name] for name in list(row)[:6]] == [fp + tn, tp + fn, tp, fp, tn, fn]
    check_share(row, "precision", tp, tp + fp)
    check_share(row, "recall", tp, tp + fn)
    check_share(row, "false_positive_rate", fp, fp + tn)
    assert not promised or row["promised"] == promised
    assert same(row["f1"], ratio(2 * tp, 2 * tp + fp + fn))
    balanced = (ratio(tp, tp + fn) + ratio(tn, fp + tn)) / 2
    assert same(row["balanced_accuracy"], balanced) or abs(row["balanced_accuracy"] - balanced) < 1e-15


def numbers(r, n, shift, digits, special):
    return [r.choice(SPECIAL) if r.random() < special else round(r.gauss(shift, 1.5), digits)
            for _ in range(n)]


def case(r):
    n, m = r.randint(1, 80), r.randint(1, 80)
    digits, special = r.choice([0, 0, 1, 15]), r.choice([0, 0, 0.2])
    scores, xs = numbers(r, n, 0, digits, special), numbers(r, m, r.choice([0, -1, 3]), digits, special)
    labels = [int(r.random() < r.choice([0.2, 0.2, 0, 1])) for _ in xs]
    two_sided = r.random() < 0.5
    level = r.randint(1, 99) / 100
    if level < (1 + two_sided) / (n + 1):
        return
    write("scores", scores)
    write("xs", xs)
    write("labels", labels)
    ps = [p_value(scores, x, two_sided) for x in xs]
    side = ["--two-sided"] * two_sided
    for option, verdicts, promised in (
            ("--alpha", [p <= F(str(level)) for p in ps], level),
            ("--fdr", benjamini_hochberg(ps, F(str(level))), None)):
        command = ["-p", "scores", option, str(level), *side, "xs"]
        check_lines(nicethresh(*command), xs, ps, verdicts)
        check_table(nicethresh("--labels", "labels", *command), verdicts, labels, promised)
    bounds = ["-t", "-1", *(["-u", "1"] if two_sided else [])]
    verdicts = [not (x >= -1 and (x <= 1 or not two_sided)) for x in xs]
    check_lines(nicethresh("-p", "scores", *bounds, "xs"), xs, ps, verdicts)


def main():
    r = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    for _ in range(int(sys.argv[1])):
        case(r)


if __name__ == "__main__":
    main()
