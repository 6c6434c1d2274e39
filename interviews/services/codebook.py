"""The codebook: themes made, changed, merged, split and retired. Each act is one transaction, one audit event and one CodebookChange
that can be undone, with the excerpts that it moved. How many those are is said nowhere: managers and admins read what was done, and the
audit log, and are told no number below k."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError

from departments.core import names
from departments.models import User
from departments.services import audit
from interviews.core.refi import DEFINITION, writable
from interviews.models import CodebookChange, Excerpt, Theme

FIELDS = ("name", "definition", "keywords", "level", "condition")
KEPT = ("code", *FIELDS, "retired_at", "merged_into_id")  # what an undo gives back
MOVED = ("theme", "cause_theme")
MOST_KEYWORDS, KEYWORD_LENGTH = 60, 60
SAID_LENGTH = 300
ADDRESSES = {"new", "history", "import", "changes"}  # pages of the codebook: no code of a theme


@dataclass(frozen=True)
class Undone:
    """What an undo could not give back: `left`, ids of excerpts that had another theme by then; `stayed`, themes that came with the
    change and are only retired because something has been coded with them since."""

    left: list[int]
    stayed: list[Theme]


@dataclass(frozen=True)
class Move:
    """Excerpts whose `field` went from one theme to another, by ids."""

    field: str
    source: int
    target: int
    excerpts: list[int]


# Acts


@transaction.atomic
def create(*, by: User | None, at: datetime, **values: Any) -> tuple[Theme, CodebookChange]:
    """A new theme. `values`: its FIELDS. Raises ValidationError, by field."""
    themes = _locked()
    theme = _save(Theme(created_at=at), values, themes)
    return theme, _recorded("create", f"{theme.name} was added.", {theme.pk: None}, [theme], by=by, at=at)


@transaction.atomic
def change(theme: Theme, *, by: User | None, at: datetime, **values: Any) -> CodebookChange | None:
    """Give the theme these values of FIELDS; None when nothing is new. Raises ValidationError, by field."""
    themes = _locked()
    theme = _in_use(theme, themes)
    before = _plain(theme)
    _save(theme, values, themes)
    new = [name for name in FIELDS if before[name] != _plain(theme)[name]]
    if not new:
        return None
    renamed = f"{before['name']} is called {theme.name}." if "name" in new else ""
    others = [WORDS[name] for name in new if name != "name"]
    said = renamed or f"{theme.name} has another {_and(others)}."
    return _recorded("change", said, {theme.pk: before}, [theme], by=by, at=at)


@transaction.atomic
def merge(merged: Collection[Theme], into: Theme, *, by: User | None, at: datetime) -> CodebookChange:
    """Make several themes one: all their excerpts, also of earlier cycles, get `into`, which takes over their names and keywords as
    keywords; they are retired. Raises ValidationError when one is retired already, or is `into` itself."""
    themes = _locked()
    into = _in_use(into, themes)
    gone = [_in_use(one, themes) for one in sorted(merged, key=lambda one: one.pk)]
    if not gone or into in gone:
        raise ValidationError("Choose at least one other theme to merge.")
    before = {one.pk: _plain(one) for one in (*gone, into)}
    moves = [move for one in gone for move in _move(one, into)]
    for one in gone:
        one.retired_at, one.merged_into = at, into
        one.save()
    into.keywords = keywords([*into.keywords, *(word for one in gone for word in (one.name, *one.keywords) if len(word) <= KEYWORD_LENGTH)])
    into.save()
    said = f"{_and([one.name for one in gone])} became part of {into.name}."
    return _recorded("merge", said, before, [*gone, into], moves, by=by, at=at)


@transaction.atomic
def split(
    theme: Theme, *, excerpts: Collection[int], by: User | None, at: datetime, into: Theme | None = None, **values: Any
) -> tuple[Theme, CodebookChange]:
    """Give the chosen excerpts of the theme another one: `into`, or a new theme made of `values`. Returns that theme.

    Raises ValidationError, by field for the values, and when none of the excerpts is of the theme.
    """
    themes = _locked()
    theme = _in_use(theme, themes)
    before: dict[int, dict[str, Any] | None] = {theme.pk: _plain(theme)}
    if into is None:
        into = _save(Theme(created_at=at), values, themes)
        before[into.pk] = None
    else:
        into = _in_use(into, themes)
        before[into.pk] = _plain(into)
    moves = _move(theme, into, excerpts) if into != theme else []
    if not moves:
        raise ValidationError("Choose excerpts of this theme, and another theme for them.")
    said = f"Part of {theme.name} became {into.name}."
    return into, _recorded("split", said, before, [theme, into], moves, by=by, at=at)


@transaction.atomic
def retire(theme: Theme, *, by: User | None, at: datetime) -> CodebookChange:
    """Take the theme out of use: it is not offered any more; its excerpts keep it."""
    theme = _in_use(theme, _locked())
    before = _plain(theme)
    theme.retired_at = at
    theme.save()
    return _recorded("retire", f"{theme.name} is no longer in use.", {theme.pk: before}, [theme], by=by, at=at)


@transaction.atomic
def write_file(entries: Sequence[tuple[int | None, Mapping[str, Any]]], *, said: str, by: User | None, at: datetime) -> CodebookChange:
    """Themes out of a file, all or nothing, as one change: (id of the theme or None for a new one, values of its FIELDS).

    Raises ValidationError, naming the theme that cannot be.
    """
    themes = _locked()
    before: dict[int, dict[str, Any] | None] = {pk: _plain(_in_use(themes[pk], themes)) for pk, _ in entries if pk is not None}
    _put_names_aside({themes[pk]: values["name"] for pk, values in entries if pk is not None and "name" in values})
    written: list[Theme] = []
    for pk, values in entries:
        theme = Theme(created_at=at) if pk is None else themes[pk]
        written.append(_save(theme, values, themes, but={other for other, _ in entries if other is not None} - {row.pk for row in written}))
        before.setdefault(written[-1].pk, None)
    return _recorded("import", said, before, written, by=by, at=at)


# Undo


@transaction.atomic
def undo(change: CodebookChange, *, by: User | None, at: datetime) -> Undone:
    """Put back what the change did to themes and excerpts. Excerpts that got another theme since are left as they are.

    Raises ValidationError when it was undone before, when a later change of the same themes stands, or a name is taken by now.
    """
    themes = _locked()
    change = CodebookChange.objects.select_for_update().get(pk=change.pk)
    if change.undone_at:
        raise ValidationError("This was undone before.")
    if later := _later(change):
        raise ValidationError(f"Undo this first: {later.said}")
    left = [pk for move in moves_of(change) for pk in _moved_back(move)]
    stayed = _restored(change.before["themes"], themes, at=at)
    change.undone_by, change.undone_at = by, at
    change.save()
    audit.record("codebook.undo", by=by, at=at, on=change, kind=change.kind)
    return Undone(sorted(set(left)), stayed)


def touched(change: CodebookChange) -> set[int]:
    """Ids of the themes that the change is about."""
    return {int(pk) for pk in change.before["themes"]}


def moves_of(change: CodebookChange) -> list[Move]:
    """Which excerpts it moved."""
    return [Move(*move) for move in change.before["moves"]]


def _later(change: CodebookChange) -> CodebookChange | None:
    """The newest change that has to be undone before this one."""
    later = CodebookChange.objects.filter(pk__gt=change.pk, undone_at=None).order_by("-pk")
    return next((one for one in later if touched(one) & touched(change)), None)


def _moved_back(move: Move) -> list[int]:
    """Give the excerpts back to the theme; ids of those that have another one by now."""
    still = set(Excerpt.objects.filter(pk__in=move.excerpts, **{move.field: move.target}).values_list("pk", flat=True))
    Excerpt.objects.filter(pk__in=still).update(**{move.field: move.source})
    there = set(Excerpt.objects.filter(pk__in=move.excerpts).values_list("pk", flat=True))
    return sorted(there - still)


def _restored(before: Mapping[str, dict[str, Any] | None], themes: Mapping[int, Theme], *, at: datetime) -> list[Theme]:
    """The themes as they were; those that the change made go. Returns those that cannot go, retired."""
    old = {int(pk): values for pk, values in before.items()}
    stayed = [themes[pk] for pk, values in old.items() if values is None and not _deleted(themes[pk])]
    for theme in stayed:
        theme.retired_at = theme.retired_at or at
        theme.save()
    back = {themes[pk]: values for pk, values in old.items() if values is not None}
    _put_names_aside({theme: values["name"] for theme, values in back.items()})
    for theme, values in back.items():
        _free(values["name"], theme, retired=bool(values["retired_at"]))
        for name in KEPT:
            setattr(theme, name, values[name] if name != "retired_at" or not values[name] else datetime.fromisoformat(values[name]))
        theme.save()
    return stayed


def _deleted(theme: Theme) -> bool:
    try:
        with transaction.atomic():
            theme.delete()
    except ProtectedError:
        return False
    return True


# Parts

WORDS = {"definition": "definition", "keywords": "list of keywords", "level": "level", "condition": "condition"}


def keywords(words: Iterable[str]) -> list[str]:
    """Tidy, each once whatever its case, at most MOST_KEYWORDS, in the order given."""
    found: dict[str, str] = {}
    for word in map(names.tidy, words):
        if word:
            found.setdefault(names.key(word), word)
    return list(found.values())[:MOST_KEYWORDS]


def _locked() -> dict[int, Theme]:
    """All themes by id, locked: one act on the codebook at a time, and none while an excerpt is being given one of them."""
    return {theme.pk: theme for theme in Theme.objects.select_for_update().order_by("pk")}


def _in_use(theme: Theme, themes: Mapping[int, Theme]) -> Theme:
    found = themes.get(theme.pk)
    if found is None or found.retired_at:
        raise ValidationError(f"{theme} is no longer in use.")
    return found


def _plain(theme: Theme) -> dict[str, Any]:
    """What of it an undo gives back, as JSON has it."""
    values = {name: getattr(theme, name) for name in KEPT}
    return values | {"keywords": list(theme.keywords), "retired_at": theme.retired_at and theme.retired_at.isoformat()}


def _save(theme: Theme, values: Mapping[str, Any], themes: Mapping[int, Theme], *, but: Collection[int] = ()) -> Theme:
    """Fill and save it, or say by field what is wrong. `but`: themes whose names are about to change."""
    for name in FIELDS:
        if name in values:
            setattr(theme, name, values[name])
    theme.name = names.tidy(theme.name)
    theme.definition = writable(theme.definition)
    theme.keywords = keywords(theme.keywords)
    if not theme.code:
        theme.code = names.code(theme.name, ADDRESSES | {one.code for one in Theme.objects.all()})
    if len(theme.definition) > DEFINITION:
        raise ValidationError({"definition": f"Keep it within {DEFINITION} letters."})
    theme.full_clean(exclude=["key", "merged_into"], validate_constraints=False, validate_unique=False)
    _free(theme.name, theme, but=but)
    theme.save()
    return theme


def _free(name: str, theme: Theme, *, retired: bool = False, but: Collection[int] = ()) -> None:
    """Refuse a name that another theme in use has."""
    others = Theme.objects.in_use().filter(key=names.key(name)).exclude(pk=theme.pk).exclude(pk__in=but)
    if not retired and others.exists():
        raise ValidationError({"name": f"Another theme is called {name} already."})


def _put_names_aside(names_to_be: Mapping[Theme, str]) -> None:
    """Names are about to change: two themes may swap theirs."""
    for theme, name in names_to_be.items():
        if names.key(name) != theme.key:
            Theme.objects.filter(pk=theme.pk).update(key=f"\x01{theme.pk}")  # no name that a person may type


def _move(source: Theme, target: Theme, excerpts: Collection[int] | None = None) -> list[Move]:
    """Give the excerpts of one theme (all, or those chosen) the other, as theme and as claimed cause; removed ones too, as they can
    come back. Their `updated_at` stays: nobody has coded anew."""
    moves = []
    for field in MOVED:
        found = Excerpt.objects.filter(**{field: source})
        found = found if excerpts is None else found.filter(pk__in=excerpts)
        ids = sorted(found.values_list("pk", flat=True))
        if ids:
            Excerpt.objects.filter(pk__in=ids).update(**{field: target})
            moves.append(Move(field, source.pk, target.pk, ids))
    return moves


def _recorded(
    kind: str,
    said: str,
    before: Mapping[int, dict[str, Any] | None],
    themes: Sequence[Theme],
    moves: Sequence[Move] = (),
    *,
    by: User | None,
    at: datetime,
) -> CodebookChange:
    said = said if len(said) <= SAID_LENGTH else said[: SAID_LENGTH - 1] + "…"
    kept = {
        "themes": {str(pk): values for pk, values in before.items()},
        "moves": [[move.field, move.source, move.target, move.excerpts] for move in moves],
    }
    change = CodebookChange.objects.create(kind=kind, said=said, before=kept, created_by=by, created_at=at)
    audit.record(f"codebook.{kind}", by=by, at=at, on=change, themes=[theme.code for theme in themes])
    return change


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
