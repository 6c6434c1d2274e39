"""Released counts in a sentence."""

from __future__ import annotations


def sentence(*, raised: int | None = None, problem: int | None = None, strength: int | None = None) -> str:
    """What so many people said, of which any count may be unknown: "12 people raised it: 7 as a problem, 5 as a strength."."""
    if raised is None:
        parts = [f"{count} people call it a {word}" for count, word in ((problem, "problem"), (strength, "strength")) if count]
        return f"{'; '.join(parts)}."
    for count, word in ((problem, "problem"), (strength, "strength")):
        if count == raised:
            return f"{raised} people raised it, all as a {word}."
    parts = [f"{count} as a {word}" for count, word in ((problem, "problem"), (strength, "strength")) if count]
    return f"{raised} people raised it{': ' + ', '.join(parts) if parts else ''}."
