#!/usr/bin/env python3
"""The importance-weighted bound in pure Python: what `niceflow -k` is held against.

    bound_ref.py noise D K SEED FIRST < u8 > f64    the dequantised records (v + u)/256, K of each
    bound_ref.py bound K < f64 > text               K log-weights a record to bound and stdev
    bound_ref.py jensen K < f64                     status 1 unless each bound is at least the
                                                    average of those with one log-weight left out

The generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011), written from the paper: the
counter is (block, record * 2^16 + k in two words, 6), the key the seed, and word j mod 4 of block
j / 4 makes u = (word + 1/2) / 2^32 for element j. Standard library only.
"""
import array
import itertools
import math
import statistics
import sys

MASK = 2**32 - 1
DEQUANTISATION = 6


def philox(c, key):
    k0, k1 = key & MASK, key >> 32
    for _ in range(10):
        p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [q >> 32 ^ c[1] ^ k0, q & MASK, p >> 32 ^ c[3] ^ k1, p & MASK]
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return c


def words(seed, index):
    for block in itertools.count():
        yield from philox([block, index & MASK, index >> 32, DEQUANTISATION], seed)


def noise(d, k, seed, first):
    pixels, out = sys.stdin.buffer.read(), array.array("d")
    for i in range(len(pixels) // d):
        for draw in range(k):
            u = words(seed, (first + i) * 2**16 + draw)
            out.extend((v + (next(u) + 0.5) / 2**32) / 256 for v in pixels[d * i:d * i + d])
    sys.stdout.buffer.write(out.tobytes())


def log_mean_exp(values):
    top = max(values)
    return top + math.log(math.fsum(math.exp(v - top) for v in values) / len(values))


def records(k):
    values = array.array("d", sys.stdin.buffer.read())
    assert len(values) % k == 0, len(values)
    return [values[i:i + k] for i in range(0, len(values), k)]


def bound(k):
    for weights in records(k):
        print(repr(log_mean_exp(weights)), repr(statistics.stdev(weights)), sep="\t")


def jensen(k):
    rows = records(k)
    for weights in rows:
        left_out = [log_mean_exp(weights[:i] + weights[i + 1:]) for i in range(k)]
        whole, average = log_mean_exp(weights), math.fsum(left_out) / k
        # both are rounded a few times, relative to values of up to thousands of nats
        if not whole >= average - 1e-15 * abs(whole):
            sys.exit("%r < %r" % (whole, average))
    print(len(rows), "records")


if __name__ == "__main__":
    {"noise": noise, "bound": bound, "jensen": jensen}[sys.argv[1]](*map(int, sys.argv[2:]))
