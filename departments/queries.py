"""Reads that pages share."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import QuerySet
from django.http import Http404

from departments.core.demo import DEMO_PASSWORD
from departments.core.roles import Role
from departments.models import Membership, ReviewCycle, User


def cycle_for(user: User, code: str) -> ReviewCycle:
    """The cycle of that code if the person may know of it; else Http404. Keep the instance for the whole request: its
    `current_version` is what makes all of a page's reads see one run."""
    cycle = ReviewCycle.objects.visible_to(user).filter(code=code).first()
    if cycle is None:
        raise Http404
    return cycle


def reviewers() -> QuerySet[User]:
    """Everybody who may be asked to review a cycle, by name."""
    return User.objects.filter(is_active=True, memberships__role=Role.REVIEWER)


class Login(NamedTuple):
    """How one of the demo's people signs in."""

    role: str
    email: str
    password: str


def demo_logins() -> list[Login]:
    """The logins of the demo organisation that are there, widest rights first; none when there is no demo."""
    found = Membership.objects.filter(user__is_demo=True, user__is_active=True).select_related("user", "department")
    order = list(Role)
    rows = sorted(found, key=lambda one: (order.index(Role(one.role)), one.pk))
    return [Login(_title(one), one.user.email, DEMO_PASSWORD) for one in rows]


def _title(membership: Membership) -> str:
    return f"Head of {membership.department}" if membership.department else Role(membership.role).label


def demo_greeting() -> list[str]:
    """The demo's logins as lines for a terminal."""
    return [f"  {one.role:<26} {one.email:<40} {one.password}" for one in demo_logins()]
