"""Pages: the way of a KPI file from upload to result."""

from __future__ import annotations

import csv
import gzip

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
from metrics.core.answers import BadAnswers
from metrics.core.tabular import LIMITS
from metrics.forms.imports import AnswersForm, UploadForm, too_large
from metrics.models import Import, ImportReview
from metrics.services import imports as services
from metrics.services.undo import undo
from saypro_review.lib.access import require
from saypro_review.lib.formatting import plural
from saypro_review.lib.inert import inert

PER_PAGE = 50
REQUIRED = ("department", "kpi", "period", "value")
OPTIONAL = ("unit", "direction", "frequency", "target", "benchmark", "benchmark_source", "numerator", "denominator", "note")
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
    """Choose a KPI file, or paste rows, and send it."""
    require(request.user, "metrics.import_kpis")
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if sent else UploadForm()
    status = 422 if sent else 200
    if sent and getattr(request, "upload_too_large", False):
        form.errors["file"] = form.error_class([too_large()], renderer=form.renderer)
        status = 413
    elif sent and form.is_valid():
        name, content = form.upload()
        batch = services.receive(file_name=name, content=content, create=False, by=request.user, at=timezone.now())
        return redirect("metrics:import", pk=batch.pk)
    context = {"form": form, "limits": LIMITS, "megabytes": settings.MAX_UPLOAD_MB, "required": REQUIRED, "optional": OPTIONAL}
    return render(request, "metrics/import_new.html", context, status=status)


def _seen(request: Request, pk: int, *, whole: bool = False) -> Import:
    found = Import.objects.visible_to(request.user).select_related("created_by", "undone_by")
    return get_object_or_404(found if whole else found.defer("original"), pk=pk)


@require_safe
def import_(request: Request, pk: int) -> HttpResponse:
    """One file: what it would do, or did. htmx polls the part while a worker has it."""
    batch = _seen(request, pk)
    require(request.user, "metrics.see_imports", batch)
    number = request.GET.get("line", "")
    line = queries.line_of(batch, int(number)) if number.isdecimal() and len(number) < 9 else ""
    return _page(request, batch, line=line, number=number)


def _page(request: Request, batch: Import, *, form: AnswersForm | None = None, status: int = 200, **more: object) -> HttpResponse:
    page = queries.import_page(batch, shown=request.GET.get("show", ""), number=request.GET.get("page"))
    may = request.user.has_perm("metrics.import_kpis")
    if form is None and may and (page.asks or page.reads_again):
        form = AnswersForm(batch=batch)
    template = "metrics/_import.html" if request.htmx else "metrics/import.html"
    return render(request, template, {"page": page, "form": form, **more}, status=status)


@require_POST
def import_answer(request: Request, pk: int) -> HttpResponse:
    """Answers to what the file leaves open: it is read once more."""
    batch = _seen(request, pk)
    require(request.user, "metrics.import_kpis", batch)
    form = AnswersForm(request.POST, batch=batch)
    if not form.is_valid():
        return _page(request, batch, form=form, status=422)
    try:
        services.answer(batch, form.answers(), create=form.names_shown, by=request.user, at=timezone.now())
    except (Refused, BadAnswers) as error:
        messages.error(request, str(error))
    return redirect("metrics:import", pk=pk)


@require_POST
def import_confirm(request: Request, pk: int) -> HttpResponse:
    """The go: write the file, with what it names first when the button said so, or its good rows only."""
    batch = _seen(request, pk)
    require(request.user, "metrics.import_kpis", batch)
    good_rows = request.POST.get("good_rows") == "1"
    try:
        services.confirm(batch, create=request.POST.get("create") == "1", good_rows=good_rows, by=request.user, at=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
    return redirect("metrics:import", pk=pk)


@require_POST
def import_cancel(request: Request, pk: int) -> HttpResponse:
    """Call the file off before it is written."""
    batch = _seen(request, pk)
    require(request.user, "metrics.import_kpis", batch)
    try:
        services.cancel(batch, by=request.user, at=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
    return redirect("metrics:import", pk=pk)


@require_POST
def import_undo(request: Request, pk: int) -> HttpResponse:
    """Take the file back."""
    batch = _seen(request, pk)
    require(request.user, "metrics.import_kpis", batch)
    try:
        done = undo(batch, by=request.user, at=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{plural(done.removed, 'figure')} taken out, {plural(done.restored, 'figure')} as before.")
    return redirect("metrics:import", pk=pk)


@require_safe
def import_rejects(request: Request, pk: int) -> HttpResponse:
    """The rejected rows with their reasons, to be repaired and uploaded again."""
    batch = _seen(request, pk)
    require(request.user, "metrics.see_imports", batch)
    review = get_object_or_404(ImportReview.objects.exclude(rejects=b""), batch=batch)
    return _download(
        gzip.decompress(review.rejects), f"rejected rows of {batch.file_name.rpartition('.')[0]}.csv", "text/csv; charset=utf-8"
    )


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
