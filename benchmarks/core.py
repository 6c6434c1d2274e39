"""Speed of the analytical core on 10,000 series of 60 points, beside one pass over the memory and, for the trend test, beside
pymannkendall. Prints, never gates.

python -m benchmarks.core [SERIES] [POINTS]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import perf_counter

import numpy as np
import pymannkendall

from benchmarks.accuracy import batch_of
from gaps.core.grading import grade
from metrics.core.facts import gather
from metrics.core.fit import deseason, fit_series
from metrics.core.judging import judge
from metrics.core.limits import xmr_batch
from metrics.core.trend import mann_kendall_batch
from metrics.core.trending import trend_of
from metrics.core.verdicts import Floats, SeriesBatch

TREND_GOAL, TREND_SAMPLE = 35, 300  # times pymannkendall; series that it is timed on
PEER = 1_178  # series/s of the fastest Python peer's process charts alone (shewhart), measured on a machine like ours
MISSING = 0.03


def with_gaps(x: Floats, window: int, goal: float) -> SeriesBatch:
    """Series [S, T] with NaN for missing, as a batch."""
    whole = batch_of(x, window, goal)
    kept = ~np.isnan(whole.value)
    columns = {name: getattr(whole, name)[kept] for name in ("index", "value", "goal", "industry")}
    each = {name: getattr(whole, name) for name in ("sign", "per_year", "window_from", "window_to")}
    return SeriesBatch(offsets=np.concatenate([[0], kept.reshape(x.shape).sum(1).cumsum()]), **columns, **each)


def seconds(work: Callable[[], object], times: int) -> float:
    """The quickest of several runs."""
    best = np.inf
    for _ in range(times):
        start = perf_counter()
        work()
        best = min(best, perf_counter() - start)
    return best


def trends_alone(batch: SeriesBatch) -> Callable[[], object]:
    """Section 4 of a judgement by itself, to be timed."""
    facts = gather(batch)
    fits = fit_series(facts.frames, facts.frames.values, facts.per_year, facts.judged)
    adjusted = deseason(facts.frames, fits, facts.per_year)
    return lambda: trend_of(facts, fits.seasonal, adjusted)


def main(count: int, size: int) -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(100, 10, (count, size))
    gaps = np.where(rng.random(x.shape) < MISSING, np.nan, x)
    complete, incomplete = batch_of(x, 6, 105.0), with_gaps(gaps, 6, 105.0)
    work = {
        "one pass over the memory, Y.sum(1)": (lambda: x.sum(1), 30),
        "process charts, xmr_batch": (lambda: xmr_batch(x, direction="increase", target=105.0), 15),
        f"process charts, {MISSING:.0%} missing": (lambda: xmr_batch(gaps, direction="increase", target=105.0), 5),
        "judge and grade": (lambda: grade(judge(complete)), 9),
        "of which trends (last 36 points)": (trends_alone(complete), 9),
        f"judge and grade, {MISSING:.0%} missing": (lambda: grade(judge(incomplete)), 3),
        "trend test, mann_kendall_batch": (lambda: mann_kendall_batch(x), 5),
        f"trend test, {MISSING:.0%} missing": (lambda: mann_kendall_batch(gaps), 3),
    }
    rates = {name: count / seconds(*task) for name, task in work.items()}
    memory = next(iter(rates.values()))
    print(f"{count:,} series of {size} points{'':10s}  series/s   memory pass / this   this / fastest peer")
    for name, rate in rates.items():
        print(f"{name:36s}  {rate:12,.0f}   {memory / rate:18,.0f}   {rate / PEER:19,.0f}")
    sample = x[:TREND_SAMPLE]
    theirs = len(sample) / seconds(lambda: [pymannkendall.original_test(row) for row in sample], 3)
    ours = rates["trend test, mann_kendall_batch"]
    print(f"{'pymannkendall, original_test':36s}  {theirs:12,.0f}   ours {ours / theirs:.0f} times as fast; goal >= {TREND_GOAL}")


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:3]) if len(sys.argv) > 2 else (10_000, 60))
