"""People, the departments they belong to, the review cycles, and what was done and is to be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pghistory
import pgtrigger
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower
from django.utils.functional import cached_property

from departments.core.lifecycle import JobState, Phase
from departments.core.names import CODE_LENGTH, MAX_LENGTH, forbidden, key
from departments.core.roles import Function, Role
from saypro_review.lib.enums import choices, values

CODE_PATTERN = r"^[\w][\w-]*$"
CODE_HELP = "Use letters, digits, hyphens and underscores only, and begin with a letter or digit."


def printable(text: str) -> None:
    """Refuse a name with characters that cannot be seen: it could look like another's."""
    position = forbidden(text)
    if position is not None:
        raise ValidationError(f"Character {position + 1} cannot be seen. Type the name anew.")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A saved account; without a password it cannot sign in until one is set."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=MAX_LENGTH)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, help_text="Made by the demo organisation; signs in from this machine only.")
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique", violation_error_message="That address has an account."),
            models.CheckConstraint(condition=~Q(email=""), name="user_email_given"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        return self.is_superuser

    @cached_property
    def standing(self) -> Standing:
        """What this person may be asked for, read once per request."""
        rows = list(self.memberships.values_list("role", "department_id"))
        roles = frozenset(Role(role) for role, _ in rows)
        return Standing(roles | ({Role.ADMIN, Role.MANAGER} if self.is_superuser else set()), tuple(d for _, d in rows if d))


@dataclass(frozen=True)
class Standing:
    """A person's roles and the departments that they head."""

    roles: frozenset[Role]
    heads: tuple[int, ...]

    @property
    def everywhere(self) -> bool:
        """Sees the figures of every department."""
        return bool(self.roles & {Role.ADMIN, Role.MANAGER, Role.REVIEWER})

    @property
    def is_reviewer(self) -> bool:
        return Role.REVIEWER in self.roles


class DepartmentQuerySet(models.QuerySet["Department"]):
    def under(self, roots: list[int] | tuple[int, ...]) -> DepartmentQuerySet:
        """The departments `roots` and all below them."""
        return self.filter(
            pk__in=RawSQL(
                "WITH RECURSIVE below AS (SELECT id FROM departments_department WHERE id = ANY(%s) UNION "
                "SELECT d.id FROM departments_department d JOIN below ON d.parent_id = below.id) SELECT id FROM below",
                [list(roots)],
            )
        )

    def visible_to(self, user: User) -> DepartmentQuerySet:
        """Everything for admins, managers and reviewers; for a head their departments and those below."""
        if user.standing.everywhere:
            return self
        return self.under(user.standing.heads) if user.standing.heads else self.none()


class Department(models.Model):
    code = models.CharField(max_length=CODE_LENGTH)
    name = models.CharField(max_length=MAX_LENGTH)
    key = models.CharField(max_length=MAX_LENGTH, editable=False)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    function = models.CharField(max_length=20, choices=choices(Function), default=Function.OTHER)
    criticality = models.PositiveSmallIntegerField(default=3, help_text="1 (least) to 5 (most critical to the organisation)")

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="department_code_unique"),
            models.UniqueConstraint(fields=["key"], name="department_name_unique"),
            models.CheckConstraint(condition=Q(code__regex=CODE_PATTERN), name="department_code_form"),
            models.CheckConstraint(condition=~Q(key=""), name="department_name_given"),
            models.CheckConstraint(condition=Q(criticality__range=(1, 5)), name="department_criticality_1_to_5"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="acyclic",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),
                condition=pgtrigger.Q(new__parent__isnull=False),
                func="""
                    IF EXISTS (
                        WITH RECURSIVE above AS (
                            SELECT NEW.parent_id AS id UNION
                            SELECT d.parent_id FROM departments_department d JOIN above ON d.id = above.id
                        ) SELECT 1 FROM above WHERE id = NEW.id
                    ) THEN
                        RAISE EXCEPTION 'department % would be below itself', NEW.code USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        self.key = key(self.name)
        super().save(**kwargs)


@pghistory.track()
class Membership(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=choices(Role))
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")

    class Meta:
        ordering = ["user", "role", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "department"], nulls_distinct=False, name="membership_once"),
            models.CheckConstraint(condition=Q(role__in=values(Role)), name="membership_role_known"),
            models.CheckConstraint(
                condition=Q(role=Role.HEAD, department__isnull=False) | (~Q(role=Role.HEAD) & Q(department__isnull=True)),
                name="membership_department_of_heads_only",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}" + (f" of {self.department}" if self.department else "")


class ReviewCycleQuerySet(models.QuerySet["ReviewCycle"]):
    def open(self) -> ReviewCycleQuerySet:
        return self.exclude(phase=Phase.CLOSED)

    def visible_to(self, user: User) -> ReviewCycleQuerySet:
        """All for admins, managers and reviewers; for a head the cycles that cover a department of theirs."""
        if user.standing.everywhere:
            return self
        if not user.standing.heads:
            return self.none()
        own = Department.objects.under(user.standing.heads).values_list("pk", flat=True)
        covering = RawSQL(
            "WITH RECURSIVE above AS (SELECT id, parent_id FROM departments_department WHERE id = ANY(%s) UNION "
            "SELECT d.id, d.parent_id FROM departments_department d JOIN above ON d.id = above.parent_id) "
            "SELECT cr.reviewcycle_id FROM departments_reviewcycle_roots cr JOIN above ON above.id = cr.department_id",
            [list(own)],
        )
        return self.filter(Q(pk__in=covering) | Q(pk__in=self.filter(roots__isnull=True).values("pk")))


class ReviewCycle(models.Model):
    code = models.CharField(max_length=CODE_LENGTH, validators=[RegexValidator(CODE_PATTERN, CODE_HELP)])
    name = models.CharField(max_length=MAX_LENGTH, validators=[printable])
    data_from = models.DateField(help_text="First day of the review window")
    data_to = models.DateField(help_text="Last day of the review window; later periods are not judged")
    phase = models.CharField(max_length=12, choices=choices(Phase), default=Phase.WEEK_1)
    roots = models.ManyToManyField(
        Department, blank=True, related_name="+", help_text="Departments covered, with all below them; none means every one"
    )
    current_version = models.PositiveIntegerField(default=0, help_text="The run that pages show; 0 before the first")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReviewCycleQuerySet.as_manager()

    class Meta:
        ordering = ["-data_to", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="cycle_code_unique"),
            models.CheckConstraint(condition=Q(code__regex=CODE_PATTERN), name="cycle_code_form"),
            models.CheckConstraint(condition=Q(data_from__lte=F("data_to")), name="cycle_from_before_to"),
            models.CheckConstraint(condition=Q(phase__in=values(Phase)), name="cycle_phase_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        """Save; of an existing cycle never `current_version`, which only a run moves (and it may have since this was read)."""
        if not self._state.adding and kwargs.get("update_fields") is None:
            kwargs["update_fields"] = [field.name for field in self._meta.concrete_fields if field.name not in ("id", "current_version")]
        super().save(**kwargs)

    def covers(self) -> models.QuerySet[Department]:
        """The departments of this cycle."""
        roots = list(self.roots.values_list("pk", flat=True))
        return Department.objects.under(roots) if roots else Department.objects.all()


@pghistory.track()
class CycleReviewer(models.Model):
    """Somebody who reviews a cycle: only they and the interviewer read its interviews."""

    cycle = models.ForeignKey(ReviewCycle, on_delete=models.CASCADE, related_name="reviewers")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["cycle", "user__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["cycle", "user"], name="cycle_reviewer_once")]

    def __str__(self) -> str:
        return f"{self.user} reviews {self.cycle}"


class JobQuerySet(models.QuerySet["Job"]):
    def pending(self) -> JobQuerySet:
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])

    def visible_to(self, user: User) -> JobQuerySet:
        """All for admins and managers; for others their own, and those of the cycles that they see."""
        if user.standing.roles & {Role.ADMIN, Role.MANAGER}:
            return self
        return self.filter(Q(requested_by=user) | Q(cycle__in=ReviewCycle.objects.visible_to(user)))


class Job(models.Model):
    """Something slow that was asked for. The row is the queue: a message only hurries it (lib.queue), the sweep makes it certain.

    `kind` is the name of the Celery task that does it. Its liveness is a session advisory lock that the worker holds
    (services.jobs): it ends with the worker's connection, however the worker ends.
    """

    kind = models.CharField(max_length=60)
    cycle = models.ForeignKey(ReviewCycle, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    subject_id = models.BigIntegerField(null=True, blank=True, help_text="What it is about, as its kind reads it")
    requested_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=choices(JobState), default=JobState.QUEUED)
    step = models.CharField(max_length=80, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="job_done_within_total"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False, state__in=[JobState.DONE, JobState.FAILED])
                | Q(ended_at__isnull=True, state__in=[JobState.QUEUED, JobState.RUNNING]),
                name="job_ended_when_done_or_failed",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(state__in=[JobState.QUEUED, JobState.RUNNING]), name="job_pending"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.state}"

    @property
    def ended(self) -> bool:
        return JobState(self.state).ended

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


class AuditEvent(models.Model):
    """Who did what to what, when. No content. Append-only: the database refuses changes."""

    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    act = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.BigIntegerField(null=True, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_object")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.act}"
