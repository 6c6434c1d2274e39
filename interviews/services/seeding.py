"""What a new installation begins with: the codebook and the question guides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from departments.core.names import key
from interviews.core.seed_guides import GUIDES
from interviews.core.seed_themes import THEMES


def seed(Theme: Any, Guide: Any, Question: Any, at: datetime) -> None:
    """Write the themes and guides that are not there yet, by code and by name; what is there stays as it is, retired ones too.

    The models are passed in: a migration has those of its time.
    """
    codes, names = set(Theme.objects.values_list("code", flat=True)), set(Theme.objects.values_list("key", flat=True))
    Theme.objects.bulk_create(
        Theme(
            code=one.code,
            name=one.name,
            key=key(one.name),
            definition=one.definition,
            keywords=list(one.keywords),
            level=one.level,
            condition=one.condition,
            created_at=at,
        )
        for one in THEMES
        if one.code not in codes and key(one.name) not in names
    )
    guides = set(Guide.objects.values_list("code", flat=True))
    new = [one for one in GUIDES if one.code not in guides]
    made = Guide.objects.bulk_create(
        Guide(code=one.code, name=one.name, function=one.function, role=one.role, created_at=at) for one in new
    )
    Question.objects.bulk_create(
        Question(guide=guide, position=position, text=asked.text, hint=asked.hint, whole_function=asked.whole_function)
        for guide, one in zip(made, new, strict=True)
        for position, asked in enumerate(one.questions, 1)
    )
