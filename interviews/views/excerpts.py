"""The excerpts of a cycle, as a list and as files; and how far coders agree."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from departments.models import ReviewCycle
from departments.queries import cycle_for
from departments.rules import Request
from interviews.core.terms import Stance
from interviews.documents import FORMS
from interviews.forms.interchange import ExcerptFilters
from interviews.models import Excerpt
from interviews.queries import agreement as agreements
from interviews.queries import excerpts as queries
from interviews.services import excerpts as services
from saypro_review.lib.access import require

PER_PAGE = 50
DIFFERENCES = 20
STANCES = {Stance.PROBLEM: "exclamation-circle", Stance.STRENGTH: "check-circle", Stance.MIXED: "circle-half"}


def _cycle(request: Request, code: str) -> ReviewCycle:
    request.cycle = cycle = cycle_for(request.user, code)
    require(request.user, "interviews.review", cycle)
    return cycle


def _filtered(request: Request, cycle: ReviewCycle) -> tuple[ExcerptFilters, QuerySet[Excerpt]]:
    """The filters in the address and the excerpts that they leave; none where they ask for what does not exist."""
    filters = ExcerptFilters(request.GET, offered=queries.choices(cycle, request.user))
    if not filters.is_valid():
        return filters, Excerpt.objects.none()
    return filters, queries.excerpts_for(cycle, request.user, sort=request.GET.get("sort", ""), **filters.chosen)


@require_safe
def excerpts(request: Request, code: str) -> HttpResponse:
    """What people said, stretch by stretch, with what it means."""
    cycle = _cycle(request, code)
    filters, found = _filtered(request, cycle)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"excerpt": one, "cause": services.cause(one), "icon": STANCES[Stance(one.stance)]} for one in page.object_list]
    if rows:
        services.note_read(cycle, what="excerpts", rows=len(rows), by=request.user, at=timezone.now())
    return render(request, "interviews/excerpts.html", {"page": page, "rows": rows, "filters": filters, "sort": "theme"})


@require_safe
def excerpts_file(request: Request, code: str, form: str) -> HttpResponse:
    """The excerpts that the list shows, as CSV or XLSX, with labels instead of names."""
    cycle = _cycle(request, code)
    _, found = _filtered(request, cycle)
    content = services.export(found, form=form, cycle=cycle, by=request.user, at=timezone.now())
    name = str(content_disposition_header(True, f"excerpts-{cycle.code}.{form}"))
    return HttpResponse(content, content_type=FORMS[form][0], headers={"Content-Disposition": name})


@require_safe
def agreement(request: Request, code: str) -> HttpResponse:
    """How far people who coded the same interviews apart agree, and where they saw different things."""
    cycle = _cycle(request, code)
    found = agreements.agreement_page(cycle, request.user)
    context: dict[str, Any] = {"found": found}
    if found and found.differing:
        context["page"] = page = Paginator(found.differing, DIFFERENCES).get_page(request.GET.get("page"))
        services.note_read(cycle, what="agreement", rows=len(page.object_list), by=request.user, at=timezone.now())
    return render(request, "interviews/agreement.html", context)
