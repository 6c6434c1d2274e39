"""Pages of the codebook: themes, what was coded with them, and what was done to them."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.rules import Request
from departments.services import audit
from interviews.core.terms import Stance
from interviews.forms.codebook import MergeForm, SplitForm, ThemeFilters, ThemeForm
from interviews.models import CodebookChange, Excerpt, Theme
from interviews.queries import codebook as queries
from interviews.services import codebook as services
from saypro_review.lib.access import require
from saypro_review.lib.formatting import plural
from saypro_review.lib.inert import inert

PER_PAGE = 25
SPLIT_AT_ONCE = 200
HISTORY = 10
COLUMNS = ("code", "name", "level", "condition", "definition", "keywords")
COUNTS = ("excerpts", "voices", "departments")
BOM = "\ufeff"  # spreadsheets take a CSV without it for one of their own code page
STANCES = {Stance.PROBLEM: "exclamation-circle", Stance.STRENGTH: "check-circle", Stance.MIXED: "circle-half"}


def _lines(request: Request) -> tuple[ThemeFilters, list[queries.Line]]:
    """The filters in the address and the themes that they leave; none where they ask for what does not exist."""
    filters = ThemeFilters(request.GET, counts=request.user.standing.is_reviewer)
    if not filters.is_valid():
        return filters, []
    return filters, queries.lines(request.user, sort=request.GET.get("sort", ""), **filters.chosen)


def _seen(request: Request, code: str, permission: str = "interviews.see_codebook") -> Theme:
    require(request.user, permission)
    return get_object_or_404(Theme.objects.select_related("merged_into"), code=code)


def _done(request: Request) -> CodebookChange | None:
    """The change that has just been made, for the notice that offers to undo it."""
    number = request.GET.get("done", "")
    if not (number.isascii() and number.isdigit() and len(number) < 18 and request.user.has_perm("interviews.edit_codebook")):
        return None
    return CodebookChange.objects.filter(pk=int(number), created_by=request.user, undone_at=None).first()


def _to(theme: Theme, change: CodebookChange) -> HttpResponse:
    return redirect(f"{reverse('interviews:theme', kwargs={'code': theme.code})}?done={change.pk}")


def _fail(form: Any, error: ValidationError) -> None:
    """The service's words at the field that they are about."""
    faults = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, words in faults.items():
        form.add_error(name if name in form.fields else None, words)


@require_safe
def themes(request: Request) -> HttpResponse:
    """The codebook, by place among causes."""
    require(request.user, "interviews.see_codebook")
    filters, found = _lines(request)
    flat = request.GET.get("sort", "").removeprefix("-") in queries.SORTS
    context = {
        "filters": filters,
        "count": len(found),
        "groups": [queries.Group("", found)] if flat and found else queries.grouped(found),
        "retired": queries.retired(request.user),
        "counts": request.user.standing.is_reviewer,
        "done": _done(request),
    }
    return render(request, "interviews/themes.html", context)


@require_safe
def themes_csv(request: Request) -> HttpResponse:
    """The themes that the list shows; counts are for reviewers."""
    require(request.user, "interviews.see_codebook")
    _, found = _lines(request)
    counts = COUNTS if request.user.standing.is_reviewer else ()
    disposition = str(content_disposition_header(True, "themes.csv"))
    response = HttpResponse(BOM, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": disposition})
    writer = csv.writer(response)
    writer.writerow([*COLUMNS, *counts])
    for line in found:
        own = [getattr(line.theme, name) for name in COLUMNS[:-1]]
        cells = [*own, ", ".join(line.theme.keywords), *(getattr(line, name) for name in counts)]
        writer.writerow([inert(cell) for cell in cells])
    return response


@require_safe
def history(request: Request) -> HttpResponse:
    """All that was done to the codebook."""
    require(request.user, "interviews.see_codebook")
    page = Paginator(queries.changes(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "interviews/codebook_history.html", {"page": page})


@require_safe
def theme(request: Request, code: str) -> HttpResponse:
    """One theme: when to use it, what was coded with it, what was done to it."""
    found = _seen(request, code)
    [line] = queries.counted([found], request.user)
    context: dict[str, Any] = {"theme": found, "line": line, "done": _done(request), "changes": queries.changes_of(found)[:HISTORY]}
    if request.user.standing.is_reviewer:
        page = Paginator(queries.excerpts_of(found, request.user), PER_PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "rows": _rows(page.object_list)}
        audit.record("theme.read", by=request.user, at=timezone.now(), on=found)  # whatever there is to read: admins see no count
    return render(request, "interviews/theme.html", context)


def _rows(excerpts: Any) -> list[tuple[Excerpt, str]]:
    """(excerpt, mark of its stance)"""
    return [(one, STANCES[Stance(one.stance)]) for one in excerpts]


@require_http_methods(["GET", "HEAD", "POST"])
def theme_new(request: Request) -> HttpResponse:
    """Add a theme."""
    require(request.user, "interviews.edit_codebook")
    form = ThemeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made, change = services.create(**form.cleaned_data, by=request.user, at=timezone.now())
        except ValidationError as error:
            _fail(form, error)
        else:
            return _to(made, change)
    return render(request, "interviews/theme_form.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def theme_edit(request: Request, code: str) -> HttpResponse:
    """Rename or redefine a theme, or give it another place."""
    found = _seen(request, code, "interviews.edit_codebook")
    form = ThemeForm(request.POST if request.method == "POST" else None, theme=found)
    if form.is_valid():
        try:
            change = services.change(found, **form.cleaned_data, by=request.user, at=timezone.now())
        except ValidationError as error:
            _fail(form, error)
        else:
            if change:
                return _to(found, change)
            messages.info(request, "Nothing was changed.")
            return redirect("interviews:theme", code=code)
    return render(request, "interviews/theme_form.html", {"form": form, "theme": found}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def theme_merge(request: Request, code: str) -> HttpResponse:
    """Make a theme part of another one."""
    found = _seen(request, code, "interviews.edit_codebook")
    form = MergeForm(request.POST if request.method == "POST" else None, theme=found)
    if form.is_valid():
        into = form.cleaned_data["into"]
        try:
            change = services.merge([found], into, by=request.user, at=timezone.now())
        except ValidationError as error:
            _fail(form, error)
        else:
            return _to(into, change)
    [line] = queries.counted([found], request.user)
    return render(
        request, "interviews/theme_merge.html", {"form": form, "theme": found, "line": line}, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def theme_split(request: Request, code: str) -> HttpResponse:
    """Give some excerpts of a theme another one."""
    found = _seen(request, code, "interviews.edit_codebook")
    rows = list(queries.excerpts_of(found, request.user)[:SPLIT_AT_ONCE])
    form = SplitForm(request.POST if request.method == "POST" else None, theme=found, excerpts=[row.pk for row in rows])
    if form.is_valid():
        values = form.cleaned_data
        made = {"name": values["name"], "level": found.level, "condition": found.condition}
        try:
            into, change = services.split(
                found, excerpts=values["excerpts"], into=values["into"], by=request.user, at=timezone.now(), **made
            )
        except ValidationError as error:
            _fail(form, error)
        else:
            return _to(into, change)
    audit.record("theme.read", by=request.user, at=timezone.now(), on=found)
    ticked = set(request.POST.getlist("excerpts"))
    context = {"form": form, "theme": found, "rows": [(one, icon, str(one.pk) in ticked) for one, icon in _rows(rows)]}
    return render(request, "interviews/theme_split.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def theme_retire(request: Request, code: str) -> HttpResponse:
    """Take a theme out of use."""
    found = _seen(request, code, "interviews.edit_codebook")
    if request.method == "POST":
        try:
            return _to(found, services.retire(found, by=request.user, at=timezone.now()))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("interviews:theme", code=code)
    [line] = queries.counted([found], request.user)
    return render(request, "interviews/theme_retire.html", {"theme": found, "line": line})


@require_POST
def change_undo(request: Request, pk: int) -> HttpResponse:
    """Take something back that was done to the codebook."""
    require(request.user, "interviews.edit_codebook")
    change = get_object_or_404(CodebookChange, pk=pk)
    try:
        undone = services.undo(change, by=request.user, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _said(change, undone))
    code = Theme.objects.filter(pk__in=services.touched(change)).order_by("pk").values_list("code", flat=True).first()
    return redirect("interviews:theme", code=code) if code and change.kind != "import" else redirect("interviews:themes")


def _said(change: CodebookChange, undone: services.Undone) -> str:
    """What was undone and what could not be."""
    words = [f"Undone: {change.said}"]
    if undone.left:
        words.append(f"{plural(len(undone.left), 'excerpt')} had been given another theme since and kept it.")
    if undone.stayed:
        words.append(f"{', '.join(one.name for one in undone.stayed)} is in use by excerpts and was retired instead of deleted.")
    return " ".join(words)
