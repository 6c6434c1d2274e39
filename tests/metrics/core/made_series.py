"""Made-up series as dicts (slow_reference.py says of what), and as a SeriesBatch."""

from __future__ import annotations

import numpy as np

from metrics.core.judging import judge
from metrics.core.verdicts import SeriesBatch

NAN = float("nan")
EMPTY = {"index": [], "value": [], "goal": [], "industry": [], "sign": 1, "per_year": 12, "window_from": 0, "window_to": 9}


def one(values, *, window=3, goal=NAN, industry=NAN, sign=1, per_year=12, window_to=None, rebase=(), start=0):
    """A series from its values by period, None or NaN = missing; the window is its last periods."""
    index = [i + start for i, value in enumerate(values) if value is not None and value == value]
    last = start + len(values) - 1 if window_to is None else window_to
    goals = list(np.broadcast_to(np.asarray(goal, dtype=float), len(values)))
    industries = list(np.broadcast_to(np.asarray(industry, dtype=float), len(values)))
    return {
        "index": index,
        "value": [float(values[i - start]) for i in index],
        "goal": [float(goals[i - start]) for i in index],
        "industry": [float(industries[i - start]) for i in index],
        "sign": sign,
        "per_year": per_year,
        "window_from": last - window + 1,
        "window_to": last,
        "rebase": list(rebase),
    }


def batch_of(*series, numerator=None, denominator=None):
    flat = {name: np.array([x for s in series for x in s[name]]) for name in ("index", "value", "goal", "industry")}
    each = {name: np.array([s[name] for s in series], dtype=np.int64) for name in ("window_from", "window_to")}
    rebase = [(number, at) for number, s in enumerate(series) for at in s.get("rebase", ())]
    return SeriesBatch(
        offsets=np.cumsum([0, *(len(s["index"]) for s in series)]),
        index=flat["index"].astype(np.int64),
        value=flat["value"].astype(float),
        goal=flat["goal"].astype(float),
        industry=flat["industry"].astype(float),
        sign=np.array([s["sign"] for s in series], dtype=np.int8),
        per_year=np.array([s["per_year"] for s in series], dtype=np.int16),
        numerator=numerator,
        denominator=denominator,
        rebase_at=tuple(np.array(rebase, dtype=np.int64).reshape(-1, 2).T) if rebase else None,
        **each,
    )


def judge_series(*series):
    return judge(batch_of(*series))


def random_values(rng, n):
    kind = rng.integers(8)
    x = rng.normal(0, 1, n)
    if kind == 1:
        x = np.round(x)
    elif kind == 2:
        x = rng.integers(0, 2, n).astype(float)
    elif kind == 3:
        x = np.repeat(rng.normal(0, 1, n), 3)[:n]
    elif kind == 4:
        x = np.cumsum(x) * 0.5
    elif kind == 5:
        x = x + 2 * np.sin(2 * np.pi * np.arange(n) / rng.choice([4, 12, 52]) + rng.uniform(0, 6))
    elif kind == 6:
        x = np.where(np.arange(n) < n - rng.integers(0, 8), 0.0, rng.integers(0, 4))
    elif kind == 7:
        x = x + np.where(np.arange(n) >= n - 6, rng.normal(0, 3), 0)
    return np.round(x * rng.choice([0.01, 1, 250]) + rng.choice([0, 95, -1e4]), rng.choice([1, 3, 9]))


def random_series(rng):
    per_year = int(rng.choice([1, 4, 12, 52]))
    n = int(rng.choice([0, 1, 5, 6, 12, 13, 24, 36, 40, 60])) + int(rng.integers(0, 3))
    n = n if per_year < 52 else n * int(rng.integers(1, 4))
    values = random_values(rng, n)
    if rng.random() < 0.5:
        values[rng.random(n) < rng.choice([0.03, 0.3, 0.8])] = NAN
    goal = np.full(n, np.nanmean(values) if np.isfinite(values).any() else 0.0)
    goal = np.round(goal + rng.normal() * (np.nanstd(values) if np.isfinite(values).any() else 1), 2)
    goal[rng.random(n) < rng.choice([0, 0, 0.3])] = NAN
    industry = np.where(rng.random() < 0.5, goal + rng.normal(), NAN)
    window = int(rng.choice([0, 1, 2, 3, 6, 13, 26]))
    start = int(rng.integers(-30, 600))
    last = start + n - 1 + int(rng.choice([0, 0, 0, 2, 3, -2]))
    rebase = [start + int(at) for at in rng.integers(0, n + 3, rng.choice([0, 0, 1, 2]))]
    return one(
        list(values), goal=goal, industry=industry, sign=int(rng.choice([1, 1, -1, 0])), per_year=per_year, window=window,
        window_to=last, rebase=rebase, start=start,
    )  # fmt: skip


def seasonal_series(rng):
    """A wave that is mostly found, with or without missing periods, and some periods after the window."""
    per_year = int(rng.choice([4, 12, 52]))
    n = int(per_year * rng.uniform(2, 4.5)) + 1
    wave = rng.normal(0, 2, (per_year if per_year < 52 else 13)).cumsum().repeat(1 if per_year < 52 else 4)
    values = np.resize(wave, n) + rng.normal(0, rng.choice([0.2, 1]), n) + 40
    if rng.random() < 0.5:
        values[rng.random(n) < 0.05] = NAN
    start, window, late = int(rng.integers(0, 50)), int(per_year * rng.choice([0.25, 0.5, 1.1])), int(rng.integers(0, 3))
    rebase = [start + 3] if rng.random() < 0.2 else []
    last = start + n - 1 - late
    return one(list(values), goal=41.0, per_year=per_year, window=window, window_to=last, rebase=rebase, start=start)


def drifting_series(rng):
    """A series that mostly rises or falls, with goals near and far, now and then none, or an industry value instead."""
    per_year = int(rng.choice([1, 4, 12, 52]))
    n = int(rng.integers(6, 60))
    values = 50 + np.arange(n) * rng.choice([-0.3, 0.02, 0.3]) + rng.normal(0, rng.choice([0.0, 0.3, 2.0]), n)
    values = np.round(values, rng.choice([0, 3]))
    values[rng.random(n) < rng.choice([0.0, 0.2])] = NAN
    goal = float(rng.choice([NAN, 30, 45, 55, 70]))
    window = int(rng.choice([0, 3, 6]))
    return one(list(values), goal=goal, industry=float(rng.choice([NAN, 40, 60])), sign=int(rng.choice([1, -1, 0])), per_year=per_year,
               window=window, start=int(rng.integers(0, 50)))  # fmt: skip
