"""Pages of the values to reach."""

from __future__ import annotations

import csv
from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from departments.models import Department
from departments.rules import Request
from metrics import queries
from metrics.core.kpi import BenchmarkKind
from metrics.forms.meaning import BenchmarkFilters, BenchmarkForm, EndForm
from metrics.models import KPI, Benchmark
from metrics.services import benchmarks as services
from metrics.views.shared import csv_answer
from saypro_review.lib.access import require
from saypro_review.lib.inert import inert

PER_PAGE = 100
LACKS_SHOWN = 12  # KPIs that lack something, at once
MISSING = ("both", "goal", "industry")
HEADER = ("kpi", "kind", "value", "unit", "department", "valid_from", "valid_to", "source", "note")


def _filtered(request: Request) -> tuple[BenchmarkFilters, QuerySet[Benchmark]]:
    """The filters in the address and the benchmarks that they leave; none where they ask for what does not exist."""
    filters = BenchmarkFilters(request.GET, departments=Department.objects.visible_to(request.user))
    if not filters.is_valid():
        return filters, Benchmark.objects.none()
    chosen = filters.chosen
    on = None if chosen.pop("when", "") else timezone.localdate()
    return filters, queries.benchmarks_for(request.user, chosen.pop("q", ""), on=on, sort=request.GET.get("sort", ""), **chosen)


@require_safe
def benchmarks(request: Request) -> HttpResponse:
    """Where a value to reach is missing, then those that there are."""
    filters, found = _filtered(request)
    lacking = queries.lacks(request.user, filters.chosen.get("q", ""), department=filters.chosen.get("department"))
    missing = request.GET.get("missing", "")
    missing = missing if missing in MISSING else "both"
    shown = [(lack, getattr(lack, missing)) for lack in lacking if getattr(lack, missing)]
    context = {
        "filters": filters,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "counts": {name: sum(bool(getattr(lack, name)) for lack in lacking) for name in MISSING},
        "missing": missing,
        "kind": BenchmarkKind.INDUSTRY if missing == "industry" else BenchmarkKind.GOAL,
        "lacks": shown[:LACKS_SHOWN],
        "more": shown[LACKS_SHOWN:],
        "sort": "kpi",
    }
    return render(request, "metrics/benchmarks.html", context)


@require_safe
def benchmarks_csv(request: Request) -> HttpResponse:
    """The benchmarks that the list shows."""
    _, found = _filtered(request)
    response = csv_answer("benchmarks.csv")
    writer = csv.writer(response)
    writer.writerow(HEADER)
    for one in found:
        cells = [one.kpi.code, one.kind, one.value, one.kpi.unit, one.department.code if one.department else ""]
        writer.writerow([inert(cell) for cell in [*cells, one.valid_from or "", one.valid_to or "", one.source, one.note]])
    return response


def _seen(request: Request, pk: int) -> Benchmark:
    return get_object_or_404(queries.benchmarks_for(request.user), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def benchmark_new(request: Request) -> HttpResponse:
    """Add a value to reach. The address may name KPI, department, kind and first day to begin with."""
    require(request.user, "metrics.edit_benchmarks")
    sent = request.POST if request.method == "POST" else None
    given = {name: value for name in ("kpi", "department", "kind", "valid_from") if (value := request.GET.get(name))}
    form = BenchmarkForm(sent, given=given, kpi=KPI.objects.filter(code=given.get("kpi", "")).first())
    if form.is_valid():
        try:
            made = services.add(**form.cleaned_data, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{made.kpi} has a new value: {services.spelt(made)}.")
            return redirect(_next(made) if "next" in request.POST else reverse("metrics:benchmarks"))
    return render(request, "metrics/benchmark_form.html", {"form": form}, status=422 if form.is_bound else 200)


def _next(made: Benchmark) -> str:
    """The address of the form for the value that follows this one."""
    query = {"kpi": made.kpi.code, "kind": made.kind}
    query |= {"department": made.department.code} if made.department else {}
    query |= {"valid_from": str(made.valid_to + timedelta(days=1))} if made.valid_to and made.valid_to < date.max else {}
    return reverse("metrics:benchmark_new", query=query)


@require_http_methods(["GET", "HEAD", "POST"])
def benchmark_edit(request: Request, pk: int) -> HttpResponse:
    """Change a value to reach."""
    found = _seen(request, pk)
    require(request.user, "metrics.edit_benchmarks", found)
    form = BenchmarkForm(request.POST if request.method == "POST" else None, benchmark=found, kpi=found.kpi)
    if form.is_valid():
        try:
            changed = services.change(found, **form.cleaned_data, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Saved." if changed else "Nothing was changed.")
            return redirect("metrics:benchmarks")
    return render(request, "metrics/benchmark_form.html", {"form": form, "benchmark": found}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def benchmark_end(request: Request, pk: int) -> HttpResponse:
    """Say when a value holds for the last time."""
    found = _seen(request, pk)
    require(request.user, "metrics.edit_benchmarks", found)
    form = EndForm(request.POST if request.method == "POST" else None, initial={"on": found.valid_to or timezone.localdate()})
    if form.is_valid():
        try:
            services.end(found, **form.cleaned_data, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.add_error("on", error.messages)
        else:
            messages.success(request, f"{found.kpi}: the value holds until {services.day(form.cleaned_data['on'])}.")
            return redirect("metrics:benchmarks")
    context = {"form": form, "benchmark": found, "spelt": services.spelt(found)}
    return render(request, "metrics/benchmark_end.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def benchmark_delete(request: Request, pk: int) -> HttpResponse:
    """Remove a value to reach."""
    found = _seen(request, pk)
    require(request.user, "metrics.edit_benchmarks", found)
    if request.method == "POST":
        services.delete(found, by=request.user, at=timezone.now())
        messages.success(request, f"The value of {found.kpi} is removed.")
        return redirect("metrics:benchmarks")
    return render(request, "metrics/benchmark_delete.html", {"benchmark": found, "spelt": services.spelt(found)})
