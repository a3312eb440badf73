#!/usr/bin/env python3
"""What nicegame must print, in fractions.

game_oracle.py NICEGAME SEED SMALL LARGE: solves that many random games and says what disagrees. Every
solution must be one: no row gains more than the value against the strategy of the columns, none of the
columns lets less be gained by that of the rows. Those are exact, and prove value and strategies. For the
small games, up to 4 x 4, all corners of both optimal sets are found by trying every set of equations:
there is one if and only if the strategy is unique, and what was printed lies between them.
"""
import itertools
import random
import subprocess
import sys
from fractions import Fraction


def text_of(game):
    return "".join(" ".join(map(str, row)) + "\n" for row in game)


def run(nicegame, game, *options):
    out = subprocess.run([nicegame, *options], input=text_of(game), capture_output=True, text=True)
    assert out.returncode == 0 and out.stderr == "", out
    return [line.split("\t") for line in out.stdout.splitlines()]


def near(number, text):
    """The decimal beside a fraction is the nearest double: Fraction's division rounds once."""
    return float(text) == number.numerator / number.denominator


def parse(lines, nrows, ncolumns):
    (name, value, decimal), rows, columns = lines[:3]
    assert name == "value" and near(Fraction(value), decimal)
    assert rows[:2] == ["rows", str(nrows)] and columns[:2] == ["columns", str(ncolumns)]
    unique = [words[2] for words in (rows, columns)]
    assert set(unique) <= {"unique", "not-unique"}
    p, q = [Fraction(0)] * nrows, [Fraction(0)] * ncolumns
    for name, i, weight, decimal in lines[3:]:
        assert near(Fraction(weight), decimal)
        {"row": p, "column": q}[name][int(i)] = Fraction(weight)
        assert Fraction(weight) > 0
    return Fraction(value), p, q, [u == "unique" for u in unique]


def certify(game, value, p, q):
    assert sum(p) == 1 and sum(q) == 1 and min(p + q) >= 0
    assert all(sum(a * w for a, w in zip(row, q)) <= value for row in game), "a row gains more"
    assert all(sum(row[j] * w for row, w in zip(game, p)) >= value for j in range(len(q))), "a column pays less"


def solve_square(rows, right):
    """The solution of as many equations as unknowns; None if there is not one."""
    n = len(rows)
    a = [list(row) + [b] for row, b in zip(rows, right)]
    for k in range(n):
        pivot = next((i for i in range(k, n) if a[i][k] != 0), None)
        if pivot is None:
            return None
        a[k], a[pivot] = a[pivot], a[k]
        a[k] = [x / a[k][k] for x in a[k]]
        for i in range(n):
            if i != k and a[i][k] != 0:
                a[i] = [x - a[i][k] * y for x, y in zip(a[i], a[k])]
    return [row[n] for row in a]


def corners(game):
    """The value, and the corners of the columns' optimal strategies: those of (q, t), A q <= t, q >= 0,
    sum q = 1, with the least t."""
    n = len(game[0])
    limits = [[*map(Fraction, row), Fraction(-1)] for row in game]
    limits += [[Fraction(-(k == j)) for k in range(n)] + [Fraction(0)] for j in range(n)]
    best, found = None, set()
    for tight in itertools.combinations(limits, n):
        x = solve_square([*tight, [Fraction(1)] * n + [Fraction(0)]], [Fraction(0)] * n + [Fraction(1)])
        if x is None or any(sum(a * b for a, b in zip(limit, x)) > 0 for limit in limits):
            continue
        if best is None or x[n] < best:
            best, found = x[n], set()
        if x[n] == best:
            found.add(tuple(x[:n]))
    return best, found


def random_entry(kind):
    if kind == 0:
        return random.randint(-1, 1)
    if kind == 1:
        return random.randint(-9, 9)
    if kind == 2:
        return random.choice([0, 0, 0, 1])
    return Fraction(random.randint(-20, 20), random.randint(1, 12))


def random_game(nrows, ncolumns):
    kind = random.randrange(4)
    game = [[random_entry(kind) for _ in range(ncolumns)] for _ in range(nrows)]
    if random.random() < 0.3:  # ties: a row twice
        game[random.randrange(nrows)] = list(random.choice(game))
    if random.random() < 0.2 and nrows == ncolumns:  # symmetric: the value is 0
        game = [[game[i][j] - game[j][i] for j in range(ncolumns)] for i in range(nrows)]
    return game


def check_small(nicegame):
    nrows, ncolumns = random.randint(1, 4), random.randint(1, 4)
    game = random_game(nrows, ncolumns)
    value, p, q, unique = parse(run(nicegame, game), nrows, ncolumns)
    certify(game, value, p, q)
    best, found = corners(game)
    turned = [[-row[j] for row in game] for j in range(ncolumns)]
    other, found_rows = corners(turned)
    assert best == value and other == -value
    assert unique == [len(found_rows) == 1, len(found) == 1], (unique, found_rows, found)
    answers = run(nicegame, game, "--against", ",".join(map(str, q)))
    gains = [sum(a * w for a, w in zip(row, q)) for row in game]
    assert answers[0][:2] == ["value", str(value)] and near(value, answers[0][2])
    assert [int(words[1]) for words in answers[1:]] == [i for i, gain in enumerate(gains) if gain == value]
    return unique


def main(nicegame, seed, small, large):
    random.seed(int(seed))
    seen = set()
    for _ in range(int(small)):
        seen.add(tuple(check_small(nicegame)))
    assert len(seen) == 4, "games of every kind"
    for _ in range(int(large)):
        nrows, ncolumns = random.randint(1, 30), random.randint(1, 30)
        game = random_game(nrows, ncolumns)
        value, p, q, _ = parse(run(nicegame, game), nrows, ncolumns)
        certify(game, value, p, q)


main(*sys.argv[1:])
