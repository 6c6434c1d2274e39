"""What people say, as far as it has been released, and how small a group it may tell of."""

from __future__ import annotations

import csv

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.models import Department, ReviewCycle
from departments.rules import Request
from interviews.core.terms import Audience
from interviews.forms.voices import PrivacyForm, VoicesFilter
from interviews.models import Release
from interviews.queries import released
from interviews.services import privacy as privacies
from interviews.services import release as releases
from interviews.views.shared import cycle_of
from saypro_review.lib.access import require
from saypro_review.lib.inert import inert

HEADER = ("department", "about", "theme_or_kpi", "raised", "problem", "strength", "quotes")
RELEASED_TO = (Audience.HEADS, Audience.MANAGERS)  # the stricter first: what heads are told binds what managers may be


def _filtered(request: Request, cycle: ReviewCycle) -> tuple[VoicesFilter, released.Voices]:
    filters = VoicesFilter(request.GET, departments=Department.objects.visible_to(request.user))
    valid = filters.is_valid()
    found = released.for_cycle(cycle, request.user, **filters.chosen)
    return filters, found if valid else released.Voices(found.audience, found.k, found.released)


@require_safe
def voices(request: Request, code: str) -> HttpResponse:
    """What people say, by department: what has been released to the audience of whoever looks."""
    cycle = cycle_of(request, code)
    filters, found = _filtered(request, cycle)
    context: dict[str, object] = {"filters": filters, "voices": found, "may_release": request.user.has_perm("interviews.release", cycle)}
    if context["may_release"]:
        context["news"] = _news(cycle)
    if reviews := request.user.has_perm("interviews.review", cycle):
        context["held_back"] = releases.held_back(cycle, request.user)
        context["withheld"] = Release.objects.filter(cycle=cycle, audience=Audience.MANAGERS).values_list("withheld", flat=True).first()
    context["reviews"] = reviews
    return render(request, "interviews/voices.html", context)


def _news(cycle: ReviewCycle) -> str:
    """How much waits to be released, in coarse words: the number itself would tell when somebody was interviewed."""
    policy = releases.policy_of(cycle)
    waiting = [(len(releases.waiting(cycle, audience)), policy.k(audience)) for audience in RELEASED_TO]
    ripe = [number >= k for number, k in waiting]
    if all(ripe):
        return "enough"
    if any(ripe):
        return "some"
    out = Release.objects.filter(cycle=cycle, audience__in=RELEASED_TO).values("audience").distinct().count()
    return "none" if out == len(RELEASED_TO) and not any(number for number, _ in waiting) else "few"


@require_safe
def voices_csv(request: Request, code: str) -> HttpResponse:
    """The figures and quotes that the page shows."""
    cycle = cycle_of(request, code)
    _, found = _filtered(request, cycle)
    name = f"{cycle.code}-voices.csv"
    response = HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": str(content_disposition_header(True, name))}
    )
    writer = csv.writer(response)
    writer.writerow(HEADER)
    for place in found.places:
        for line in place.lines:
            counts = ["" if count is None else count for count in (line.raised, line.problem, line.strength)]
            quotes = "\n".join(quote.text for quote in line.quotes)
            cells = [place.department.name, "kpi" if line.kpi else "theme", line.name, *counts, quotes]
            writer.writerow([inert(cell) for cell in cells])
    return response


@require_POST
def release(request: Request, code: str) -> HttpResponse:
    """Show heads and managers what may be told by now."""
    cycle = cycle_of(request, code)
    require(request.user, "interviews.release", cycle)
    told, refused = [], ""
    for audience in RELEASED_TO:
        try:
            told.append(releases.release(cycle, audience=audience, by=request.user, at=timezone.now(), reason="by hand"))
        except releases.TooSoon as error:
            refused = error.messages[0]
    if told:
        whom = " and ".join("department heads" if one.audience == Audience.HEADS else "managers" for one in told)
        messages.success(request, f"Released to {whom}: what enough people said, and nothing that tells of fewer.")
    else:
        messages.warning(request, f"Nothing was released. {refused}")
    return redirect("interviews:voices", code=code)


@require_http_methods(["GET", "HEAD", "POST"])
def privacy(request: Request, code: str) -> HttpResponse:
    """How small a group each audience may be told of, and how long names and words are kept."""
    cycle = cycle_of(request, code)
    require(request.user, "interviews.set_privacy", cycle)
    policy = releases.policy_of(cycle)
    initial = {name: getattr(policy, name) for name in privacies.FIELDS}
    form = PrivacyForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            changed = privacies.set_privacy(cycle, **form.cleaned_data, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Saved. It holds from the next release on." if changed else "Nothing was changed.")
            return redirect("interviews:privacy", code=code)
    return render(request, "interviews/privacy.html", {"form": form, "policy": policy}, status=422 if form.is_bound else 200)
