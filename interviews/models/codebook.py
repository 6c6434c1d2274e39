"""The codebook: themes on the taxonomy of causes, and what was done to it."""

from __future__ import annotations

from typing import Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from departments.core.names import CODE_LENGTH, MAX_LENGTH, key
from departments.models import CODE_PATTERN, User, printable
from interviews.core.terms import Condition, Level
from saypro_review.lib.enums import choices, values


class ThemeQuerySet(models.QuerySet["Theme"]):
    def in_use(self) -> ThemeQuerySet:
        return self.filter(retired_at__isnull=True)


@pghistory.track()
class Theme(models.Model):
    """What an excerpt can be about, with its place among causes (METHODS 8). Merged and retired ones stay, out of use."""

    code = models.CharField(max_length=CODE_LENGTH)
    name = models.CharField(max_length=MAX_LENGTH, validators=[printable])
    key = models.CharField(max_length=MAX_LENGTH, editable=False)
    definition = models.TextField(blank=True, max_length=2000)
    keywords = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    level = models.CharField(max_length=12, choices=choices(Level))
    condition = models.CharField(max_length=12, choices=choices(Condition))
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ThemeQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="theme_code_unique"),
            models.UniqueConstraint(fields=["key"], condition=Q(retired_at__isnull=True), name="theme_name_once_in_use"),
            models.CheckConstraint(condition=Q(code__regex=CODE_PATTERN), name="theme_code_form"),
            models.CheckConstraint(condition=~Q(key=""), name="theme_name_given"),
            models.CheckConstraint(condition=Q(level__in=values(Level)), name="theme_level_known"),
            models.CheckConstraint(condition=Q(condition__in=values(Condition)), name="theme_condition_known"),
            models.CheckConstraint(condition=Q(merged_into__isnull=True) | Q(retired_at__isnull=False), name="theme_merged_is_retired"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        self.key = key(self.name)
        super().save(**kwargs)


class CodebookChange(models.Model):
    """Something done to the codebook, with what is needed to undo it (`before`: themes' fields and ids of excerpts, no text)."""

    kind = models.CharField(max_length=10, help_text="create, change, merge, split, retire or import")
    said = models.CharField(max_length=300, help_text="What was done, in words")
    before = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.said
