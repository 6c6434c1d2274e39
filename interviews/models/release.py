"""What of the interviews may be seen by those who do not review, frozen when it was released."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from departments.models import Department, ReviewCycle, User
from interviews.core.terms import DEFAULT_K, MIN_K, Audience
from interviews.models.codebook import Theme
from metrics.models import KPI
from saypro_review.lib.enums import choices, values


class PrivacyPolicy(models.Model):
    """Of a cycle: the smallest group that each audience is shown, and how long texts and names are kept."""

    cycle = models.OneToOneField(ReviewCycle, on_delete=models.CASCADE, related_name="privacy")
    k_managers = models.PositiveSmallIntegerField(default=DEFAULT_K[Audience.MANAGERS])
    k_heads = models.PositiveSmallIntegerField(default=DEFAULT_K[Audience.HEADS])
    k_organisation = models.PositiveSmallIntegerField(default=DEFAULT_K[Audience.ORGANISATION])
    retain_until = models.DateField(null=True, blank=True, help_text="Last day on which texts and names are kept")
    redacted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "privacy policies"
        constraints = [
            models.CheckConstraint(
                condition=Q(k_managers__gte=MIN_K, k_heads__gte=MIN_K, k_organisation__gte=MIN_K), name="privacy_k_at_least_3"
            ),
        ]

    def __str__(self) -> str:
        return f"Privacy of {self.cycle}"

    def k(self, audience: Audience) -> int:
        return {Audience.MANAGERS: self.k_managers, Audience.HEADS: self.k_heads, Audience.ORGANISATION: self.k_organisation}[audience]


class Release(models.Model):
    """The figures that an audience is shown, frozen; the newest stands until the next."""

    cycle = models.ForeignKey(ReviewCycle, on_delete=models.CASCADE, related_name="+")
    audience = models.CharField(max_length=12, choices=choices(Audience))
    number = models.PositiveIntegerField()
    k = models.PositiveSmallIntegerField()
    withheld = models.PositiveIntegerField(default=0, help_text="Figures that would have told of fewer than k voices")
    interviewed = ArrayField(models.BigIntegerField(), default=list, help_text="Ids of the stakeholders whose interview was held by then")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["cycle", "audience", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "audience", "number"], name="release_number_once"),
            models.CheckConstraint(condition=Q(audience__in=values(Audience)), name="release_audience_known"),
            models.CheckConstraint(condition=Q(k__gte=MIN_K), name="release_k_at_least_3"),
        ]

    def __str__(self) -> str:
        return f"Release {self.number} to {self.audience}"


class ReleasedFigure(models.Model):
    """How many voices of a department (those below it included) said something about a theme or KPI. `members` never leaves the
    database: the check of later releases needs to know who was counted."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="figures")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kpi = models.ForeignKey(KPI, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    stance = models.CharField(max_length=10, help_text="problem, strength, mixed; raised: any of them")
    voices = models.PositiveIntegerField()
    members = ArrayField(models.BigIntegerField(), help_text="Ids of the stakeholders counted")

    class Meta:
        ordering = ["release", "department", "theme", "kpi", "stance", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "department", "theme", "kpi", "stance"], nulls_distinct=False, name="released_figure_once"
            ),
            models.CheckConstraint(condition=Q(voices__gte=MIN_K), name="released_figure_of_3_voices"),
        ]

    def __str__(self) -> str:
        return f"Figure {self.pk}"


class ReleasedQuote(models.Model):
    """Words that may be read with a released figure. No speaker, no date, no order: they are shown in the order of their text."""

    figure = models.ForeignKey(ReleasedFigure, on_delete=models.CASCADE, related_name="quotes")
    excerpt = models.ForeignKey("interviews.Excerpt", on_delete=models.SET_NULL, null=True, related_name="+")
    voice = models.BigIntegerField(help_text="Id of the stakeholder who said it: erasing them finds it also when the excerpt is gone")
    text = models.TextField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["figure", "text", "pk"]

    def __str__(self) -> str:
        return f"Quote {self.pk}"
