"""The pages of a review, from home to the exported summary."""

from __future__ import annotations

import csv
from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.models import Department, ReviewCycle
from departments.queries import cycle_for
from departments.rules import Request
from departments.services import audit
from departments.services.jobs import Refused
from gaps import queries
from gaps.documents import FORMATS, html
from gaps.forms import CorrectionForm, FirstAdminForm, GapFilter, RebaseForm
from gaps.models import GapVerdict, SeriesVerdict
from gaps.queries.figures import SeriesPage
from gaps.services import demo
from interviews.queries.coverage import held_by_department
from metrics.charts import xmr_figure
from metrics.models import Rebase
from metrics.services import corrections, rebases
from saypro_review.lib.access import require
from saypro_review.lib.inert import inert

PER_PAGE = 50
FIGURES = ("period", "value", "target", "benchmark", "numerator", "denominator", "point")
JUDGED = ("complete", "without_season", "lower_limit", "mean", "upper_limit", "new_baseline")


def _cycle(request: Request, code: str) -> ReviewCycle:
    """The cycle of the address, kept for the whole request (the shell's switch shows it too)."""
    cycle = cycle_for(request.user, code)
    request.cycle = cycle
    return cycle


@require_safe
def start(request: Request) -> HttpResponse:
    """To the newest cycle; to what comes first where there is none. A head of one department lands on its dashboard."""
    cycle = ReviewCycle.objects.visible_to(request.user).open().first() or ReviewCycle.objects.visible_to(request.user).first()
    if cycle is None:
        return render(request, "gaps/first_run.html")
    standing = request.user.standing
    if not standing.everywhere and len(standing.heads) == 1:
        department = Department.objects.get(pk=standing.heads[0])
        return redirect("gaps:department", code=cycle.code, department=department.code)
    return redirect("gaps:home", code=cycle.code)


@require_safe
def home(request: Request, code: str) -> HttpResponse:
    """Where the review stands, and what to do next."""
    cycle = _cycle(request, code)
    return render(request, "gaps/home.html", {"home": queries.home(cycle, request.user)})


@require_safe
def departments(request: Request, code: str) -> HttpResponse:
    """Where to look first: departments by attention, with the reason in words."""
    cycle = _cycle(request, code)
    document = queries.summary(cycle, request.user)
    held = held_by_department(cycle) if request.user.standing.everywhere else None
    lines = [(one, (held or {}).get(one["code"])) for one in document["departments"]] if document else []
    return render(request, "gaps/departments.html", {"doc": document, "held": held, "lines": lines})


@require_safe
def department(request: Request, code: str, department: str) -> HttpResponse:
    """One department: finding, scorecard, gaps, what is below it."""
    cycle = _cycle(request, code)
    found = get_object_or_404(Department.objects.visible_to(request.user).select_related("parent"), code=department)
    return render(request, "gaps/department.html", {"page": queries.dashboard(cycle, found, request.user)})


def _verdict(request: Request, cycle: ReviewCycle, series: int) -> SeriesVerdict:
    seen = SeriesVerdict.objects.current(cycle).visible_to(request.user).select_related("series__kpi", "series__department")
    return get_object_or_404(seen, series=series)


@require_safe
def series(request: Request, code: str, series: int) -> HttpResponse:
    """One KPI of one department: chart, verdict and the rules that made it, comparisons, every figure with its source."""
    cycle = _cycle(request, code)
    return _series_page(request, cycle, _verdict(request, cycle, series))


def _series_page(
    request: Request,
    cycle: ReviewCycle,
    verdict: SeriesVerdict,
    form: RebaseForm | None = None,
    correction: CorrectionForm | None = None,
) -> HttpResponse:
    page = queries.series_page(cycle, verdict, request.user)
    figure = xmr_figure(page.line.drawn, unit=page.line.facts.unit)
    may_rebase = request.user.has_perm("metrics.rebase", verdict.series)
    if may_rebase and form is None:
        form = RebaseForm(periods=queries.rebase_choices(verdict))
    if correction is None and request.user.has_perm("metrics.import_kpis") and not verdict.series.rolled_up:
        correction = CorrectionForm(periods=_correctable(page))
    bound = [one for one in (form, correction) if one and one.is_bound]
    context = {
        "page": page,
        "figure": figure,
        "verdict": verdict,
        "may_rebase": may_rebase,
        "form": form,
        "correction": correction,
        "awaited": "judged" in request.GET,
    }
    return render(request, "gaps/series.html", context, status=422 if bound else 200)


def _correctable(page: SeriesPage) -> list[tuple[date, str]]:
    return [(row.period, row.label) for row in page.rows]


@require_POST
def correct(request: Request, code: str, series: int) -> HttpResponse:
    """Put one figure right."""
    cycle = _cycle(request, code)
    verdict = _verdict(request, cycle, series)
    require(request.user, "metrics.import_kpis", verdict.series)
    form = CorrectionForm(request.POST, periods=_correctable(queries.series_page(cycle, verdict, request.user)))
    if form.is_valid():
        try:
            corrections.correct(verdict.series, **form.cleaned_data, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The figure is corrected. The old one is kept; Imports can undo it.")
            return redirect(f"{reverse('gaps:series', kwargs={'code': code, 'series': series})}#figures")
    return _series_page(request, cycle, verdict, correction=form)


@require_POST
def rebase(request: Request, code: str, series: int) -> HttpResponse:
    """Begin a new baseline of the series."""
    cycle = _cycle(request, code)
    verdict = _verdict(request, cycle, series)
    require(request.user, "metrics.rebase", verdict.series)
    form = RebaseForm(request.POST, periods=queries.rebase_choices(verdict))
    if form.is_valid():
        try:
            rebases.rebase(verdict.series, **form.cleaned_data, by=request.user, at=timezone.now())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, "The new baseline is noted.")
            return redirect("gaps:series", code=code, series=series)
    return _series_page(request, cycle, verdict, form)


@require_POST
def rebase_remove(request: Request, code: str, series: int, pk: int) -> HttpResponse:
    """Take a new baseline back."""
    cycle = _cycle(request, code)
    verdict = _verdict(request, cycle, series)
    begun = get_object_or_404(Rebase, pk=pk, series=verdict.series_id)
    require(request.user, "metrics.rebase", verdict.series)
    rebases.remove(begun, by=request.user, at=timezone.now())
    messages.success(request, "The new baseline is taken back.")
    return redirect("gaps:series", code=code, series=series)


@require_safe
def series_csv(request: Request, code: str, series: int) -> HttpResponse:
    """Every figure of the series with its source and what the run made of it, as CSV."""
    cycle = _cycle(request, code)
    verdict = _verdict(request, cycle, series)
    made = queries.rolled_up(verdict, cycle, limit=None)
    response = _attachment(f"{verdict.series.department.code}-{verdict.series.kpi.code}.csv", "text/csv; charset=utf-8")
    writer = csv.writer(response)
    writer.writerow([*FIGURES, *(["departments", "missing"] if made else ["file", "line", *JUDGED])])
    for row in made.rows if made else queries.rows(verdict, cycle, limit=None):
        cells = [row.period, row.value, row.target, row.benchmark, row.numerator, row.denominator, row.kind, *row.origin, *row.judged]
        writer.writerow([inert(cell) for cell in cells])
    return response


@require_safe
def health(request: Request, code: str) -> HttpResponse:
    """Whether the data carry the review: what is there, how fresh, and what was corrected."""
    cycle = _cycle(request, code)
    return render(request, "gaps/health.html", {"health": queries.data_health(cycle, request.user)})


@require_safe
def health_csv(request: Request, code: str, table: str) -> HttpResponse:
    """One table of it with all its rows, as CSV."""
    cycle = _cycle(request, code)
    found = queries.health_table(cycle, request.user, table)
    if found is None:
        raise Http404
    response = _attachment(f"{cycle.code}-data-health-{table}.csv", "text/csv; charset=utf-8")
    writer = csv.writer(response)
    writer.writerow([column.name for column in found.columns])
    writer.writerows([[inert(cell.plain) for cell in row] for row in found.rows])
    return response


@require_safe
def gaps(request: Request, code: str) -> HttpResponse:
    """The cycle's gaps, most critical first."""
    cycle = _cycle(request, code)
    chosen = GapFilter(
        request.GET,
        queryset=GapVerdict.objects.current(cycle).visible_to(request.user).order_by("rank"),
        departments=Department.objects.visible_to(request.user),
    )
    page = Paginator(chosen.qs, PER_PAGE).get_page(request.GET.get("page"))
    examined = SeriesVerdict.objects.current(cycle).visible_to(request.user).exists()
    context = {"filter": chosen, "page": page, "gaps": queries.gap_lines(cycle, page.object_list), "examined": examined}
    return render(request, "gaps/gaps.html", context)


@require_safe
def report(request: Request, code: str) -> HttpResponse:
    """The prioritised Week 1 summary, as far as the person may see it."""
    cycle = _cycle(request, code)
    run = queries.current_run(cycle)
    whole = request.user.has_perm("gaps.see_whole_summary")
    document = None if whole else queries.summary(cycle, request.user)
    examined = run.series if run and whole else document["coverage"]["series"] if document else 0
    page: str | None = None
    if examined:
        page = queries.report_page(cycle) if whole or document is None else html.page_part(document)
    return render(request, "gaps/report.html", {"page": page, "run": run, "examined": examined, "formats": list(FORMATS)})


@require_safe
def export(request: Request, code: str, form: str) -> HttpResponse:
    """The summary as a file. Who took it is recorded."""
    cycle = _cycle(request, code)
    require(request.user, "gaps.export_summary", cycle)
    document = queries.summary(cycle, request.user)
    if form not in FORMATS or document is None:
        raise Http404
    audit.record("summary.export", by=request.user, at=timezone.now(), on=cycle, format=form, version=document["run"]["version"])
    response = _attachment(f"{cycle.code}-week-1-summary.{form}", FORMATS[form].content_type)
    response.write(FORMATS[form].render(document))
    return response


@require_http_methods(["GET", "POST"])
def clear_demo(request: Request) -> HttpResponse:
    """Remove the demo organisation and make the first admin of the real one."""
    require(request.user, "departments.clear_demo")
    form = FirstAdminForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            demo.clear_demo(by=request.user, at=timezone.now(), **form.cleaned_data)
        except demo.Mixed as refusal:
            form.add_error(None, str(refusal))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, "The demonstration is gone. Sign in with the account that you have just made.")
            return redirect("account_login")
    return render(request, "gaps/clear_demo.html", {"form": form}, status=422 if form.is_bound else 200)


def _attachment(name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
