#!/usr/bin/env python3
"""Writes devig.jsonl: fair probabilities of chosen markets by every method, to 20 digits, computed with 80.

Run: python3 -m venv venv && venv/bin/pip install mpmath==1.4.1 && venv/bin/python crates/overround-math/tests/vectors/devig.py

Each price is an exact double. The parameter of a solved method is bracketed and found by bisection in a variable that is free to be
any real number; the answer is then put into the defining relation and the sum once more before it is written. Nothing of the
library is used here, and none of its shortcuts: no closed form for two outcomes, no series.

One JSON object a line: method, odds (strings), target (the sum of the probabilities), fair (strings of 20 digits, empty where there
is nothing to compare), param (string or null), valid (are all probabilities strictly inside (0, 1)?), cond (for each probability the
sum over the prices of |d ln p / d ln o|), note.
"""

import json
import os
import random

import mpmath
from mpmath import mp, mpf

mp.dps = 80
RANDOM = random.Random(20261121)
TINY = mpf(10) ** -12
WORST_CASE = ("multiplicative", "additive", "power", "shin", "probit")


class NoRoot(Exception):
    pass


def phi(x):
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def quantile(p):
    return -mpmath.sqrt(2) * mpmath.erfinv(1 - 2 * p) if p > mpf("1e-8") else tail_quantile(p)


def tail_quantile(p):
    x = -mpmath.sqrt(-2 * mpmath.log(p))
    for _ in range(100):
        step = phi(x) * mpmath.log(phi(x) / p) / (mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi))
        x -= step
        if abs(step) < mpf(10) ** -45:
            return x
    raise ArithmeticError("no quantile")


def divergence(p, q):
    """Of the laws (p, 1 - p) and (q, 1 - q), in natural units."""

    def part(a, b):
        return a * mpmath.log(2 * a / (a + b)) if a else mpf(0)

    return (part(p, q) + part(q, p) + part(1 - p, 1 - q) + part(1 - q, 1 - p)) / 2


def root(f, low, high):
    """Of a monotone f, by the Illinois variant of false position, which keeps its bracket."""
    at_low, at_high = f(low), f(high)
    if at_low == 0:
        return low
    if at_high == 0:
        return high
    assert at_low * at_high < 0
    side = 0
    for _ in range(400):
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        if not min(low, high) < middle < max(low, high):
            middle = (low + high) / 2
        at = f(middle)
        if at == 0 or abs(high - low) < mpf(10) ** -46 * (abs(low) + mpf(10) ** -8):
            return middle
        if at * at_high > 0:
            high, at_high = middle, at
            at_low = at_low / 2 if side == 1 else at_low
            side = 1
        else:
            low, at_low = middle, at
            at_high = at_high / 2 if side == -1 else at_high
            side = -1
    raise ArithmeticError("no convergence")


def falling_root(f, near=None):
    """Of an f that falls on all reals; `near` is where it should be."""
    middle, width = (mpf(0), mpf(1)) if near is None else (near, TINY * 1000)
    while f(middle - width) < 0 or f(middle + width) > 0:
        width *= 8 if near is not None else 2
        assert width < 10**9
    return root(f, middle - width, middle + width)


def solved(curve, parameter):
    """A method p = curve(pi, x, booksum, target) that falls in x, whose published parameter is parameter(x)."""

    def method(odds, target, near=None):
        pi = [1 / o for o in odds]
        booksum = mpmath.fsum(pi)
        x = falling_root(lambda x: mpmath.fsum(curve(q, x, booksum, target) for q in pi) - target, near)
        return [curve(q, x, booksum, target) for q in pi], parameter(x), x

    return method


def shin_curve(q, x, booksum, target):
    # z = 1 - e^-x
    h = mpmath.exp(-x)
    z = 1 - h
    return (mpmath.sqrt(z * z + 4 * h * q * q * target / booksum) - z) / (2 * h)


def multiplicative(odds, target, near=None):
    booksum = mpmath.fsum(1 / o for o in odds)
    return [target / (o * booksum) for o in odds], booksum / target, None


def additive(odds, target, near=None):
    margin = (mpmath.fsum(1 / o for o in odds) - target) / len(odds)
    return [1 / o - margin for o in odds], margin, None


def differential(odds, target, near=None):
    n, excess = len(odds), mpmath.fsum(1 / o for o in odds) - target
    return [(n - excess * o) / (n * o) for o in odds], excess / n, None


def balanced_book(odds, target, near=None):
    z = (mpmath.fsum(1 / o for o in odds) - target) / (len(odds) - target)
    return [(1 / o - z) / (1 - z) for o in odds], z, None


def goto(odds, target, near=None):
    pi = [1 / o for o in odds]
    errors = [mpmath.sqrt((q - q * q) / q) for q in pi]
    c = (mpmath.fsum(pi) - target) / mpmath.fsum(errors)
    return [q - c * e for q, e in zip(pi, errors)], c, None


def jsd(odds, target, near=None):
    pi = [1 / o for o in odds]
    excess = mpmath.fsum(pi) - target
    if excess == 0:
        return pi, mpf(0), mpf(0)
    end = mpf(0) if excess > 0 else mpf(1)
    limit = min(mpmath.sqrt(divergence(end, q)) for q in pi)
    inner = {}

    def p_of(distance, q):
        def f(p):
            return mpmath.sqrt(divergence(p, q)) - distance

        if f(end) <= 0:
            return end
        guess = inner.get(q)
        if guess is not None:
            width = 10000 * TINY * guess * (1 - guess)
            a, b = guess - width, guess + width
            if (q - a) * (q - b) > 0 and f(a) * f(b) < 0:
                return root(f, a, b)
        return root(f, end, q)

    def f(distance):
        return mpmath.fsum(p_of(distance, q) for q in pi) - target

    if f(limit) * excess > 0:
        raise NoRoot
    low, high = mpf(0), limit
    if near:
        inner = {q: p_of(near, q) for q in pi}
        a, b = near * (1 - 1000 * TINY), near * (1 + 1000 * TINY)
        if f(a) * f(b) < 0:
            low, high = a, b
    distance = root(f, low, high)
    return [p_of(distance, q) for q in pi], mpmath.sign(excess) * distance, distance


METHODS = {
    "multiplicative": multiplicative,
    "additive": additive,
    "differential_margin_weighting": differential,
    "balanced_book": balanced_book,
    "goto": goto,
    "power": solved(lambda q, x, _b, _t: q ** mpmath.exp(x), mpmath.exp),
    "shin": solved(shin_curve, lambda x: 1 - mpmath.exp(-x)),
    "odds_ratio": solved(lambda q, x, _b, _t: 1 / (1 + mpmath.exp(x) * (1 / q - 1)), mpmath.exp),
    "logarithmic": solved(lambda q, x, _b, _t: 1 / (1 + mpmath.exp(-mpmath.log(q / (1 - q)) + x)), lambda x: x),
    "probit": solved(lambda q, x, _b, _t: phi(SCORES[q] - x), lambda x: x),
    "jsd": jsd,
}


class Scores(dict):
    def __missing__(self, q):
        self[q] = quantile(q)
        return self[q]


SCORES = Scores()


def conditions(method, odds, target, fair, near):
    """Sum over j of |d ln p_i / d ln o_j|, by differences that are tiny beside the digits carried."""
    sums = [mpf(0)] * len(odds)
    for j in range(len(odds)):
        moved = [o * (1 + TINY) if i == j else o for i, o in enumerate(odds)]
        for i, p in enumerate(METHODS[method](moved, target, near)[0]):
            sums[i] += abs((p - fair[i]) / (fair[i] * TINY))
    return sums


def check(method, odds, target, fair, param):
    """The relation that defines the method, and the sum."""
    booksum = mpmath.fsum(1 / o for o in odds)
    assert abs(mpmath.fsum(fair) - target) < mpf(10) ** -35, (method, odds)
    for p, o in zip(fair, odds):
        q = 1 / o
        off = {
            "multiplicative": lambda: p * param - q,
            "additive": lambda: p + param - q,
            "differential_margin_weighting": lambda: p + param - q,
            "balanced_book": lambda: p * (1 - param) + param - q,
            "goto": lambda: (q - p) ** 2 - param**2 * (1 - q),
            "power": lambda: mpmath.log(p) - param * mpmath.log(q),
            "shin": lambda: (1 - param) * p * p + param * p - q * q * target / booksum,
            "odds_ratio": lambda: (1 - p) / p - param * (o - 1),
            "logarithmic": lambda: mpmath.log((1 - p) / p) - mpmath.log(o - 1) - param,
            "probit": lambda: phi(SCORES[q] - param) - p,
            "jsd": lambda: divergence(p, q) - param**2,
        }[method]()
        assert abs(off) < mpf(10) ** -30 * max(1, o), (method, odds, off)


def answers(prices, target):
    """By method: fair, param, valid, conditions; None where there is no root."""
    odds, target = [mpf(o) for o in prices], mpf(target)
    out = {}
    for method, solve in METHODS.items():
        try:
            fair, param, near = solve(odds, target)
        except NoRoot:
            out[method] = None
            continue
        check(method, odds, target, fair, param)
        valid = all(0 < p < 1 for p in fair)
        out[method] = fair, param, valid, conditions(method, odds, target, fair, near)
    members = [out[m] for m in WORST_CASE if out[m] is not None and out[m][2]]
    least = [min((m[0][i], k) for k, m in enumerate(members)) for i in range(len(odds))]
    cond = [members[k][3][i] for i, (_, k) in enumerate(least)]
    out["worst_case"] = [p for p, _ in least], None, True, cond
    return out


def market(n, low, high, spread=0.8):
    """Softmax strengths, booksum between low and high, prices in cents."""
    while True:
        weights = [mpmath.exp(RANDOM.gauss(0, spread)) for _ in range(n)]
        booksum, total = RANDOM.uniform(low, high), sum(weights)
        prices = [round(float(total / (booksum * w)), 2) for w in weights]
        if min(prices) > 1:
            return prices


FAVOURITE = 1 + 2.0**-20
MARKETS = (
    # two outcomes: even, ordinary, short, shortest, underround, wide margins
    [[2.0, 2.0], [1.91, 1.91], [1.5, 2.74], [1.05, 13.0], [1.01, 1.01], [FAVOURITE, 3.0], [FAVOURITE, 1e4], [2.1, 2.05]]
    + [[1.3, 1.4], [1.02, 6.0], [3.4, 1.55]]
    # three
    + [[3.0, 3.0, 3.0], [2.6, 2.4, 4.3], [1.25, 6.5, 11.0], [1.6, 8.0, 4.0], [2.9, 3.3, 3.1], [1.01, 1.02, 1.03]]
    + [[FAVOURITE, 50.0, 900.0], [1.2, 1.3, 1.4]]
    # more
    + [[1.15, 5.0, 10.0, 25.0], [5.2, 5.2, 5.2, 5.2, 5.2], [1.9, 4.0, 6.0, 9.0, 15.0, 34.0], [2.0, 3.0, 9.0, 1000.0, 1e6]]
    + [[40.0] * 40, [1.0625] * 4]
    + [market(2, 1.02, 1.08) for _ in range(3)]
    + [market(3, 1.02, 1.08) for _ in range(3)]
    + [market(n, 1.02, 1.2) for n in (4, 5, 6, 7, 8, 9, 11, 16)]
    + [market(4, 0.9, 0.99), market(7, 0.9, 0.99), market(6, 1.5, 2.5), market(21, 1.2, 1.5, 1.2)]
)
# Where more or fewer than one wins.
PLACES = [
    ([1.3, 1.5, 2.5, 3.0], 2), ([1.4, 1.6, 1.9, 4.0, 6.0, 9.0], 2), ([1.2, 1.35, 2.1, 2.6, 3.4, 5.0, 8.0, 15.0], 3), ([2.2, 4.8], 0.5),
    ([3.5, 6.0, 9.0], 0.5), ([1.25, 1.5, 4.0], 2), ([1.8, 2.0], 1.25), ([1.5, 2.2, 4.4, 8.0], 1.5), ([1.9, 2.6, 3.0, 3.6, 5.0], 2),
]
BAD = [
    ([], "empty"), ([2.0], "single"), ([2.0, float("nan")], "nan"), ([float("inf"), float("nan"), 1.0], "nan"), ([2.0, float("inf")], "inf"),
    ([2.0, -float("inf"), 0.5], "inf"), ([1.0, 3.0], "odds_le_1"), ([3.0, -2.0], "odds_le_1"), ([0.0, 2.0], "odds_le_1"), ([1.0], "odds_le_1"),
]


def lines():
    for prices, target in [(m, 1) for m in MARKETS] + PLACES:
        note = f"{len(prices)} outcomes"
        odds = [repr(o) for o in prices]
        for method, answer in answers(prices, target).items():
            fair, param, valid, cond = answer or ([], None, False, [])
            yield {
                "method": method,
                "odds": odds,
                "target": target,
                "fair": [mpmath.nstr(p, 20) for p in fair],
                "param": None if param is None else mpmath.nstr(param, 20),
                "valid": valid,
                "cond": [float(mpmath.nstr(k, 6)) for k in cond],
                "note": note if valid else f"{note}, {'outside' if answer else 'no root'}",
            }
    for prices, note in BAD:
        for method in [*METHODS, "worst_case"]:
            odds = [repr(o) for o in prices]
            yield {"method": method, "odds": odds, "target": 1, "fair": [], "param": None, "valid": False, "cond": [], "note": f"bad: {note}"}


def main():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "devig.jsonl")
    with open(path, "w", encoding="utf-8") as out:
        for line in lines():
            out.write(json.dumps(line, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
