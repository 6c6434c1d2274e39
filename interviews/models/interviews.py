"""What people said, and how reviewers coded it."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from departments.models import CycleReviewer, Department, ReviewCycle, User
from interviews.core.terms import Consent, InterviewState, StakeholderRole, Stance
from interviews.models.codebook import Theme
from interviews.models.guides import Guide, Question
from interviews.models.planning import Stakeholder
from metrics.models import KPI
from saypro_review.lib.enums import choices, values


class InterviewQuerySet(models.QuerySet["Interview"]):
    def visible_to(self, user: User) -> InterviewQuerySet:
        """For a reviewer: own ones and those of the cycles that they review; none of a department that they head, or of one below it.

        Admins and managers see none: what they may read is what has been released (ReleasedFigure, ReleasedQuote).
        """
        if not user.standing.is_reviewer:
            return self.none()
        reviewed = CycleReviewer.objects.filter(user=user).values("cycle")
        seen = self.filter(Q(interviewer=user) | Q(cycle__in=reviewed))
        return seen.exclude(department__in=Department.objects.under(user.standing.heads)) if user.standing.heads else seen

    def held(self) -> InterviewQuerySet:
        return self.filter(state=InterviewState.FINISHED)


class Interview(models.Model):
    """One conversation with a stakeholder. Department and role are the stakeholder's at that time."""

    cycle = models.ForeignKey(ReviewCycle, on_delete=models.PROTECT, related_name="+")
    stakeholder = models.ForeignKey(Stakeholder, on_delete=models.PROTECT, related_name="interviews")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=choices(StakeholderRole))
    guide = models.ForeignKey(Guide, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="None: a transcript")
    interviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    held_on = models.DateField()
    consent = models.CharField(max_length=10, choices=choices(Consent))
    consent_note = models.CharField(max_length=300, blank=True, help_text="What was agreed, where more than notes for the review")
    quotable = models.BooleanField(default=False, help_text="Agreed that words may be quoted without a name")
    state = models.CharField(max_length=10, choices=choices(InterviewState), default=InterviewState.DRAFT)
    source = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what it was imported from; blank: typed here")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    redacted_at = models.DateTimeField(null=True, blank=True, help_text="When its texts were destroyed: retention or erasure")

    objects = InterviewQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "source"], condition=~Q(source=""), name="interview_source_once"),
            models.CheckConstraint(condition=Q(consent__in=values(Consent)), name="interview_has_consent"),
            models.CheckConstraint(condition=Q(role__in=values(StakeholderRole)), name="interview_role_known"),
            models.CheckConstraint(
                condition=Q(state=InterviewState.FINISHED, finished_at__isnull=False)
                | Q(state=InterviewState.DRAFT, finished_at__isnull=True),
                name="interview_finished_at_when_finished",
            ),
        ]
        indexes = [models.Index(fields=["cycle", "department"], name="interview_place")]

    def __str__(self) -> str:
        return f"Interview {self.pk}"

    @property
    def is_draft(self) -> bool:
        return self.state == InterviewState.DRAFT


class Answer(models.Model):
    """What was said to one question of the guide, or under one heading of a transcript. `version` grows with each save."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    heading = models.CharField(max_length=500, blank=True, help_text="What was asked, where no guide says it")
    position = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True, max_length=50_000)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["interview", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["interview", "question"], name="answer_to_a_question_once"),
            models.UniqueConstraint(fields=["interview", "position"], name="answer_position_once"),
        ]

    def __str__(self) -> str:
        return f"Answer {self.pk}"


class Coding(models.Model):
    """One person's coding of an interview. The first coder's is what counts; the others' is for agreement, and blind to it."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="codings")
    coder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    first = models.BooleanField(default=True, help_text="Counts as evidence; of a second coder only agreement is measured")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["interview", "-first", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["interview", "coder"], name="coding_once"),
            models.UniqueConstraint(fields=["interview"], condition=Q(first=True), name="coding_one_first"),
        ]

    def __str__(self) -> str:
        return f"Coding {self.pk}"


class ExcerptQuerySet(models.QuerySet["Excerpt"]):
    def live(self) -> ExcerptQuerySet:
        return self.filter(removed_at__isnull=True)

    def evidence(self) -> ExcerptQuerySet:
        """What verdicts rest on: first codings of held interviews."""
        return self.live().filter(coding__first=True, coding__interview__state=InterviewState.FINISHED)


@pghistory.track(exclude=["text"])
class Excerpt(models.Model):
    """A stretch of an answer and what it means (METHODS 6). `start` and `end` count characters (code points) of the answer's text."""

    coding = models.ForeignKey(Coding, on_delete=models.CASCADE, related_name="excerpts")
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="excerpts")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    text = models.TextField(blank=True, help_text="The stretch itself; not in the history, so that erasing it once erases it")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="+")
    stance = models.CharField(max_length=10, choices=choices(Stance))
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", help_text="Whom it is about")
    kpi = models.ForeignKey(KPI, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cause_theme = models.ForeignKey(Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cause_department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cause_kpi = models.ForeignKey(KPI, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    quotable = models.BooleanField(
        default=False, help_text="May leave as a quote, if its interview allows it and its group is large enough"
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ExcerptQuerySet.as_manager()

    class Meta:
        ordering = ["answer", "start", "end", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="excerpt_start_before_end"),
            models.CheckConstraint(condition=Q(stance__in=values(Stance)), name="excerpt_stance_known"),
            models.CheckConstraint(
                condition=Q(cause_theme__isnull=True) | Q(cause_department__isnull=True, cause_kpi__isnull=True),
                name="excerpt_one_kind_of_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"Excerpt {self.pk}"


class SuggestionChoice(models.Model):
    """Which themes were suggested for a stretch and which one the coder took: what suggestions learn from and are measured by."""

    coding = models.ForeignKey(Coding, on_delete=models.CASCADE, related_name="+")
    excerpt = models.ForeignKey(Excerpt, on_delete=models.CASCADE, related_name="+")
    offered = ArrayField(models.BigIntegerField(), help_text="Ids of the themes suggested, best first")
    chosen = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"Choice {self.pk}"

    @property
    def accepted(self) -> bool:
        return self.chosen_id in self.offered
