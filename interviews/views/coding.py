"""The coding panel's acts, and the page of a second coder."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.queries import cycle_for
from departments.rules import Request
from interviews.forms.coding import ExcerptForm
from interviews.models import Answer, Coding, Excerpt, Interview, Theme
from interviews.queries.coding import coded_answers, coding_of
from interviews.queries.themes import suggest as suggested
from interviews.services import coding as services
from saypro_review.lib.access import require

SUGGEST_FROM = 2_000  # characters of a stretch that suggestions look at
MOST_SHOWN = 1_000  # excerpts of an answer that a page asks after
GONE = "That is no longer here. Reload the page."


def _interview(request: Request, code: str, pk: int) -> Interview:
    cycle = request.cycle = cycle_for(request.user, code)
    seen = Interview.objects.visible_to(request.user).filter(cycle=cycle)
    return get_object_or_404(seen.select_related("cycle", "department", "guide"), pk=pk)


def _own_coding(request: Request, code: str, pk: int) -> Coding:
    """The person's coding of the interview; 403 where they have none."""
    interview = _interview(request, code, pk)
    found = coding_of(interview, request.user)
    if found is None:
        raise PermissionDenied("interviews.code")
    found.interview = interview
    return found


def _list(request: Request, coding: Coding, answer: Answer, removed: Sequence[Excerpt] = ()) -> HttpResponse:
    (coded,) = coded_answers(coding, [answer])
    context = {"one": coded, "removed": removed, "coding": coding, "code": coding.interview.cycle.code, "may_code": True}
    return render(request, "interviews/_excerpts.html", context)


def _refused(*reasons: str) -> JsonResponse:
    return JsonResponse({"errors": reasons or [GONE]}, status=422)


def _wrong(form: ExcerptForm) -> JsonResponse:
    return _refused(*(str(text) for texts in form.errors.values() for text in texts))


@require_POST
def excerpt_new(request: Request, code: str, pk: int) -> HttpResponse:
    """Code a stretch; the answer's excerpts come back."""
    coding = _own_coding(request, code, pk)
    form = ExcerptForm(request.POST, interview=coding.interview)
    answer = Answer.objects.filter(interview=coding.interview, pk=_number(request, "answer")).first()
    if answer is None:
        return _refused()
    if not form.is_valid():
        return _wrong(form)
    try:
        services.add_excerpt(
            coding, answer=answer, start=_number(request, "start"), end=_number(request, "end"), by=request.user, at=timezone.now(),
            offered=form.cleaned_data["offered"], words=_words(request), **form.meaning,
        )  # fmt: skip
    except ValidationError as error:
        return _refused(*error.messages)
    answer.refresh_from_db()
    return _list(request, coding, answer)


def _number(request: Request, name: str) -> int:
    """A whole number that was sent, -1 for anything else."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _words(request: Request) -> str | None:
    """What was selected, with the line ends that answers are kept with."""
    words = request.POST.get("words")
    return None if words is None else words.replace("\r\n", "\n")


@require_safe
def excerpt_list(request: Request, code: str, pk: int, answer: int) -> HttpResponse:
    """The answer's excerpts after its text has changed. `had`: ids of those shown so far; of these the ones that have lost their words
    come with a button to bring them back."""
    coding = _own_coding(request, code, pk)
    found = get_object_or_404(Answer, interview=coding.interview, pk=answer)
    had = [int(one) for one in request.GET.get("had", "").split(",")[:MOST_SHOWN] if one.isascii() and one.isdigit() and len(one) < 18]
    gone = Excerpt.objects.filter(coding=coding, answer=found, pk__in=had, removed_at__isnull=False)
    return _list(request, coding, found, removed=list(gone))


def _own_excerpt(request: Request, code: str, pk: int, excerpt: int) -> tuple[Coding, Excerpt]:
    coding = _own_coding(request, code, pk)
    return coding, get_object_or_404(Excerpt.objects.select_related("answer", "coding__interview"), coding=coding, pk=excerpt)


@require_POST
def excerpt(request: Request, code: str, pk: int, excerpt: int) -> HttpResponse:
    """Change what a stretch means."""
    coding, found = _own_excerpt(request, code, pk, excerpt)
    form = ExcerptForm(request.POST, interview=coding.interview)
    if not form.is_valid():
        return _wrong(form)
    try:
        services.change_excerpt(found, by=request.user, at=timezone.now(), **form.meaning)
    except ValidationError as error:
        return _refused(*error.messages)
    return _list(request, coding, found.answer)


@require_POST
def excerpt_remove(request: Request, code: str, pk: int, excerpt: int) -> HttpResponse:
    """Take an excerpt away, with a button to bring it back."""
    coding, found = _own_excerpt(request, code, pk, excerpt)
    try:
        services.remove_excerpt(found, by=request.user, at=timezone.now())
    except ValidationError as error:
        return _refused(*error.messages)
    return _list(request, coding, found.answer, removed=[found])


@require_POST
def excerpt_restore(request: Request, code: str, pk: int, excerpt: int) -> HttpResponse:
    """Bring a removed excerpt back."""
    coding, found = _own_excerpt(request, code, pk, excerpt)
    try:
        services.restore_excerpt(found, by=request.user, at=timezone.now())
    except ValidationError as error:
        return _refused(*error.messages)
    return _list(request, coding, found.answer)


@require_POST
def suggest(request: Request, code: str, pk: int) -> HttpResponse:
    """Up to three themes that the stretch may be about, best first. None is ever applied by itself."""
    _own_coding(request, code, pk)
    found = suggested(request.POST.get("text", "")[:SUGGEST_FROM])
    return JsonResponse({"themes": [{"id": theme.pk, "name": theme.name, "definition": theme.definition} for theme in found]})


@require_http_methods(["GET", "HEAD", "POST"])
def coding(request: Request, code: str, pk: int) -> HttpResponse:
    """A second coder's page: the answers without anybody else's excerpts. POST begins it."""
    interview = _interview(request, code, pk)
    require(request.user, "interviews.review", interview.cycle)
    found = coding_of(interview, request.user)
    if found is not None and found.first:
        return redirect("interviews:editor", code=code, pk=pk)
    if request.method == "POST":
        try:
            services.start_second(interview, coder=request.user, at=timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("interviews:coding", code=code, pk=pk)
    answers = list(interview.answers.select_related("question"))
    context: dict[str, object] = {"interview": interview, "coding": found}
    if found is not None:
        context |= {"answers": coded_answers(found, answers), "may_code": found.finished_at is None} | panel(interview)
    return render(request, "interviews/coding.html", context)


def panel(interview: Interview) -> dict[str, object]:
    """What the coding panel on a page needs."""
    return {"form": ExcerptForm(interview=interview), "themes": Theme.objects.in_use()}


@require_POST
def coding_finish(request: Request, code: str, pk: int) -> HttpResponse:
    """The second coding is complete and will be compared with the first."""
    found = _own_coding(request, code, pk)
    services.finish_coding(found, by=request.user, at=timezone.now())
    messages.success(request, "Finished. It is compared with the first coding now.")
    return redirect("interviews:coding", code=code, pk=pk)
