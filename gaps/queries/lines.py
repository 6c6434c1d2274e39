"""Series and gaps in lists: what is said of each, and its small chart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from departments.models import ReviewCycle
from gaps.core import words
from gaps.core.facts import Compared, Facts, Trend, signals_of
from gaps.models import POINT_TYPE, Comparison, GapVerdict, SeriesVerdict
from metrics.charts import Drawn, Regime, TrendLine
from metrics.core import periods
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency
from metrics.core.verdicts import Assurance, Kind, Quality, Standing, TrendSense, Variation
from saypro_review.lib.formatting import period_label

EPOCH = date(1970, 1, 1)
SHOWN_SLOTS = 400


@dataclass(frozen=True)
class Line:
    """A series in a list: what is said of it, and its small chart."""

    verdict_id: int
    facts: Facts
    drawn: Drawn
    rolled_up: bool = False

    @property
    def trend(self) -> str:
        """The trend in a few words, empty where none was called."""
        return words.trend_brief(self.facts)

    @property
    def goal(self) -> Compared | None:
        return self._of(Kind.GOAL)

    @property
    def industry(self) -> Compared | None:
        return self._of(Kind.INDUSTRY)

    @property
    def history(self) -> Compared | None:
        return self._of(Kind.HISTORY)

    def _of(self, kind: Kind) -> Compared | None:
        return next((one for one in self.facts.compared if one.kind is kind), None)


def lines(cycle: ReviewCycle, verdicts: QuerySet[SeriesVerdict]) -> list[Line]:
    """The verdicts with what they are compared with: two queries, however many there are."""
    rows = list(verdicts.select_related("series__kpi", "series__department"))
    compared = defaultdict(list)
    run_and_series = Comparison.objects.filter(run__cycle=cycle, run__version=cycle.current_version)
    for row in run_and_series.filter(series__in=[one.series_id for one in rows]):
        compared[row.series_id].append(row)
    return [Line(row.pk, facts(row, compared[row.series_id]), drawn(row), row.series.rolled_up) for row in rows]


def facts(verdict: SeriesVerdict, compared: Iterable[Comparison]) -> Facts:
    """A stored verdict as plain values."""
    series, kpi, department = verdict.series, verdict.series.kpi, verdict.series.department
    return Facts(
        series_id=series.pk,
        department_code=department.code,
        department=department.name,
        kpi_code=kpi.code,
        kpi=kpi.name,
        unit=kpi.unit,
        direction=Direction(kpi.direction),
        frequency=Frequency(kpi.frequency),
        importance=kpi.importance,
        grade=verdict.grade,
        graded_by=Kind(verdict.graded_by) if verdict.graded_by else None,
        capped=verdict.capped,
        quality=Quality(verdict.quality),
        stale=verdict.stale,
        variation=Variation(verdict.variation),
        signals=signals_of(verdict.latest_signals),
        withheld=verdict.withheld,
        seasonal=verdict.seasonal,
        n_complete=verdict.n_complete,
        n_window=verdict.n_window,
        latest_period=verdict.latest_period,
        latest_value=verdict.latest_value,
        window_mean=verdict.window_mean,
        baseline_mean=verdict.baseline_mean,
        mean=verdict.mean,
        lower=verdict.lower,
        upper=verdict.upper,
        compared=tuple(sorted((_compared(row) for row in compared), key=lambda one: list(Kind).index(one.kind))),
        trend=_trend(verdict),
        baseline_from=verdict.baseline_from,
    )


def _trend(verdict: SeriesVerdict) -> Trend | None:
    if not verdict.trend_n:
        return None
    numbers = {name: getattr(verdict, f"trend_{name}") for name in ("span", "slope", "tau", "s", "z", "p", "q", "phi", "level", "reach")}
    return Trend(sense=TrendSense(verdict.trend), points=verdict.trend_n, **numbers)


def _compared(row: Comparison) -> Compared:
    return Compared(
        kind=Kind(row.kind),
        benchmark=row.benchmark,
        standing=Standing(row.standing),
        assurance=Assurance(row.assurance),
        grade=row.grade if row.grade >= 0 else None,
        shortfall=row.shortfall,
        shortfall_pct=row.shortfall_pct,
        z0=row.z0,
        missed=row.missed,
        periods=row.periods,
        missed_low=row.missed_low,
        missed_high=row.missed_high,
        expected_miss=row.expected_miss,
    )


def drawn(verdict: SeriesVerdict, shown: int = SHOWN_SLOTS) -> Drawn:
    """A stored verdict as its charts show it: the last periods. All of them are in the CSV."""
    frequency = Frequency(verdict.series.kpi.frequency)
    skipped = max(len(verdict.values) - shown, 0)
    slots = range(verdict.first_index + skipped, verdict.first_index + len(verdict.values))
    starts = verdict.week_starts  # of quarters and years too, in spite of its name
    days = [EPOCH + timedelta(int(day)) for day in periods.first_day(slots, frequency, starts)]  # type: ignore[arg-type]
    kinds = list(Variation)
    return Drawn(
        periods=days,
        labels=[period_label(day, frequency) for day in days],
        values=_gaps(verdict.values[skipped:]),
        types=[kinds[point >> POINT_TYPE] for point in verdict.points[skipped:]],
        goal=_spread(verdict.goals, len(verdict.values))[skipped:],
        industry=_spread(verdict.industry, len(verdict.values))[skipped:],
        regimes=_regimes(verdict, skipped),
        judged=max(verdict.n_judged - skipped, 0),
        adjusted=_gaps(verdict.adjusted[skipped:]),
        trend=_trend_line(verdict, skipped),
    )


def _regimes(verdict: SeriesVerdict, skipped: int) -> list[Regime]:
    """The regimes in the slots that are shown, each with its limits; the last reaches to the end of the calendar."""
    size = len(verdict.values) - skipped
    if not verdict.regime_starts:
        return [Regime(0, size, verdict.mean, verdict.lower, verdict.upper)]
    limits = zip(*(_gaps(of) for of in (verdict.regime_means, verdict.regime_lowers, verdict.regime_uppers)), strict=True)
    starts = [start - verdict.first_index - skipped for start in verdict.regime_starts]
    stops = [*starts[1:], size]
    return [Regime(max(start, 0), stop, *of) for start, stop, of in zip(starts, stops, limits, strict=True) if stop > 0]


def _trend_line(verdict: SeriesVerdict, skipped: int) -> TrendLine | None:
    """The line of a trend that was called, over the periods that it was found in."""
    if verdict.trend == TrendSense.NONE or verdict.trend_slope is None or verdict.trend_level is None:
        return None
    stop = verdict.n_judged - 1 - skipped
    start = max(stop - verdict.trend_span + 1, 0)
    return TrendLine(start, stop, verdict.trend_level - verdict.trend_slope * (stop - start), verdict.trend_level)


def _spread(values: Sequence[float], slots: int) -> list[float | None]:
    """A benchmark per slot: stored as one entry where it is the same everywhere, as none where there is none."""
    if len(values) < 2:
        return [values[0] if values else None] * slots
    return _gaps(values)


def _gaps(values: Sequence[float]) -> list[float | None]:
    return [None if value != value else value for value in values]


@dataclass(frozen=True)
class GapLine:
    """A ranked gap in a list, with the sentences that say what it is."""

    rank: int
    line: Line

    @property
    def brief(self) -> str:
        return words.brief(self.line.facts)


def gap_lines(cycle: ReviewCycle, rows: Iterable[GapVerdict]) -> list[GapLine]:
    """Ranked gaps with their facts, in the order of `rows`: two more queries, however many."""
    rows = list(rows)
    verdicts = SeriesVerdict.objects.filter(pk__in=[row.verdict_id for row in rows])
    shown = {line.verdict_id: line for line in lines(cycle, verdicts)}
    return [GapLine(row.rank, shown[row.verdict_id]) for row in rows]
