"""Accounts and what they may do."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from departments.core.names import tidy
from departments.core.roles import Role
from departments.models import Department, Membership, User
from departments.services import audit


@transaction.atomic
def create_user(
    *, email: str, name: str, password: str | None, by: User | None, at: datetime, is_demo: bool = False, superuser: bool = False
) -> User:
    """A new account. Raises ValidationError when the address is taken or malformed, or the password too weak."""
    user = User(email=email.strip().lower(), name=tidy(name), is_demo=is_demo, is_superuser=superuser)
    if password is not None:
        validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    audit.record("user.create", by=by, at=at, on=user)
    return user


@transaction.atomic
def grant(user: User, role: Role, *, by: User | None, at: datetime, department: Department | None = None) -> Membership:
    """Give the person a role: of one department for a head, of the organisation for the others. Twice is once."""
    membership, created = Membership.objects.get_or_create(user=user, role=role, department=department)
    if created:
        audit.record("role.grant", by=by, at=at, on=user, role=role.value, department=department.pk if department else None)
    return membership


@transaction.atomic
def revoke(membership: Membership, *, by: User | None, at: datetime) -> None:
    """Take the role away; it ends with the person's next request."""
    audit.record("role.revoke", by=by, at=at, on=membership.user, role=membership.role, department=membership.department_id)
    membership.delete()
