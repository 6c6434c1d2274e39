"""Make an admin."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from departments.core.roles import Role
from departments.services import people


class Command(BaseCommand):
    help = "Make an admin. The password is asked for twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="default: the part of the address before the @")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from the first line of standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"]
        password = sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else _asked()
        if not password:
            raise CommandError("The password is empty.")
        at = timezone.now()
        try:
            with transaction.atomic():
                user = people.create_user(email=email, name=options["name"] or email.split("@")[0], password=password, by=None, at=at)
                people.grant(user, Role.ADMIN, by=None, at=at)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{user.email} is an admin.")


def _asked() -> str:
    password = getpass("Password (12 characters or more): ")
    if getpass("Again: ") != password:
        raise CommandError("The two passwords differ.")
    return password
