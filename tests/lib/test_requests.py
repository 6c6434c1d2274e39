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


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/c/%00/", "/metrics/?q=%00", "/imports/?q=a%00b", "/c/q4/departments/%00/"])
def test_a_nul_in_an_address_is_not_found(admin, address):
    client = Client()
    client.force_login(admin)
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_a_part_of_a_page_asked_for_after_signing_out_sends_the_whole_page_to_the_sign_in():
    answer = Client().get("/jobs/1/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/account/login/")
    assert Client().get("/jobs/1/").status_code == 302


@pytest.mark.django_db
def test_a_form_that_was_open_too_long_gets_our_own_page(admin):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin)
    answer = client.post(reverse("departments:cycle_new"), {})
    assert answer.status_code == 403
    assert "after a long pause" in answer.content.decode()
