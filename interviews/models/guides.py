"""Question guides. A version that has been used is never changed: a change makes the next version."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from departments.core.names import CODE_LENGTH, MAX_LENGTH
from departments.core.roles import Function
from departments.models import CODE_PATTERN, User, printable
from interviews.core.terms import StakeholderRole
from metrics.models import KPI
from saypro_review.lib.enums import choices, values


class Guide(models.Model):
    """One version of a question guide, for a function and a role or (blank) for any. `retired_at`: no longer offered."""

    code = models.CharField(max_length=CODE_LENGTH, help_text="The same for all versions")
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=MAX_LENGTH, validators=[printable])
    function = models.CharField(max_length=20, choices=choices(Function), blank=True)
    role = models.CharField(max_length=10, choices=choices(StakeholderRole), blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "-version", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="guide_version_once"),
            models.UniqueConstraint(fields=["code"], condition=Q(retired_at__isnull=True), name="guide_one_in_use"),
            models.CheckConstraint(condition=Q(code__regex=CODE_PATTERN), name="guide_code_form"),
            models.CheckConstraint(condition=~Q(name=""), name="guide_name_given"),
            models.CheckConstraint(condition=Q(version__gte=1), name="guide_version_from_1"),
            models.CheckConstraint(condition=Q(role__in=["", *values(StakeholderRole)]), name="guide_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"


class Question(models.Model):
    """A question of a guide. Its links say what counts as asked when it is answered (METHODS 6)."""

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    hint = models.CharField(max_length=500, blank=True, help_text="What to probe for")
    whole_function = models.BooleanField(default=False, help_text="Asks about the department's function as a whole")
    kpis = models.ManyToManyField(KPI, blank=True, related_name="+", help_text="KPIs that it asks about")

    class Meta:
        ordering = ["guide", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["guide", "position"], name="question_position_once"),
            models.CheckConstraint(condition=~Q(text=""), name="question_text_given"),
        ]

    def __str__(self) -> str:
        return self.text
