#!/usr/bin/env python3
"""What niceroc must print, from the definitions, in fractions and by brute force.

roc_oracle.py NORMAL ANOMALOUS RESULTS [CURVE]
compares the results, and the curve, of niceroc with its own. Every threshold is tried on all data;
AUROC is a count over all pairs; average precision is that of scikit-learn's
average_precision_score, sum over thresholds of (R_n - R_n-1) P_n; DeLong's variance is that of the
placement values, averages over all data of the other kind.
"""
import math
import statistics
import sys
from fractions import Fraction as F

INF = math.inf


def read(path):
    return [float(line) for line in open(path)]


def flagged(xs, t):
    return sum(1 for x in xs if math.isnan(x) or x < t)


def rank(x):
    """NaN before all."""
    return (0, 0) if math.isnan(x) else (1, x)


def half(x, y):
    """1 if x is less than y, 1/2 if they are equal."""
    return F(1) if rank(x) < rank(y) else F(rank(x) == rank(y), 2)


def points(normal, anomalous):
    """(false positives, true positives) from nothing flagged to all flagged."""
    levels = sorted(set(map(rank, normal + anomalous)))
    result = [(0, 0)]
    for level in levels:
        result.append((sum(rank(x) <= level for x in normal),
                       sum(rank(x) <= level for x in anomalous)))
    return result


def average_precision(counts, total):
    """counts: (positives, negatives) taken at each threshold, from none to all."""
    area = F(0)
    for (p0, n0), (p, n) in zip(counts, counts[1:]):
        if p > p0:
            area += F(p - p0, total) * F(p, p + n)
    return area


def expected(normal, anomalous):
    n, m = len(normal), len(anomalous)
    curve = points(normal, anomalous)
    pairs = sum(half(a, b) for a in anomalous for b in normal)
    auroc = pairs / (n * m)
    rows = {"normal": n, "anomalous": m, "auroc": auroc}
    if n > 1 and m > 1:
        v10 = [sum(half(a, b) for b in normal) / n for a in anomalous]
        v01 = [sum(half(a, b) for a in anomalous) / m for b in normal]
        error = math.sqrt(statistics.variance(v10) / m + statistics.variance(v01) / n)
        z = statistics.NormalDist().inv_cdf(0.975)
        rows["auroc_low"] = max(0.0, float(auroc) - z * error)
        rows["auroc_high"] = min(1.0, float(auroc) + z * error)
    else:
        rows["auroc_low"] = rows["auroc_high"] = math.nan
    rows["aupr_anomalous"] = average_precision([(t, f) for f, t in curve], m)
    rows["aupr_normal"] = average_precision([(n - f, m - t) for f, t in reversed(curve)], n)
    rows["fpr95_anomalous"] = min(F(f, n) for f, t in curve if F(t, m) >= F(95, 100))
    rows["fpr95_normal"] = min(F(m - t, m) for f, t in curve if F(n - f, n) >= F(95, 100))
    rows["detection_error"] = min((F(f, n) + F(m - t, m)) / 2 for f, t in curve)
    return rows, curve


EXACT = {"auroc", "normal", "anomalous", "fpr95_anomalous", "fpr95_normal", "detection_error"}


def check(path, rows, normal, anomalous):
    got = dict(line.rstrip("\n").split("\t") for line in open(path))
    assert list(got) == list(rows) + ["threshold"], list(got)
    for name, value in rows.items():
        want, have = float(value), float(got[name])
        if name in EXACT or math.isnan(want):
            assert have == want or math.isnan(want) and math.isnan(have), (name, have, want)
        else:  # a sum of up to n terms, each rounded a few times
            assert abs(have - want) <= 1e-13, (name, have, want)
    t = float(got["threshold"])

    def error(t):
        f, hits = flagged(normal, t), flagged(anomalous, t)
        return (F(f, len(normal)) + F(len(anomalous) - hits, len(anomalous))) / 2
    if math.isnan(t):  # none has the least error
        for other in normal + anomalous + [INF]:
            assert math.isnan(other) or error(other) > rows["detection_error"], other
    else:  # it has the least error, and is the least that has
        assert error(t) == rows["detection_error"], (t, error(t))
        for other in normal + anomalous:
            assert not other < t or error(other) > error(t), (other, t)


def check_curve(path, curve, normal, anomalous):
    got = [tuple(map(float, line.split("\t"))) for line in open(path)]
    assert [p[:2] for p in got] == [(f / len(normal), t / len(anomalous)) for f, t in curve]
    for (_, _, threshold), (f, t) in zip(got, curve):
        if math.isnan(threshold):
            assert any(math.isnan(x) or x == INF for x in normal + anomalous)
        else:
            assert (flagged(normal, threshold), flagged(anomalous, threshold)) == (f, t)


def main():
    normal, anomalous = read(sys.argv[1]), read(sys.argv[2])
    rows, curve = expected(normal, anomalous)
    check(sys.argv[3], rows, normal, anomalous)
    if len(sys.argv) > 4:
        check_curve(sys.argv[4], curve, normal, anomalous)


if __name__ == "__main__":
    main()
