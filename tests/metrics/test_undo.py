"""Taking imports back, in every order."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from departments.core.lifecycle import RECOMPUTE
from departments.models import AuditEvent, Job
from departments.services.jobs import Refused
from metrics.core.kpi import ImportState
from metrics.models import Import, Observation, ObservationChange
from metrics.queries import import_page
from metrics.services import imports
from metrics.services.undo import Undone, undo
from tests.factories import AT
from tests.metrics.core.files import ROWS, text

pytestmark = pytest.mark.django_db


def run(content: bytes) -> Import:
    return imports.run(file_name="figures.csv", content=content, create=True, by=None, at=AT).batch


def back(batch: Import, **more: object) -> Undone:
    return undo(batch, **{"by": None, "at": AT} | more)


def values() -> dict[date, float]:
    return dict(Observation.objects.filter(series__kpi__name="Win rate").values_list("period", "value"))


JANUARY, FEBRUARY = date(2025, 1, 1), date(2025, 2, 1)


def test_what_was_added_goes_and_what_was_changed_becomes_as_it_was(admin, cycle):
    first = run(text(ROWS[0]))
    second = run(text(ROWS[0].replace("31.5", "99"), ROWS[1]))
    assert values() == {JANUARY: 99, FEBRUARY: 33}
    Job.objects.all().delete()
    cycle.data_to = date(2025, 12, 31)
    cycle.save()
    assert back(second, by=admin) == Undone(restored=1, removed=1)
    assert values() == {JANUARY: 31.5}
    kept = Observation.objects.get(period=JANUARY)
    assert (kept.batch_id, kept.line, kept.target) == (first.pk, 2, 40)
    second.refresh_from_db()
    assert (second.state, second.undone_by, second.undone_at) == (ImportState.UNDONE, admin, AT)
    assert Job.objects.filter(kind=RECOMPUTE).count() == 1
    assert AuditEvent.objects.filter(act="import.undo").get().details == {"restored": 1, "removed": 1}


def test_what_is_taken_back_stays_in_the_history():
    batch = run(text(ROWS[0]))
    back(batch)
    (was,) = ObservationChange.objects.all()
    assert (was.value, was.batch_id, was.replaced_by_id, was.line) == (31.5, batch.pk, batch.pk, 2)


def test_rows_that_a_later_file_touched_stay_and_are_named():
    first = run(text(*ROWS))
    second = run(text(ROWS[0].replace("31.5", "50")))
    assert import_page(first).touched == [(second.pk, "figures.csv", 1)]
    back(first)
    assert values() == {JANUARY: 50}
    back(second)
    assert values() == {}


def test_undone_once():
    batch = run(text(*ROWS))
    back(batch)
    with pytest.raises(Refused, match="cannot be undone: undone"):
        back(batch)


def test_a_file_that_was_undone_can_be_imported_again():
    back(run(text(*ROWS)))
    again = run(text(*ROWS))
    assert (again.state, again.new) == (ImportState.APPLIED, 3)


@pytest.mark.parametrize("seed", range(25))
def test_any_order_of_imports_and_undoings_leaves_the_last_figures_that_stand(seed):
    """The oracle: each period has the figure of the last import that gives it and is not undone."""
    chance = random.Random(seed)
    standing: list[tuple[Import, dict[date, float]]] = []
    for step in range(14):
        if standing and chance.random() < 0.4:
            batch, _ = standing.pop(chance.randrange(len(standing)))
            back(batch, at=AT + timedelta(minutes=step))
        else:
            figures = {date(2025, month, 1): float(chance.randrange(1, 9)) for month in range(1, 7) if chance.random() < 0.5}
            if not figures:
                continue
            rows = [f"Sales,Win rate,%,higher,month,,{period:%Y-%m},{value}" for period, value in figures.items()]
            batch = run(text(*rows))
            if batch.state == ImportState.APPLIED:
                standing.append((batch, written(batch)))
        expected: dict[date, float] = {}
        for _, figures in standing:
            expected |= figures
        assert values() == expected, step


def written(batch: Import) -> dict[date, float]:
    """What the import itself wrote: rows that stood already with the same figure are not its own."""
    return dict(Observation.objects.filter(batch=batch).values_list("period", "value"))
