#!/usr/bin/env python3
"""Margin removal against other packages, on the same markets in the same run.

    python3 -m venv benches/peers/.venv
    benches/peers/.venv/bin/pip install -r benches/peers/requirements.txt
    benches/peers/.venv/bin/python benches/peers/compare.py

Prints a Markdown table: nanoseconds per market for markets of 2, 3, 10 and 20 outcomes, in brackets how many times slower than
our answer for one market, and the largest absolute error of a probability against an answer of 40 digits computed here from the
definition. Each peer is called the way its manual shows, one market at a time. The Rust programs are built by cargo on the way.
"""

import argparse
import contextlib
import io
import logging
import math
import pathlib
import random
import subprocess
import sys
import time

import goto_conversion
import mpmath
import numpy
import shin
from mpmath import mp, mpf
from penaltyblog.implied import calculate_implied

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIZES = (2, 3, 10, 20)
RUST = {
    "overround": ["cargo", "run", "--quiet", "--release", "-p", "overround-benches", "--example", "devig_peer"],
    "brumby": ["cargo", "run", "--quiet", "--release", "--manifest-path", "benches/peers/brumby/Cargo.toml"],
}
BLOCK = 20


def market(rng, n):
    """Softmax of normal strengths, a margin in proportion, prices rounded to cents. Drawn again until the prices have a margin."""
    top = 1.08 if n <= 3 else 1.20
    while True:
        weights = [math.exp(rng.gauss(0.0, 0.8)) for _ in range(n)]
        booksum, total = rng.uniform(1.02, top), sum(weights)
        prices = [round(total / (booksum * w), 2) for w in weights]
        if min(prices) > 1.0 and sum(1.0 / o for o in prices) > 1.0:
            return prices


def solve(f, x):
    """The root of f, which gives value and slope, by Newton from x."""
    for _ in range(100):
        value, slope = f(x)
        step = value / slope
        x -= step
        if abs(step) <= mpf(10) ** (5 - mp.dps) * (1 + abs(x)):
            return x
    raise ArithmeticError("no convergence")


def exact_power(pi):
    logs = [mpmath.log(q) for q in pi]

    def f(k):
        terms = [mpmath.exp(k * l) for l in logs]
        total = mpmath.fsum(terms)  # ln of it is convex in k: Newton comes from either side
        return mpmath.log(total), mpmath.fsum(l * t for l, t in zip(logs, terms)) / total

    k = solve(f, mpf(1))
    return [mpmath.exp(k * l) for l in logs]


def exact_odds_ratio(pi):
    net = [1 / q - 1 for q in pi]

    def f(t):
        p = [1 / (1 + mpmath.exp(t) * x) for x in net]
        return mpmath.fsum(p) - 1, -mpmath.fsum(q * (1 - q) for q in p)

    c = mpmath.exp(solve(f, mpf(0)))
    return [1 / (1 + c * x) for x in net]


def exact_shin(pi):
    booksum = mpmath.fsum(pi)

    def p_of(z):
        roots = [mpmath.sqrt(z * z + 4 * (1 - z) * q * q / booksum) for q in pi]
        return roots, [(s - z) / (2 * (1 - z)) for s in roots]

    def f(z):
        roots, p = p_of(z)
        return mpmath.fsum(p) - 1, -mpmath.fsum(q * (1 - q) / s for q, s in zip(p, roots))

    z = solve(f, mpf(0))
    assert 0 <= z < 1
    return p_of(z)[1]


def exact_goto(pi):
    errors = [mpmath.sqrt(1 - q) for q in pi]
    c = (mpmath.fsum(pi) - 1) / mpmath.fsum(errors)
    return [q - c * e for q, e in zip(pi, errors)]


EXACT = {
    "multiplicative": lambda pi: [q / mpmath.fsum(pi) for q in pi],
    "additive": lambda pi: [q - (mpmath.fsum(pi) - 1) / len(pi) for q in pi],
    "goto": exact_goto,
    "power": exact_power,
    "shin": exact_shin,
    "odds_ratio": exact_odds_ratio,
}


def reference(method, prices):
    with mp.workdps(40):
        answer = EXACT[method]([1 / mpf(o) for o in prices])
        assert abs(mpmath.fsum(answer) - 1) < mpf(10) ** -32, (method, prices)
        return answer


def penaltyblog(name):
    return lambda prices: calculate_implied(prices, method=name).probabilities


PYTHON = [
    ("multiplicative", "penaltyblog", penaltyblog("multiplicative")),
    ("additive", "penaltyblog", penaltyblog("additive")),
    ("goto", "goto_conversion", goto_conversion.goto_conversion),
    ("power", "penaltyblog", penaltyblog("power")),
    ("shin", "shin (its Rust)", shin.calculate_implied_probabilities),
    ("shin", "shin (its Python)", lambda o: shin.calculate_implied_probabilities(o, force_python_optimiser=True)),
    ("shin", "penaltyblog", penaltyblog("shin")),
    ("odds_ratio", "penaltyblog", penaltyblog("odds_ratio")),
    ("odds_ratio", "penaltyblog, its logarithmic", penaltyblog("logarithmic")),
]


class Results:
    """Time and error by method, package and size."""

    def __init__(self, markets):
        self.markets = markets
        self.times, self.errors, self.refused, self.exact = {}, {}, {}, {}

    def answer(self, method, who, line, fair):
        key = (method, line)
        if key not in self.exact:
            self.exact[key] = reference(method, self.markets[line])
        off = max(float(abs(mpf(p) - q)) for p, q in zip(fair, self.exact[key], strict=True))
        if not off <= self.errors.get((method, who), -1.0):  # a NaN stays
            self.errors[method, who] = off

    def refuse(self, method, who):
        self.refused[method, who] = self.refused.get((method, who), 0) + 1


def time_rust(results, who):
    text = "".join(" ".join(map(repr, prices)) + "\n" for prices in results.markets)
    done = subprocess.run(RUST[who], input=text, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True)
    for line in done.stdout.splitlines():
        kind, method, *rest = line.split(" ")
        method, _, batch = method.partition("/")
        name = f"{who}, together" if batch else who
        if kind == "time":
            results.times[method, name, int(rest[0])] = float(rest[1])
        elif kind == "fair":
            results.answer(method, name, int(rest[0]), [float(p) for p in rest[1:]])
        else:
            results.refuse(method, name)


def time_python(results, method, who, call, seconds):
    """The best pass over each block of markets, summed: an interruption costs one block of one pass. Time on the processor, so that
    what else the machine does meanwhile is not counted against a slow package."""

    def attempt(prices):
        try:
            return call(prices)
        except ValueError:
            return None

    for n in SIZES:
        chosen = [i for i, prices in enumerate(results.markets) if len(prices) == n]
        prices = [results.markets[i] for i in chosen]
        for i, market_prices in zip(chosen, prices):
            fair = attempt(market_prices)
            if fair is None:
                results.refuse(method, who)
            else:
                results.answer(method, who, i, list(fair))
        blocks = [prices[i : i + BLOCK] for i in range(0, len(prices), BLOCK)]
        best, passes, begun = [math.inf] * len(blocks), 0, time.perf_counter()
        while passes < 3 or time.perf_counter() - begun < seconds:
            passes += 1
            for b, block in enumerate(blocks):
                clock = time.thread_time_ns()
                for market_prices in block:
                    attempt(market_prices)
                best[b] = min(best[b], time.thread_time_ns() - clock)
        results.times[method, who, n] = sum(best) / len(prices)


def time_numpy(results):
    """The one line that removes a margin in proportion from an array of markets."""
    method, who = "multiplicative", "numpy, together"
    for n in SIZES:
        chosen = [i for i, prices in enumerate(results.markets) if len(prices) == n]
        odds = numpy.array([results.markets[i] for i in chosen])
        best = math.inf
        for _ in range(500):
            clock = time.thread_time_ns()
            inverse = 1.0 / odds
            fair = inverse / inverse.sum(axis=1, keepdims=True)
            best = min(best, time.thread_time_ns() - clock)
        results.times[method, who, n] = best / len(chosen)
        for i, row in zip(chosen, fair):
            results.answer(method, who, i, [float(p) for p in row])


def table(results):
    print("| method | package | " + " | ".join(f"n = {n}" for n in SIZES) + " | largest error | refused |")
    print("|---|---|" + "--:|" * (len(SIZES) + 2))
    for method in EXACT:
        for who in dict.fromkeys(who for m, who, _ in results.times if m == method):
            cells = []
            for n in SIZES:
                ns, ours = results.times[method, who, n], results.times[method, "overround", n]
                ratio = "" if who.startswith("overround") else f" ({ns / ours:,.{0 if ns > 10 * ours else 1}f}×)"
                cells.append(f"{ns:,.{0 if ns >= 100 else 1}f}{ratio}")
            error = f"{results.errors[method, who]:.0e}" if (method, who) in results.errors else "as above"
            print(f"| {method} | {who} | " + " | ".join(cells) + f" | {error} | {results.refused.get((method, who), 0)} |")


def main():
    parser = argparse.ArgumentParser(description="Margin removal against other packages, on the same markets in the same run.")
    parser.add_argument("--markets", type=int, default=1000, help="of each size (default 1000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0.7, help="at least, for each Python package, method and size")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    results = Results([market(rng, n) for n in SIZES for _ in range(options.markets)])
    logging.disable(logging.CRITICAL)
    for who in RUST:
        print(f"{who} …", file=sys.stderr)
        time_rust(results, who)
    time_numpy(results)
    for method, who, call in PYTHON:
        print(f"{who}, {method} …", file=sys.stderr)
        with contextlib.redirect_stdout(io.StringIO()):  # some print what they refuse
            time_python(results, method, who, call, options.seconds)
    table(results)


if __name__ == "__main__":
    main()
