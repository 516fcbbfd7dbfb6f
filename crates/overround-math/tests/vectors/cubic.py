#!/usr/bin/env python3
"""The polynomial of `devig/pair.rs` for three outcomes and `odds_ratio`: python3 cubic.py (needs mpmath).

w(v) is the root above 0 of w (1 + w) (2 + w) = 2 v, for v from 0 to 3^(-3/2). Prints the coefficients of the polynomial
v (a0 + a1 v + ... + a4 v^4) with the least greatest distance from it (Remez' exchange), and that distance.
"""

from mpmath import cos, lu_solve, matrix, mp, mpf, nstr, pi, sqrt

mp.dps = 40
TOP = 1 / (3 * sqrt(3))
TERMS = 5
GRID = [TOP * k / 4000 for k in range(4001)]


def w(v):
    r = mpf("1.2")
    for _ in range(40):
        r -= (r**3 - r - 2 * v) / (3 * r * r - 1)
    return r - 1


TRUE = [w(v) for v in GRID]


def exchange():
    n = TERMS + 1
    nodes = [TOP / 2 * (1 - cos(pi * (i + 1) / n)) for i in range(n)]
    for _ in range(12):
        rows = matrix(n, n)
        for i, v in enumerate(nodes):
            for k in range(TERMS):
                rows[i, k] = v ** (k + 1)
            rows[i, TERMS] = (-1) ** i
        a = lu_solve(rows, matrix([w(v) for v in nodes]))
        off = [sum(a[k] * v ** (k + 1) for k in range(TERMS)) - t for v, t in zip(GRID, TRUE)]
        runs = [[0]]
        for i in range(1, len(off)):
            if (off[i] > 0) == (off[runs[-1][-1]] > 0):
                runs[-1].append(i)
            else:
                runs.append([i])
        peaks = [max(run, key=lambda i: abs(off[i])) for run in runs]
        peaks = sorted(sorted(peaks, key=lambda i: -abs(off[i]))[:n])
        nodes = [GRID[i] for i in peaks]
    return [a[k] for k in range(TERMS)], max(map(abs, off))


coefficients, distance = exchange()
for k, a in enumerate(coefficients):
    print(f"a{k} {nstr(a, 17)}")
print("within", nstr(distance, 4))
