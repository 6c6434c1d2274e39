"""Who may do what, as permissions of `rules`; views ask through lib.access.require."""

from __future__ import annotations

import rules
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from departments.core.roles import Role
from departments.models import ReviewCycle, User


class Request(HttpRequest):
    """What a view gets: LoginRequiredMiddleware has made sure that somebody is signed in."""

    user: User
    htmx: HtmxDetails
    cycle: ReviewCycle  # set by views of a cycle; the shell shows it


def has(*roles: Role) -> rules.Predicate:
    """True for a signed-in person with one of the roles."""

    @rules.predicate(name=" or ".join(role.value for role in roles))
    def one_of(user: User) -> bool:
        return user.is_authenticated and bool(user.standing.roles & set(roles))

    return one_of


is_admin = has(Role.ADMIN)
is_leading = has(Role.ADMIN, Role.MANAGER)
sees_everything = has(Role.ADMIN, Role.MANAGER, Role.REVIEWER)

rules.add_perm("departments.create_cycle", is_leading)
rules.add_perm("departments.recompute_cycle", is_leading)
rules.add_perm("departments.manage_people", is_admin)
rules.add_perm("departments.clear_demo", is_admin)
