"""Question guides: the list, a guide with its versions, and the form."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.rules import Request
from interviews.forms.guides import GuideSheet, sheet_of, sheet_sent
from interviews.models import Guide
from interviews.queries import guides as queries
from interviews.services import guides as services
from saypro_review.lib.access import require

EMPTY = 3  # lines for questions on the form of a new guide


@require_safe
def guides(request: Request) -> HttpResponse:
    """Every guide, by function."""
    require(request.user, "interviews.edit_guides")
    found = queries.guides()
    context = {
        "lines": [line for line in found if not line.guide.retired_at],
        "retired": [line for line in found if line.guide.retired_at],
    }
    return render(request, "interviews/guides.html", context)


@require_safe
def guide(request: Request, code: str) -> HttpResponse:
    """A guide as it is asked, and what its versions have otherwise; `?version=` shows an older one."""
    require(request.user, "interviews.edit_guides")
    versions = queries.versions(code)
    if not versions:
        raise Http404
    current = next((one for one in versions if one.guide.retired_at is None), versions[0])
    asked = request.GET.get("version", "")
    shown = next((one for one in versions if str(one.guide.version) == asked), current)
    return render(request, "interviews/guide.html", {"versions": versions, "current": current, "shown": shown})


@require_http_methods(["GET", "HEAD", "POST"])
def guide_new(request: Request) -> HttpResponse:
    """Write a guide. The address may name one to begin from (`?copy=`)."""
    require(request.user, "interviews.edit_guides")
    if request.method != "POST":
        return _form(request, _beginning(request.GET.get("copy", "")))
    sheet = sheet_sent(request.POST)
    if sheet.is_bound and sheet.is_valid():
        try:
            made = services.create(**sheet.head.cleaned_data, questions=sheet.asked, by=request.user, at=timezone.now())
        except ValidationError as error:
            sheet.head.add_error(None, error.messages)
        else:
            messages.success(request, f"“{made.name}” is there.")
            return redirect("interviews:guide", code=made.code)
    return _form(request, sheet)


def _beginning(code: str) -> GuideSheet:
    """An empty form, or that of a copy."""
    source = queries.with_questions().filter(code=code).order_by("-version").first() if code else None
    if source is None:
        return sheet_of({}, [services.Asked("")] * EMPTY)
    return sheet_of({"name": f"Copy of {source.name}", "function": source.function, "role": source.role}, queries.asked_of(source))


@require_http_methods(["GET", "HEAD", "POST"])
def guide_edit(request: Request, code: str) -> HttpResponse:
    """Change a guide: in place while no interview uses it, else as its next version."""
    require(request.user, "interviews.edit_guides")
    found = get_object_or_404(queries.with_questions(), code=code, retired_at=None)
    if request.method != "POST":
        head = {"name": found.name, "function": found.function, "role": found.role}
        return _form(request, sheet_of(head, queries.asked_of(found)), found)
    sheet = sheet_sent(request.POST)
    if sheet.is_bound and sheet.is_valid():
        try:
            _refuse_stale(found, request.POST.get("version", ""))
            saved, new = services.change(found, **sheet.head.cleaned_data, questions=sheet.asked, by=request.user, at=timezone.now())
        except ValidationError as error:
            sheet.head.add_error(None, error.messages)
        else:
            messages.success(request, f"Saved as version {saved.version}." if new else "Nothing was changed.")
            return redirect("interviews:guide", code=code)
    return _form(request, sheet, found)


def _refuse_stale(found: Guide, version: str) -> None:
    """The version that the form was filled in from must still be the one in use."""
    if version != str(found.version):
        raise ValidationError(services.STALE)


def _form(request: Request, sheet: GuideSheet, found: Guide | None = None) -> HttpResponse:
    template = "interviews/_guide_form.html" if request.htmx else "interviews/guide_form.html"
    used = bool(found and services.in_use(found))
    context = {"sheet": sheet, "guide": found, "used": used, "most": services.MOST}
    return render(request, template, context, status=422 if sheet.is_bound else 200)


@require_POST
def guide_retire(request: Request, code: str) -> HttpResponse:
    """Offer a guide no more."""
    require(request.user, "interviews.edit_guides")
    found = get_object_or_404(Guide, code=code, retired_at=None)
    services.retire(found, by=request.user, at=timezone.now())
    messages.success(request, f"“{found.name}” is retired. Interviews that used it keep it.")
    return redirect("interviews:guide", code=code)


@require_POST
def guide_bring_back(request: Request, code: str) -> HttpResponse:
    """Offer a retired guide again."""
    require(request.user, "interviews.edit_guides")
    newest = Guide.objects.filter(code=code).order_by("-version").first()
    if newest is None:
        raise Http404
    services.bring_back(newest, by=request.user, at=timezone.now())
    messages.success(request, f"“{newest.name}” is offered again.")
    return redirect("interviews:guide", code=code)
