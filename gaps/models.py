"""What a run decided about every series of a cycle, and the gaps that people then work with."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from departments.models import Department, ReviewCycle, User
from metrics.core.verdicts import Assurance, Kind, Quality, Standing, TrendSense, Variation
from metrics.models import Series
from saypro_review.lib.enums import choices, values

POINT_TYPE = 4


class Run(models.Model):
    """One complete judgement of a cycle. Pages read the run whose version is the cycle's current one, and no other."""

    cycle = models.ForeignKey(ReviewCycle, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of everything that the verdicts rest on")
    methods_version = models.CharField(max_length=10)
    created_at = models.DateTimeField()
    observations = models.PositiveBigIntegerField(default=0)
    series = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0, help_text="From reading to the last verdict stored")
    document = models.TextField(
        default="{}", help_text="The Week 1 summary as JSON (docs/summary-schema.json): text, because jsonb forgets the order of keys"
    )
    page = models.TextField(blank=True, help_text="The summary's HTML, for those who see every department")

    class Meta:
        ordering = ["-version", "-pk"]
        constraints = [models.UniqueConstraint(fields=["cycle", "version"], name="run_version_once")]

    def __str__(self) -> str:
        return f"{self.cycle} run {self.version}"

    @property
    def summary(self) -> dict[str, Any]:
        """The document as values, parsed anew each time."""
        return json.loads(self.document)


class SeriesVerdictQuerySet(models.QuerySet["SeriesVerdict"]):
    def visible_to(self, user: User) -> SeriesVerdictQuerySet:
        if user.standing.everywhere:
            return self
        return self.filter(series__department__in=Department.objects.visible_to(user))

    def current(self, cycle: ReviewCycle) -> SeriesVerdictQuerySet:
        """Those of the version that the cycle shows."""
        return self.filter(run__cycle=cycle, run__version=cycle.current_version)


class SeriesVerdict(models.Model):
    """METHODS sections 1-5 on one series in one run: the numbers, and the points that they rest on.

    Written by COPY only (services), without foreign keys in the database: they are checked once for all rows. NULL where
    undefined. Arrays run over the series' calendar from `first_index`, one slot a period, missing ones NaN.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="verdicts")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    grade = models.PositiveSmallIntegerField(help_text="0 none, 1 watch, 2 warning, 3 moderate, 4 serious, 5 critical")
    graded_by = models.CharField(max_length=10, blank=True, choices=choices(Kind))
    capped = models.CharField(max_length=20, blank=True, help_text="Why the grade is held down")
    quality = models.CharField(max_length=12, choices=choices(Quality))
    stale = models.BooleanField()
    variation = models.CharField(max_length=12, choices=choices(Variation))
    variation_plain = models.CharField(max_length=12, choices=choices(Variation))
    latest_signals = models.SmallIntegerField(help_text="Bits: rules 1 to 5 at the latest complete point")
    withheld = models.BooleanField(help_text="Rules 2 to 4 not used: neighbouring points depend on each other")
    locked = models.BooleanField(help_text="Limits from the points before the window")
    degenerate = models.BooleanField()
    seasonal = models.BooleanField()
    n_complete = models.IntegerField()
    n_fit = models.IntegerField()
    n_window = models.IntegerField()
    n_baseline = models.IntegerField()
    latest_period = models.DateField(null=True)
    latest_value = models.FloatField(null=True)
    window_mean = models.FloatField(null=True)
    baseline_mean = models.FloatField(null=True)
    mean = models.FloatField(null=True)
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)
    sigma = models.FloatField(null=True)
    phi = models.FloatField(null=True)
    sd = models.FloatField(null=True)
    nu = models.FloatField(null=True)
    shift_t = models.FloatField(null=True)
    shift_needed = models.FloatField(null=True, help_text="What shift_t is held against")
    trend = models.CharField(max_length=10, choices=choices(TrendSense), default=TrendSense.NONE)
    trend_n = models.IntegerField(default=0, help_text="Points tested; 0: too few")
    trend_span = models.IntegerField(default=0, help_text="Periods from the first of them to the latest")
    trend_s = models.IntegerField(default=0)
    trend_phi = models.FloatField(null=True)
    trend_z = models.FloatField(null=True)
    trend_p = models.FloatField(null=True, help_text="Corrected for dependence")
    trend_q = models.FloatField(null=True, help_text="And for the number of series in the run")
    trend_tau = models.FloatField(null=True)
    trend_slope = models.FloatField(null=True, help_text="Per period")
    trend_level = models.FloatField(null=True, help_text="Of the trend's line at the latest complete point")
    trend_reach = models.FloatField(null=True, help_text="Periods until the line meets the benchmark")
    baseline_from = models.DateField(null=True, help_text="First period of the current regime, where a person began one")
    pooled_rate = models.FloatField(null=True)
    pooled_low = models.FloatField(null=True)
    pooled_high = models.FloatField(null=True)
    first_index = models.BigIntegerField()
    week_starts = models.SmallIntegerField(default=0)
    n_judged = models.IntegerField()
    values = ArrayField(models.FloatField())
    adjusted = ArrayField(models.FloatField(), help_text="Empty unless seasonal")
    points = ArrayField(
        models.SmallIntegerField(), help_text="Per slot: bits of rules 1 to 4, and from bit POINT_TYPE the code of its Variation"
    )
    goals = ArrayField(models.FloatField(), help_text="The goal valid in each slot; one entry: everywhere; empty: none")
    industry = ArrayField(models.FloatField(), help_text="As goals, of the industry standard")
    regime_starts = ArrayField(
        models.BigIntegerField(), default=list, help_text="Calendar index of the first point of each regime; empty where there is one"
    )
    regime_means = ArrayField(models.FloatField(), default=list, help_text="Of each regime, NaN where it is not drawn")
    regime_lowers = ArrayField(models.FloatField(), default=list)
    regime_uppers = ArrayField(models.FloatField(), default=list)

    objects = SeriesVerdictQuerySet.as_manager()

    class Meta:
        ordering = ["-grade", "series", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "series"], name="verdict_once"),
            models.CheckConstraint(condition=Q(grade__range=(0, 5)), name="verdict_grade_0_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.series} grade {self.grade}"


class Comparison(models.Model):
    """One verdict's series against one kind of benchmark."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    kind = models.CharField(max_length=10, choices=choices(Kind))
    benchmark = models.FloatField(null=True, help_text="At the latest complete point")
    standing = models.CharField(max_length=15, choices=choices(Standing))
    assurance = models.CharField(max_length=15, choices=choices(Assurance))
    grade = models.SmallIntegerField(help_text="-1 where this kind does not grade")
    shortfall = models.FloatField(null=True)
    shortfall_pct = models.FloatField(null=True)
    z0 = models.FloatField(null=True)
    missed = models.IntegerField()
    periods = models.IntegerField()
    missed_low = models.FloatField(null=True)
    missed_high = models.FloatField(null=True)
    expected_miss = models.FloatField(null=True)
    d = models.FloatField(null=True)
    level_n = models.IntegerField()
    t = models.FloatField(null=True, help_text="What the standing (of history: the grade) rests on")
    needed = models.FloatField(null=True, help_text="What t is held against")

    class Meta:
        ordering = ["run", "series", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["run", "series", "kind"], name="comparison_once"),
            models.CheckConstraint(condition=Q(kind__in=values(Kind)), name="comparison_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.series} against {self.kind}"


class Gap(models.Model):
    """A gap of one series in one cycle. Permanent: people's decisions hang on it; its numbers are each run's (GapVerdict)."""

    cycle = models.ForeignKey(ReviewCycle, on_delete=models.CASCADE, related_name="+")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+")
    first_version = models.PositiveIntegerField(help_text="The run that found it first")

    class Meta:
        ordering = ["cycle", "pk"]
        constraints = [models.UniqueConstraint(fields=["cycle", "series"], name="gap_once")]

    def __str__(self) -> str:
        return f"{self.series} in {self.cycle}"


class GapVerdictQuerySet(models.QuerySet["GapVerdict"]):
    def visible_to(self, user: User) -> GapVerdictQuerySet:
        if user.standing.everywhere:
            return self
        return self.filter(gap__series__department__in=Department.objects.visible_to(user))

    def current(self, cycle: ReviewCycle) -> GapVerdictQuerySet:
        return self.filter(run__cycle=cycle, run__version=cycle.current_version)


class GapVerdict(models.Model):
    """Where a gap stood in one run."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_index=False, related_name="gaps")
    gap = models.ForeignKey(Gap, on_delete=models.CASCADE, related_name="verdicts")
    verdict = models.ForeignKey(SeriesVerdict, on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveIntegerField()

    objects = GapVerdictQuerySet.as_manager()

    class Meta:
        ordering = ["run", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["run", "gap"], name="gap_verdict_once"),
            models.UniqueConstraint(fields=["run", "rank"], name="gap_rank_once"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.gap}"
