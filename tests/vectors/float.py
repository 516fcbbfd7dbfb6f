#!/usr/bin/env python3
"""Writes float.jsonl: elementary functions at chosen points, to 25 digits.

Run: python3 -m venv venv && venv/bin/pip install mpmath && venv/bin/python tests/vectors/float.py

Every argument is an exact double; every value is computed with 60 digits and written with 25.
"""

import json
import os
import random

import mpmath
from mpmath import mp, mpf

mp.dps = 60
RANDOM = random.Random(20261121)


def quantile(p):
    """The x with normal_cdf(x) = p, by Newton's method from a double's guess."""
    p = mpf(p)
    tail = min(p, 1 - p)
    x = -mpmath.sqrt(-2 * mpmath.log(tail)) if tail < mpf("0.1") else mpmath.sqrt(2 * mpmath.pi) * (tail - mpf(1) / 2)
    for _ in range(200):
        step = (cdf(x) - tail) / (mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi))
        x -= max(min(step, mpf(1)), mpf(-1))
        if abs(step) < mpf(10) ** -50:
            break
    return x if p < mpf(1) / 2 else -x


def cdf(x):
    return mpmath.erfc(-mpf(x) / mpmath.sqrt(2)) / 2


def spread(low, high, count):
    return [RANDOM.uniform(low, high) for _ in range(count)]


def scales(low, high, count, signs=(1,)):
    return [RANDOM.choice(signs) * 2.0 ** RANDOM.uniform(low, high) for _ in range(count)]


NEAR_ONE = [1 + s * 2.0**-k for k in range(1, 53, 4) for s in (1, -0.5)]
PROBABILITIES = spread(0, 1, 30) + scales(-60, -1, 25) + [1 - 2.0**-k for k in range(1, 53, 5)]

FUNCTIONS = {
    "ln": (mpmath.log, NEAR_ONE + scales(-1021, 1023, 40) + spread(0.5, 2, 30) + [5e-324, 2.0**-1022, 1.7976931348623157e308]),
    "exp": (mpmath.exp, spread(-1, 1, 40) + spread(-708, 709, 40) + scales(-60, 0, 15, (1, -1)) + [709.78, -708.3, -740.5, -744.9]),
    "ln_1p": (mpmath.log1p, scales(-60, 3, 40, (1,)) + [-x for x in scales(-60, -0.01, 30)] + scales(3, 1000, 15)),
    "exp_m1": (mpmath.expm1, scales(-60, 3, 40, (1, -1)) + spread(-45, 45, 30) + [700.0, -700.0, 709.7]),
    "logit": (lambda p: mpmath.log(mpf(p) / (1 - mpf(p))), PROBABILITIES),
    "sigmoid": (lambda x: 1 / (1 + mpmath.exp(-mpf(x))), spread(-5, 5, 40) + spread(-700, 40, 30)),
    "normal_cdf": (cdf, spread(-8.5, 8.5, 60) + spread(-38, -8.5, 25) + scales(-50, 0, 15, (1, -1))),
    "normal_quantile": (quantile, PROBABILITIES + scales(-1000, -60, 20)),
}


def main():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "float.jsonl")
    with open(path, "w") as out:
        for name, (function, arguments) in FUNCTIONS.items():
            for x in sorted(set(arguments)):
                value = mpmath.nstr(function(mpf(x)), 25, min_fixed=0, max_fixed=0)
                out.write(json.dumps({"function": name, "x": repr(x), "value": value}) + "\n")


if __name__ == "__main__":
    main()
