"""What a stored verdict rests on beside its facts, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import takewhile

from gaps.core.explain import Basis, Level
from gaps.core.facts import signals_of
from gaps.models import Comparison, SeriesVerdict
from gaps.queries.lines import drawn
from metrics.charts import Drawn
from metrics.core.periods import Frequency
from metrics.core.verdicts import Kind, Signal, Variation, bit


def basis(verdict: SeriesVerdict) -> Basis:
    """The numbers behind a verdict: one query for its comparisons."""
    shown = drawn(verdict, len(verdict.values))
    compared = Comparison.objects.filter(run=verdict.run_id, series=verdict.series_id)
    return Basis(
        n_fit=verdict.n_fit,
        n_baseline=verdict.n_baseline,
        locked=verdict.locked,
        degenerate=verdict.degenerate,
        phi=verdict.phi,
        sd=verdict.sd,
        nu=verdict.nu,
        sigma=verdict.sigma,
        shift_t=verdict.shift_t,
        shift_needed=verdict.shift_needed,
        variation_plain=Variation(verdict.variation_plain),
        since=_since(verdict, shown.labels),
        season=_season(shown, Frequency(verdict.series.kpi.frequency)),
        levels={Kind(one.kind): Level(one.d, one.level_n, one.t, one.needed) for one in compared},
    )


def _since(verdict: SeriesVerdict, labels: Sequence[str]) -> Mapping[Signal, str]:
    """The period from which each rule at the latest complete point holds without a break; a shift is of the whole window."""
    firsts = {
        one: _window_start(verdict) if one is Signal.SHIFT else _held_from(verdict, bit(one)) for one in signals_of(verdict.latest_signals)
    }
    return {signal: labels[slot] for signal, slot in firsts.items()}


def _held_from(verdict: SeriesVerdict, rule: int) -> int:
    """Slot of the first of the points up to the latest complete one that all have the rule."""
    back = range(verdict.n_judged - 1, -1, -1)
    return verdict.n_judged - len(list(takewhile(lambda slot: verdict.points[slot] & rule, back)))


def _window_start(verdict: SeriesVerdict) -> int:
    """Slot of the window's first point."""
    known = [slot for slot in range(verdict.n_judged) if verdict.values[slot] == verdict.values[slot]]
    return known[-verdict.n_window]


def _season(shown: Drawn, frequency: Frequency) -> list[tuple[date, float]]:
    """What was taken out in the last year up to the latest complete period, by period."""
    if not shown.adjusted:
        return []
    last = range(max(shown.judged - frequency.per_year, 0), shown.judged)
    rows = [(shown.periods[slot], shown.values[slot], shown.adjusted[slot]) for slot in last]
    return [(day, value - left) for day, value, left in rows if value is not None and left is not None]
