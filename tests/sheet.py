#!/usr/bin/env python3
"""sheet.py HEIGHT WIDTH COLUMNS GAP: the pixels that a contact sheet of the u8 records on standard
input must have. With lists of columns and gaps, and a PREFIX behind them, writes each sheet to a file
PREFIX-COLUMNS-GAP.
"""
import sys


def sheet(data, h, w, columns, gap):
    n = len(data) // (h * w)
    columns = max(1, min(columns, n))
    rows = max(1, -(-n // columns))
    width, height = columns * (w + gap) + gap, rows * (h + gap) + gap
    out = bytearray([128]) * (width * height)
    for i in range(n):
        for y in range(h):
            at = (gap + i // columns * (h + gap) + y) * width + gap + i % columns * (w + gap)
            out[at:at + w] = data[(i * h + y) * w:(i * h + y) * w + w]
    return out


h, w = map(int, sys.argv[1:3])
data = sys.stdin.buffer.read()
for columns in sys.argv[3].split(","):
    for gap in sys.argv[4].split(","):
        out = sheet(data, h, w, int(columns), int(gap))
        if len(sys.argv) > 5:
            open("%s-%s-%s" % (sys.argv[5], columns, gap), "wb").write(out)
        else:
            sys.stdout.buffer.write(out)
