"""How often the engine is wrong on series whose truth is known: the table "Stated accuracy" of METHODS.

    python -m benchmarks.accuracy [DRAWS]        (20,000 as METHODS does by default)

Every case is a stable process whose goal is its own mean (on target), or one sigma below or above it; then a
step for the worse at the start of the window; then runs of 100 series of which 12 rise: how many of the trends called are none.
Printed beside what METHODS states; the product's own core decides.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gaps.core.grading import grade
from metrics.core.judging import judge
from metrics.core.trend import mann_kendall_batch
from metrics.core.trending import FALSE_DISCOVERIES, least_rate
from metrics.core.verdicts import Bools, Floats, SeriesBatch, TrendSense, Variation, Verdicts, code

Draw = Callable[[np.random.Generator, int, int], Floats]  # generator, series, points -> values of mean 0 and sigma 1


@dataclass(frozen=True)
class Case:
    """A stable process and what METHODS states of it: called concern, and called a gap on target, 1 sigma better, worse."""

    name: str
    draw: Draw
    n: int
    window: int
    stated: tuple[float, float, float, float]
    per_year: int = 12
    sign: int = 1  # of a skewed process the long tail is on the adverse side


@dataclass(frozen=True)
class Step:
    """Stated share called concern after a step of 1, 2, 3 sigma at the start of the window."""

    n: int
    window: int
    stated: tuple[float, float, float]
    per_year: int = 12


@dataclass(frozen=True)
class Discoveries:
    """Stated share of the trends called in a run that are none. METHODS does not say of which runs: those below are ours."""

    name: str
    draw: Draw
    stated: float | None
    corrected: bool = True  # for dependence; else the plain test
    per_year: int = 52  # too few points to look for a season; of monthly ones it is looked for, and now and then wrongly found


RUN, RISING, POINTS, RISE = 100, 12, 36, 10.0  # series of a run, those that rise, their points, and by how many sigma over all of them


def normal(rng: np.random.Generator, count: int, n: int) -> Floats:
    return rng.standard_normal((count, n))


def season(rng: np.random.Generator, count: int, n: int) -> Floats:
    """A yearly wave of amplitude 1.5 sigma that begins anywhere."""
    phase = rng.uniform(0, 2 * np.pi, (count, 1))
    return 1.5 * np.sin(2 * np.pi / 12 * np.arange(n) + phase) + normal(rng, count, n)


def ar1(phi: float) -> Draw:
    def draw(rng: np.random.Generator, count: int, n: int) -> Floats:
        x = normal(rng, count, n)
        for t in range(1, n):
            x[:, t] = phi * x[:, t - 1] + np.sqrt(1 - phi**2) * x[:, t]
        return x

    return draw


def poisson(rng: np.random.Generator, count: int, n: int) -> Floats:
    return (rng.poisson(4, (count, n)) - 4) / 2


def exponential(rng: np.random.Generator, count: int, n: int) -> Floats:
    return rng.exponential(1, (count, n)) - 1


def near_ceiling(rng: np.random.Generator, count: int, n: int) -> Floats:
    """99 % of 50 cases."""
    return (rng.binomial(50, 0.99, (count, n)) - 49.5) / np.sqrt(50 * 0.99 * 0.01)


CASES = (
    Case("normal, n 24, window 3", normal, 24, 3, (0.015, 0.031, 0.007, 0.84)),
    Case("normal, n 24, window 6", normal, 24, 6, (0.020, 0.037, 0.003, 0.86)),
    Case("normal, n 24, window 13", normal, 24, 13, (0.009, 0.027, 0.0, 0.89)),
    Case("normal, n 36, window 6", normal, 36, 6, (0.017, 0.034, 0.003, 0.89)),
    Case("normal, weekly 104, window 13", normal, 104, 13, (0.015, 0.032, 0.0, 0.94), 52),
    Case("normal, n 8, window 3", normal, 8, 3, (0.003, 0.019, 0.001, 0.47)),
    Case("season 1.5 sigma, n 24, window 6", season, 24, 6, (0.028, 0.044, 0.008, 0.70)),
    Case("AR(1) .3, n 36, window 6", ar1(0.3), 36, 6, (0.025, 0.056, 0.010, 0.72)),
    Case("AR(1) .5, n 36, window 6", ar1(0.5), 36, 6, (0.027, 0.064, 0.014, 0.59)),
    Case("AR(1) .7, n 36, window 6", ar1(0.7), 36, 6, (0.039, 0.096, 0.024, 0.52)),
    Case("Poisson 4, n 36, window 6", poisson, 36, 6, (0.023, 0.039, 0.004, 0.90), sign=-1),
    Case("exponential, n 36, window 6", exponential, 36, 6, (0.051, 0.060, 0.010, 0.91), sign=-1),
    Case("99 % of 50 cases, n 36, window 6", near_ceiling, 36, 6, (0.057, 0.057, 0.007, 0.91)),
)
STEPS = (
    Step(24, 3, (0.17, 0.65, 0.96)),
    Step(24, 6, (0.33, 0.89, 0.99)),
    Step(24, 13, (0.35, 0.94, 1.0)),
    Step(36, 13, (0.58, 0.99, 1.0)),
    Step(104, 13, (0.77, 1.0, 1.0), 52),
)


TRENDS = (
    Discoveries("white noise", normal, 0.02),
    Discoveries("AR(1) .5", ar1(0.5), 0.07),
    Discoveries("AR(1) .5, without the correction", ar1(0.5), 0.46, corrected=False),
    Discoveries("AR(1) .5, a season looked for", ar1(0.5), None, per_year=12),
)


def batch_of(x: Floats, window: int, goal: float, per_year: int = 12, sign: int = 1) -> SeriesBatch:
    """Complete series [S, T] as a batch: the window its last points, one goal for all, no industry value."""
    count, size = x.shape
    return SeriesBatch(
        offsets=np.arange(count + 1) * size,
        index=np.tile(np.arange(size), count),
        value=x.ravel(),
        goal=np.full(x.size, goal),
        industry=np.full(x.size, np.nan),
        sign=np.full(count, sign, dtype=np.int8),
        per_year=np.full(count, per_year, dtype=np.int16),
        window_from=np.full(count, size - window),
        window_to=np.full(count, size - 1),
    )


def run_case(case: Case, draws: int, seed: int = 1) -> tuple[float, ...]:
    """The four shares of a case, in the order in which they are stated."""
    x = case.draw(np.random.default_rng(seed), draws, case.n)
    verdicts = [judge(batch_of(x, case.window, case.sign * goal, case.per_year, case.sign)) for goal in (0.0, -1.0, 1.0)]
    return concern(verdicts[0]), *(float(grade(verdict).is_gap.mean()) for verdict in verdicts)


def concern(verdicts: Verdicts) -> float:
    """Share of the series whose graded variation is concern."""
    return float(np.mean(verdicts.variation == code(Variation.CONCERN)))


def run_step(step: Step, draws: int, seed: int = 1) -> tuple[float, ...]:
    """The shares called concern after steps of 1, 2 and 3 sigma."""
    x = normal(np.random.default_rng(seed), draws, step.n)
    inside = np.arange(step.n) >= step.n - step.window
    return tuple(concern(judge(batch_of(x - size * inside, step.window, 0.0, step.per_year))) for size in (1, 2, 3))


def run_discoveries(case: Discoveries, draws: int, seed: int = 1) -> tuple[float, float]:
    """Mean share of the trends called that are none, over runs of RUN series, and the share of the rising series that are found."""
    rising = np.arange(RUN) < RISING
    rise = np.outer(rising, RISE * np.arange(POINTS) / POINTS)
    x = case.draw(np.random.default_rng(seed), draws // RUN * RUN, POINTS).reshape(-1, RUN, POINTS) + rise
    called = np.stack([_called(case, one) for one in x])
    false = called[:, ~rising].sum(1) / np.maximum(called.sum(1), 1)
    return float(false.mean()), float(called[:, rising].mean())


def _called(case: Discoveries, run: Floats) -> Bools:
    if case.corrected:
        return judge(batch_of(run, 6, 0.0, case.per_year)).trend != code(TrendSense.NONE)
    return least_rate(mann_kendall_batch(run).p) <= FALSE_DISCOVERIES


def main(draws: int) -> None:
    def line(name: str, found: tuple[float, ...], stated: tuple[float, ...]) -> str:
        cells = "  ".join(f"{a:.3f} ({b:.3f})" for a, b in zip(found, stated, strict=True))
        return f"{name:36s}  {cells}"

    print(f"{draws:,} draws a case; stated by METHODS in brackets")
    print(f"{'stable process':36s}  concern        gap: on target  1 sigma better  1 sigma worse")
    for case in CASES:
        print(line(case.name, run_case(case, draws), case.stated))
    print(f"{'called concern after a step of':36s}  1 sigma        2 sigma        3 sigma")
    for step in STEPS:
        print(line(f"n {step.n}, window {step.window}", run_step(step, draws), step.stated))
    print(f"{'trends called':36s}  that are none  of the rising found")
    for trends in TRENDS:
        false, found = run_discoveries(trends, draws)
        stated = "" if trends.stated is None else f"({trends.stated:.3f})"
        print(f"{trends.name:36s}  {false:.3f} {stated:9s} {found:.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
