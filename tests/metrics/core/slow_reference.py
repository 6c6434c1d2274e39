"""METHODS sections 1 to 5 for one series, read from the text as plainly as can be: loops, lstsq, scipy.stats, pymannkendall.

Slow on purpose and written apart from metrics.core, which it is compared with. One series is a dict: index, value, goal,
industry (lists), sign, per_year, window_from, window_to, rebase (list of indices).
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pymannkendall
from scipy import stats

NAN = math.nan


def sign_of(x):
    return int(x > 0) - int(x < 0)


def equal_or_less(difference, scale):
    """Is a difference at most 0, but for rounding?"""
    return difference <= 1e-12 * scale


def mean(values):
    return math.fsum(values) / len(values) if values else NAN


def limits(slots, lock):
    """Mean and mR-bar of a regime given as values by calendar slot (None: missing), from its first `lock` slots."""
    base = slots[:lock]
    ranges = [abs(b - a) for a, b in pairwise(base) if a is not None and b is not None]
    whole = mean(ranges)
    kept = [r for r in ranges if r < 3.267 * whole]
    return mean([x for x in base if x is not None]), mean(kept) if any(kept) else whole


def signals(slots, centre, width, near, withheld):
    """Per slot: {rule: sense} of the rules 1-4 that hold."""
    found = [{} for _ in slots]
    side = [None if x is None else sign_of(x - centre) for x in slots]
    outside = [x is not None and (x > centre + width or x < centre - width) for x in slots]
    beyond = [x is not None and not o and (x > centre + near or x < centre - near) for x, o in zip(slots, outside, strict=True)]
    for i in range(len(slots)):
        if outside[i]:
            found[i][1] = side[i]
    if withheld:
        return found
    for i in range(len(slots)):
        if side[i : i + 7] in ([1] * 7, [-1] * 7):
            for j in range(i, i + 7):
                found[j][4] = side[j]
        if side[i : i + 3] in ([1] * 3, [-1] * 3) and sum(beyond[i : i + 3]) >= 2:
            for j in range(i, i + 3):
                found[j] |= {3: side[j]} if beyond[j] else {}
    trend = in_trends(slots)
    for i in trend:
        out = sign_of(slots[i + 1] - slots[i]) if i + 1 in trend else 0
        found[i][2] = out or sign_of(slots[i] - slots[i - 1])
    return found


def in_trends(slots):
    found = set()
    for i in range(len(slots) - 6):
        seven = slots[i : i + 7]
        if None not in seven and {sign_of(b - a) for a, b in pairwise(seven)} in ({1}, {-1}):
            found |= set(range(i, i + 7))
    return found


def columns(times, opening, per_year, season):
    rows = []
    for t in times:
        row = [1.0, float(t)]
        if times[0] < opening <= times[-1]:
            row.append(float(t >= opening))
        if season and per_year == 4:
            row += [float(t % 4 == q) - 0.25 for q in range(3)]
        elif season:
            row += [f(2 * math.pi * h * t / per_year) for h in (1, 2) for f in (math.sin, math.cos)]
        rows.append(row)
    return np.array(rows)


def autocorrelation(times, rest, p):
    n = len(rest)
    total = math.fsum(e * e for e in rest)
    if n - p - 2 < 1 or total == 0:
        return 0.0
    at = dict(zip(times, rest, strict=True))
    r1 = math.fsum(e * at[t - 1] for t, e in at.items() if t - 1 in at) / total
    phi = (n * r1 + p) / (n - p - 2)
    return min(phi, 0.8) if phi > 1.28 / math.sqrt(n) else 0.0


def fit(times, values, opening, per_year):
    """seasonal, coefficients of the season, phi, sd, nu."""
    n = len(times)
    y = np.array(values)
    noise = 1e-12 * (abs(y.mean()) + y.std()) * math.sqrt(n)

    def least_squares(season):
        x = columns(times, opening, per_year, season)
        beta, *_ = np.linalg.lstsq(x, y - y.mean(), rcond=None)
        rest = y - y.mean() - x @ beta
        if np.linalg.norm(rest) <= noise:
            rest = 0 * rest
        return x.shape[1], beta, rest

    p, beta, rest = least_squares(False)
    seasonal = False
    before = sum(t < opening for t in times)
    if per_year > 1 and n >= 2 * per_year and before >= 1.5 * per_year:
        p1, beta1, rest1 = least_squares(True)
        apart = np.linalg.matrix_rank(columns(times, opening, per_year, True)) == p1
        phi = autocorrelation(times, rest1, p1)
        inflation = max(1, (1 - phi**2) / (1 - 2 * phi * math.cos(2 * math.pi / per_year) + phi**2))
        rss, rss1 = rest @ rest, rest1 @ rest1
        if apart and rss > 0:
            f = math.inf if rss1 == 0 else (rss - rss1) / (p1 - p) / (rss1 / (n - p1))
            seasonal = stats.f.sf(f / inflation, p1 - p, n - p1) < 0.01
        if seasonal:
            beta, rest = beta1[p:], rest1
            p = p1
    sd = math.sqrt(rest @ rest / (n - p)) if n > p else NAN
    return seasonal, beta if seasonal else None, autocorrelation(times, rest, p), sd, n - p


def season_at(t, beta, per_year):
    if per_year == 4:
        return sum(b * (float(t % 4 == q) - 0.25) for q, b in enumerate(beta))
    terms = [f(2 * math.pi * h * t / per_year) for h in (1, 2) for f in (math.sin, math.cos)]
    return sum(b * term for b, term in zip(beta, terms, strict=True))


def variance(k, phi, extra, per_year):
    if k == 0:
        return NAN
    plain = (1 + 2 * sum((1 - j / k) * phi**j for j in range(1, k))) / k
    return plain + (extra if k < 0.9 * per_year else 0)


def divide(a, b):
    if b == 0:
        return 0.0 if a == 0 else math.copysign(math.inf, a)
    return a / b


def slots_of(points, first, last):
    at = dict(points)
    return [at.get(i) for i in range(first, last + 1)]


def judge_one(series):
    """The verdict on one series, as a dict with names as in Verdicts."""
    points = list(zip(series["index"], series["value"], series["goal"], series["industry"], strict=True))
    done = [p for p in points if p[0] <= series["window_to"]]
    latest = done[-1] if done else None
    start = max([r for r in series["rebase"] if done and r <= latest[0]], default=-(10**9))
    regime = [p for p in done if p[0] >= start]
    window = [p for p in regime if p[0] >= series["window_from"]]
    past = [p for p in regime if p[0] < series["window_from"]]
    base = [p for p in past if p[0] >= series["window_from"] - 3 * series["per_year"]]
    n, k, n_b = len(window) + len(base), len(window), len(base)
    out = {"n_complete": len(regime), "n_fit": n, "n_window": k, "n_baseline": n_b}
    out["quality"] = "insufficient" if len(regime) < 6 else "provisional" if len(regime) <= 12 else "full"
    out["stale"] = latest is None or series["window_to"] - latest[0] > 2
    out["window_mean"] = mean([p[1] for p in window])
    out["baseline_mean"] = mean([p[1] for p in base])
    scale = max((abs(p[1]) for p in regime), default=0)
    if len(regime) >= 6:
        judge_regime(series, out, regime, past, base, window, scale)
    else:
        out |= {"variation": "undetermined", "variation_plain": "undetermined", "rules": set(), "sd": NAN, "phi": NAN, "nu": NAN}
        out |= {"seasonal": False, "t": NAN, "adjusted": {p[0]: p[1] for p in regime}}
    out |= trend([(p[0], out["adjusted"][p[0]]) for p in regime][-36:], scale if out["seasonal"] else 0)
    for kind, column in (("goal", 2), ("industry", 3)):
        compare(series, out, kind, [(p[0], p[1], p[column]) for p in regime], k, scale)
    grade(series, out)
    return out


def judge_regime(series, out, regime, past, base, window, scale):
    n, k, n_b, s, per_year = out["n_fit"], out["n_window"], out["n_baseline"], series["sign"], series["per_year"]
    first, last = regime[0][0], regime[-1][0]
    lock = series["window_from"] - first if len(past) >= 16 else 10**9
    raw = slots_of([p[:2] for p in regime], first, last)
    centre, mr = limits(raw, lock)
    plain = signals(raw, centre, 2.66 * mr, 2.66 * mr * 2 / 3, False)[-1]
    out["variation_plain"] = named(plain[min(plain)] if plain else 0, s)
    out["plain_limits"] = (centre - 2.66 * mr, centre + 2.66 * mr)
    used = base + window
    seasonal, beta, phi, sd, nu = (False, None, NAN, NAN, NAN)
    if used:
        seasonal, beta, phi, sd, nu = fit([p[0] for p in used], [p[1] for p in used], series["window_from"], per_year)
    adjusted = {p[0]: p[1] - (season_at(p[0], beta, per_year) if seasonal else 0) for p in regime}
    slots = slots_of(adjusted.items(), first, last)
    centre, mr = limits(slots, lock)
    width = 2.66 * mr * (math.sqrt(n / (n - 4)) if seasonal else 1) / math.sqrt(1 - (phi if phi > 0 else 0))
    here = dict(signals(slots, centre, width, width * 2 / 3, phi > 0)[-1])
    extra = 4 / n if seasonal else 0
    out |= {"seasonal": seasonal, "phi": phi, "sd": sd, "nu": nu, "mean": centre, "upper": centre + width, "adjusted": adjusted}
    t = NAN
    if k and n_b >= 6 and nu > 0:
        difference = mean([adjusted[p[0]] for p in window]) - mean([adjusted[p[0]] for p in base])
        difference = 0 if abs(difference) <= 1e-12 * scale else difference
        t = divide(difference, sd * math.sqrt(variance(k, phi, extra, per_year) + variance(n_b, phi, extra, per_year)))
    out["t"] = t
    if k >= 3 and abs(t) >= stats.t.ppf(0.995, nu):
        here[5] = sign_of(t)
    out["rules"] = set(here)
    senses = {s * sense for sense in here.values()}
    if s == 0:
        out["variation"] = named(here[min(here)] if here else 0, 0)
    else:
        out["variation"] = "concern" if -1 in senses else "improvement" if 1 in senses else "common_cause"


def trend(points, grain):
    """Numbers of section 4, before it is known what the other series of the run say."""
    if len(points) < 8:
        return {"trend_n": 0, "trend_phi": NAN, "trend_s": 0, "trend_p": NAN, "trend_slope": NAN, "trend_level": NAN}
    times = [index for index, _ in points]
    values = [round(x / grain, 9) * grain if grain else x for _, x in points]
    line = np.polynomial.Polynomial.fit(times, values, 1)
    rest = np.array(values) - line(np.array(times))
    n = len(values)
    phi = 0.0
    if np.linalg.norm(rest) > 1e-12 * (abs(np.mean(values)) + np.std(values)) * math.sqrt(n):
        at = dict(zip(times, rest, strict=True))
        r1 = sum(e * at[t - 1] for t, e in at.items() if t - 1 in at) / sum(e * e for e in rest)
        phi = min(max((n * r1 + 2) / (n - 4), 0.0), 0.8)
    test = pymannkendall.original_test(values)
    z = test.z / math.sqrt((1 + phi) / (1 - phi))
    slope, middle, *_ = stats.theilslopes(values, np.array(times) - times[-1])
    out = {"trend_n": n, "trend_phi": phi, "trend_s": test.s, "trend_p": 2 * stats.norm.sf(abs(z))}
    return out | {"trend_slope": slope, "trend_level": middle}


def called(ps):
    """Which of the tests of a run are discoveries at .05, by the rule as Benjamini and Hochberg state it."""
    known = sorted(p for p in ps if not math.isnan(p))
    largest = max([p for k, p in enumerate(known, 1) if p <= k / len(known) * 0.05], default=-1)
    return [p <= largest for p in ps]


def named(sense, s):
    if sense == 0:
        return "common_cause"
    if s == 0:
        return "high" if sense > 0 else "low"
    return "improvement" if sense * s > 0 else "concern"


def compare(series, out, kind, regime, k, scale):
    """Standing against one kind; regime of (index, value, benchmark)."""
    s = series["sign"]
    result = {"valid": bool(regime) and not math.isnan(regime[-1][2]), "standing": "none", "assurance": "none"}
    result |= {"d": NAN, "shortfall": NAN, "missed": 0, "periods": 0, "misses_latest": False, "met": False}
    out[kind] = result
    if not result["valid"] or s == 0:
        return
    changed = out["variation"] in ("concern", "improvement")
    level = regime[-(max(k, 3) if changed else max(k, 12)) :]
    short = [(i, s * (b - x), s * (b - out["adjusted"][i])) for i, x, b in regime[len(regime) - k :] if not math.isnan(b)]
    scale += abs(mean([b for _, _, b in regime[len(regime) - k :] if not math.isnan(b)])) if short else 0
    result["shortfall"] = mean([raw for _, raw, _ in short])
    result["met"] = bool(short) and equal_or_less(mean([adjusted for _, _, adjusted in short]), scale)
    result["missed"], result["periods"] = sum(raw > 0 for _, raw, _ in short), len(short)
    result["misses_latest"] = s * (regime[-1][2] - regime[-1][1]) > 0
    if out["quality"] == "insufficient":
        return
    result["assurance"] = assurance([x for _, x, _ in regime], regime[-1][2], s, *out["plain_limits"])
    constant = len({x for _, x, _ in regime}) == 1 and len(regime) > 1
    if out["nu"] > 0 or constant:
        stand(series, out | ({"sd": 0.0} if constant else {}), result, level, scale)


def assurance(values, b, s, lower, upper):
    if len(set(values)) == 1:
        return "fail" if s * (b - values[0]) > 0 else "pass"
    if b > upper if s > 0 else b < lower:
        return "fail"
    if b < lower if s > 0 else b > upper:
        return "pass"
    return "inconsistent"


def stand(series, out, result, level, scale):
    s = series["sign"]
    short = [s * (b - out["adjusted"][i]) for i, _, b in level if not math.isnan(b)]
    average = mean(short)
    d = divide(0 if abs(average) <= 1e-12 * scale else average, out["sd"])
    d = -math.inf if d == out["sd"] == 0 else d
    v = variance(len(short), out["phi"], 4 / out["n_fit"] if out["seasonal"] else 0, series["per_year"])
    t = stats.t.ppf(0.975, out["nu"])
    result["d"] = d
    if d > 3:
        result["standing"] = "fail"
    elif d < -3:
        result["standing"] = "pass"
    elif d / math.sqrt(v) >= t:
        result["standing"] = "usually_misses"
    elif d / math.sqrt(v) <= -t:
        result["standing"] = "usually_meets"
    else:
        result["standing"] = "hit_or_miss"


TABLE = {
    "concern": {"fail": 5, "usually_misses": 4, "hit_or_miss": 3, "usually_meets": 2, "pass": 2},
    "common_cause": {"fail": 4, "usually_misses": 3, "hit_or_miss": 1, "usually_meets": 0, "pass": 0},
    "improvement": {"fail": 3, "usually_misses": 1, "hit_or_miss": 0, "usually_meets": 0, "pass": 0},
}


def grade(series, out):
    concern = out["variation"] == "concern"
    grades = []
    for kind in ("goal", "industry"):
        against = out[kind]
        if against["standing"] == "none":
            out[kind]["grade"] = int(against["misses_latest"])
        else:
            out[kind]["grade"] = TABLE[out["variation"]][against["standing"]]
            if against["met"]:
                out[kind]["grade"] = min(out[kind]["grade"], 2 if concern else 1)
        if against["valid"]:
            grades.append(out[kind]["grade"])
    history = 0
    s = series["sign"]
    if out["n_baseline"] >= 6 and s != 0 and not grades and not math.isnan(out["t"]):
        worse = -s * out["t"]
        history = 3 if concern and worse > 0 else int(worse > 0 and worse >= stats.t.ppf(0.95, out["nu"]))
    most = min([5, *([3] if out["quality"] == "provisional" else []), *([1] if out["stale"] else [])])
    out["grade"] = min(max([*grades, history]), most)
