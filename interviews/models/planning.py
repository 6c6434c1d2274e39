"""Where a cycle looks, and whom it asks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from departments.core.names import MAX_LENGTH
from departments.models import CycleReviewer, Department, ReviewCycle, User, printable
from interviews.core.terms import StakeholderRole
from saypro_review.lib.enums import choices, values


class Scope(models.Model):
    """A department that a cycle looks into, why, and how many interviews are planned there by role."""

    cycle = models.ForeignKey(ReviewCycle, on_delete=models.CASCADE, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    focus = models.CharField(max_length=300, blank=True, help_text="What is looked into there")
    planned_head = models.PositiveSmallIntegerField(default=0)
    planned_lead = models.PositiveSmallIntegerField(default=0)
    planned_front_line = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["department__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["cycle", "department"], name="scope_once")]

    def __str__(self) -> str:
        return f"{self.department} in {self.cycle}"

    def planned(self, role: StakeholderRole) -> int:
        """Interviews planned with people of that role."""
        return {
            StakeholderRole.HEAD: self.planned_head,
            StakeholderRole.LEAD: self.planned_lead,
            StakeholderRole.FRONT_LINE: self.planned_front_line,
        }[role]


class StakeholderQuerySet(models.QuerySet["Stakeholder"]):
    def visible_to(self, user: User) -> StakeholderQuerySet:
        """For a reviewer: those of the cycles that they review, but none of a department that they head, or of one below it."""
        if not user.standing.is_reviewer:
            return self.none()
        seen = self.filter(cycle__in=CycleReviewer.objects.filter(user=user).values("cycle"))
        return seen.exclude(department__in=Department.objects.under(user.standing.heads)) if user.standing.heads else seen


class Stakeholder(models.Model):
    """Somebody to be interviewed in a cycle: one voice, however often they are interviewed. The name may be left out altogether."""

    cycle = models.ForeignKey(ReviewCycle, on_delete=models.CASCADE, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=choices(StakeholderRole))
    name = models.CharField(max_length=MAX_LENGTH, blank=True, validators=[printable])
    pseudonym = models.CharField(max_length=40, validators=[printable], help_text="What reviewers' lists and exports call them")
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = StakeholderQuerySet.as_manager()

    class Meta:
        ordering = ["pseudonym", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "pseudonym"], name="stakeholder_pseudonym_once"),
            models.CheckConstraint(condition=~Q(pseudonym=""), name="stakeholder_pseudonym_given"),
            models.CheckConstraint(condition=Q(role__in=values(StakeholderRole)), name="stakeholder_role_known"),
            models.CheckConstraint(condition=Q(erased_at__isnull=True) | Q(name=""), name="stakeholder_erased_has_no_name"),
        ]

    def __str__(self) -> str:
        return self.name or self.pseudonym
