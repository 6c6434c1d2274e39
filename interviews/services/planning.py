"""What a cycle looks into, and whom it asks. Who reviews it: departments.services.cycles."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from departments.core.names import key, tidy
from departments.models import Department, ReviewCycle, User
from departments.services import audit
from interviews.core.pseudonyms import pseudonym as draw_pseudonym
from interviews.core.terms import StakeholderRole
from interviews.models import Scope, Stakeholder

MOST = 99  # interviews planned with one role of a department
HELD = "This person has an interview, which would lose whose voice it is. Delete the interview first, or erase the person."
ERASED = "This person was erased: nothing is kept that could be changed."


@dataclass(frozen=True)
class Plan:
    """What is looked into in a department, and how many interviews are planned by role."""

    focus: str = ""
    planned_head: int = 0
    planned_lead: int = 0
    planned_front_line: int = 0


@transaction.atomic
def plan_scope(cycle: ReviewCycle, plans: Mapping[Department, Plan | None], *, by: User | None, at: datetime) -> int:
    """Put departments into the cycle's scope with these plans, or (None) out of it; how many changed. Others stay as they are.

    Raises ValidationError for a department that the cycle does not cover, or a number that nobody can plan.
    """
    covered = set(cycle.covers().values_list("pk", flat=True))
    before = {scope.department_id: scope for scope in Scope.objects.select_for_update().filter(cycle=cycle)}
    changed: dict[str, Any] = {}
    for department, plan in plans.items():
        if department.pk not in covered:
            raise ValidationError(f"{department} is not part of this review.")
        scope = before.get(department.pk)
        was = _plan_of(scope) if scope else None
        now = _sound(plan) if plan else None
        if was != now:
            _put(cycle, department, scope, now)
            changed[department.code] = [asdict(was) if was else None, asdict(now) if now else None]
    if changed:
        audit.record("scope.change", by=by, at=at, on=cycle, departments=changed)
    return len(changed)


def _plan_of(scope: Scope) -> Plan:
    return Plan(scope.focus, scope.planned_head, scope.planned_lead, scope.planned_front_line)


def _sound(plan: Plan) -> Plan:
    numbers = (plan.planned_head, plan.planned_lead, plan.planned_front_line)
    if not all(0 <= number <= MOST for number in numbers):
        raise ValidationError(f"Plan 0 to {MOST} interviews.")
    return Plan(tidy(plan.focus), *numbers)


def _put(cycle: ReviewCycle, department: Department, scope: Scope | None, plan: Plan | None) -> None:
    if plan is None:
        Scope.objects.filter(cycle=cycle, department=department).delete()
        return
    row = scope or Scope(cycle=cycle, department=department)
    for name, value in asdict(plan).items():
        setattr(row, name, value)
    row.full_clean(validate_unique=False, validate_constraints=False)
    row.save()


# Stakeholders. The audit gets no name, no pseudonym, no department: with a time they would tell who was added when.


def free_pseudonym(cycle: ReviewCycle) -> str:
    """A pseudonym that nobody in the cycle has, drawn so that it tells nothing of who or when."""
    taken = {key(one) for one in Stakeholder.objects.filter(cycle=cycle).values_list("pseudonym", flat=True)}
    return draw_pseudonym(_Keys(taken), secrets.randbelow)


class _Keys(frozenset[str]):
    """Spellings compared as names are."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(key(str(name)))


@transaction.atomic
def add_stakeholder(
    *,
    cycle: ReviewCycle,
    department: Department,
    role: StakeholderRole | str,
    name: str = "",
    pseudonym: str = "",
    by: User | None,
    at: datetime,
) -> Stakeholder:
    """Somebody to interview, by name or only by a pseudonym, which is drawn where none is given. Raises ValidationError, by field."""
    ReviewCycle.objects.select_for_update(no_key=True).get(pk=cycle.pk)  # two that are added at once draw different pseudonyms
    stakeholder = Stakeholder(cycle=cycle, department=department, role=role, name=tidy(name))
    stakeholder.pseudonym = tidy(pseudonym) or free_pseudonym(cycle)
    _save(stakeholder)
    audit.record("stakeholder.create", by=by, at=at, on=stakeholder, cycle=cycle.pk)
    return stakeholder


@transaction.atomic
def change_stakeholder(
    stakeholder: Stakeholder,
    *,
    department: Department,
    role: StakeholderRole | str,
    name: str,
    pseudonym: str,
    by: User | None,
    at: datetime,
) -> bool:
    """Say otherwise who it is; whether anything is new. Interviews held keep the department and role of their day.

    Raises ValidationError, by field; also for a person who was erased.
    """
    stakeholder = Stakeholder.objects.select_for_update().get(pk=stakeholder.pk)
    if stakeholder.erased_at:
        raise ValidationError(ERASED)
    values = {"department": department, "role": str(role), "name": tidy(name), "pseudonym": tidy(pseudonym) or stakeholder.pseudonym}
    changed = sorted(field for field, value in values.items() if getattr(stakeholder, field) != value)
    if not changed:
        return False
    for field, value in values.items():
        setattr(stakeholder, field, value)
    _save(stakeholder)
    audit.record("stakeholder.change", by=by, at=at, on=stakeholder, cycle=stakeholder.cycle_id, fields=changed)
    return True


@transaction.atomic
def delete_stakeholder(stakeholder: Stakeholder, *, by: User | None, at: datetime) -> None:
    """Take back somebody whom nobody has interviewed. Twice is once. Raises ValidationError where there is an interview."""
    found = Stakeholder.objects.select_for_update().filter(pk=stakeholder.pk).first()
    if found is None:
        return
    if found.interviews.exists():
        raise ValidationError(HELD)
    audit.record("stakeholder.delete", by=by, at=at, on=found, cycle=found.cycle_id)
    found.delete()


def _save(stakeholder: Stakeholder) -> None:
    """Save it, or say by field what is wrong."""
    if not stakeholder.cycle.covers().filter(pk=stakeholder.department_id).exists():
        raise ValidationError({"department": "This department is not part of the review."})
    if stakeholder.name and key(stakeholder.name) == key(stakeholder.pseudonym):
        raise ValidationError({"pseudonym": "Choose one that is not the name, or leave it empty: one is drawn."})
    others = Stakeholder.objects.filter(cycle=stakeholder.cycle).exclude(pk=stakeholder.pk)
    if key(stakeholder.pseudonym) in {key(one) for one in others.values_list("pseudonym", flat=True)}:
        raise ValidationError({"pseudonym": "Somebody else has this pseudonym. Choose another, or leave it empty: one is drawn."})
    stakeholder.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            stakeholder.save()
    except IntegrityError:  # somebody has been quicker
        raise ValidationError({"pseudonym": "Somebody else has just been given this pseudonym. Choose another."}) from None
