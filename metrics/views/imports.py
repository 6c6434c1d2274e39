"""Pages: the way of a KPI file from upload to result."""

from __future__ import annotations

import csv

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.rules import Request
from departments.services.jobs import Refused
from metrics import queries
from metrics.core.tabular import LIMITS, OPTIONAL, REQUIRED
from metrics.forms import UploadForm, too_large
from metrics.models import Import
from metrics.services import imports as services
from saypro_review.lib.access import require
from saypro_review.lib.inert import inert

PER_PAGE = 50
EXAMPLES = (
    ["Sales", "Conversion rate", "2026-01", "22.5", "%", "higher", "month", "25", "24", "Trade survey 2025", "45", "200", ""],
    ["Sales", "Sales cycle", "2026-01", "31", "days", "lower", "month", "30", "", "", "", "", "Two large deals closed"],
)


@require_safe
def imports(request: Request) -> HttpResponse:
    """Every KPI file that was uploaded, newest first."""
    require(request.user, "metrics.see_imports")
    text = request.GET.get("q", "").strip()
    page = Paginator(queries.imports_for(request.user, text), PER_PAGE).get_page(request.GET.get("page"))
    lines = [(batch, queries.shown_state(batch, getattr(batch, "job_state", None))) for batch in page.object_list]
    return render(request, "metrics/imports.html", {"page": page, "lines": lines, "text": text})


@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: Request) -> HttpResponse:
    """Choose a KPI file and send it."""
    require(request.user, "metrics.import_kpis")
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if sent else UploadForm()
    status = 422 if sent else 200
    if sent and getattr(request, "upload_too_large", False):
        form.errors["file"] = form.error_class([too_large()], renderer=form.renderer)
        status = 413
    elif sent and form.is_valid():
        file, create = form.cleaned_data["file"], form.cleaned_data["create"]
        batch = services.receive(file_name=file.name, content=file.read(), create=create, by=request.user, at=timezone.now())
        return redirect("metrics:import", pk=batch.pk)
    context = {"form": form, "limits": LIMITS, "megabytes": settings.MAX_UPLOAD_MB, "required": REQUIRED, "optional": OPTIONAL}
    return render(request, "metrics/import_new.html", context, status=status)


def _seen(request: Request, pk: int, *, whole: bool = False) -> Import:
    found = Import.objects.visible_to(request.user).select_related("created_by")
    return get_object_or_404(found if whole else found.defer("original"), pk=pk)


@require_safe
def import_(request: Request, pk: int) -> HttpResponse:
    """One file: what it would do, or did. htmx polls the part while a worker has it."""
    batch = _seen(request, pk)
    require(request.user, "metrics.see_imports", batch)
    number = request.GET.get("line", "")
    line = queries.line_of(batch, int(number)) if number.isdecimal() and len(number) < 9 else ""
    context = {"page": queries.import_page(batch), "line": line, "number": number}
    return render(request, "metrics/_import.html" if request.htmx else "metrics/import.html", context)


@require_POST
def import_confirm(request: Request, pk: int) -> HttpResponse:
    """The go: write the file, with what it names first when the button said so."""
    batch = _seen(request, pk)
    require(request.user, "metrics.import_kpis", batch)
    try:
        services.confirm(batch, create=request.POST.get("create") == "1", by=request.user, at=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
    return redirect("metrics:import", pk=pk)


@require_safe
def import_original(request: Request, pk: int) -> HttpResponse:
    """The bytes that were uploaded."""
    batch = _seen(request, pk, whole=True)
    require(request.user, "metrics.see_imports", batch)
    return _download(services.original(batch), batch.file_name, "application/octet-stream")


@require_safe
def import_errors(request: Request, pk: int) -> HttpResponse:
    """Every error of the file as CSV."""
    batch = _seen(request, pk)
    require(request.user, "metrics.see_imports", batch)
    response = _download(b"", f"errors of {batch.file_name}", "text/csv; charset=utf-8")
    writer = csv.writer(response)
    writer.writerow(["line", "column", "value", "message"])
    for error in batch.errors.all().iterator():
        writer.writerow([inert(cell) for cell in (error.line, error.column, error.value, error.message)])
    return response


@require_safe
def import_template(request: Request) -> HttpResponse:
    """A file to fill in, with two rows as examples."""
    response = _download(b"", "kpi-template.csv", "text/csv; charset=utf-8")
    csv.writer(response).writerows([[*REQUIRED, *OPTIONAL], *EXAMPLES])
    return response


def _download(content: bytes, name: str, content_type: str) -> HttpResponse:
    disposition = content_disposition_header(True, name)
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})
