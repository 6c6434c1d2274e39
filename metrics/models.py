"""KPIs, what they are compared with, their figures, and the files that these came from."""

from __future__ import annotations

from typing import Any

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from departments.core.names import CODE_LENGTH, MAX_LENGTH, key
from departments.core.roles import Function, Role
from departments.models import CODE_PATTERN, Department, User
from metrics.core.kpi import BenchmarkKind, Direction, ImportState
from metrics.core.periods import Frequency
from saypro_review.lib.enums import choices, values


def finite(field: str) -> Q:
    """A number or NULL; not NaN and not infinite. PostgreSQL sorts NaN above infinity, so one range says both."""
    return Q(**{f"{field}__gt": float("-inf"), f"{field}__lt": float("inf")}) | Q(**{f"{field}__isnull": True})


class KPI(models.Model):
    code = models.CharField(max_length=CODE_LENGTH)
    name = models.CharField(max_length=MAX_LENGTH)
    key = models.CharField(max_length=MAX_LENGTH, editable=False)
    definition = models.TextField(blank=True)
    formula = models.TextField(blank=True, help_text="How it is worked out, in words")
    unit = models.CharField(max_length=30, blank=True)
    direction = models.CharField(max_length=10, choices=choices(Direction))
    frequency = models.CharField(max_length=10, choices=choices(Frequency))
    importance = models.PositiveSmallIntegerField(default=3, help_text="1 (least) to 5 (most important)")
    function = models.CharField(max_length=20, choices=choices(Function), default=Function.OTHER)
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Who answers for it")

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = "KPI"
        constraints = [
            models.UniqueConstraint(fields=["code"], name="kpi_code_unique"),
            models.UniqueConstraint(fields=["key"], name="kpi_name_unique"),
            models.CheckConstraint(condition=Q(code__regex=CODE_PATTERN), name="kpi_code_form"),
            models.CheckConstraint(condition=~Q(key=""), name="kpi_name_given"),
            models.CheckConstraint(condition=Q(direction__in=values(Direction)), name="kpi_direction_known"),
            models.CheckConstraint(condition=Q(frequency__in=values(Frequency)), name="kpi_frequency_known"),
            models.CheckConstraint(condition=Q(importance__range=(1, 5)), name="kpi_importance_1_to_5"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        self.key = key(self.name)
        super().save(**kwargs)


class DriverLink(models.Model):
    """KPI `driver` drives KPI `driven`, as a person stated it. Either end may be fixed to a department."""

    driver = models.ForeignKey(KPI, on_delete=models.CASCADE, related_name="drives")
    driven = models.ForeignKey(KPI, on_delete=models.CASCADE, related_name="driven_by")
    driver_department = models.ForeignKey(Department, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    driven_department = models.ForeignKey(Department, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["driven", "driver", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["driver", "driven", "driver_department", "driven_department"], nulls_distinct=False, name="driver_link_once"
            ),
            models.CheckConstraint(
                condition=~Q(driver=F("driven"))
                | (Q(driver_department__isnull=False, driven_department__isnull=False) & ~Q(driver_department=F("driven_department"))),
                name="driver_link_not_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.driver} drives {self.driven}"


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, user: User) -> SeriesQuerySet:
        if user.standing.everywhere:
            return self
        return self.filter(department__in=Department.objects.visible_to(user))


class Series(models.Model):
    """The figures of one KPI in one department."""

    kpi = models.ForeignKey(KPI, on_delete=models.PROTECT, related_name="series")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    rolled_up = models.BooleanField(default=False, help_text="Has no figures of its own: made from the parts of the departments below")

    objects = SeriesQuerySet.as_manager()

    class Meta:
        ordering = ["department", "kpi", "pk"]
        verbose_name_plural = "series"
        constraints = [models.UniqueConstraint(fields=["kpi", "department"], name="series_once")]

    def __str__(self) -> str:
        return f"{self.department}: {self.kpi}"


class Rebase(models.Model):
    """A new regime of a series begins with this period, as a person stated it and why: limits and trends start again there."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="rebases")
    period = models.DateField(help_text="First day of the first period of the new regime")
    reason = models.CharField(max_length=300)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["series", "period", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["series", "period"], name="rebase_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="rebase_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.series} from {self.period}"


@pghistory.track()
class Benchmark(models.Model):
    """A value to reach. A goal or industry value grades; a `history` one is a recorded past figure that is shown beside the
    baseline computed from the department's own points. The one of a department wins over the one of all."""

    kpi = models.ForeignKey(KPI, on_delete=models.CASCADE, related_name="benchmarks")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=choices(BenchmarkKind))
    value = models.FloatField()
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["kpi", "kind", "department", "valid_from", "pk"]
        constraints = [
            models.CheckConstraint(condition=finite("value"), name="benchmark_value_finite"),
            models.CheckConstraint(condition=Q(kind__in=values(BenchmarkKind)), name="benchmark_kind_known"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")),
                name="benchmark_from_before_to",
            ),
            models.CheckConstraint(condition=~Q(kind=BenchmarkKind.INDUSTRY) | ~Q(source=""), name="benchmark_industry_has_source"),
            ExclusionConstraint(
                name="benchmark_one_at_a_time",
                expressions=[
                    ("kpi", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (Coalesce("department", Value(0)), RangeOperators.EQUAL),
                    (Func("valid_from", "valid_to", Value("[]"), function="daterange"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Another value of this kind is valid in that time.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kpi} {self.kind} {self.value:g}"


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: User) -> ImportQuerySet:
        """Whole files hold every department's figures: admins and managers only."""
        return self if user.standing.roles & {Role.ADMIN, Role.MANAGER} else self.none()


WRITTEN = [ImportState.APPLIED, ImportState.UNDONE]


class Import(models.Model):
    """One uploaded KPI file: the bytes, what was understood of them, and what became of it."""

    file_name = models.CharField(max_length=255)
    original = models.BinaryField(help_text="The file, gzipped")
    size = models.PositiveBigIntegerField(help_text="Bytes of the file")
    sha256 = models.CharField(max_length=64)
    rows_hash = models.CharField(max_length=64, blank=True, help_text="Of the rows as understood, in canonical order")
    state = models.CharField(max_length=12, choices=choices(ImportState), default=ImportState.CHECKING)
    create_unknown = models.BooleanField(default=False, help_text="Make departments and KPIs that are not known yet")
    rows = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True, help_text="Why the file as a whole was refused or failed")
    questions = models.JSONField(default=list, help_text="[{kind, column, options, flag, text}]")
    warnings = models.JSONField(default=list, help_text="Values that look wrong: [{kind, line, column, value, message}]")
    answers = models.JSONField(default=dict, help_text="What people decided about the reading of the file")
    reading = models.JSONField(default=dict, help_text="How the file was understood: encoding, columns, notes ...")
    layout = models.CharField(max_length=64, blank=True, help_text="Of the header: files of one layout share it")
    good_rows = models.BooleanField(default=False, help_text="Import the rows without errors and leave out the others")
    unknown = models.JSONField(default=dict, help_text="{departments: [names], kpis: [names]} that the file names first")
    period_from = models.DateField(null=True, blank=True, help_text="Earliest period in the file")
    period_to = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=values(ImportState)), name="import_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=WRITTEN, applied_at__isnull=False) | (~Q(state__in=WRITTEN) & Q(applied_at__isnull=True)),
                name="import_applied_at_when_applied",
            ),
            models.CheckConstraint(
                condition=Q(state=ImportState.UNDONE, undone_at__isnull=False) | (~Q(state=ImportState.UNDONE) & Q(undone_at__isnull=True)),
                name="import_undone_at_when_undone",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def busy(self) -> bool:
        """A worker has it, or is about to."""
        return self.state in (ImportState.CHECKING, ImportState.APPLYING)

    @property
    def confirmable(self) -> bool:
        """A person's go is all that is missing (it also answers what to do with unknown names), or its job was given up."""
        if self.state == ImportState.UNDECIDED:
            return all(question["flag"] == "--create" for question in self.questions)
        return self.state in (ImportState.READY, ImportState.APPLYING)

    @property
    def has_good_rows(self) -> bool:
        """It was refused for some rows, and others could be imported without them."""
        asked = [question["flag"] != "--create" for question in self.questions]
        return self.state == ImportState.REFUSED and not any(asked) and self.new + self.changed > 0


class ImportReview(models.Model):
    """Every row of an import as its review shows it, and the rejected rows as a file; apart, for they are large."""

    batch = models.OneToOneField(Import, on_delete=models.CASCADE, primary_key=True, related_name="review")
    rows = models.BinaryField(help_text="Columns of the rows as understood (metrics.core.review)")
    rejects = models.BinaryField(help_text="The rejected rows with their reasons as CSV, gzipped; empty when there are none")

    def __str__(self) -> str:
        return f"review of {self.batch_id}"


class ImportLayout(models.Model):
    """How files with one header were read the last time that a person confirmed one; offered for the next."""

    layout = models.CharField(max_length=64, unique=True)
    answers = models.JSONField(default=dict)
    used_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    used_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"layout {self.layout[:8]}"


class ImportError(models.Model):
    """One thing wrong with one row (or cell) of a file, and the repair in its message."""

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="errors")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=MAX_LENGTH, blank=True)
    value = models.CharField(max_length=200, blank=True)
    message = models.CharField(max_length=300)

    class Meta:
        ordering = ["line", "pk"]

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


class Observation(models.Model):
    """The value of one series in one period, named by the period's first day, and the row of the file it came from.

    No foreign keys in the database: they cost two thirds of an import's time row by row. The import checks them set-wise in
    its transaction, `manage.py check_data` at any time. See docs/adr/.
    """

    pk = models.CompositePrimaryKey("series_id", "period")
    series = models.ForeignKey(Series, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="observations")
    period = models.DateField()
    value = models.FloatField()
    target = models.FloatField(null=True, blank=True, help_text="Internal goal for this period")
    benchmark = models.FloatField(null=True, blank=True, help_text="Industry standard for this period")
    benchmark_source = models.CharField(max_length=300, blank=True)
    numerator = models.FloatField(null=True, blank=True)
    denominator = models.FloatField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    batch = models.ForeignKey(Import, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    line = models.PositiveIntegerField()

    class Meta:
        ordering = ["series_id", "period"]
        constraints = [
            models.CheckConstraint(
                condition=finite("value") & finite("target") & finite("benchmark") & finite("numerator") & finite("denominator"),
                name="observation_finite",
            ),
            models.CheckConstraint(
                condition=Q(numerator__isnull=True, denominator__isnull=True)
                | Q(numerator__isnull=False, numerator__gte=0, denominator__isnull=False, denominator__gt=0),
                name="observation_parts_both_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.period} {self.value:g}"


class ObservationChange(models.Model):
    """What an import replaced: the whole old figure and where it had come from. Written set-wise by the import, and like
    Observation without foreign keys in the database; the changes of one import lie together, so a block range index finds them."""

    series = models.ForeignKey(Series, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    period = models.DateField()
    value = models.FloatField()
    target = models.FloatField(null=True, blank=True)
    benchmark = models.FloatField(null=True, blank=True)
    benchmark_source = models.CharField(max_length=300, blank=True)
    numerator = models.FloatField(null=True, blank=True)
    denominator = models.FloatField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    batch = models.ForeignKey(Import, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    line = models.PositiveIntegerField()
    replaced_by = models.ForeignKey(Import, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["-replaced_at", "-pk"]
        indexes = [
            models.Index(fields=["series", "period"], name="observation_change_series"),
            BrinIndex(fields=["replaced_by"], name="observation_change_import"),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.period} was {self.value:g}"
