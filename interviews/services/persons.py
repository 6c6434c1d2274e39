"""What is kept of a person: destroyed when they ask or when the time is over, handed out when they ask. Counts stay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import F

from departments.models import ReviewCycle, User
from departments.services import audit
from interviews.models import Answer, Excerpt, Interview, PrivacyPolicy, ReleasedQuote, Stakeholder

WITHDRAWN = "[withdrawn]"


@transaction.atomic
def erase(stakeholder: Stakeholder, *, by: User | None, at: datetime, reason: str = "") -> bool:
    """Destroy the person's name, their words and every quote of them; whether there was anything to destroy. Counts stay.

    `reason` is kept in the record of the act: it must name nobody.
    """
    found = Stakeholder.objects.select_for_update().get(pk=stakeholder.pk)
    if found.erased_at:
        return False
    _destroy([found], at=at)
    audit.record("interviews.erase_person", by=by, at=at, on=found, cycle=found.cycle.code, reason=reason)
    return True


@transaction.atomic
def retire(cycle: ReviewCycle, *, at: datetime, today: date) -> bool:
    """Destroy texts and names of the cycle once its last day is over; whether it was done now. Twice is once."""
    policy = PrivacyPolicy.objects.select_for_update().filter(cycle=cycle, redacted_at=None, retain_until__lt=today).first()
    if policy is None:
        return False
    left = list(Stakeholder.objects.select_for_update().filter(cycle=cycle, erased_at=None).order_by("pk"))
    _destroy(left, at=at)
    policy.redacted_at = at
    policy.save(update_fields=["redacted_at"])
    audit.record("interviews.retire", by=None, at=at, on=cycle, people=len(left))
    return True


def retire_due(*, at: datetime, today: date) -> int:
    """Retire every cycle whose last day of keeping is over; how many were."""
    due = ReviewCycle.objects.filter(privacy__redacted_at=None, privacy__retain_until__lt=today).order_by("pk")
    return sum(retire(cycle, at=at, today=today) for cycle in due)


def _destroy(people: Iterable[Stakeholder], *, at: datetime) -> None:
    """In the caller's transaction. The version of an answer grows: what an open page still wants to save is a conflict."""
    ids = [one.pk for one in people]
    interviews = Interview.objects.filter(stakeholder__in=ids)
    list(interviews.select_for_update().order_by("pk"))
    interviews.update(consent_note="", redacted_at=at, updated_at=at)
    Answer.objects.filter(interview__stakeholder__in=ids).update(text="", heading="", version=F("version") + 1, updated_at=at)
    excerpts = Excerpt.objects.filter(coding__interview__stakeholder__in=ids)
    excerpts.update(text="", quotable=False, updated_at=at)
    history = apps.get_model("interviews", "ExcerptEvent")
    history.objects.filter(pgh_obj__in=excerpts).delete()
    ReleasedQuote.objects.filter(voice__in=ids, withdrawn_at=None).update(text=WITHDRAWN, withdrawn_at=at)
    for one in people:  # a pseudonym may have been somebody's nickname
        one.name, one.pseudonym, one.erased_at = "", f"Erased {one.pk}", at
        one.save(update_fields=["name", "pseudonym", "erased_at"])


@transaction.atomic
def export_person(stakeholder: Stakeholder, *, by: User | None, at: datetime) -> dict[str, Any]:
    """Everything that is held about the person, as JSON: who they are, what they said, how it was coded, what was quoted."""
    interviews = (
        Interview.objects.filter(stakeholder=stakeholder).select_related("department", "guide", "interviewer").order_by("held_on", "pk")
    )
    audit.record("interviews.export_person", by=by, at=at, on=stakeholder, cycle=stakeholder.cycle.code)
    return {
        "person": {
            "name": stakeholder.name,
            "pseudonym": stakeholder.pseudonym,
            "department": stakeholder.department.name,
            "role": stakeholder.get_role_display(),
            "cycle": stakeholder.cycle.code,
            "erased_at": _moment(stakeholder.erased_at),
        },
        "interviews": [_interview(one) for one in interviews],
        "quotes_released": sorted(set(ReleasedQuote.objects.filter(voice=stakeholder.pk).values_list("text", flat=True))),
    }


def _interview(interview: Interview) -> dict[str, Any]:
    answers = interview.answers.select_related("question").order_by("position", "pk")
    excerpts = Excerpt.objects.live().filter(coding__interview=interview).select_related("theme", "department", "kpi", "coding")
    return {
        "held_on": interview.held_on.isoformat(),
        "department": interview.department.name,
        "role": interview.get_role_display(),
        "interviewer": interview.interviewer.name,
        "guide": interview.guide.name if interview.guide else "",
        "state": interview.state,
        "consent": interview.get_consent_display(),
        "consent_note": interview.consent_note,
        "quotable": interview.quotable,
        "texts_destroyed_at": _moment(interview.redacted_at),
        "answers": [{"asked": one.heading or (one.question.text if one.question else ""), "text": one.text} for one in answers],
        "excerpts": [
            {
                "text": one.text,
                "theme": one.theme.name,
                "stance": one.stance,
                "about": one.department.name,
                "kpi": one.kpi.name if one.kpi else "",
                "quotable": one.quotable,
                "coding": "first" if one.coding.first else "second",
            }
            for one in excerpts.order_by("answer", "start", "pk")
        ],
    }


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
