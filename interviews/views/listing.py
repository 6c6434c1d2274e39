"""The interviews of a cycle: one's drafts, whom to ask next, coverage, and the list."""

from __future__ import annotations

import csv

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from departments.core.roles import Role
from departments.models import ReviewCycle
from departments.rules import Request, is_leading
from departments.services import audit
from interviews.core.coverage import Next, next_up
from interviews.forms.planning import InterviewFilters
from interviews.models import Interview, Stakeholder
from interviews.queries import coverage, listing
from interviews.views.shared import cycle_of
from saypro_review.lib.access import require
from saypro_review.lib.inert import inert

PER_PAGE = 50
NEXT_SHOWN = 5
HEADER = ("person", "department", "role", "held_on", "interviewer", "state", "excerpts")
CELLS = ("stakeholder__pseudonym", "department__code", "role", "held_on", "interviewer__name", "state", "excerpts")


@require_safe
def interviews(request: Request, code: str) -> HttpResponse:
    """For reviewers what they hold and may read; for managers and admins numbers only; heads are led to what has been released."""
    cycle = cycle_of(request, code)
    user = request.user
    reviewing, leading = user.has_perm("interviews.review", cycle), is_leading(user)
    if not (leading or user.standing.is_reviewer):
        if Role.HEAD not in user.standing.roles:
            raise PermissionDenied
        return redirect("interviews:voices", code=code)
    rows = coverage.coverage(cycle, reader=user if reviewing else None) if reviewing or leading else []
    context = {
        "reviewing": reviewing,
        "rows": rows,
        "held": coverage.total(rows),
        "next": _next(rows, listing.waiting(user, cycle) if reviewing else {}),
    }
    if user.standing.is_reviewer:
        filters, found = _filtered(request, cycle)
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        context |= {"filters": filters, "page": page, "drafts": listing.drafts_of(user, cycle), "sort": "-held"}
    return render(request, "interviews/interviews.html", context)


def _next(rows: list[coverage.Row], waiting: dict[tuple[str, str], list[Stakeholder]]) -> list[tuple[Next, Stakeholder | None]]:
    """Whom to ask next, each with somebody of the list who fits."""
    found = next_up(row.coverage for row in rows)[:NEXT_SHOWN]
    return [(one, next(iter(waiting.get((one.code, one.role or ""), [])), None)) for one in found]


def _filtered(request: Request, cycle: ReviewCycle) -> tuple[InterviewFilters, QuerySet[Interview]]:
    """The filters in the address and the interviews that they leave; none where they ask for what does not exist."""
    user = request.user
    filters = InterviewFilters(
        request.GET, departments=listing.open_departments(user, cycle), interviewers=listing.interviewers(user, cycle)
    )
    if not filters.is_valid():
        return filters, Interview.objects.none()
    return filters, listing.interviews_for(user, cycle, sort=request.GET.get("sort", ""), **filters.chosen)


@require_safe
def interviews_csv(request: Request, code: str) -> HttpResponse:
    """The list as it is shown, with pseudonyms."""
    cycle = cycle_of(request, code)
    require(request.user, "interviews.review", cycle)
    _, found = _filtered(request, cycle)
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": str(content_disposition_header(True, f"{cycle.code}-interviews.csv"))},
    )
    writer = csv.writer(response)
    writer.writerow(HEADER)
    rows = list(found.values_list(*CELLS))
    writer.writerows([inert(cell if isinstance(cell, int) else str(cell)) for cell in row] for row in rows)
    audit.record("interviews.export", by=request.user, at=timezone.now(), on=cycle, rows=len(rows))
    return response
