"""Pages that take interviews in: a JSON file, or a transcript."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from departments.models import Department, ReviewCycle
from departments.queries import cycle_for
from departments.rules import Request
from interviews.core.terms import Consent, StakeholderRole
from interviews.core.transcripts import Part, Structure, Transcript, names_in, parse, structure, text_of
from interviews.forms.interchange import JSONForm, PartsForm, TranscriptForm
from interviews.services.interchange import Imported, import_interviews
from interviews.services.transcripts import import_transcript
from metrics.core.problems import Unreadable
from saypro_review.lib.access import require
from saypro_review.lib.formatting import plural
from saypro_review.lib.uploads import TOO_LARGE

SALT = "interviews.import"
KEPT_FOR = 12 * 3600  # seconds that a looked-at file may wait for its confirmation
KEPT_BYTES = 1_900_000  # that a page may carry back: less than what a form may send
GONE = "The file is not at hand any more. Choose it again."
SHOWN = 100  # errors on the page


@require_http_methods(["GET", "HEAD", "POST"])
def import_(request: Request, code: str) -> HttpResponse:
    """Bring interviews in: look at what the file would do, then do it. Nothing is kept of a file that is not confirmed."""
    request.cycle = cycle = cycle_for(request.user, code)
    require(request.user, "interviews.review", cycle)
    kind = request.POST.get("kind") or request.GET.get("kind")
    return _json(request, cycle) if kind == "json" else _transcript(request, cycle)


def _keep(request: Request, cycle: ReviewCycle, text: str) -> str:
    """The text, signed, for the page to carry: for this person and review only. Raises Unreadable where it is too long for that."""
    kept = signing.dumps({"text": text, "user": request.user.pk, "cycle": cycle.pk}, salt=SALT, compress=True)
    if len(kept) > KEPT_BYTES:
        raise Unreadable("The file is too large to be looked at here. Split it, or let an operator import it with import_interviews.")
    return kept


def _kept(request: Request, cycle: ReviewCycle) -> str | None:
    """The text that the page carried, None where it is not whole, too old, or another's."""
    try:
        kept = signing.loads(request.POST.get("kept", ""), salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        return None
    return str(kept["text"]) if (kept["user"], kept["cycle"]) == (request.user.pk, cycle.pk) else None


# A JSON file


def _json(request: Request, cycle: ReviewCycle) -> HttpResponse:
    if request.method == "POST" and "kept" in request.POST:
        return _json_go(request, cycle)
    sent = request.method == "POST"
    form = JSONForm(request.POST, request.FILES) if sent else JSONForm()
    context: dict[str, Any] = {"kind": "json", "form": form}
    if getattr(request, TOO_LARGE, False):  # cut off while it arrived
        form.errors["file"] = form.error_class(["The file is too large."], renderer=form.renderer)
    elif sent and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            done = import_interviews(content, cycle=cycle, by=request.user, at=timezone.now(), dry_run=True)
            context |= {"done": done, "shown": done.errors[:SHOWN]}
            if done.new and not done.wrong:
                context["kept"] = _keep(request, cycle, content.decode("utf-8-sig"))
            return render(request, "interviews/import.html", context, status=422 if done.wrong else 200)
        except Unreadable as error:
            form.add_error("file", str(error))
    return render(request, "interviews/import.html", context, status=422 if sent else 200)


def _json_go(request: Request, cycle: ReviewCycle) -> HttpResponse:
    text = _kept(request, cycle)
    here = f"{reverse('interviews:import', kwargs={'code': cycle.code})}?kind=json"
    if text is None:
        messages.error(request, GONE)
        return redirect(here)
    done = import_interviews(text.encode(), cycle=cycle, by=request.user, at=timezone.now())
    if done.wrong:  # something has changed since it was looked at
        context = {"kind": "json", "form": JSONForm(), "done": done, "shown": done.errors[:SHOWN]}
        return render(request, "interviews/import.html", context, status=422)
    same = f" {plural(done.same, 'interview')} had been imported before." if done.same else ""
    messages.success(request, f"{plural(done.new, 'interview')} imported.{same}")
    return redirect("interviews:interviews", code=cycle.code)


# A transcript


@dataclass(frozen=True)
class Look:
    """What a transcript would become, and what is still to be said about it."""

    transcript: Transcript
    parts: PartsForm
    structure: Structure
    hidden: list[str]

    @property
    def ready(self) -> bool:
        return not self.structure.faults

    @property
    def refused(self) -> bool:
        """Whether something is wrong, rather than still to be said."""
        return bool(self.transcript.faults or (self.parts.is_bound and self.structure.faults))


def _transcript(request: Request, cycle: ReviewCycle) -> HttpResponse:
    departments = cycle.covers()
    if request.user.standing.heads:
        departments = departments.exclude(pk__in=Department.objects.under(request.user.standing.heads))
    options: dict[str, Any] = {"departments": departments, "today": timezone.localdate()}
    if request.method != "POST":
        form = TranscriptForm(**options, initial={"held_on": timezone.localdate()})
        return render(request, "interviews/import.html", {"kind": "transcript", "form": form})
    text = _kept(request, cycle) if "kept" in request.POST else ""
    if text is None:
        messages.error(request, GONE)
        return redirect("interviews:import", code=cycle.code)
    form = TranscriptForm(request.POST, request.FILES, **options, kept=bool(text))
    context: dict[str, Any] = {"kind": "transcript", "form": form}
    if getattr(request, TOO_LARGE, False):
        form.errors["file"] = form.error_class(["The file is too large."], renderer=form.renderer)
    elif form.is_valid() or text:
        try:
            text = text or text_of(form.content())
            context |= {"look": (look := _look(request, form, text)), "kept": _keep(request, cycle, text)}
        except Unreadable as error:
            form.add_error("file", str(error))
        else:
            if form.is_valid() and look.ready and "go" in request.POST:
                return _transcript_go(request, cycle, form, look, context)
            return render(request, "interviews/import.html", context, status=422 if form.errors or look.refused else 200)
    return render(request, "interviews/import.html", context, status=422)


def _look(request: Request, form: TranscriptForm, text: str) -> Look:
    """The transcript as the answers so far have it. What the evidence says stands until somebody says otherwise."""
    first = parse(text)
    asked = PartsForm(request.POST if "parts" in request.POST else None, speakers=first.speakers, initial=_initial(first))
    said = asked.parts if asked.is_bound and asked.is_valid() else (first.parts if not asked.is_bound else {})
    not_speakers = [label for label, part in said.items() if part is Part.NO_SPEAKER]
    speaking = {label: part for label, part in said.items() if part is not Part.NO_SPEAKER}
    transcript = parse(text, known=speaking, not_speakers=not_speakers) if not_speakers else first
    hidden = _hidden(form, transcript) if form.cleaned_data.get("mask") else []
    return Look(transcript, asked, structure(transcript, speaking, hidden), hidden)


def _initial(transcript: Transcript) -> dict[str, Part]:
    places = enumerate(transcript.speakers)
    return {f"part-{number}": transcript.parts[one.label] for number, one in places if one.label in transcript.parts}


def _hidden(form: TranscriptForm, transcript: Transcript) -> list[str]:
    """The names that are replaced in the text: the speakers', and the one that was given."""
    names = [name for speaker in transcript.speakers for name in names_in(speaker.label)]
    return list(dict.fromkeys([*names, *names_in(form.cleaned_data.get("name", ""))]))


def _transcript_go(request: Request, cycle: ReviewCycle, form: TranscriptForm, look: Look, context: dict[str, Any]) -> HttpResponse:
    given = form.cleaned_data
    done = import_transcript(
        look.structure.exchanges,
        cycle=cycle,
        department=given["department"],
        role=StakeholderRole(given["role"]),
        held_on=given["held_on"],
        consent=Consent(given["consent"]),
        name=given["name"],
        pseudonym=given["pseudonym"],
        consent_note=given["consent_note"],
        quotable=given["quotable"],
        by=request.user,
        at=timezone.now(),
    )
    if done.wrong:
        _say(form, done)
        return render(request, "interviews/import.html", context, status=422)
    if not done.ids:
        messages.info(request, "This transcript was imported before. Nothing was added.")
        return redirect("interviews:interviews", code=cycle.code)
    messages.success(request, f"The transcript is in: {plural(len(look.structure.exchanges), 'answer')}, ready to be coded.")
    return redirect("interviews:editor", code=cycle.code, pk=done.ids[0])


def _say(form: TranscriptForm, done: Imported) -> None:
    """The errors at their fields."""
    for error in done.errors:
        name = error.path.lstrip(".")
        form.add_error(name if name in form.fields else None, error.message)
