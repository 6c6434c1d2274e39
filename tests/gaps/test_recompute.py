"""The recompute: from figures to the run that pages show; the same inputs make no new run; readers see one run, whole."""

from __future__ import annotations

import pytest
from django.db import connection

from departments.models import AuditEvent
from gaps.models import Comparison, Gap, GapVerdict, Run, SeriesVerdict
from gaps.services import recompute as module
from gaps.services.recompute import recompute
from metrics.models import Benchmark, Observation, Series
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db


def verdict(cycle, kpi):
    return SeriesVerdict.objects.current(cycle).get(series__kpi__code=kpi)


def test_a_fall_below_goal_is_a_critical_gap_and_a_calm_series_is_none(judged):
    fallen, calm = verdict(judged, "conversion"), verdict(judged, "follow-up")
    assert (fallen.grade, fallen.variation, fallen.graded_by, fallen.quality) == (5, "concern", "goal", "full")
    assert (calm.grade, calm.variation) == (0, "common_cause")
    assert GapVerdict.objects.current(judged).values_list("gap__series__kpi__code", flat=True).first() == "conversion"


def test_numbers_stored_are_the_figures(judged):
    fallen = verdict(judged, "conversion")
    figures = list(Observation.objects.filter(series=fallen.series).order_by("period"))
    assert fallen.values == [row.value for row in figures]
    assert fallen.goals == [30.0]
    assert fallen.latest_period == figures[-1].period
    assert fallen.latest_value == figures[-1].value
    assert fallen.window_mean == pytest.approx(sum(row.value for row in figures[-6:]) / 6)
    goal = Comparison.objects.get(run=fallen.run, series=fallen.series, kind="goal")
    assert goal.shortfall == pytest.approx(30 - fallen.window_mean)
    assert (goal.missed, goal.periods, goal.standing) == (6, 6, "fail")
    history = Comparison.objects.get(run=fallen.run, series=fallen.series, kind="history")
    assert history.grade == -1


def test_the_same_inputs_make_no_new_run(judged):
    before = Run.objects.get()
    assert recompute(judged.pk, at=AT).pk == before.pk
    assert Run.objects.count() == 1


def test_a_changed_figure_makes_a_new_run_and_the_old_one_stays_for_its_readers(judged):
    Observation.objects.filter(series__kpi__code="follow-up").update(value=5.5)
    old = list(SeriesVerdict.objects.current(judged).values_list("pk", flat=True))
    run = recompute(judged.pk, at=AT)
    assert run.version == 2
    assert set(old) <= set(SeriesVerdict.objects.filter(run__version=1).values_list("pk", flat=True))
    Observation.objects.filter(series__kpi__code="follow-up").update(value=5.6)
    recompute(judged.pk, at=AT)
    assert not SeriesVerdict.objects.filter(run__version=1).exists()
    assert set(SeriesVerdict.objects.values_list("run__version", flat=True)) == {2, 3}


def test_a_gap_is_permanent_and_its_numbers_are_each_runs(judged):
    gap = Gap.objects.get(series__kpi__code="conversion")
    Observation.objects.filter(series__kpi__code="conversion").update(target=29)
    recompute(judged.pk, at=AT)
    again = Gap.objects.get(series__kpi__code="conversion")
    assert (again.pk, again.first_version) == (gap.pk, 1)
    assert again.verdicts.count() == 2


def test_a_run_overtaken_while_it_was_made_is_made_again(judged, monkeypatch):
    Observation.objects.filter(series__kpi__code="follow-up").update(value=5.5)
    real, calls = module._store, []

    def overtaken(run, *rest):
        calls.append(run.version)
        if len(calls) == 1:
            run.cycle.__class__.objects.filter(pk=run.cycle_id).update(current_version=1)
            Observation.objects.filter(series__kpi__code="follow-up").update(value=5.7)
            monkeypatch.setattr(module, "_store", real)
            recompute(run.cycle_id, at=AT)
        return real(run, *rest)

    monkeypatch.setattr(module, "_store", overtaken)
    run = recompute(judged.pk, at=AT)
    judged.refresh_from_db()
    assert run.version == judged.current_version == 2
    assert set(verdict(judged, "follow-up").values) == {5.7}


def test_a_run_whose_series_is_removed_meanwhile_is_made_again_without_it(judged, monkeypatch):
    Observation.objects.filter(series__kpi__code="conversion").update(target=29)
    real = module.judge

    def removed(batch):
        gone = Series.objects.filter(kpi__code="follow-up")
        Observation.objects.filter(series__in=gone).delete()
        gone._raw_delete(gone.db)
        monkeypatch.setattr(module, "judge", real)
        return real(batch)

    monkeypatch.setattr(module, "judge", removed)
    assert recompute(judged.pk, at=AT).version == 2
    judged.refresh_from_db()
    assert sorted(SeriesVerdict.objects.current(judged).values_list("series__kpi__code", flat=True)) == ["conversion", "lead-quality"]


def test_nothing_of_a_run_remains_when_storing_fails(judged, monkeypatch):
    Observation.objects.filter(series__kpi__code="follow-up").update(value=5.5)
    monkeypatch.setattr(module, "_store_gaps", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        recompute(judged.pk, at=AT)
    judged.refresh_from_db()
    assert (judged.current_version, Run.objects.count()) == (1, 1)
    assert set(SeriesVerdict.objects.values_list("run__version", flat=True)) == {1}


def test_a_stated_target_wins_over_a_department_value_and_that_over_the_general(cycle, sales):
    series = make.SeriesFactory(department=sales, kpi__code="wins")
    make.figures(series, make.wave(10, 20))
    Observation.objects.filter(period__gte="2025-12-01").update(target=7)
    make.BenchmarkFactory(kpi=series.kpi, value=5)
    make.BenchmarkFactory(kpi=series.kpi, value=6, department=sales, valid_from="2025-10-01")
    make.BenchmarkFactory(kpi=series.kpi, value=99, kind="history")
    recompute(cycle.pk, at=AT)
    cycle.refresh_from_db()
    assert verdict(cycle, "wins").goals[-4:] == [5, 6, 6, 7]


def test_incomplete_periods_and_late_starters_are_kept_and_not_judged(cycle, sales):
    series = make.SeriesFactory(department=sales, kpi__code="late")
    make.figures(series, [*make.wave(10, 20), 900.0], last=make.date(2026, 1, 1))
    recompute(cycle.pk, at=AT)
    cycle.refresh_from_db()
    late = verdict(cycle, "late")
    assert late.values[-1] == 900.0
    assert late.latest_period == make.date(2025, 12, 1)
    assert (late.n_complete, late.n_judged, len(late.values)) == (20, 20, 21)


def test_series_without_a_point_in_or_near_the_window_are_left_out(cycle, sales):
    old = make.SeriesFactory(department=sales, kpi__code="old")
    make.figures(old, make.wave(10, 20), last=make.date(2024, 6, 1))
    near = make.SeriesFactory(department=sales, kpi__code="near")
    make.figures(near, make.wave(10, 20), last=make.date(2024, 7, 1))
    recompute(cycle.pk, at=AT)
    cycle.refresh_from_db()
    assert [one.series.kpi.code for one in SeriesVerdict.objects.current(cycle)] == ["near"]
    assert verdict(cycle, "near").stale


def test_a_cycle_covers_its_roots_and_what_is_below(cycle, sales, marketing):
    team = make.DepartmentFactory(code="team", parent=sales)
    for department in (sales, team, marketing):
        make.figures(make.SeriesFactory(department=department), make.wave(10, 20), target=9)
    cycle.roots.set([sales])
    recompute(cycle.pk, at=AT)
    cycle.refresh_from_db()
    seen = SeriesVerdict.objects.current(cycle).values_list("series__department__code", flat=True)
    assert sorted(seen) == ["sales", "team"]


@pytest.mark.parametrize("value", [10.0, 0.0, -5.0])
def test_a_constant_series_short_of_its_goal_is_judged_and_exported(cycle, sales, value):
    """It has no noise, so its standardised shortfall is infinite."""
    make.figures(make.SeriesFactory(department=sales, kpi__code="flat"), [value] * 24, target=12)
    run = recompute(cycle.pk, at=AT)
    gap = run.summary["gaps"][0]
    assert (gap["kpi_code"], gap["z0"], gap["shortfall"]) == ("flat", None, 12 - value)


def test_series_of_long_ago_keep_their_dates(cycle, sales):
    cycle.data_from, cycle.data_to = make.date(1968, 7, 1), make.date(1968, 12, 31)
    cycle.save()
    make.figures(make.SeriesFactory(department=sales, kpi__code="old"), make.wave(10, 20), last=make.date(1968, 12, 1))
    recompute(cycle.pk, at=AT)
    cycle.refresh_from_db()
    assert verdict(cycle, "old").latest_period == make.date(1968, 12, 1)


def test_a_cycle_without_figures_has_an_empty_run(cycle, sales):
    run = recompute(cycle.pk, at=AT)
    assert (run.series, run.summary["gaps"], run.summary["coverage"]["departments"]) == (0, [], 1)


def test_names_are_part_of_the_inputs(judged):
    Series.objects.get(kpi__code="conversion").kpi.__class__.objects.filter(code="conversion").update(name="Win rate")
    run = recompute(judged.pk, at=AT)
    assert run.version == 2
    assert run.summary["gaps"][0]["kpi"] == "Win rate"


def test_a_benchmark_is_part_of_the_inputs(judged):
    Benchmark.objects.create(kpi=Series.objects.get(kpi__code="lead-quality").kpi, kind="industry", value=80, source="survey")
    recompute(judged.pk, at=AT)
    judged.refresh_from_db()
    assert verdict(judged, "lead-quality").graded_by == "industry"


def test_a_run_is_recorded(judged):
    event = AuditEvent.objects.get(act="cycle.recompute")
    assert event.details == {"version": 1, "series": 3}


def test_storing_takes_a_fixed_number_of_queries(cycle, sales, django_assert_num_queries):
    from django.test.utils import CaptureQueriesContext

    for _ in range(3):
        make.figures(make.SeriesFactory(department=sales), make.wave(10, 20), target=30)
    with CaptureQueriesContext(connection) as few:
        recompute(cycle.pk, at=AT)
    for _ in range(12):
        make.figures(make.SeriesFactory(department=sales), make.wave(10, 20), target=30)
    with CaptureQueriesContext(connection) as many:
        recompute(cycle.pk, at=AT)
    assert abs(len(many) - len(few)) <= 1
