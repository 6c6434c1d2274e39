"""Pages about review cycles and about work in progress."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments import queries
from departments.forms import CycleForm
from departments.models import Job
from departments.rules import Request
from departments.services import cycles
from saypro_review.lib.access import require


@require_http_methods(["GET", "POST"])
def cycle_new(request: Request) -> HttpResponse:
    """Make a review cycle."""
    require(request.user, "departments.create_cycle")
    form = CycleForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        cycle = cycles.create_cycle(**form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, f"{cycle} is set up. Its figures are being judged now.")
        return redirect("gaps:home", code=cycle.code)
    return render(request, "departments/cycle_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def cycle_recompute(request: Request, code: str) -> HttpResponse:
    """Judge the cycle again; quick when nothing has changed."""
    cycle = queries.cycle_for(request.user, code)
    require(request.user, "departments.recompute_cycle", cycle)
    job = cycles.request_recompute(cycle, by=request.user, at=timezone.now())
    return redirect("departments:job", pk=job.pk)


@require_safe
def job(request: Request, pk: int) -> HttpResponse:
    """How far a job is; htmx polls the part until it has ended."""
    found = get_object_or_404(Job.objects.visible_to(request.user).select_related("cycle"), pk=pk)
    template = "departments/_job.html" if request.htmx else "departments/job.html"
    return render(request, template, {"job": found})
