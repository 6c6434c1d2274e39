"""Known names that a name may have been meant for."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from departments.core.names import key

FILLERS = frozenset(("department", "dept", "team", "division", "unit", "the", "and", "of", "&", "afdeling", "abteilung", "kpi"))
LIKE = 0.72  # share of characters in common from which a name is offered: "Custmer Servce" to "Customer Service" has .93


def near(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """At most `most` of the known names, the likest first."""
    wanted = _core(name)
    scored = []
    for candidate in known:
        other = _core(candidate)
        likeness = _likeness(wanted, other)
        if likeness >= LIKE:
            scored.append((-likeness, candidate))
    return [candidate for _, candidate in sorted(scored)[:most]]


def _core(name: str) -> str:
    """The words that tell it apart, in order."""
    words = [word.strip(".,()") for word in key(name).replace("-", " ").replace("_", " ").split()]
    return " ".join(sorted(word for word in words if word and word not in FILLERS)) or key(name)


def _likeness(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) >= 3 and longer.startswith(shorter):
        return 0.9
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return 0.0 if matcher.real_quick_ratio() < LIKE or matcher.quick_ratio() < LIKE else matcher.ratio()
