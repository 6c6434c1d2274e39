"""The codebook as a file: taken away, and taken in after a look."""

from __future__ import annotations

import base64

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.core.names import key
from departments.rules import Request
from interviews.core.refi import Comparison
from interviews.core.terms import Condition, Level
from interviews.forms.codebook import PLACES, QDCForm
from interviews.services import codebook_file as services
from metrics.core.problems import Unreadable
from saypro_review.lib.access import require
from saypro_review.lib.formatting import plural
from saypro_review.lib.uploads import TOO_LARGE

SALT = "interviews.codebook_file"
KEPT_FOR = 12 * 3600  # seconds that a looked-at file may wait for its confirmation


@require_safe
def codebook_export(request: Request) -> HttpResponse:
    """The themes in use, for other programs."""
    require(request.user, "interviews.see_codebook")
    content = services.export(by=request.user, at=timezone.now())
    disposition = str(content_disposition_header(True, "codebook.qdc"))
    return HttpResponse(content, content_type="application/xml", headers={"Content-Disposition": disposition})


@require_http_methods(["GET", "HEAD", "POST"])
def codebook_import(request: Request) -> HttpResponse:
    """Send a codebook, and see what it would change."""
    require(request.user, "interviews.edit_codebook")
    sent = request.method == "POST"
    form = QDCForm(request.POST, request.FILES) if sent else QDCForm()
    if getattr(request, TOO_LARGE, False):  # cut off while it arrived
        form.errors["file"] = form.error_class(["The file is too large. Export the codebook alone (.qdc)."], renderer=form.renderer)
    elif sent and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            return _preview(request, form, content, services.compare(content))
        except Unreadable as error:
            form.add_error("file", str(error))
    return render(request, "interviews/codebook_import.html", {"form": form}, status=422 if sent else 200)


@require_POST
def codebook_import_confirm(request: Request) -> HttpResponse:
    """The go: do what the page said that the file does."""
    require(request.user, "interviews.edit_codebook")
    try:
        kept = signing.loads(request.POST.get("kept", ""), salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        messages.error(request, "The file is not at hand any more. Choose it again.")
        return redirect("interviews:codebook_import")
    content = base64.b64decode(kept["file"])
    try:
        placed = _placed(request, services.compare(content))
        change = services.take(content, seen=kept["seen"], placed=placed, by=request.user, at=timezone.now())
    except services.Outdated as outdated:
        messages.warning(request, str(outdated))
        return _preview(request, QDCForm(), content, outdated.comparison)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("interviews:codebook_import")
    return redirect(f"{reverse('interviews:themes')}?done={change.pk}" if change else "interviews:themes")


def _placed(request: Request, comparison: Comparison) -> dict[str, tuple[Level, Condition]]:
    """Where the person puts the new themes that the file has no place for, by the key of their names."""
    known = dict(PLACES)
    found = {}
    for number, change in enumerate(comparison.changes):
        place = request.POST.get(f"place-{number}", "")
        if change.unplaced and place in known:
            level, condition = place.split(":")
            found[key(change.after.name)] = (Level(level), Condition(condition))
    return found


def _preview(request: Request, form: QDCForm, content: bytes, comparison: Comparison) -> HttpResponse:
    """What the file would do. The page carries the file itself, signed: nothing is kept for those who never come back."""
    kept = {"file": base64.b64encode(content).decode(), "seen": comparison.digest}
    context = {
        "form": form,
        "comparison": comparison,
        "changes": [(number, change, f"{change.after.level}:{change.after.condition}") for number, change in enumerate(comparison.changes)],
        "unplaced": sum(change.unplaced for change in comparison.changes),
        "places": PLACES,
        "kept": signing.dumps(kept, salt=SALT, compress=True),
        "confirm": _go(comparison),
    }
    return render(request, "interviews/codebook_import.html", context, status=422 if comparison.problems else 200)


def _go(comparison: Comparison) -> str:
    """What the button does, in words: "Change 3 themes and add 1 theme"."""
    changed, new = (plural(len(rows), "theme") for rows in (comparison.changed, comparison.new))
    if comparison.changed and comparison.new:
        return f"Change {changed} and add {new}"
    return f"Change {changed}" if comparison.changed else f"Add {new}"
