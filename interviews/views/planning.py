"""What a cycle looks into, whom it asks, and who reviews it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from departments.models import ReviewCycle
from departments.queries import reviewers
from departments.rules import Request
from departments.services import cycles
from interviews.forms.planning import ReviewerForm, ScopeForm, StakeholderForm, scope_forms
from interviews.models import Stakeholder
from interviews.queries import coverage, listing
from interviews.services import planning
from interviews.views.shared import cycle_of
from saypro_review.lib.access import require
from saypro_review.lib.formatting import plural

PER_PAGE = 100


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: Request, code: str) -> HttpResponse:
    """Scope and numbers of interviews; for reviewers the people to ask; who reviews."""
    cycle = cycle_of(request, code)
    require(request.user, "interviews.plan", cycle)
    rows = coverage.coverage(cycle, everywhere=True)
    lines = scope_forms(rows, request.POST if request.method == "POST" else None)
    if request.method == "POST" and all([line.is_valid() for line in lines if line.is_bound]):
        plans = {line.row.department: line.plan for line in lines if line.is_bound}
        changed = planning.plan_scope(cycle, plans, by=request.user, at=timezone.now())
        messages.success(request, f"Saved: {plural(changed, 'department')} changed." if changed else "Nothing was changed.")
        return redirect("interviews:plan", code=code)
    return _plan_page(request, cycle, rows, lines)


def _plan_page(request: Request, cycle: ReviewCycle, rows: list[coverage.Row], lines: list[ScopeForm]) -> HttpResponse:
    user = request.user
    assigned = list(cycle.reviewers.select_related("user"))
    context = {
        "lines": lines,
        "held": coverage.total(rows),
        "faults": [fault for line in lines if line.is_bound for fault in _faults(line)],
        "reviewers": assigned,
        "reviewing": user.has_perm("interviews.review", cycle),
    }
    if user.has_perm("interviews.assign_reviewers"):
        context["reviewer_form"] = ReviewerForm(users=reviewers().exclude(pk__in=[one.user_id for one in assigned]))
    if context["reviewing"]:
        context["people"] = Paginator(listing.people_for(user, cycle), PER_PAGE).get_page(request.GET.get("page"))
        context["page"] = context["people"]
    return render(request, "interviews/plan.html", context, status=422 if context["faults"] else 200)


def _faults(line: ScopeForm) -> list[tuple[str, str]]:
    return [
        (field.id_for_label, f"{line.row.department}, {field.label}: {error}") for field in line if field.errors for error in field.errors
    ]


def _people(cycle: ReviewCycle) -> str:
    return f"{reverse('interviews:plan', args=[cycle.code])}#people"


@require_http_methods(["GET", "HEAD", "POST"])
def stakeholder_new(request: Request, code: str) -> HttpResponse:
    """Somebody to interview. The address may name department and role to begin with."""
    cycle = cycle_of(request, code)
    require(request.user, "interviews.review", cycle)
    given = {name: value for name in ("department", "role") if (value := request.GET.get(name))}
    form = StakeholderForm(
        request.POST if request.method == "POST" else None, departments=listing.open_departments(request.user, cycle), given=given
    )
    if form.is_valid():
        try:
            made = planning.add_stakeholder(cycle=cycle, **form.cleaned_data, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{made.pseudonym} is on the list.")
            if "next" in request.POST:
                query = {"department": made.department.code, "role": made.role}
                return redirect(reverse("interviews:stakeholder_new", args=[code], query=query))
            return redirect(_people(cycle))
    return render(request, "interviews/stakeholder_form.html", {"form": form}, status=422 if form.is_bound else 200)


def _person(request: Request, cycle: ReviewCycle, pk: int) -> Stakeholder:
    seen = Stakeholder.objects.visible_to(request.user).filter(cycle=cycle, erased_at=None)
    return get_object_or_404(seen.select_related("department", "cycle"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def stakeholder(request: Request, code: str, pk: int) -> HttpResponse:
    """Say otherwise who somebody is."""
    cycle = cycle_of(request, code)
    person = _person(request, cycle, pk)
    require(request.user, "interviews.review", cycle)
    departments = listing.open_departments(request.user, cycle)
    form = StakeholderForm(request.POST if request.method == "POST" else None, departments=departments, person=person)
    if form.is_valid():
        try:
            changed = planning.change_stakeholder(person, **form.cleaned_data, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Saved." if changed else "Nothing was changed.")
            return redirect(_people(cycle))
    return render(request, "interviews/stakeholder_form.html", {"form": form, "person": person}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def stakeholder_delete(request: Request, code: str, pk: int) -> HttpResponse:
    """Take somebody off the list whom nobody has interviewed."""
    cycle = cycle_of(request, code)
    person = _person(request, cycle, pk)
    require(request.user, "interviews.review", cycle)
    if request.method == "POST":
        try:
            planning.delete_stakeholder(person, by=request.user, at=timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, f"{person.pseudonym} is off the list.")
        return redirect(_people(cycle))
    return render(request, "interviews/stakeholder_delete.html", {"person": person, "held": person.interviews.exists()})


@require_POST
def reviewer_add(request: Request, code: str) -> HttpResponse:
    """Let somebody review the cycle."""
    cycle = cycle_of(request, code)
    require(request.user, "interviews.assign_reviewers")
    form = ReviewerForm(request.POST, users=reviewers())
    if form.is_valid():
        user = form.cleaned_data["user"]
        cycles.assign_reviewer(cycle, user, by=request.user, at=timezone.now())
        messages.success(request, f"{user} reviews this cycle now.")
    else:
        messages.error(request, "Choose a person who is a reviewer.")
    return redirect(f"{reverse('interviews:plan', args=[code])}#reviewers")


@require_http_methods(["GET", "HEAD", "POST"])
def reviewer_remove(request: Request, code: str, pk: int) -> HttpResponse:
    """Let somebody review the cycle no more; `pk` is the person's."""
    cycle = cycle_of(request, code)
    require(request.user, "interviews.assign_reviewers")
    found = get_object_or_404(cycle.reviewers.select_related("user"), user=pk)
    if request.method == "POST":
        cycles.unassign_reviewer(cycle, found.user, by=request.user, at=timezone.now())
        messages.success(request, f"{found.user} does not review this cycle any more.")
        return redirect(f"{reverse('interviews:plan', args=[code])}#reviewers")
    return render(request, "interviews/reviewer_remove.html", {"reviewer": found.user})
