#!/usr/bin/env python3
"""Clopper-Pearson intervals for tests/unit/interval.c, computed independently of lib/stats/interval.c.

Prints the rows {k, n, low, high}. Where n or k is small the tail is a ratio of integers, compared
with 1/40 exactly; elsewhere it is summed term by term in 60 decimal digits, from a density by
Stirling's series. Bisection (exact) or secant steps go on until the double is decided.
"""
from decimal import Decimal as D, getcontext
from fractions import Fraction as F
from math import comb, factorial

getcontext().prec = 60
PI = D("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")
BITS = 70  # of the bisected rate


def below_exact(k, n, a, d):
    """P(X < k) at the rate a/d, as a fraction of d^n: exact."""
    b = d - a
    inner = 0
    for j in range(k):
        inner = inner * b + comb_row[j] * a**j
    return inner * b ** (n - k + 1)


def low_exact(k, n):
    """The rate at which P(X >= k) = 1/40."""
    global comb_row
    comb_row = [comb(n, j) for j in range(k)]
    shift = BITS + n.bit_length()
    d = 1 << shift
    lo, hi = 0, d
    target = 39 * d**n
    while hi - lo > 1 and (hi - lo) * 2**BITS > lo:
        mid = (lo + hi) // 2
        if 40 * below_exact(k, n, mid, d) > target:
            lo = mid
        else:
            hi = mid
    return F(lo + hi, 2 * d)


def log_factorial(n):
    if n < 300:
        return D(factorial(n)).ln()
    n = D(n)
    series = D(0)
    bernoulli = [F(1, 6), F(-1, 30), F(1, 42), F(-1, 30), F(5, 66), F(-691, 2730), F(7, 6),
                 F(-3617, 510), F(43867, 798), F(-174611, 330), F(854513, 138)]
    for i, b in enumerate(bernoulli, 1):
        series += D(b.numerator) / D(b.denominator) / (2 * i * (2 * i - 1)) / n ** (2 * i - 1)
    return n * n.ln() - n + (2 * PI * n).ln() / 2 + series


def at_least(k, n, p):
    """P(X >= k) in 60 digits."""
    q = 1 - p
    term = (log_factorial(n) - log_factorial(k) - log_factorial(n - k)
            + k * p.ln() + (n - k) * q.ln()).exp()
    total, ratio = D(0), p / q
    while term > total * D("1e-40"):
        total += term
        term = term * (n - k) / (k + 1) * ratio
        k += 1
    return total


def low_decimal(k, n):
    """Secant steps in log p, in which the log of the tail is nearly straight."""
    def f(u):
        return at_least(k, n, u.exp()).ln() - D("0.025").ln()
    u = (D(k) / n).ln() - D("1.96") * ((1 - D(k) / n) / k).sqrt()
    v = u + D("1e-3") / D(k).sqrt()
    fu, fv = f(u), f(v)
    while abs(v - u) > D("1e-32"):
        u, v, fu = v, v - fv * (v - u) / (fv - fu), fv
        fv = f(v)
    return F(v.exp())


def low(k, n):
    if k == 0:
        return F(0)
    if k == n:  # p^n = 1/40
        return F((D(1) / 40) ** (D(1) / n))
    if n <= 400 or (k <= 600 and n <= 10**4):
        return low_exact(k, n)
    if n - k < 200:  # sums from the top: few terms
        return low_decimal_top(k, n)
    return low_decimal(k, n)


def low_decimal_top(k, n):
    """By bisection on the complement, whose terms are few."""
    def tail(q):
        return sum((log_factorial(n) - log_factorial(j) - log_factorial(n - j)
                    + (j * (1 - q).ln()) + (n - j) * q.ln()).exp() for j in range(k, n)) \
            + (n * (1 - q).ln()).exp()
    a, b = D(0), D(40 + 4 * (n - k)) / n
    while b - a > b * D("1e-25"):
        m = (a + b) / 2
        if m == 0 or tail(m) > D("0.025"):
            a = m
        else:
            b = m
    return 1 - F((a + b) / 2)


CASES = [(0, 1), (1, 1), (1, 2), (0, 10), (3, 10), (10, 10), (1, 100), (50, 100), (99, 100),
         (7, 399), (200, 400), (103, 5000), (2, 5000), (4990, 5000), (15, 10000), (66, 5000),
         (20, 10000), (500, 100000), (0, 10**6), (1, 10**6), (500000, 10**6), (300, 10**9),
         (5 * 10**8, 10**9), (10**9 - 7, 10**9), (0, 2**53), (1, 2**53), (16, 2**53),
         (10**8, 2**53), (2**53 - 1, 2**53), (2**53, 2**53)]

if __name__ == "__main__":
    for k, n in CASES:
        print("    {%d, %d, %r, %r}," % (k, n, float(low(k, n)), float(1 - low(n - k, n))), flush=True)
