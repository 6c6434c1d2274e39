"""One interview: begun, written, finished, opened again, deleted. Its coding: interviews.views.coding."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.models import ReviewCycle
from departments.rules import Request
from interviews.forms.editor import AnswerForm, DetailsForm, NewForm
from interviews.models import Interview, Stakeholder
from interviews.queries import editor as queries
from interviews.queries import listing
from interviews.services import interviews as services
from interviews.views.coding import panel
from interviews.views.shared import cycle_of
from saypro_review.lib.access import require

GONE = "This answer is not there any more. Copy your text, then reload the page."


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, code: str) -> HttpResponse:
    """Begin an interview. The address may name the person (`?stakeholder=`), or department and role of somebody new."""
    cycle = cycle_of(request, code)
    require(request.user, "interviews.review", cycle)
    form = _new_form(request, cycle)
    if form.is_valid():
        try:
            made = _begin(request, cycle, form)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("interviews:editor", code=code, pk=made.pk)
    return render(request, "interviews/new.html", {"form": form}, status=422 if form.is_bound else 200)


def _new_form(request: Request, cycle: ReviewCycle) -> NewForm:
    people = listing.people_for(request.user, cycle)
    asked = request.POST.get("stakeholder") if request.method == "POST" else request.GET.get("stakeholder")
    return NewForm(
        request.POST if request.method == "POST" else None,
        today=timezone.localdate(),
        people=people,
        departments=listing.open_departments(request.user, cycle),
        person=people.filter(pk=asked).first() if asked and asked.isascii() and asked.isdigit() and len(asked) < 18 else None,
        given={name: value for name in ("department", "role") if (value := request.GET.get(name))},
    )


def _begin(request: Request, cycle: ReviewCycle, form: NewForm) -> Interview:
    """The interview that the form describes; its person too, when they are new."""
    details = {**form.details, "guide": form.cleaned_data["guide"], "interviewer": request.user, "at": timezone.now()}
    person: Stakeholder | None = form.cleaned_data["stakeholder"]
    if person:
        return services.create(cycle=cycle, stakeholder=person, **details)
    return services.create_with_person(cycle=cycle, **form.who, **details)


def _seen(request: Request, code: str, pk: int) -> Interview:
    """The interview of the address, if the person may read it; else Http404."""
    cycle = cycle_of(request, code)
    return get_object_or_404(queries.seen(request.user), cycle=cycle, pk=pk)


def _own(request: Request, code: str, pk: int) -> Interview:
    """The same, if the person may change it; else a 403 page."""
    found = _seen(request, code, pk)
    require(request.user, "interviews.edit_interview", found)
    return found


@require_safe
def editor(request: Request, code: str, pk: int) -> HttpResponse:
    """The interview: its interviewer writes while it is a draft, everybody else who may know of it reads. It is noted who did."""
    interview = _seen(request, code, pk)
    services.opened(interview, by=request.user, at=timezone.now())
    sheet = queries.sheet(interview, request.user)
    own = request.user.has_perm("interviews.edit_interview", interview)
    context = {
        "interview": interview,
        "sheet": sheet,
        "coding": sheet.coding,
        "own": own,
        "editing": own and interview.is_draft and interview.redacted_at is None,
        "may_code": own and sheet.coding is not None and interview.redacted_at is None,
    }
    if context["may_code"]:
        context |= panel(interview)
    return render(request, "interviews/editor.html", context)


@require_safe
def versions(request: Request, code: str, pk: int) -> JsonResponse:
    """Which version each answer is at, for a page that is looked at again: {draft, answers: {id: version}}."""
    interview = _own(request, code, pk)
    return JsonResponse({"draft": interview.is_draft, "answers": dict(interview.answers.order_by().values_list("pk", "version"))})


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: Request, code: str, pk: int, answer: int) -> JsonResponse:
    """An answer: {text, version}. Posted `text` and `base` (the version that it was made from) it is saved: {version}; a 409 with
    {text, version} where another stands there meanwhile, else a 4xx with {error}."""
    interview = _own(request, code, pk)
    found = interview.answers.filter(pk=answer).first()
    if found is None:
        return JsonResponse({"error": GONE}, status=404)
    if request.method != "POST":
        return JsonResponse({"text": found.text, "version": found.version})
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _refused(next(iter(form.errors.as_data().values()))[0])
    try:
        version = services.save_answer(
            found, text=form.cleaned_data["text"], base_version=form.cleaned_data["base"], by=request.user, at=timezone.now()
        )
    except services.Conflict as conflict:
        return JsonResponse({"text": conflict.text, "version": conflict.version}, status=409)
    except ValidationError as error:
        return _refused(error)
    except ObjectDoesNotExist:
        return JsonResponse({"error": GONE}, status=404)
    return JsonResponse({"version": version})


def _refused(error: ValidationError) -> JsonResponse:
    return JsonResponse({"error": " ".join(error.messages)}, status=422)


@require_POST
def finish(request: Request, code: str, pk: int) -> HttpResponse:
    """Let the interview count as held."""
    services.finish(_own(request, code, pk), by=request.user, at=timezone.now())
    messages.success(request, "Finished. The interview counts as held.")
    return redirect("interviews:editor", code=code, pk=pk)


@require_POST
def reopen(request: Request, code: str, pk: int) -> HttpResponse:
    """Make it a draft again."""
    interview = _own(request, code, pk)
    try:
        services.reopen(interview, by=request.user, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "Open again. It counts as held once you finish it anew.")
    return redirect("interviews:editor", code=code, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def details(request: Request, code: str, pk: int) -> HttpResponse:
    """Correct the day and what was agreed."""
    interview = _own(request, code, pk)
    form = DetailsForm(request.POST if request.method == "POST" else None, today=timezone.localdate(), interview=interview)
    if form.is_valid():
        try:
            services.change_details(interview, by=request.user, at=timezone.now(), **form.details)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, "Saved.")
            return redirect("interviews:editor", code=code, pk=pk)
    return render(request, "interviews/details.html", {"form": form, "interview": interview}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, code: str, pk: int) -> HttpResponse:
    """Remove a draft with all that was typed."""
    interview = _own(request, code, pk)
    if request.method == "POST":
        try:
            services.delete(interview, by=request.user, at=timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("interviews:editor", code=code, pk=pk)
        messages.success(request, "The draft is deleted.")
        return redirect(reverse("interviews:interviews", args=[code]))
    return render(request, "interviews/delete.html", {"interview": interview})
