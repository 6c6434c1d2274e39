"""Pages of what drives what."""

from __future__ import annotations

import csv

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from departments.models import Department
from departments.rules import Request
from metrics import queries
from metrics.forms.meaning import DriverFilters, DriverForm
from metrics.models import DriverLink
from metrics.services import drivers as services
from metrics.views.shared import csv_answer
from saypro_review.lib.access import require
from saypro_review.lib.inert import inert

PER_PAGE = 100
HEADER = ("driver", "driver_department", "driven", "driven_department", "reason")


def _filtered(request: Request) -> tuple[DriverFilters, QuerySet[DriverLink]]:
    """The filters in the address and the links that they leave; none where they ask for what does not exist."""
    filters = DriverFilters(request.GET, departments=Department.objects.visible_to(request.user))
    if not filters.is_valid():
        return filters, DriverLink.objects.none()
    chosen = filters.chosen
    return filters, queries.drivers_for(request.user, chosen.pop("q", ""), sort=request.GET.get("sort", ""), **chosen)


@require_safe
def drivers(request: Request) -> HttpResponse:
    """What drives what, drawn and as a list."""
    filters, found = _filtered(request)
    links = list(found)
    seen = set(queries.kpis_seen(request.user).values_list("pk", flat=True))
    context = {
        "filters": filters,
        "graph": queries.drawn(links, seen),
        "page": Paginator(links, PER_PAGE).get_page(request.GET.get("page")),
        "seen": seen,
        "sort": "driven",
    }
    return render(request, "metrics/drivers.html", context)


@require_safe
def drivers_csv(request: Request) -> HttpResponse:
    """The links that the list shows."""
    _, found = _filtered(request)
    response = csv_answer("drivers.csv")
    writer = csv.writer(response)
    writer.writerow(HEADER)
    for link in found:
        ends = (link.driver, link.driver_department, link.driven, link.driven_department)
        writer.writerow([inert(cell) for cell in [*(end.code if end else "" for end in ends), link.reason]])
    return response


def _seen(request: Request, pk: int) -> DriverLink:
    return get_object_or_404(queries.drivers_for(request.user), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def driver_new(request: Request) -> HttpResponse:
    """State that one KPI drives another. The address may name either to begin with."""
    require(request.user, "metrics.edit_drivers")
    given = {name: value for name in ("driver", "driven") if (value := request.GET.get(name))}
    form = DriverForm(request.POST if request.method == "POST" else None, given=given)
    if form.is_valid():
        try:
            made = services.add(**form.cleaned_data, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{made}: noted.")
            return redirect("metrics:drivers")
    return render(request, "metrics/driver_form.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def driver_edit(request: Request, pk: int) -> HttpResponse:
    """Change a link or its reason."""
    found = _seen(request, pk)
    require(request.user, "metrics.edit_drivers", found)
    form = DriverForm(request.POST if request.method == "POST" else None, link=found)
    if form.is_valid():
        try:
            changed = services.change(found, **form.cleaned_data, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Saved." if changed else "Nothing was changed.")
            return redirect("metrics:drivers")
    return render(request, "metrics/driver_form.html", {"form": form, "link": found}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def driver_delete(request: Request, pk: int) -> HttpResponse:
    """Take a link back."""
    found = _seen(request, pk)
    require(request.user, "metrics.edit_drivers", found)
    if request.method == "POST":
        services.delete(found, by=request.user, at=timezone.now())
        messages.success(request, f"{found}: taken back.")
        return redirect("metrics:drivers")
    return render(request, "metrics/driver_delete.html", {"link": found})
