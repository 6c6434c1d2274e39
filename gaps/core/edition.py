"""The Week 1 summary as one document: plain values in a fixed order, from which every format is rendered. METHODS section 10.

Its form is documented in docs/summary-schema.json. SCHEMA_VERSION grows by one in its second part when something is added, in
its first when something changes or goes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from gaps.core import words
from gaps.core.facts import Compared, Facts, Trend
from gaps.core.priority import attention, order

METHODS_VERSION = "1.0"
SCHEMA_VERSION = "1.1"
GAP_FROM = 3  # METHODS section 5: grade >= 3 is a gap, 1-2 the watch-list
Document = dict[str, Any]


@dataclass(frozen=True)
class Head:
    """What the summary is of."""

    organisation: str
    cycle_code: str
    cycle: str
    data_from: date
    data_to: date
    phase: str
    version: int
    created_at: datetime
    fingerprint: str


@dataclass(frozen=True)
class Coverage:
    """How many series were examined, and how well each could be judged."""

    departments: int
    departments_with_figures: int
    series: int
    observations: int
    full: int
    provisional: int
    insufficient: int
    stale: int
    without_benchmark: int


@dataclass(frozen=True)
class DepartmentFacts:
    """A covered department: how many series it has of its own, the facts of those graded above 0, the names of the others."""

    code: str
    name: str
    parent_code: str | None
    series: int
    facts: list[Facts]
    found_fine: list[str]
    not_judged: list[str]


def document(head: Head, coverage: Coverage, departments: Iterable[DepartmentFacts]) -> Document:
    """The summary: gaps ranked over the whole cycle, then department by department with what was found fine."""
    departments = list(departments)
    everything = [one for department in departments for one in department.facts]
    gaps = [_gap(rank, one) for rank, one in enumerate(order(one for one in everything if one.grade >= GAP_FROM), 1)]
    ranks = {gap["series_id"]: gap["rank"] for gap in gaps}
    return {
        "schema_version": SCHEMA_VERSION,
        "methods_version": METHODS_VERSION,
        "kind": "week-1-summary",
        "audience": "managers",
        "organisation": head.organisation,
        "cycle": {
            "code": head.cycle_code,
            "name": head.cycle,
            "data_from": head.data_from.isoformat(),
            "data_to": head.data_to.isoformat(),
            "phase": head.phase,
        },
        "run": {"version": head.version, "created_at": head.created_at.isoformat(), "input_fingerprint": head.fingerprint},
        "coverage": asdict(coverage),
        "departments": sorted((_department(one, ranks) for one in departments), key=_by_attention),
        "gaps": gaps,
        "watch_list": [_gap(None, one) for one in order(one for one in everything if 0 < one.grade < GAP_FROM)],
    }


def restrict(whole: Document, codes: Collection[str], audience: str) -> Document:
    """The same summary for somebody who sees only the departments `codes`. Ranks stay those of the whole cycle."""
    departments = [
        one | {"parent_code": one["parent_code"] if one["parent_code"] in codes else None}
        for one in whole["departments"]
        if one["code"] in codes
    ]
    insufficient = sum(len(one["not_judged"]) for one in departments)
    return whole | {
        "audience": audience,
        "departments": departments,
        "gaps": [one for one in whole["gaps"] if one["department_code"] in codes],
        "watch_list": [one for one in whole["watch_list"] if one["department_code"] in codes],
        "coverage": {
            "departments": len(departments),
            "departments_with_figures": sum(1 for one in departments if one["series"]),
            "series": sum(one["series"] for one in departments),
            "insufficient": insufficient,
        },
    }


def _department(department: DepartmentFacts, ranks: dict[int, int]) -> Document:
    by_weight = sorted(department.facts, key=lambda one: (-one.importance * one.grade, one.kpi_code))
    return {
        "code": department.code,
        "name": department.name,
        "parent_code": department.parent_code,
        "attention": round(attention([one.importance * one.grade for one in by_weight]), 1),
        "reason": words.attention_reason(by_weight),
        "series": department.series,
        "worst_grade": max((one.grade for one in by_weight), default=0),
        "gaps": sorted(ranks[one.series_id] for one in by_weight if one.series_id in ranks),
        "watched": sum(0 < one.grade < GAP_FROM for one in by_weight),
        "found_fine": sorted(department.found_fine),
        "not_judged": sorted(department.not_judged),
    }


def _by_attention(department: Document) -> tuple[float, str]:
    return -department["attention"], department["code"]


def _gap(rank: int | None, one: Facts) -> Document:
    return {
        "rank": rank,
        "series_id": one.series_id,
        "department_code": one.department_code,
        "department": one.department,
        "kpi_code": one.kpi_code,
        "kpi": one.kpi,
        "unit": one.unit,
        "direction": one.direction.value,
        "frequency": one.frequency.value,
        "importance": one.importance,
        "grade": one.grade,
        "grade_label": words.GRADES[one.grade],
        "graded_by": one.graded_by.value if one.graded_by else None,
        "capped": one.capped or None,
        "brief": words.brief(one),
        "finding": words.finding(one),
        "variation": one.variation.value,
        "signals": [signal.value for signal in one.signals],
        "quality": one.quality.value,
        "stale": one.stale,
        "seasonal": one.seasonal,
        "trend": _trend(one, one.trend) if one.trend else None,
        "baseline_from": one.baseline_from.isoformat() if one.baseline_from else None,
        "points": one.n_complete,
        "window_points": one.n_window,
        "latest": {"period": one.latest_period.isoformat() if one.latest_period else None, "value": one.latest_value},
        "window_mean": one.window_mean,
        "baseline_mean": one.baseline_mean,
        "limits": {"lower": one.lower, "mean": one.mean, "upper": one.upper},
        "shortfall": one.grading.shortfall if one.grading else None,
        "shortfall_pct": one.grading.shortfall_pct if one.grading else None,
        "z0": one.z0,
        "benchmarks": {compared.kind.value: _compared(compared) for compared in one.compared},
    }


def _trend(facts: Facts, trend: Trend) -> Document:
    heads_for = facts.reached.kind.value if facts.reached and trend.reach is not None else None
    return {
        "sense": trend.sense.value,
        "points": trend.points,
        "periods": trend.span,
        "slope": trend.slope,
        "tau": trend.tau,
        "s": trend.s,
        "z": trend.z,
        "p": trend.p,
        "q": trend.q,
        "autocorrelation": trend.phi,
        "level": trend.level,
        "heads_for": heads_for,
        "periods_to_reach": trend.reach,
    }


def _compared(compared: Compared) -> Document:
    return {
        "value": compared.benchmark,
        "standing": compared.standing.value,
        "assurance": compared.assurance.value,
        "grade": compared.grade,
        "shortfall": compared.shortfall,
        "shortfall_pct": compared.shortfall_pct,
        "z0": compared.z0,
        "missed": compared.missed,
        "periods": compared.periods,
        "missed_interval_95": [compared.missed_low, compared.missed_high],
        "expected_miss_rate": compared.expected_miss,
    }
