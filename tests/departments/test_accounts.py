"""Signing in: by email, with neutral answers, throttled, and with the demo's password from this machine only."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from departments.models import User
from tests import factories as make

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _fresh_throttles():
    cache.clear()


def sign_in(email: str, password: str = PASSWORD, **where: str):
    return Client().post(reverse("account_login"), {"login": email, "password": password}, **where)


def test_by_email_in_any_case(admin):
    assert sign_in("ADMIN@example.org").status_code == 302


def test_a_wrong_password_and_an_unknown_address_are_told_the_same(admin):
    wrong = sign_in("admin@example.org", "wrong password")
    unknown = sign_in("nobody-here@example.org", "wrong password")
    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors


@pytest.mark.parametrize(
    ("where", "status"),
    [
        ({}, 302),
        ({"REMOTE_ADDR": "::1"}, 302),
        ({"REMOTE_ADDR": "192.0.2.7"}, 200),
        ({"HTTP_X_FORWARDED_FOR": "192.0.2.7"}, 200),
        ({"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 200),
        ({"HTTP_FORWARDED": "for=192.0.2.7"}, 200),
        ({"HTTP_X_REAL_IP": "192.0.2.7"}, 200),
    ],
    ids=str,
)
def test_demo_accounts_sign_in_from_this_machine_only(where, status):
    make.UserFactory(email="demo@example.org", is_demo=True)
    assert sign_in("demo@example.org", **where).status_code == status


def test_demo_logins_are_shown_on_this_machine_only(head):
    head.is_demo = True
    head.save()
    page = reverse("account_login")
    assert "head@example.org" in Client().get(page).content.decode()
    assert "head@example.org" not in Client().get(page, REMOTE_ADDR="192.0.2.7").content.decode()
    assert "head@example.org" not in Client().get(page, HTTP_X_FORWARDED_FOR="127.0.0.1").content.decode()


def test_others_sign_in_from_anywhere(admin):
    assert sign_in("admin@example.org", REMOTE_ADDR="192.0.2.7").status_code == 302


def test_guessing_is_throttled_whatever_address_is_claimed(admin):
    answers = [
        sign_in("admin@example.org", f"guess {n}", REMOTE_ADDR="192.0.2.7", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}") for n in range(12)
    ]
    assert "Too many failed login attempts" in answers[-1].content.decode()
    assert sign_in("admin@example.org", REMOTE_ADDR="192.0.2.7").status_code == 200, "even the right password waits"


def test_a_deactivated_account_does_not_get_in(admin):
    admin.is_active = False
    admin.save()
    answer = sign_in("admin@example.org")
    assert "_auth_user_id" not in answer.client.session


def test_nobody_signs_up():
    answer = Client().post(reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD})
    assert "password1" not in answer.content.decode()
    assert not User.objects.filter(email="new@example.org").exists()


def test_signing_out_needs_a_post(admin):
    client = Client()
    client.force_login(admin)
    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_no_redirect_leaves_the_product(admin):
    answer = Client().post(
        reverse("account_login") + "?next=https://evil.example/",
        {"login": "admin@example.org", "password": PASSWORD, "next": "//evil.example"},
    )
    assert answer["Location"] == "/"
