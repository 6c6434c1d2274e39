"""StrEnums as choices of model fields."""

from __future__ import annotations

from enum import StrEnum


def choices(enum: type[StrEnum]) -> list[tuple[str, str]]:
    """(value, label) pairs; the label is the member's `label`, else its value in words."""
    return [(member.value, getattr(member, "label", member.value.replace("_", " ").capitalize())) for member in enum]


def values(enum: type[StrEnum]) -> list[str]:
    """The values, for a check constraint."""
    return [member.value for member in enum]
