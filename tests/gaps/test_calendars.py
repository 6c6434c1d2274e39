"""Series whose weeks, quarters and years begin elsewhere: each is judged on its own calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from departments.models import ReviewCycle
from gaps.models import SeriesVerdict
from gaps.queries import figures
from gaps.queries.lines import drawn
from gaps.services import inputs
from gaps.services.recompute import recompute
from metrics.core.period_text import EPOCH, parse
from metrics.core.periods import Frequency, last_day, to_index
from metrics.models import Observation, Series
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db


def spelled(series: Series, texts: list[str], *, fiscal_start: int) -> None:
    """Figures of the series in the periods that the texts mean."""
    batch = make.ImportFactory()
    days = [EPOCH + timedelta(days=parse(text, fiscal_start=fiscal_start).day) for text in texts]
    rows = [Observation(series=series, period=day, value=10, target=9, batch=batch, line=line) for line, day in enumerate(days, 2)]
    Observation.objects.bulk_create(rows)


def verdicts(cycle: ReviewCycle) -> dict[str, SeriesVerdict]:
    recompute(cycle.pk, at=AT)
    cycle.refresh_from_db()
    return {one.series.kpi.code: one for one in SeriesVerdict.objects.current(cycle)}


@pytest.mark.parametrize(
    ("data_to", "latest", "complete"),
    [
        (date(2025, 3, 30), date(2023, 4, 1), 14),
        (date(2025, 3, 31), date(2024, 4, 1), 15),
        (date(2025, 12, 31), date(2024, 4, 1), 15),
        (date(2026, 3, 31), date(2025, 4, 1), 16),
    ],
)
def test_a_fiscal_year_is_judged_once_its_twelve_months_are_over(sales, data_to, latest, complete):
    cycle = make.CycleFactory(data_from=date(2021, 4, 1), data_to=data_to)
    series = make.SeriesFactory(department=sales, kpi__code="turnover", kpi__frequency="year")
    years = [year for year in range(2010, 2028) if year != 2013]
    spelled(series, [f"FY{year}" for year in years], fiscal_start=4)
    read = inputs.read(cycle.pk)
    assert [(frequency, starts, members.tolist()) for frequency, starts, members in read.by_calendar()] == [(Frequency.YEAR, 3, [True])]
    assert (read.batch.index - read.batch.index[0]).tolist() == [year - 2010 for year in years]
    verdict = verdicts(cycle)["turnover"]
    assert (verdict.latest_period, verdict.n_complete, verdict.n_window) == (latest, complete, latest.year - 2020)
    assert not verdict.stale
    assert drawn(verdict).labels == [f"FY{year}" for year in range(2010, 2028)]
    assert drawn(verdict).periods[0] == date(2009, 4, 1)
    assert drawn(verdict).values[3] is None
    rows = [row for row in figures.rows(verdict, cycle) if row.complete]
    assert (rows[0].label, len(rows)) == (f"FY{latest.year + 1}", complete)


@pytest.mark.parametrize(
    ("code", "frequency", "starts", "latest", "label"),
    [
        ("calendar-years", "year", 0, date(2024, 1, 1), "2024"),
        ("july-years", "year", 6, date(2024, 7, 1), "FY2025"),
        ("calendar-quarters", "quarter", 0, date(2025, 7, 1), "2025 Q3"),
        ("shifted-quarters", "quarter", 1, date(2025, 8, 1), "Aug\u2013Oct 2025"),
        ("quarters-over-new-year", "quarter", 2, date(2025, 9, 1), "Sep\u2013Nov 2025"),
        ("monday-weeks", "week", 0, date(2025, 12, 22), "week of 22 Dec 2025"),
        ("sunday-weeks", "week", 6, date(2025, 12, 21), "week of 21 Dec 2025"),
        ("months", "month", 0, date(2025, 11, 1), "Nov 2025"),
    ],
)
def test_calendars_stand_side_by_side(sales, code, frequency, starts, latest, label):
    cycle = make.CycleFactory(data_from=date(2025, 1, 1), data_to=date(2025, 12, 30))
    others = [("beside-years", "year", 3), ("beside-quarters", "quarter", 0), ("beside-weeks", "week", 2), ("beside-days", "day", 0)]
    for kpi, often, begins in [*others, (code, frequency, starts)]:
        series = make.SeriesFactory(department=sales, kpi__code=kpi, kpi__frequency=often)
        make.figures(series, make.wave(10, 20), last=date(2026, 1, 15), starts=begins)
    verdict = verdicts(cycle)[code]
    end = last_day(to_index([(latest - EPOCH).days], Frequency(frequency), starts), Frequency(frequency), starts)
    assert EPOCH + timedelta(days=int(end[0])) <= cycle.data_to
    assert verdict.latest_period == latest
    places = drawn(verdict).periods.index(latest)
    assert drawn(verdict).labels[places] == label
    assert next(row.period for row in figures.rows(verdict, cycle) if row.complete) == latest
