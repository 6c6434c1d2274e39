"""Pages of the KPI dictionary: the list, a KPI, and the whole of it as a file."""

from __future__ import annotations

import csv

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.models import User
from departments.rules import Request
from metrics import queries
from metrics.core.dictionary import COLUMNS, Comparison, written
from metrics.core.problems import Unreadable
from metrics.forms.meaning import SHEET_TOO_LARGE, KPIFileForm, KPIFilters, KPIForm
from metrics.models import KPI
from metrics.services import kpis as services
from metrics.views.shared import csv_answer
from saypro_review.lib.access import require
from saypro_review.lib.formatting import plural
from saypro_review.lib.inert import inert
from saypro_review.lib.uploads import TOO_LARGE

PER_PAGE = 50
SALT = "metrics.kpi_file"
KEPT_FOR = 12 * 3600  # seconds that a looked-at file may wait for its confirmation
BOM = "\ufeff"  # spreadsheets take a CSV without it for one of their own code page, and break its letters


def _filtered(request: Request) -> tuple[KPIFilters, QuerySet[KPI]]:
    """The filters in the address and the KPIs that they leave; none where they ask for what does not exist."""
    seen = queries.kpis_seen(request.user)
    filters = KPIFilters(request.GET, owners=User.objects.filter(pk__in=seen.order_by().values("owner")))
    if not filters.is_valid():
        return filters, KPI.objects.none()
    chosen = filters.chosen
    without = chosen.pop("without", "")
    found = queries.kpis_for(request.user, chosen.pop("q", ""), sort=request.GET.get("sort", ""), **chosen)
    if without == "benchmark":
        found = found.exclude(pk__in=queries.compared_kpis(request.user))
    if without == "figures":
        found = found.exclude(pk__in=queries.measured(request.user).order_by().values("kpi"))
    return filters, found


@require_safe
def kpis(request: Request) -> HttpResponse:
    """The KPI dictionary."""
    filters, found = _filtered(request)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "metrics/kpis.html", {"page": page, "filters": filters, "sort": "name"})


@require_safe
def kpis_csv(request: Request) -> HttpResponse:
    """The KPIs that the list shows, as a file that can be edited and sent back."""
    _, found = _filtered(request)
    response = csv_answer("kpis.csv")
    response.write(BOM)
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    writer.writerows([inert(cell) for cell in written(services.entry(kpi)).values()] for kpi in found)
    return response


def _seen(request: Request, code: str) -> KPI:
    return get_object_or_404(queries.kpis_seen(request.user).select_related("owner"), code=code)


@require_safe
def kpi(request: Request, code: str) -> HttpResponse:
    """One KPI: what it means, who has figures of it, what it is compared with, what drives it."""
    return render(request, "metrics/kpi.html", {"page": queries.kpi_page(_seen(request, code), request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
def kpi_new(request: Request) -> HttpResponse:
    """Add a KPI."""
    require(request.user, "metrics.edit_kpis")
    form = KPIForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = services.create(**form.cleaned_data, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{made} is in the dictionary.")
            return redirect("metrics:kpi", code=made.code)
    return render(request, "metrics/kpi_form.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def kpi_edit(request: Request, code: str) -> HttpResponse:
    """Change what a KPI means."""
    found = _seen(request, code)
    require(request.user, "metrics.edit_kpis", found)
    figures = services.has_figures(found)
    judged = figures or found.benchmarks.exists()
    form = KPIForm(request.POST if request.method == "POST" else None, kpi=found, figures=figures, judged=judged)
    if form.is_valid():
        try:
            changed = services.change(found, **form.cleaned_data, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            again = " Open reviews that have its figures are being judged anew." if changed and figures else ""
            messages.success(request, f"Saved.{again}" if changed else "Nothing was changed.")
            return redirect("metrics:kpi", code=code)
    return render(request, "metrics/kpi_form.html", {"form": form, "kpi": found}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def kpi_delete(request: Request, code: str) -> HttpResponse:
    """Take a KPI out of the dictionary, where nothing hangs on it."""
    found = _seen(request, code)
    require(request.user, "metrics.edit_kpis", found)
    context = {"kpi": found, "hanging": services.hangs_on(found)}
    if request.method == "POST":
        try:
            services.delete(found, by=request.user, at=timezone.now())
        except ValidationError as error:
            return render(request, "metrics/kpi_delete.html", context | {"refusal": error.messages[0]}, status=422)
        messages.success(request, f"{found} is no longer in the dictionary.")
        return redirect("metrics:kpis")
    return render(request, "metrics/kpi_delete.html", context)


# The dictionary as a file


@require_http_methods(["GET", "HEAD", "POST"])
def kpi_file(request: Request) -> HttpResponse:
    """Send the edited dictionary, and see what it would change."""
    require(request.user, "metrics.edit_kpis")
    sent = request.method == "POST"
    form = KPIFileForm(request.POST, request.FILES) if sent else KPIFileForm()
    if getattr(request, TOO_LARGE, False):  # cut off while it arrived
        form.errors["file"] = form.error_class([SHEET_TOO_LARGE], renderer=form.renderer)
    elif sent and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            return _preview(request, form, content, services.compare(content))
        except Unreadable as error:
            form.add_error("file", str(error))
    return render(request, "metrics/kpi_upload.html", {"form": form, "columns": COLUMNS}, status=422 if sent else 200)


@require_POST
def kpi_file_confirm(request: Request) -> HttpResponse:
    """The go: do what the page said that the file does."""
    require(request.user, "metrics.edit_kpis")
    try:
        kept = signing.loads(request.POST.get("kept", ""), salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        messages.error(request, "The file is not at hand any more. Choose it again.")
        return redirect("metrics:kpi_file")
    content = kept["file"].encode()
    try:
        done = services.apply_file(content, seen=kept["seen"], by=request.user, at=timezone.now())
    except services.Outdated as outdated:
        messages.warning(request, str(outdated))
        return _preview(request, KPIFileForm(), content, outdated.comparison)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("metrics:kpi_file")
    messages.success(request, f"Done: {plural(len(done.changed), 'KPI')} changed, {plural(len(done.new), 'KPI')} added.")
    return redirect("metrics:kpis")


def _preview(request: Request, form: KPIFileForm, content: bytes, comparison: Comparison) -> HttpResponse:
    """What the file would do. The page carries the file itself, signed: nothing is kept for those who never come back."""
    kept = {"file": content.decode("utf-8-sig"), "seen": comparison.digest}
    context = {
        "form": form,
        "columns": COLUMNS,
        "comparison": comparison,
        "kept": signing.dumps(kept, salt=SALT, compress=True),
        "confirm": _go(comparison),
    }
    return render(request, "metrics/kpi_upload.html", context, status=422 if comparison.problems else 200)


def _go(comparison: Comparison) -> str:
    """What the button does, in words: "Change 3 KPIs and add 1 KPI"."""
    changed, new = (plural(len(rows), "KPI") for rows in (comparison.changed, comparison.new))
    if comparison.changed and comparison.new:
        return f"Change {changed} and add {new}"
    return f"Change {changed}" if comparison.changed else f"Add {new}"
