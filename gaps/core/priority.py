"""Which gap first, and where to look first. METHODS section 7 (the Basic Priority Rating joins with the interviews)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gaps.core.facts import Facts

ATTENTION_TOP = 3  # largest importance*grade products that count
ATTENTION_MOST = ATTENTION_TOP * 5 * 5  # importance 5 times grade 5, each


def order(gaps: Iterable[Facts]) -> list[Facts]:
    """Worst first: by grade, then by standardised shortfall z0 (none last), then department and KPI code."""
    return sorted(gaps, key=lambda gap: (-gap.grade, -(gap.z0 if gap.z0 is not None else -1e300), gap.department_code, gap.kpi_code))


def attention(products: Sequence[int]) -> float:
    """Department attention index, 0..100, of the importance*grade products of its series (METHODS section 7)."""
    return 100 * sum(sorted(products, reverse=True)[:ATTENTION_TOP]) / ATTENTION_MOST
