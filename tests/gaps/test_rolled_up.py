"""From the figures of departments to the rate of the one above: judged like any other, and open to the last part on its page."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gaps.models import Gap, Run, SeriesVerdict
from gaps.services import inputs
from gaps.services.recompute import recompute
from metrics.core.kpi import ImportState
from metrics.models import Benchmark, Observation, Series
from metrics.services import imports, rollup
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db
HEADER = "department,kpi,unit,direction,frequency,period,value,target,numerator,denominator"


def months(count: int) -> list[str]:
    """The last `count` months up to December 2025."""
    return [f"{2026 + (n // 12)}-{n % 12 + 1:02}" for n in range(-count, 0)]


def send(*rows: str, unit: str = "%") -> None:
    lines = [f"{row.split(',')[0]},Win rate,{unit},higher,month,{row.split(',', 1)[1]}" for row in rows]
    content = "\n".join([HEADER, *lines]).encode()
    batch = imports.import_file(file_name="rates.csv", content=content, create=True, by=None, at=AT)
    assert batch.state == ImportState.APPLIED, batch.message


def rates(department: str, parts: list[tuple[int, int] | None], target: str = "", of: float = 100) -> list[str]:
    pairs = zip(months(len(parts)), parts, strict=True)
    return [f"{department},{month},{of * part[0] / part[1]!r},{target},{part[0]},{part[1]}" for month, part in pairs if part]


@pytest.fixture
def tree(sales):
    for name in ("East", "West"):
        make.DepartmentFactory(code=name.lower(), name=name, parent=sales)
    return sales


@pytest.fixture
def boss(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def review(cycle, tree):
    """Two departments of the same rates again and again, 1/2 and 90/100, in a judged cycle."""
    send(*rates("East", [(1, 2)] * 20, "95"), *rates("West", [(90, 100)] * 20, "95"))
    recompute(cycle.pk, at=AT)
    cycle.refresh_from_db()
    return cycle


def above() -> Series:
    return Series.objects.get(department__code="sales")


def verdict(cycle) -> SeriesVerdict:
    return SeriesVerdict.objects.current(cycle).get(series=above())


def page(cycle, series=None) -> str:
    return reverse("gaps:series", kwargs={"code": cycle.code, "series": (series or above()).pk})


def text(answer) -> str:
    """What a reader sees, in one line."""
    seen = re.sub(r"<[^>]*>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", seen).replace(" ,", ",").replace("\u2013", "-")


def test_the_department_above_is_judged_by_the_sums_and_not_by_the_mean(review):
    made = verdict(review)
    assert made.values == [pytest.approx(100 * 91 / 102)] * 20
    assert (made.n_complete, made.quality, made.goals) == (20, "full", [95.0])
    assert made.pooled_rate == pytest.approx(91 / 102)
    assert made.pooled_low < 91 / 102 < made.pooled_high
    assert made.grade == 4
    assert Gap.objects.filter(series=above()).count() == 1
    assert not Observation.objects.filter(series=above()).exists()


def test_a_corrected_part_changes_the_sum_at_the_next_recompute(review):
    send("East,2025-12,100,95,2,2")
    recompute(review.pk, at=AT)
    review.refresh_from_db()
    assert verdict(review).values[-1] == pytest.approx(100 * 92 / 102)


def test_the_same_inputs_make_no_new_run(review):
    recompute(review.pk, at=AT)
    assert Run.objects.count() == 1


def test_own_figures_take_the_place_of_the_sum(review):
    send(*rates("Sales", [(1, 4)] * 20))
    recompute(review.pk, at=AT)
    review.refresh_from_db()
    assert set(verdict(review).values) == {25.0}


def test_a_wrong_mark_is_overruled_by_the_figures(review):
    """Own figures beside a mark, a mark above nothing, a missing mark: a recompute goes by what is there."""
    make.figures(above(), [30.0] * 20)
    stray = make.SeriesFactory(kpi=above().kpi, department=make.DepartmentFactory(), rolled_up=True)
    recompute(review.pk, at=AT)
    review.refresh_from_db()
    assert set(verdict(review).values) == {30.0}
    assert not SeriesVerdict.objects.current(review).filter(series=stray).exists()


def test_a_period_that_one_department_lacks_is_missing_above(cycle, tree):
    parts: list[tuple[int, int] | None] = [(1, 2)] * 20
    send(*rates("East", [*parts[:9], None, *parts[10:]]), *rates("West", parts))
    recompute(cycle.pk, at=AT)
    cycle.refresh_from_db()
    values = verdict(cycle).values
    assert [number for number, value in enumerate(values) if value != value] == [9]


def test_values_that_follow_no_constant_are_not_rolled_up(cycle, tree):
    send(*rates("East", [(1, 2)] * 20, of=10), *rates("West", [(1, 2)] * 20, of=14), unit="per 10")
    recompute(cycle.pk, at=AT)
    cycle.refresh_from_db()
    assert SeriesVerdict.objects.current(cycle).count() == 2


def test_a_factor_other_than_a_hundred_is_found(cycle, tree):
    send(*rates("East", [(1, 2)] * 20, of=1000), *rates("West", [(90, 100)] * 20, of=1000), unit="per 1 000")
    recompute(cycle.pk, at=AT)
    cycle.refresh_from_db()
    assert verdict(cycle).values == [pytest.approx(1000 * 91 / 102)] * 20


def test_a_benchmark_of_the_department_above_holds_where_those_below_state_none(cycle, tree):
    send(*rates("East", [(1, 2)] * 20, "40"), *rates("West", [(90, 100)] * 20, "95"))
    Benchmark.objects.create(kpi=above().kpi, department=tree, kind="goal", value=90)
    recompute(cycle.pk, at=AT)
    cycle.refresh_from_db()
    assert verdict(cycle).goals == [90.0]


def test_a_cycle_over_one_branch_rolls_up_within_it(cycle, tree):
    other = make.DepartmentFactory(code="other", name="Other")
    send(*rates("East", [(1, 2)] * 20), *rates("West", [(90, 100)] * 20), *rates("Other", [(1, 9)] * 20))
    cycle.roots.set([tree])
    assert sorted(set(inputs.read(cycle.pk).batch.value)) == [50, pytest.approx(100 * 91 / 102), 90]
    cycle.roots.set([other])
    assert set(inputs.read(cycle.pk).batch.value) == {100 / 9}


def test_reading_costs_nothing_where_nothing_is_rolled_up(judged):
    with CaptureQueriesContext(connection) as before:
        inputs.read(judged.pk)
    Series.objects.filter(kpi__code="conversion").update(rolled_up=True)
    with CaptureQueriesContext(connection) as after:
        inputs.read(judged.pk)
    assert len(before) == len(after)


# Its page


def test_the_page_says_what_it_is_made_of(boss, review):
    answer = boss.get(page(review))
    shown = text(answer)
    assert "Rolled up from 2 departments by their parts" in shown
    assert "Figures and where they came from" not in shown
    assert re.search(r"Dec 2025 89\.2 % 91 102 95 % steady East, West", shown), shown
    for name in ("east", "west"):
        assert page(review, Series.objects.get(department__code=name)) in answer.content.decode()
    assert "earlier period" not in shown
    assert "rolled up" in text(boss.get(reverse("gaps:department", kwargs={"code": "q4", "department": "sales"})))


def test_the_page_names_who_lacks_a_figure_who_gives_no_parts_and_what_is_not_judged(boss, cycle, tree):
    make.DepartmentFactory(code="south", name="South", parent=tree)
    parts: list[tuple[int, int] | None] = [(1, 2)] * 30
    send(*rates("East", [*parts[:28], None, (1, 2)]), *rates("West", parts), "South,2025-11,50,,,", "East,2026-01,50,,1,2")
    recompute(cycle.pk, at=AT)
    cycle.refresh_from_db()
    shown = text(boss.get(page(cycle)))
    assert "Nov 2025 - - - - Not added up, no figure from East" in shown
    assert "South not added: not all its figures have a numerator and a denominator" in shown
    assert "West Jul 2023 to Dec 2025" in shown
    assert "Jan 2026 ends after the window: not judged 50 % 1 2" in shown
    assert "Show the 5 earlier periods" in shown


def test_many_departments_are_counted_instead_of_named(boss, cycle, tree):
    for number in range(14):
        make.DepartmentFactory(name=f"Branch {number}", code=f"branch-{number}", parent=tree)
    full: list[tuple[int, int] | None] = [(1, 2)] * 10
    send(*(row for n in range(14) for row in rates(f"Branch {n}", full if n < 9 else [*full[:8], None, full[9]])))
    recompute(cycle.pk, at=AT)
    cycle.refresh_from_db()
    shown = text(boss.get(page(cycle)))
    assert "14 departments" in shown
    assert "no figure from Branch 10, Branch 11, Branch 12, Branch 13 and 1 more" in shown
    assert "All 14 departments" in shown


def test_figures_as_csv_name_their_departments(boss, review):
    answer = boss.get(reverse("gaps:series_csv", kwargs={"code": review.code, "series": above().pk}))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(rows) == 20
    assert rows[0] == {
        "period": "2025-12-01", "value": repr(100 * 91 / 102), "target": "95.0", "benchmark": "", "numerator": "91.0",
        "denominator": "102.0", "point": "common_cause", "departments": "East; West", "missing": "",
    }  # fmt: skip


def test_a_department_outside_the_review_is_named_without_a_link(boss, cycle, tree):
    """Its figures ended long ago: it is in no run, but what it gave counts."""
    old = [f"East,{month},50.0,,1,2" for month in ("2023-01", "2023-02", "2023-03")]
    send(*old, *rates("West", [(1, 2)] * 20))
    recompute(cycle.pk, at=AT)
    cycle.refresh_from_db()
    answer = boss.get(page(cycle))
    assert page(cycle, Series.objects.get(department__code="east")) not in answer.content.decode()
    assert "East Jan 2023 to Mar 2023" in text(answer)


def test_a_series_whose_figures_were_taken_away_still_has_its_page(boss, review):
    Observation.objects.all().delete()
    assert boss.get(page(review)).status_code == 200
    rollup.refresh()
    assert boss.get(page(review)).status_code == 200
    recompute(review.pk, at=AT)
    assert boss.get(page(review)).status_code == 404


def test_the_page_asks_a_fixed_number_of_times(boss, review, tree):
    with CaptureQueriesContext(connection) as few:
        boss.get(page(review))
    for number in range(6):
        make.DepartmentFactory(name=f"Branch {number}", code=f"branch-{number}", parent=tree)
    send(*(row for number in range(6) for row in rates(f"Branch {number}", [(1, 2)] * 20)))
    recompute(review.pk, at=AT)
    with CaptureQueriesContext(connection) as many:
        boss.get(page(review))
    assert len(many) == len(few) <= 32
