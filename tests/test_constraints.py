"""Every constraint of the database, each broken once, past all forms and services."""

from __future__ import annotations

from datetime import date

import pytest
from django.apps import apps
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.models import ProtectedError

from departments.core.roles import Role
from departments.models import AuditEvent, Department, Job, Membership
from gaps.models import Comparison, Gap, GapVerdict, Run, SeriesVerdict
from interviews.models import Answer, Coding, PrivacyPolicy, Release, ReleasedFigure, Scope
from metrics.models import KPI, Benchmark, DriverLink, Observation, Rebase, Series
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db


def run(cycle, version=1):
    return Run.objects.create(cycle=cycle, version=version, fingerprint="0" * 64, methods_version="1.0", created_at=AT)


def verdict(of, series, **fields):
    base = {
        "run": of, "series": series, "grade": 3, "quality": "full", "stale": False, "variation": "concern",
        "variation_plain": "concern", "latest_signals": 1, "withheld": False, "locked": True, "degenerate": False,
        "seasonal": False, "n_complete": 1, "n_fit": 1, "n_window": 1, "n_baseline": 0, "first_index": 0, "n_judged": 1,
        "values": [1.0], "adjusted": [], "points": [0], "goals": [], "industry": [],
    }  # fmt: skip
    return SeriesVerdict.objects.create(**base | fields)


def comparison(of, series, **fields):
    base = {
        "run": of, "series": series, "kind": "goal", "standing": "fail", "assurance": "fail", "grade": 3, "missed": 1,
        "periods": 1, "level_n": 1,
    }  # fmt: skip
    return Comparison.objects.create(**base | fields)


def observation(**fields):
    series = fields.pop("series", None) or make.SeriesFactory()
    return Observation.objects.create(**{"series": series, "period": date(2025, 1, 1), "value": 1.0, "batch_id": 1, "line": 2} | fields)


def rebase(series, reason="New system"):
    return Rebase.objects.create(series=series, period=date(2025, 1, 1), reason=reason, created_at=AT)


def twice(maker):
    def broken():
        maker()
        maker()

    return broken


def overlapping(**second):
    def broken():
        kpi = make.KPIFactory()
        make.BenchmarkFactory(kpi=kpi, valid_from=date(2025, 1, 1), valid_to=date(2025, 6, 30))
        make.BenchmarkFactory(kpi=kpi, **{"valid_from": date(2025, 6, 30), "valid_to": None} | second)

    return broken


def link(**fields):
    return DriverLink.objects.create(**fields)


def gap_verdict(rank=1, gap=None, of=None):
    series = make.SeriesFactory()
    of = of or run(make.CycleFactory())
    gap = gap or Gap.objects.create(cycle=of.cycle, series=series, first_version=1)
    return GapVerdict.objects.create(run=of, gap=gap, verdict=verdict(of, series), rank=rank)


def same_run_same(what):
    def broken():
        first = gap_verdict()
        if what == "gap":
            gap_verdict(rank=2, gap=first.gap, of=first.run)
        else:
            gap_verdict(rank=1, of=first.run)

    return broken


def guide_twice(**second):
    make.GuideFactory(code="x")
    make.GuideFactory(code="x", **second)


def question_twice():
    guide = make.GuideFactory()
    make.QuestionFactory(guide=guide, position=1)
    make.QuestionFactory(guide=guide, position=1)


def asked_twice():
    interview, question = make.InterviewFactory(), make.QuestionFactory()
    for text in ("Yes.", "No."):
        make.answer(interview, text, question)


def same_position():
    interview = make.InterviewFactory()
    for text in ("One.", "Two."):
        Answer.objects.create(interview=interview, position=1, text=text, updated_at=AT)


def same_source():
    cycle = make.CycleFactory()
    for _ in range(2):
        make.InterviewFactory(stakeholder__cycle=cycle, source="a" * 64)


def coded_twice(*coders, **fields):
    interview = make.InterviewFactory()
    for coder in coders:
        Coding.objects.create(interview=interview, coder=coder, started_at=AT, **fields)


def excerpt(**fields):
    of = make.answer(make.InterviewFactory(), "Leads are poor.")
    return make.excerpt(of, make.ThemeFactory(), **fields)


def released(**fields):
    release = release_of(make.CycleFactory())
    base = {"release": release, "department": make.DepartmentFactory(), "stance": "problem", "voices": 5, "members": []}
    return ReleasedFigure.objects.create(**base | fields)


def release_of(cycle, **fields):
    return Release.objects.create(**{"cycle": cycle, "audience": "heads", "number": 1, "k": 5, "created_at": AT} | fields)


def figure_twice():
    first = released()
    released(release=first.release, department=first.department)


def driver_twice():
    a, b = make.KPIFactory(), make.KPIFactory()
    link(driver=a, driven=b)
    link(driver=a, driven=b)


BROKEN = {
    "user_email_unique": lambda: (make.UserFactory(email="a@b.org"), make.UserFactory(email="A@b.ORG")),
    "user_email_given": lambda: make.UserFactory(email=""),
    "department_code_unique": twice(lambda: make.DepartmentFactory(code="x")),
    "department_name_unique": lambda: (make.DepartmentFactory(name="Sales"), make.DepartmentFactory(name=" SALES ")),
    "department_code_form": lambda: make.DepartmentFactory(code="not a code"),
    "department_name_given": lambda: make.DepartmentFactory(name="  "),
    "department_criticality_1_to_5": lambda: make.DepartmentFactory(criticality=6),
    "membership_once": lambda: [Membership.objects.create(user=user, role="admin") for user in [make.UserFactory()] * 2],
    "membership_role_known": lambda: Membership.objects.create(user=make.UserFactory(), role="owner"),
    "membership_department_of_heads_only": lambda: Membership.objects.create(user=make.UserFactory(), role=Role.HEAD),
    "cycle_code_unique": twice(lambda: make.CycleFactory(code="x")),
    "cycle_code_form": lambda: make.CycleFactory(code="a b"),
    "cycle_from_before_to": lambda: make.CycleFactory(data_from=date(2026, 2, 1), data_to=date(2026, 1, 1)),
    "cycle_reviewer_once": lambda: [make.reviewing(*pair) for pair in [(make.UserFactory(), make.CycleFactory())] * 2],
    "cycle_phase_known": lambda: make.CycleFactory(phase="week_9"),
    "job_done_within_total": lambda: Job.objects.create(kind="x", created_at=AT, done=2, total=1),
    "job_ended_when_done_or_failed": lambda: Job.objects.create(kind="x", created_at=AT, state="done"),
    "kpi_code_unique": twice(lambda: make.KPIFactory(code="x")),
    "kpi_name_unique": lambda: (make.KPIFactory(name="Rate"), make.KPIFactory(name="rate")),
    "kpi_code_form": lambda: make.KPIFactory(code=""),
    "kpi_name_given": lambda: make.KPIFactory(name=""),
    "kpi_direction_known": lambda: make.KPIFactory(direction="sideways"),
    "kpi_frequency_known": lambda: make.KPIFactory(frequency="hour"),
    "kpi_importance_1_to_5": lambda: make.KPIFactory(importance=0),
    "driver_link_once": driver_twice,
    "driver_link_not_itself": lambda: link(driver=(kpi := make.KPIFactory()), driven=kpi),
    "series_once": lambda: [Series.objects.create(kpi=s.kpi, department=s.department) for s in [make.SeriesFactory()]],
    "benchmark_value_finite": lambda: make.BenchmarkFactory(value=float("nan")),
    "benchmark_kind_known": lambda: make.BenchmarkFactory(kind="wish"),
    "benchmark_from_before_to": lambda: make.BenchmarkFactory(valid_from=date(2026, 2, 1), valid_to=date(2026, 1, 1)),
    "benchmark_industry_has_source": lambda: make.BenchmarkFactory(kind="industry"),
    "benchmark_one_at_a_time": overlapping(),
    "import_state_known": lambda: make.ImportFactory(state="maybe", applied_at=None),
    "import_applied_at_when_applied": lambda: make.ImportFactory(state="applied", applied_at=None),
    "import_undone_at_when_undone": lambda: make.ImportFactory(state="undone"),
    "rebase_once": lambda: [rebase(series) for series in [make.SeriesFactory()] * 2],
    "rebase_has_reason": lambda: rebase(make.SeriesFactory(), reason=""),
    "observation_finite": lambda: observation(target=float("inf")),
    "observation_parts_both_or_none": lambda: observation(numerator=1.0),
    "run_version_once": lambda: [run(cycle) for cycle in [make.CycleFactory()] * 2],
    "verdict_once": lambda: [verdict(*pair) for pair in [(run(make.CycleFactory()), make.SeriesFactory())] * 2],
    "verdict_grade_0_to_5": lambda: verdict(run(make.CycleFactory()), make.SeriesFactory(), grade=6),
    "comparison_once": lambda: [comparison(*pair) for pair in [(run(make.CycleFactory()), make.SeriesFactory())] * 2],
    "comparison_kind_known": lambda: comparison(run(make.CycleFactory()), make.SeriesFactory(), kind="wish"),
    "theme_code_unique": twice(lambda: make.ThemeFactory(code="x")),
    "theme_name_once_in_use": lambda: (make.ThemeFactory(name="Zeal"), make.ThemeFactory(name=" ZEAL ")),
    "theme_code_form": lambda: make.ThemeFactory(code="a b"),
    "theme_name_given": lambda: make.ThemeFactory(name=" "),
    "theme_level_known": lambda: make.ThemeFactory(level="planet"),
    "theme_condition_known": lambda: make.ThemeFactory(condition="luck"),
    "theme_merged_is_retired": lambda: make.ThemeFactory(merged_into=make.ThemeFactory()),
    "gap_once": lambda: [
        Gap.objects.create(cycle=c, series=s, first_version=1) for c, s in [(make.CycleFactory(), make.SeriesFactory())] * 2
    ],
    "gap_verdict_once": same_run_same("gap"),
    "gap_rank_once": same_run_same("rank"),
    "scope_once": lambda: [Scope.objects.create(cycle=c, department=d) for c, d in [(make.CycleFactory(), make.DepartmentFactory())] * 2],
    "stakeholder_pseudonym_once": lambda: [make.StakeholderFactory(cycle=c, pseudonym="Heron") for c in [make.CycleFactory()] * 2],
    "stakeholder_pseudonym_given": lambda: make.StakeholderFactory(pseudonym=""),
    "stakeholder_role_known": lambda: make.StakeholderFactory(role="owner"),
    "stakeholder_erased_has_no_name": lambda: make.StakeholderFactory(name="Thandi", erased_at=AT),
    "guide_version_once": lambda: guide_twice(retired_at=AT),
    "guide_one_in_use": lambda: guide_twice(version=2),
    "guide_code_form": lambda: make.GuideFactory(code="a b"),
    "guide_name_given": lambda: make.GuideFactory(name=""),
    "guide_version_from_1": lambda: make.GuideFactory(version=0),
    "guide_role_known": lambda: make.GuideFactory(role="owner"),
    "question_position_once": question_twice,
    "question_text_given": lambda: make.QuestionFactory(text=""),
    "interview_source_once": same_source,
    "interview_has_consent": lambda: make.InterviewFactory(consent=""),
    "interview_role_known": lambda: make.InterviewFactory(role="owner"),
    "interview_finished_at_when_finished": lambda: make.InterviewFactory(finished_at=AT),
    "answer_to_a_question_once": asked_twice,
    "answer_position_once": same_position,
    "coding_once": lambda: coded_twice(*[make.UserFactory()] * 2, first=False),
    "coding_one_first": lambda: coded_twice(make.UserFactory(), make.UserFactory()),
    "excerpt_start_before_end": lambda: excerpt(start=3, end=3),
    "excerpt_stance_known": lambda: excerpt(stance="shrug"),
    "excerpt_one_kind_of_cause": lambda: excerpt(cause_theme=make.ThemeFactory(), cause_kpi=make.KPIFactory()),
    "privacy_k_at_least_3": lambda: PrivacyPolicy.objects.create(cycle=make.CycleFactory(), k_heads=2),
    "release_number_once": lambda: [release_of(cycle) for cycle in [make.CycleFactory()] * 2],
    "release_audience_known": lambda: release_of(make.CycleFactory(), audience="press"),
    "release_k_at_least_3": lambda: release_of(make.CycleFactory(), k=2),
    "released_figure_once": figure_twice,
    "released_figure_of_3_voices": lambda: released(voices=2),
}


def declared() -> set[str]:
    ours = ("departments", "metrics", "interviews", "gaps")
    return {constraint.name for model in apps.get_models() if model._meta.app_label in ours for constraint in model._meta.constraints}


def test_every_constraint_is_broken_here():
    assert declared() == set(BROKEN)


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_the_database_refuses(name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        BROKEN[name]()


@pytest.mark.parametrize(
    "second",
    [
        {"valid_from": date(2025, 7, 1)},
        {"kind": "history"},
        {"department": "own"},
    ],
    ids=str,
)
def test_benchmarks_that_do_not_collide(second):
    second = {key: make.DepartmentFactory() if value == "own" else value for key, value in second.items()}
    overlapping(**second)()
    assert Benchmark.objects.count() == 2


@pytest.mark.parametrize(
    "fields", [{"numerator": -1.0, "denominator": 2.0}, {"numerator": 1.0, "denominator": 0.0}, {"value": float("nan")}], ids=str
)
def test_figures_that_mean_nothing_are_refused(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        observation(**fields)


def test_one_figure_per_series_and_period():
    first = observation()
    with pytest.raises(IntegrityError), transaction.atomic():
        observation(series=first.series)


@pytest.mark.parametrize("length", [1, 2, 4])
def test_a_department_is_never_below_itself(length):
    top = make.DepartmentFactory()
    last = top
    for _ in range(length - 1):
        last = make.DepartmentFactory(parent=last)
    top.parent = last
    with pytest.raises(IntegrityError, match="below itself"), transaction.atomic():
        top.save()


@pytest.mark.parametrize("act", [lambda event: event.delete(), lambda event: AuditEvent.objects.update(act="nothing")])
def test_the_audit_only_grows(act):
    event = AuditEvent.objects.create(at=AT, act="x")
    with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
        act(event)
    assert AuditEvent.objects.get().act == "x"


def test_what_others_hang_on_is_not_deleted():
    series = make.SeriesFactory()
    for model, pk in ((Department, series.department_id), (KPI, series.kpi_id)):
        with pytest.raises(ProtectedError):
            model.objects.get(pk=pk).delete()


def test_history_of_benchmarks_and_roles_is_kept_also_for_bulk_changes():
    make.BenchmarkFactory(value=1.0)
    Benchmark.objects.update(value=2.0)
    history = apps.get_model("metrics", "BenchmarkEvent").objects.order_by("pgh_id").values_list("value", flat=True)
    assert list(history) == [1.0, 2.0]


def test_tables_have_no_per_row_foreign_keys_on_figures():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = 'metrics_observation'::regclass")
        assert cursor.fetchone() == (0,)
