"""The demo's interviews: put in through the product's own planning and import, and taken out again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime

from django.apps import apps
from django.db.models import Q, QuerySet

from departments.models import CycleReviewer, Department, ReviewCycle, User
from gaps.core import demo_interviews as story
from gaps.core.demo_coding import Voice
from gaps.services.mixed import Mixed
from interviews.core.terms import Audience
from interviews.models import Excerpt, Guide, Interview, Question, Scope, Stakeholder, Theme
from interviews.services import seeding
from interviews.services.interchange import import_interviews
from interviews.services.planning import Plan, add_stakeholder, plan_scope
from interviews.services.release import release


def load(now: ReviewCycle, before: ReviewCycle, departments: dict[str, Department], *, today: date, by: User, at: datetime) -> None:
    """Plans, interviews and a first release of both reviews, held before `today`, put in by their reviewer `by`; and the product's themes
    and guides, where they are missing. Raises Mixed where those that are there are not the product's."""
    seeding.seed(Theme, Guide, Question, at)
    for cycle, plans, voices in ((before, story.PLANS_BEFORE, story.BEFORE), (now, story.PLANS, story.NOW)):
        planned = {departments[one.department]: Plan(one.focus, one.heads, one.leads, one.front_line) for one in plans}
        plan_scope(cycle, planned, by=by, at=at)
        _import(cycle, voices, today, by=by, at=at)
        for audience in (Audience.HEADS, Audience.MANAGERS):
            release(cycle, audience=audience, by=by, at=at)
    for one in story.OPEN:
        add_stakeholder(cycle=now, department=departments[one.department], role=one.role, pseudonym=one.pseudonym, by=by, at=at)


def _import(cycle: ReviewCycle, voices: tuple[Voice, ...], today: date, *, by: User, at: datetime) -> None:
    content = json.dumps({"schema": 1, "interviews": story.entries(voices, today)}).encode()
    done = import_interviews(content, cycle=cycle, by=by, at=at)
    if done.errors:
        raise Mixed(f"The demo's interviews do not fit your themes and guides: {done.errors[0].message}")


def refuse_mixed(*, departments: list[int], kpis: list[int], cycles: list[int]) -> None:
    """Raise Mixed where an interview or plan of the user's own hangs on the demo made of these.

    Interviews held with a demo login in a demo cycle or department are the demo's, whoever coded them as well.
    """
    demos = _about(departments, cycles)
    if real := demos.exclude(interviewer__is_demo=True).select_related("cycle", "department").first():
        raise Mixed(
            f"An interview of your own was held in {real.department} for the review {real.cycle}, and one of the two is the demo's. "
            "Delete the interview, or keep the demo."
        )
    about = Q(department__in=departments) | Q(cause_department__in=departments) | Q(kpi__in=kpis) | Q(cause_kpi__in=kpis)
    elsewhere = Excerpt.objects.filter(about).exclude(coding__interview__in=demos)
    if excerpt := elsewhere.select_related("coding__interview__department").order_by("pk").first():
        place = excerpt.coding.interview.department
        raise Mixed(f"What was said in your interviews in {place} is coded as about the demo's departments or KPIs. Change that first.")
    for model in (Scope, Stakeholder):
        others = model.objects.filter(department__in=departments).exclude(cycle__in=cycles)
        if plan := others.select_related("cycle", "department").first():
            raise Mixed(f"Your review {plan.cycle} plans interviews in the demo's {plan.department}. Take it out of the plan first.")


def remove(*, departments: list[int], cycles: list[int]) -> None:
    """Take the demo's interviews away, with the history of their excerpts, and its people from all reviews. Call `refuse_mixed` first."""
    doomed = list(_about(departments, cycles).values_list("pk", flat=True))
    excerpts = list(Excerpt.objects.filter(coding__interview__in=doomed).values_list("pk", flat=True))
    Interview.objects.filter(pk__in=doomed).delete()
    apps.get_model("interviews", "ExcerptEvent").objects.filter(pgh_obj_id__in=excerpts).delete()
    Stakeholder.objects.filter(Q(cycle__in=cycles) | Q(department__in=departments)).delete()
    CycleReviewer.objects.filter(user__is_demo=True).delete()


def _about(departments: Iterable[int], cycles: Iterable[int]) -> QuerySet[Interview]:
    return Interview.objects.filter(Q(cycle__in=cycles) | Q(department__in=departments)).order_by("pk")
