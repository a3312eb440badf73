#!/usr/bin/env python3
"""Do p-values and the procedure of Benjamini and Hochberg keep what is promised?

conformal_sim.py SPLITS [SEED [NORMAL ANOMALOUS]]
splits normal numbers at random, SPLITS times, into scores and tests, runs the nicethresh of PATH on
them and prints a table; status 1 if a figure is further off than chance explains. Without files the
numbers are drawn: normal ones from a skew law, anomalies lower.

Whatever the law, the count of m tests with p <= a, k = floor(a (n + 1)), is distributed as under
the Beta law of the rate, B(k, n + 1 - k): mean m k / (n + 1), variance
m k (n + 1 - k) (n + 1 + m) / ((n + 1)^2 (n + 2)). The mean over splits may be off by five of its
standard errors; the stdev over splits by five of its own, 1 / sqrt(2 SPLITS) for a law near a
Gaussian, and again as much for one that is not.
The false discovery rate is at most q times the share of normal numbers.
"""
import math
import random
import statistics
import struct
import subprocess
import sys

ALPHAS = (0.001, 0.01, 0.05, 0.1, 0.5)
LEVELS = (0.05, 0.1, 0.2)


def nicethresh(*args):
    return subprocess.run(["nicethresh", "-b", "-p", "scores.f64", *args], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.splitlines()


def write(name, xs):
    with open(name, "wb") as f:
        f.write(struct.pack("<%dd" % len(xs), *xs))


def coverage(r, normal, splits):
    n = len(normal) // 2
    m = len(normal) - n
    alphas = [a for a in ALPHAS if a * (n + 1) >= 1]
    rates = {a: [] for a in alphas}
    for _ in range(splits):
        r.shuffle(normal)
        write("scores.f64", normal[:n])
        write("tests.f64", normal[n:])
        ps = [float(line.rpartition("\t")[2]) for line in nicethresh("-t", "0", "tests.f64")]
        for a in alphas:
            rates[a].append(sum(p <= a for p in ps) / m)
    good = True
    print("level\tn\tm\tsplits\tmean_rate\tits_law\tstdev\tits_law")
    for a in alphas:
        k = math.floor(a * (n + 1) + 1e-9)
        want = k / (n + 1)
        spread = math.sqrt(k * (n + 1 - k) * (n + 1 + m) / m / (n + 2)) / (n + 1)
        mean, stdev = statistics.mean(rates[a]), statistics.stdev(rates[a])
        print("%g\t%d\t%d\t%d\t%.6f\t%.6f\t%.6f\t%.6f" % (a, n, m, splits, mean, want, stdev, spread))
        good &= abs(mean - want) <= 5 * spread / math.sqrt(splits)
        good &= abs(stdev / spread - 1) <= 10 / math.sqrt(2 * splits)
    return good


def discoveries(r, normal, anomalous, splits):
    n, m0 = len(normal) // 2, len(normal) // 5
    m1 = m0 // 9
    write_labels(m0, m1)
    false, recall = {q: [] for q in LEVELS}, {q: [] for q in LEVELS}
    for _ in range(splits):
        r.shuffle(normal)
        write("scores.f64", normal[:n])
        write("tests.f64", normal[n:n + m0] + r.sample(anomalous, m1))
        for q in LEVELS:
            row = dict(line.split("\t") for line in
                       nicethresh("--fdr", str(q), "--labels", "labels", "tests.f64"))
            told = float(row["precision"])
            false[q].append(0 if math.isnan(told) else 1 - told)
            recall[q].append(float(row["recall"]))
    good = True
    print("fdr\tnormal\tanomalous\tsplits\tfalse_discoveries\tat_most\tstandard_error\trecall")
    for q in LEVELS:
        mean, bound = statistics.mean(false[q]), q * m0 / (m0 + m1)
        error = statistics.stdev(false[q]) / math.sqrt(splits)
        print("%g\t%d\t%d\t%d\t%.5f\t%.5f\t%.5f\t%.4f" % (q, m0, m1, splits, mean, bound, error,
                                                         statistics.mean(recall[q])))
        good &= mean <= bound + 5 * error and statistics.mean(recall[q]) > 0.5
    return good


def write_labels(m0, m1):
    with open("labels", "w") as f:
        f.write("0\n" * m0 + "1\n" * m1)


def main():
    splits = int(sys.argv[1])
    r = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    if len(sys.argv) > 4:
        normal, anomalous = [list(map(float, open(name))) for name in sys.argv[3:5]]
    else:
        normal = [-r.gammavariate(2, 1) for _ in range(1000)]
        anomalous = [-12 - r.gammavariate(2, 1) for _ in range(300)]
    good = coverage(r, normal, splits)
    return 0 if discoveries(r, normal, anomalous, splits) and good else 1


if __name__ == "__main__":
    sys.exit(main())
