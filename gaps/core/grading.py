"""The grade of a gap: METHODS section 5, with the caps of section 1."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from metrics.core.verdicts import Bools, Codes, Comparison, Kind, Quality, Standing, Variation, Verdicts, code


class Grade(StrEnum):
    """Grades 0 to 5; the number is the place here."""

    NONE = "none"
    WATCH = "watch"
    WARNING = "warning"
    MODERATE = "moderate"
    SERIOUS = "serious"
    CRITICAL = "critical"


class Cap(StrEnum):
    """Why a grade is lower than the table's."""

    NONE = "none"
    PROVISIONAL = "provisional"
    INSUFFICIENT = "insufficient"
    STALE = "stale"
    NO_SHORTFALL = "no_shortfall"


GAP_FROM = code(Grade.MODERATE)
STANDINGS = (Standing.FAIL, Standing.USUALLY_MISSES, Standing.HIT_OR_MISS, Standing.USUALLY_MEETS, Standing.PASS)
TABLE = {  # by the standings above
    Variation.CONCERN: (5, 4, 3, 2, 2),
    Variation.COMMON_CAUSE: (4, 3, 1, 0, 0),
    Variation.UNDETERMINED: (4, 3, 1, 0, 0),
    Variation.IMPROVEMENT: (3, 1, 0, 0, 0),
}


@dataclass(frozen=True)
class Grades:
    """Per series [S]; grades 0-5."""

    goal: Codes
    industry: Codes
    history: Codes  # 0 where a goal or industry value is valid
    grade: Codes  # the worst of them
    graded_by: Codes  # place in Kind of the one that made it, -1 where no benchmark is valid
    capped: Codes  # Cap, of that one
    is_gap: Bools
    is_watch: Bools


def _lookup() -> Codes:
    """The table by the codes of variation and standing, 0 where it has no entry."""
    table = np.zeros((len(Variation), len(Standing)), dtype=np.int8)
    for variation, row in TABLE.items():
        for standing, grade in zip(STANDINGS, row, strict=True):
            table[code(variation), code(standing)] = grade
    return table


_TABLE = _lookup()


def grade(verdicts: Verdicts) -> Grades:
    """The grade of every series, from its worst valid benchmark; history grades only where no other is valid."""
    goal, goal_cap = grade_of(verdicts, verdicts.goal)
    industry, industry_cap = grade_of(verdicts, verdicts.industry)
    history, history_cap = grade_of_history(verdicts)
    grades = np.stack([goal, industry, history])
    caps = np.stack([goal_cap, industry_cap, history_cap])
    valid = np.stack([_valid(verdicts.goal), _valid(verdicts.industry), _valid(verdicts.history)])
    valid[2] &= ~(valid[0] | valid[1])
    grades[2, ~valid[2]] = 0
    which = np.where(valid, grades, -1).argmax(0)
    any_valid = valid.any(0)
    every = np.arange(len(which))
    overall = np.where(any_valid, grades[which, every], 0).astype(np.int8)
    return Grades(
        goal=goal,
        industry=industry,
        history=grades[2],
        grade=overall,
        graded_by=np.where(any_valid, which, -1).astype(np.int8),
        capped=np.where(any_valid, caps[which, every], code(Cap.NONE)).astype(np.int8),
        is_gap=overall >= GAP_FROM,
        is_watch=(overall > 0) & (overall < GAP_FROM),
    )


def _valid(comparison: Comparison) -> Bools:
    return ~np.isnan(comparison.benchmark)


def grade_of(verdicts: Verdicts, comparison: Comparison) -> tuple[Codes, Codes]:
    """Grade and cap against a goal or an industry benchmark; 0 where it is not valid or the KPI neutral."""
    grades = _TABLE[verdicts.variation, comparison.standing]
    concern = verdicts.variation == code(Variation.CONCERN)
    at_most = np.where(concern, code(Grade.WARNING), code(Grade.WATCH))
    met = np.where(comparison.judged_shortfall <= 0, at_most, code(Grade.CRITICAL))
    no_caps = np.zeros_like(grades)
    grades, caps = _capped(grades, no_caps, met, Cap.NO_SHORTFALL)
    unknown = comparison.standing == code(Standing.NONE)
    misses = unknown & comparison.misses_latest
    grades = np.where(misses, code(Grade.WATCH), grades).astype(np.int8)
    caps = np.where(misses, code(Cap.INSUFFICIENT), caps).astype(np.int8)
    return _caps_of_data(verdicts, grades, caps)


def grade_of_history(verdicts: Verdicts) -> tuple[Codes, Codes]:
    """Grade and cap against the department's own past (METHODS section 3)."""
    history = verdicts.history
    concern = (verdicts.variation == code(Variation.CONCERN)) & (history.t > 0)
    lower = (history.t >= history.threshold) & (history.t > 0)
    grades = np.select([concern, lower], [code(Grade.MODERATE), code(Grade.WATCH)], code(Grade.NONE)).astype(np.int8)
    return _caps_of_data(verdicts, grades, np.zeros_like(grades))


def _caps_of_data(verdicts: Verdicts, grades: Codes, caps: Codes) -> tuple[Codes, Codes]:
    """The caps of METHODS section 1; of two the lower holds, and it is named."""
    provisional = verdicts.quality == code(Quality.PROVISIONAL)
    grades, caps = _capped(grades, caps, np.where(provisional, code(Grade.MODERATE), code(Grade.CRITICAL)), Cap.PROVISIONAL)
    return _capped(grades, caps, np.where(verdicts.stale, code(Grade.WATCH), code(Grade.CRITICAL)), Cap.STALE)


def _capped(grades: Codes, caps: Codes, most: Codes, reason: Cap) -> tuple[Codes, Codes]:
    lowered = grades > most
    return np.where(lowered, most, grades).astype(np.int8), np.where(lowered, code(reason), caps).astype(np.int8)


def kind_of(graded_by: int) -> Kind | None:
    """The kind of benchmark that made a grade; None for -1."""
    return list(Kind)[graded_by] if graded_by >= 0 else None
