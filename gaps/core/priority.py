"""Which gap first, and where to look first. METHODS section 7 (the Basic Priority Rating joins with the interviews)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from gaps.core.facts import Facts

ATTENTION_TOP = 3  # largest importance*grade products that count
ATTENTION_MOST = ATTENTION_TOP * 5 * 5  # importance 5 times grade 5, each


def order(gaps: Iterable[Facts]) -> list[Facts]:
    """Worst first: by grade, then by standardised shortfall z0, then department and KPI code. A shortfall without any noise to
    measure it by (z0 None, shortfall positive) is beyond every number; where there is no shortfall z0 counts last."""
    return sorted(gaps, key=lambda gap: (-gap.grade, -_standardised(gap), gap.department_code, gap.kpi_code))


def _standardised(gap: Facts) -> float:
    if gap.z0 is not None:
        return gap.z0
    short = gap.grading is not None and gap.grading.shortfall is not None and gap.grading.shortfall > 0
    return math.inf if short else -math.inf


def attention(products: Sequence[int]) -> float:
    """Department attention index, 0..100, of the importance*grade products of its series (METHODS section 7)."""
    return 100 * sum(sorted(products, reverse=True)[:ATTENTION_TOP]) / ATTENTION_MOST
