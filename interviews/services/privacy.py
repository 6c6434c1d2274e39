"""How small a group may be told of, and how long words and names are kept."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from departments.models import ReviewCycle, User
from departments.services import audit
from interviews.models import PrivacyPolicy

FIELDS = ("k_managers", "k_heads", "k_organisation", "retain_until")


@transaction.atomic
def set_privacy(
    cycle: ReviewCycle, *, k_managers: int, k_heads: int, k_organisation: int, retain_until: date | None, by: User | None, at: datetime
) -> bool:
    """Let these hold in the cycle; whether any is new. What is out stays out: a smaller k opens only what nothing follows from.

    Raises ValidationError for a k below 3, and for a new date once texts and names are gone.
    """
    ReviewCycle.objects.select_for_update(no_key=True).get(pk=cycle.pk)
    policy = PrivacyPolicy.objects.filter(cycle=cycle).first() or PrivacyPolicy(cycle=cycle)
    before = {name: getattr(policy, name) for name in FIELDS}
    after = {"k_managers": k_managers, "k_heads": k_heads, "k_organisation": k_organisation, "retain_until": retain_until}
    changed = {name: [_plain(before[name]), _plain(after[name])] for name in FIELDS if before[name] != after[name]}
    if not changed:
        return False
    if policy.redacted_at and "retain_until" in changed:
        raise ValidationError({"retain_until": "The texts and names of this cycle are gone already."})
    for name, value in after.items():
        setattr(policy, name, value)
    policy.full_clean(exclude=["cycle"])
    policy.save()
    audit.record("interviews.set_privacy", by=by, at=at, on=cycle, **changed)
    return True


def _plain(value: int | date | None) -> int | str | None:
    return value.isoformat() if isinstance(value, date) else value
