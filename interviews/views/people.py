"""The people of a cycle, for its reviewers: whose words are kept, handed out or destroyed."""

from __future__ import annotations

import json

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from departments.rules import Request
from interviews.core.terms import InterviewState
from interviews.forms.voices import EraseForm
from interviews.models import Stakeholder
from interviews.services import persons
from interviews.services.release import policy_of
from interviews.views.shared import cycle_of
from saypro_review.lib.access import require

PER_PAGE = 100


def _seen(request: Request, code: str, pk: int) -> Stakeholder:
    cycle = cycle_of(request, code)
    return get_object_or_404(Stakeholder.objects.visible_to(request.user).select_related("department", "cycle"), cycle=cycle, pk=pk)


@require_safe
def people(request: Request, code: str) -> HttpResponse:
    """Whom the cycle asks: name, pseudonym, department, role; export and erase each."""
    cycle = cycle_of(request, code)
    require(request.user, "interviews.review", cycle)
    held = Count("interviews", filter=Q(interviews__state=InterviewState.FINISHED))
    found = Stakeholder.objects.visible_to(request.user).filter(cycle=cycle).select_related("department").annotate(held=held)
    page = Paginator(found.order_by("department__name", "pseudonym", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "interviews/people.html", {"page": page, "policy": policy_of(cycle)})


@require_safe
def person_export(request: Request, code: str, pk: int) -> HttpResponse:
    """Everything that is held about the person, to hand over to them."""
    found = _seen(request, code, pk)
    require(request.user, "interviews.erase_person", found.cycle)
    record = persons.export_person(found, by=request.user, at=timezone.now())
    name = f"{found.cycle.code}-person-{found.pk}.json"  # no name: file names travel
    return HttpResponse(
        json.dumps(record, ensure_ascii=False, indent=2),
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": str(content_disposition_header(True, name))},
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def person_erase(request: Request, code: str, pk: int) -> HttpResponse:
    """Destroy what is held about the person."""
    found = _seen(request, code, pk)
    require(request.user, "interviews.erase_person", found.cycle)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        done = persons.erase(found, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
        messages.success(request, "Name, words and quotes are destroyed; counts stay." if done else "There was nothing left to destroy.")
        return redirect("interviews:people", code=code)
    return render(request, "interviews/person_erase.html", {"form": form, "person": found}, status=422 if form.is_bound else 200)
