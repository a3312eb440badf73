#!/usr/bin/env python3
"""Records whose maximum-likelihood PPCA (Tipping and Bishop, 1999) is known without an eigensolver.

ppca_data.py N writes N times 12 records of 6 f32 elements: their mean is (0, 1, .. 5) and their covariance has the
eigenvalues 9, 4, 1.5, 1, 1, 0.5 along the columns of a reflection. Without N: the mean log-likelihood of
the best model with two latents, where sigma^2 is the mean of the four small eigenvalues:

    -(D log(2 pi) + log 9 + log 4 + 4 log sigma^2 + D) / 2
"""
import math
import struct
import sys

D, EIGENVALUES = 6, (9, 4, 1.5, 1, 1, 0.5)
V = (1, -2, 3, 1, 2, -1)
NORM = sum(a * a for a in V)

if len(sys.argv) < 2:
    sigma2 = sum(EIGENVALUES[2:]) / 4
    print(-0.5 * (D * math.log(2 * math.pi) + math.log(9) + math.log(4) + 4 * math.log(sigma2) + D))
    sys.exit()
for _ in range(int(sys.argv[1])):
    for i, value in enumerate(EIGENVALUES):
        axis = [(i == j) - 2 * V[i] * V[j] / NORM for j in range(D)]
        for sign in 1, -1:
            sys.stdout.buffer.write(struct.pack("<6f", *(j + sign * math.sqrt(D * value) * axis[j] for j in range(D))))
