"""The page of KPIs to begin with."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from departments.rules import Request
from metrics import queries
from metrics.services import library as services
from saypro_review.lib.access import require
from saypro_review.lib.formatting import plural


@require_http_methods(["GET", "HEAD", "POST"])
def library(request: Request) -> HttpResponse:
    """KPIs and drivers that others commonly keep; an admin takes over what is ticked."""
    if request.method != "POST":
        return render(request, "metrics/library.html", {"library": queries.library(request.user), "usual_ticked": True})
    require(request.user, "metrics.edit_kpis")
    ticked = {name: request.POST.getlist(name) for name in ("templates", "usual")}
    added = services.add(**ticked, by=request.user, at=timezone.now())
    if added.kpis or added.drivers:
        messages.success(request, f"{plural(len(added.kpis), 'KPI')} and {plural(len(added.drivers), 'driver')} added.")
    for sentence in added.left_out:
        messages.warning(request, sentence)
    if not (added.kpis or added.drivers or added.left_out):
        messages.info(request, "Nothing was ticked that could be added.")
    return redirect("metrics:kpis" if added.kpis else "metrics:drivers" if added.drivers else "metrics:library")
