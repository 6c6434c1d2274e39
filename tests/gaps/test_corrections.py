"""One figure put right on the page of its KPI."""

from __future__ import annotations

from datetime import date

import pytest

from departments.core.lifecycle import RECOMPUTE
from departments.models import Job
from departments.services.jobs import Refused
from metrics.models import Import, Observation, ObservationChange, Series
from metrics.services.corrections import correct
from metrics.services.undo import undo
from tests.factories import AT

pytestmark = pytest.mark.django_db
DECEMBER = date(2025, 12, 1)


@pytest.fixture
def conversion(judged) -> Series:
    return Series.objects.get(kpi__code="conversion")


def test_a_correction_is_an_import_of_one_row_that_keeps_the_old_figure(conversion, admin):
    before = Observation.objects.get(series=conversion, period=DECEMBER).value
    batch = correct(conversion, period=DECEMBER, value=0.25, reason="Wrong column, =1+1", by=admin, at=AT)
    now = Observation.objects.get(series=conversion, period=DECEMBER)
    assert (now.value, now.note, now.target, now.batch_id) == (0.25, "Wrong column, =1+1", 30, batch.pk)
    assert ObservationChange.objects.get(replaced_by=batch).value == before
    assert Job.objects.filter(kind=RECOMPUTE).exists()
    undo(batch, by=admin, at=AT)
    assert Observation.objects.get(series=conversion, period=DECEMBER).value == before


def test_the_same_figure_again_changes_nothing(conversion, admin):
    before = Observation.objects.get(series=conversion, period=DECEMBER)
    correct(conversion, period=DECEMBER, value=before.value, reason="", by=admin, at=AT)
    assert not ObservationChange.objects.exists()


def test_what_is_rolled_up_is_corrected_below(conversion, admin):
    conversion.rolled_up = True
    with pytest.raises(Refused, match="Correct it there"):
        correct(conversion, period=DECEMBER, value=1.0, reason="x", by=admin, at=AT)


def test_on_the_page(client, admin, conversion):
    client.force_login(admin)
    page = f"/c/q4/series/{conversion.pk}/"
    assert "Correct a figure" in client.get(page).content.decode()
    answer = client.post(f"{page}correct/", {"period": "2025-12-01", "value": "21.5", "reason": "Counted twice"}, follow=True)
    html = answer.content.decode()
    assert "The figure is corrected." in html
    assert "Correction.csv, row 2" in html
    answer = client.post(f"{page}correct/", {"period": "2030-01-01", "value": "x", "reason": ""})
    assert answer.status_code == 422
    for words in ("Choose a period from the list.", "Write a number, like 12.5.", "Say why it was wrong."):
        assert words in answer.content.decode()
    assert Import.objects.filter(file_name="Correction.csv").count() == 1


def test_others_may_not(client, manager, conversion):
    client.force_login(manager)
    assert "Correct a figure" not in client.get(f"/c/q4/series/{conversion.pk}/").content.decode()
