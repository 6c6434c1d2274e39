"""What every request gets."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse


@pytest.mark.django_db
def test_an_id_of_our_form_is_kept_and_any_other_replaced():
    ours = "0123456789abcdef" * 2
    assert Client().get("/healthz", headers={"X-Request-ID": ours})["X-Request-ID"] == ours
    assert Client().get("/healthz", headers={"X-Request-ID": "evil\tid"})["X-Request-ID"] != "evil\tid"


def broken(*args, **kwargs):
    raise OperationalError("the server closed the connection")


@pytest.mark.django_db(transaction=True)
def test_a_lost_database_is_a_503_in_views_and_in_middleware_and_then_recovers(admin, monkeypatch):
    client = Client(raise_request_exception=False)
    client.force_login(admin)
    with monkeypatch.context() as patch:
        patch.setattr("departments.views.require", broken)
        assert client.get(reverse("departments:cycle_new")).status_code == 503
    with monkeypatch.context() as patch:
        patch.setattr("django.contrib.sessions.backends.db.SessionStore._get_session_from_db", broken)
        answer = client.get(reverse("departments:cycle_new"))
        assert answer.status_code == 503
        assert answer["Retry-After"] == "5"
    assert client.get(reverse("departments:cycle_new")).status_code == 200


@pytest.mark.django_db
def test_a_fault_shows_the_id_under_which_the_log_has_it(admin, monkeypatch):
    client = Client(raise_request_exception=False)
    client.force_login(admin)
    monkeypatch.setattr("departments.views.require", lambda *_: 1 / 0)
    answer = client.get(reverse("departments:cycle_new"))
    assert answer.status_code == 500
    assert answer["X-Request-ID"] in answer.content.decode()


@pytest.mark.django_db
def test_healthz_needs_no_database_and_readyz_says_what_is_missing(monkeypatch):
    assert Client().get("/healthz").content == b"ok\n"
    assert Client().get("/readyz").json() == {"database": "ok", "broker": "ok"}
    monkeypatch.setattr("saypro_review.lib.probes.MigrationExecutor", broken)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "not reached")
