"""New baselines: a person says from which period on a series is a new process, and why. METHODS section 2; nothing does it by itself."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from departments.core.names import forbidden, tidy
from departments.models import User
from departments.services import audit, cycles
from metrics.models import Rebase, Series
from metrics.queries import periods_of


@transaction.atomic
def rebase(series: Series, *, period: date, reason: str, by: User | None, at: datetime) -> Rebase:
    """A new regime of the series from the period that begins on `period`; every open cycle that reaches it is judged anew.

    Raises ValidationError, with what to do, when the period has no figure, is the first one or has been re-based before, and
    when the reason is missing, too long or has characters that cannot be seen.
    """
    series = Series.objects.select_for_update(no_key=True).get(pk=series.pk)  # one at a time: the second sees the first
    _refuse_unusable(series, period)
    if (position := forbidden(reason)) is not None:
        raise ValidationError({"reason": f"Character {position + 1} cannot be seen. Type the reason anew."})
    made = Rebase(series=series, period=period, reason=tidy(reason), created_by=by, created_at=at)
    made.full_clean()
    made.save()
    _record("rebase.add", made, by=by, at=at)
    return made


@transaction.atomic
def remove(rebase: Rebase, *, by: User | None, at: datetime) -> None:
    """The two regimes beside the re-base become one again. A second time does nothing."""
    found = Rebase.objects.select_for_update().filter(pk=rebase.pk).first()
    if found:
        _record("rebase.remove", found, by=by, at=at)
        found.delete()


def _refuse_unusable(series: Series, period: date) -> None:
    known = set(periods_of(series))
    if period not in known:
        raise ValidationError({"period": "There is no figure in that period. Choose one that has a figure."})
    if period == min(known):
        raise ValidationError({"period": "The series begins there, and so does its baseline. Choose a later period."})
    if Rebase.objects.filter(series=series, period=period).exists():
        raise ValidationError({"period": "A new baseline begins there already. Remove it first to give another reason."})


def _record(act: str, rebase: Rebase, *, by: User | None, at: datetime) -> None:
    audit.record(act, by=by, at=at, on=rebase, series=rebase.series_id, period=rebase.period.isoformat(), reason=rebase.reason)
    cycles.request_recompute_since(rebase.period, by=by, at=at)
