"""A series that is rolled up: what it is made of, period by period. METHODS, "Ratios of departments with parts"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from departments.models import ReviewCycle
from gaps.models import SeriesVerdict
from gaps.queries.lines import EPOCH, drawn
from metrics.core import periods
from metrics.core.periods import Frequency
from metrics.core.rollup import Figures, Rolled, Wanted, plan, roll_up
from metrics.core.verdicts import Variation
from metrics.models import Series
from metrics.queries.rollup import figures, members, parents
from saypro_review.lib.formatting import period_label

NAMED = 4  # sources, at most, that every period names; beyond that it counts them


@dataclass(frozen=True)
class Source:
    """A series below: its department, its first and last period, and whether it has a page in the review."""

    series: int
    department: str
    first: str
    last: str
    judged: bool


@dataclass(frozen=True)
class RolledRow:
    """One period: the sums and what they come to (None where it does not count), from whom, and who has no figure."""

    period: date
    label: str
    value: float | None
    target: float | None
    benchmark: float | None
    numerator: float
    denominator: float
    kind: Variation
    complete: bool
    given: int
    sources: list[Source]
    missing: list[Source]

    @property
    def judged(self) -> tuple[object, ...]:
        """Nothing more in the CSV."""
        return ()

    @property
    def origin(self) -> tuple[str, str]:
        """Who it is made of and who has no figure, as the CSV says it."""
        named = "; ".join(one.department for one in self.sources)
        return named or f"{self.given} departments", "; ".join(one.department for one in self.missing)


@dataclass(frozen=True)
class RolledUp:
    """A rolled-up series: its sources, those below that give no parts, and its periods, newest first."""

    sources: list[Source]
    left_out: list[Source]
    rows: list[RolledRow]

    @property
    def counted(self) -> bool:
        """There are too many sources to name them in each period."""
        return len(self.sources) > NAMED


def rolled_up(verdict: SeriesVerdict, cycle: ReviewCycle, limit: int | None) -> RolledUp | None:
    """What the series is made of now; None when it has figures of its own or nothing below it. Five queries."""
    of = verdict.series
    if not of.rolled_up:
        return None
    made, place = plan(parents(), members([of.kpi_id])), (of.kpi_id, of.department_id)
    ids, parts = figures(made.sources.get(place, []))
    if not ids:
        return None
    weekly = of.kpi.frequency == Frequency.WEEK
    rows, _ = roll_up([Wanted(of.kpi.unit, weekly, list(range(len(ids))))], parts)
    left_out = made.left_out.get(place, [])
    named = _sources(cycle, ids, left_out, parts, Frequency(of.kpi.frequency))
    table = _Table.of(verdict, cycle, rows, [named[pk] for pk in ids], parts)
    return RolledUp(
        sources=sorted(table.sources, key=lambda one: one.department),
        left_out=sorted((named[pk] for pk in left_out), key=lambda one: one.department),
        rows=[table.row(number) for number in list(reversed(range(len(rows.period))))[:limit]],
    )


def _sources(cycle: ReviewCycle, ids: list[int], left_out: list[int], parts: Figures, frequency: Frequency) -> dict[int, Source]:
    found = Series.objects.filter(pk__in=[*ids, *left_out])
    judged = set(SeriesVerdict.objects.current(cycle).filter(series__in=[*ids, *left_out]).values_list("series", flat=True))
    spans = {
        pk: (period_label(_date(first), frequency), period_label(_date(last), frequency))
        for pk, (first, last) in zip(ids, _spans(parts), strict=True)
    }
    return {pk: Source(pk, name, *spans.get(pk, ("", "")), pk in judged) for pk, name in found.values_list("pk", "department__name")}


@dataclass(frozen=True)
class _Table:
    """The periods of one roll-up, with what their rows need beside them."""

    rows: Rolled
    sources: list[Source]
    spans: list[tuple[int, int]]
    given: list[set[int]]
    types: dict[date, Variation]
    complete: list[bool]
    frequency: Frequency

    @classmethod
    def of(cls, verdict: SeriesVerdict, cycle: ReviewCycle, rows: Rolled, sources: list[Source], parts: Figures) -> _Table:
        frequency = Frequency(verdict.series.kpi.frequency)
        index = periods.to_index(rows.period, frequency, verdict.week_starts)
        shown = drawn(verdict)
        return cls(
            rows=rows,
            sources=sources,
            spans=_spans(parts),
            given=[set(of.tolist()) for of in np.split(parts.period, parts.offsets[1:-1])],
            types=dict(zip(shown.periods, shown.types, strict=True)),
            complete=(periods.last_day(index, frequency, verdict.week_starts) <= (cycle.data_to - EPOCH).days).tolist(),
            frequency=frequency,
        )

    def row(self, number: int) -> RolledRow:
        rows, day = self.rows, int(self.rows.period[number])
        period = _date(day)
        return RolledRow(
            period=period,
            label=period_label(period, self.frequency),
            value=_known(rows.value[number]),
            target=_known(rows.target[number]),
            benchmark=_known(rows.benchmark[number]),
            numerator=float(rows.numerator[number]),
            denominator=float(rows.denominator[number]),
            kind=self.types.get(period, Variation.UNDETERMINED),
            complete=self.complete[number],
            given=int(rows.figures[number]),
            sources=[one for one, has in zip(self.sources, self.given, strict=True) if day in has] if len(self.sources) <= NAMED else [],
            missing=self._missing(day) if rows.figures[number] < rows.running[number] else [],
        )

    def _missing(self, day: int) -> list[Source]:
        found = zip(self.sources, self.spans, self.given, strict=True)
        return [one for one, (first, last), has in found if first < day < last and day not in has]


def _spans(parts: Figures) -> list[tuple[int, int]]:
    """First and last period of each source."""
    return list(zip(parts.period[parts.offsets[:-1]].tolist(), parts.period[parts.offsets[1:] - 1].tolist(), strict=True))


def _date(day: int) -> date:
    return date.fromordinal(EPOCH.toordinal() + day)


def _known(value: float) -> float | None:
    return float(value) if value == value else None
