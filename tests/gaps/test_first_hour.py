"""Commands of the first hour: what load_demo does where it must not load, and create_admin."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from departments.core.roles import Role
from departments.models import Department, User
from departments.services import people

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def owner() -> User:
    """A real person."""
    return people.create_user(email="owner@company.example", name="Owner", password="a-long-passphrase", by=None, at=AT)


def test_load_if_empty_leaves_an_installation_with_accounts_alone(owner):
    out = io.StringIO()
    call_command("load_demo", if_empty=True, stdout=out)
    assert "no demo was loaded" in out.getvalue()
    assert not Department.objects.exists()


@pytest.mark.parametrize("name", ["sales", "SALES"])
def test_load_refuses_to_mix_with_what_is_there(name):
    Department(code="own", name=name).save()
    with pytest.raises(CommandError, match="there already"):
        call_command("load_demo")
    assert not User.objects.exists()


def test_create_admin_from_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("a-long-passphrase\n"))
    call_command("create_admin", "Boss@Company.example", password_stdin=True, stdout=io.StringIO())
    user = authenticate(None, email="boss@company.example", password="a-long-passphrase")
    assert user.standing.roles == {Role.ADMIN}
    assert (user.name, user.is_demo) == ("Boss", False)


@pytest.mark.parametrize(
    ("answers", "said"),
    [(["a-long-passphrase", "another"], "differ"), (["short", "short"], "too short"), (["", ""], "empty")],
)
def test_create_admin_asks_twice_and_says_what_is_wrong(monkeypatch, answers, said):
    monkeypatch.setattr("gaps.management.commands.create_admin.getpass", lambda _: answers.pop(0))
    with pytest.raises(CommandError, match=said):
        call_command("create_admin", "boss@company.example")
    assert not User.objects.exists()


def test_create_admin_refuses_a_taken_address(owner, monkeypatch):
    monkeypatch.setattr("gaps.management.commands.create_admin.getpass", lambda _: "a-long-passphrase")
    with pytest.raises(CommandError, match=r"already exists|has an account"):
        call_command("create_admin", owner.email)
