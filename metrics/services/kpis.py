"""The KPI dictionary: one KPI at a time, or a whole file of them. Every change says what was and what is, and queues the recompute
of the open cycles that it touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, ProtectedError, Q, QuerySet

from departments.core.names import CODE_LENGTH, key
from departments.core.roles import Function
from departments.models import User
from departments.services import audit
from metrics.core import dictionary
from metrics.core.dictionary import Comparison, Entry, Kept, coded
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency
from metrics.models import KPI, Benchmark, DriverLink, Observation, ObservationChange, Series
from metrics.services import locks
from metrics.services.imports import LOCK as IMPORTS
from metrics.services.touched import request_recompute
from saypro_review.lib.formatting import plural

FIELDS = ("name", "definition", "formula", "unit", "direction", "frequency", "function", "importance", "owner")
TEXTS = ("name", "definition", "formula", "unit")
CODE = f"Use letters, digits, hyphens and underscores, at most {CODE_LENGTH}, and no hyphen first."
BUSY = "A KPI file is being written at this moment. Try again in a minute."
TAKEN = "Another KPI has been given this name or code in the meantime. Choose another."


class Outdated(Exception):
    """The dictionary is not what it was when the file was looked at: `comparison` is what the file would do now."""

    def __init__(self, comparison: Comparison):
        super().__init__("The dictionary has changed since you looked. This is what the file would do now.")
        self.comparison = comparison


@transaction.atomic
def create(*, code: str, by: User | None, at: datetime, **values: Any) -> KPI:
    """A new KPI. `values`: its FIELDS. Raises ValidationError, by field, for what is wrong with them."""
    kpi = KPI(code=code)
    _fill(kpi, values)
    if not coded(code):
        raise ValidationError({"code": CODE})
    _save(kpi)
    audit.record("kpi.create", by=by, at=at, on=kpi, code=kpi.code, **_plain(kpi))
    return kpi


@transaction.atomic
def change(kpi: KPI, *, by: User | None, at: datetime, **values: Any) -> bool:
    """Give the KPI these values of FIELDS; whether any is new. Raises ValidationError, by field, for what is wrong with them, and for
    a frequency that its figures do not have."""
    kpi = KPI.objects.select_for_update().get(pk=kpi.pk)
    before = _plain(kpi)
    _fill(kpi, values)
    changed = _differences(before, _plain(kpi))
    if not changed:
        return False
    if "frequency" in changed:
        _refuse_other_frequency(kpi, Frequency(before["frequency"]))
    _save(kpi)
    _recorded(kpi, changed, by=by, at=at)
    request_recompute([kpi.pk], by=by, at=at)
    return True


@transaction.atomic
def delete(kpi: KPI, *, by: User | None, at: datetime) -> None:
    """Take a KPI that nothing hangs on out of the dictionary. Raises ValidationError, saying what does."""
    kpi = KPI.objects.select_for_update().get(pk=kpi.pk)
    if hanging := hangs_on(kpi):
        raise ValidationError(f"{kpi} stays: it has {hanging}.")
    if not locks.take(IMPORTS):
        raise ValidationError(BUSY)
    audit.record("kpi.delete", by=by, at=at, on=kpi, code=kpi.code, **_plain(kpi))
    try:
        Series.objects.filter(kpi=kpi).delete()  # places for figures, all empty
        kpi.delete()
    except ProtectedError:
        raise ValidationError(f"{kpi} stays: a review still shows it.") from None


def hangs_on(kpi: KPI) -> str:
    """What a deletion would take along, in words; empty when it may go."""
    kept, replaced = (Exists(model.objects.filter(series=OuterRef("pk"))) for model in (Observation, ObservationChange))
    series = Series.objects.filter(kpi=kpi).filter(kept | replaced | Q(rolled_up=True)).count()
    links = DriverLink.objects.filter(Q(driver=kpi) | Q(driven=kpi)).count()
    benchmarks = Benchmark.objects.filter(kpi=kpi).count()
    counted = [("or had figures in ", series, "department"), ("", benchmarks, "benchmark"), ("", links, "driver")]
    said = [words + plural(count, noun) for words, count, noun in counted if count]
    return ", ".join(said[:-1]) + (" and " if said[1:] else "") + said[-1] if said else ""


def has_figures(kpi: KPI) -> bool:
    """Whether any figure is kept of it: its frequency is then settled."""
    return Observation.objects.filter(series__in=Series.objects.filter(kpi=kpi)).exists()


# The dictionary as a file


def compare(content: bytes) -> Comparison:
    """What the file would do to the dictionary. Raises metrics.core.problems.Unreadable."""
    return dictionary.compare(content, _kept(KPI.objects.all()), _people())


@transaction.atomic
def apply_file(content: bytes, *, seen: str, by: User | None, at: datetime) -> Comparison:
    """Do what the file says, all or nothing. `seen`: the digest of the comparison that the person has confirmed.

    Raises Outdated when the file would do anything else by now, or has problems.
    """
    locks.wait_for(locks.DICTIONARY)
    comparison = dictionary.compare(content, _kept(KPI.objects.select_for_update().order_by("pk")), _people())
    if comparison.digest != seen or comparison.problems:
        raise Outdated(comparison)
    entries = {change.after.code: change.after for change in comparison.changes}
    users = _users(entries.values())
    known = {kpi.code: kpi for kpi in KPI.objects.filter(code__in=entries)}
    _make_way(known.values(), entries)
    touched = [_entered(known.get(code), entry, users, by=by, at=at) for code, entry in entries.items()]
    audit.record("kpi.file", by=by, at=at, new=len(comparison.new), changed=len(comparison.changed), same=comparison.same)
    request_recompute([pk for pk in touched if pk], by=by, at=at)
    return comparison


def entry(kpi: KPI) -> Entry:
    """The KPI as a row of the file; its owner should be fetched along."""
    return Entry(
        code=kpi.code,
        name=kpi.name,
        definition=kpi.definition,
        formula=kpi.formula,
        unit=kpi.unit,
        direction=Direction(kpi.direction),
        frequency=Frequency(kpi.frequency),
        function=Function(kpi.function),
        importance=kpi.importance,
        owner=kpi.owner.email if kpi.owner else "",
    )


def _kept(kpis: QuerySet[KPI]) -> dict[str, Kept]:
    kept = Observation.objects.filter(series=OuterRef("pk"))
    figures = set(Series.objects.filter(Exists(kept)).order_by().values_list("kpi_id", flat=True).distinct())
    owners = User.objects.in_bulk()
    found = {}
    for kpi in kpis:
        kpi.owner = owners.get(kpi.owner_id)
        found[kpi.code] = Kept(entry(kpi), kpi.pk in figures)
    return found


def _people() -> set[str]:
    return set(User.objects.filter(is_active=True).values_list("email", flat=True))


def _users(entries: Iterable[Entry]) -> dict[str, User]:
    return {user.email: user for user in User.objects.filter(email__in={entry.owner for entry in entries})}


def _make_way(kpis: Iterable[KPI], entries: Mapping[str, Entry]) -> None:
    """Names that are about to change are put aside first: two KPIs may swap theirs."""
    renamed = [kpi.pk for kpi in kpis if key(kpi.name) != key(entries[kpi.code].name)]
    for pk in renamed:
        KPI.objects.filter(pk=pk).update(key=f"\x01{pk}")  # no name that a person may type


def _entered(kpi: KPI | None, entry: Entry, users: Mapping[str, User], *, by: User | None, at: datetime) -> int | None:
    """Write one row; the id of the KPI that it changed."""
    values = {name: value for name, value in asdict(entry).items() if name != "code"} | {"owner": users.get(entry.owner)}
    if kpi is None:
        create(code=entry.code, by=by, at=at, **values)
        return None
    before = _plain(kpi)
    _fill(kpi, values)
    changed = _differences(before, _plain(kpi))
    if "frequency" in changed:
        _refuse_other_frequency(kpi, Frequency(before["frequency"]))
    _save(kpi)
    _recorded(kpi, changed, by=by, at=at)
    return kpi.pk


# One KPI


def _fill(kpi: KPI, values: Mapping[str, Any]) -> None:
    """Set those of FIELDS that are given. Raises ValidationError for all texts that cannot stand."""
    faults = {}
    for name in FIELDS:
        if name in values and values[name] != getattr(kpi, name):
            try:
                setattr(kpi, name, dictionary.READERS[name](values[name]) if name in TEXTS else values[name])
            except ValueError as error:
                faults[name] = str(error)
    if faults:
        raise ValidationError(faults)


def _plain(kpi: KPI) -> dict[str, Any]:
    """Its FIELDS as the audit keeps them."""
    return {name: kpi.owner_id if name == "owner" else getattr(kpi, name) for name in FIELDS}


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """name -> [old, new] of what differs."""
    return {name: [before[name], after[name]] for name in FIELDS if before[name] != after[name]}


def _recorded(kpi: KPI, changed: Mapping[str, list[Any]], *, by: User | None, at: datetime) -> None:
    audit.record("kpi.change", by=by, at=at, on=kpi, code=kpi.code, **changed)


def _refuse_other_frequency(kpi: KPI, was: Frequency) -> None:
    """An import that is being written may be about to give the KPI its first figures: not now, then."""
    if not locks.take(IMPORTS):
        raise ValidationError({"frequency": BUSY})
    if has_figures(kpi):
        raise ValidationError({"frequency": f"Its figures are {was.label}. Make another KPI for the other figures."})


def _save(kpi: KPI) -> None:
    """Save it, or say by field what is wrong."""
    kpi.full_clean(validate_constraints=False, validate_unique=False, exclude=["owner"])
    taken = KPI.objects.exclude(pk=kpi.pk)
    if taken.filter(code=kpi.code).exists():
        raise ValidationError({"code": "Another KPI has this code. Choose another."})
    if other := taken.filter(key=key(kpi.name)).first():
        raise ValidationError({"name": f"The KPI {other.code} is called so already."})
    try:
        with transaction.atomic():
            kpi.save()
    except IntegrityError:
        raise ValidationError(TAKEN) from None
