"""docs/summary-schema.json says what a summary is: every document fits it, and it names no key that no document has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from departments.core.lifecycle import Phase
from gaps.core import words
from gaps.core.edition import METHODS_VERSION, SCHEMA_VERSION, Coverage, DepartmentFacts, Head, document, restrict
from gaps.core.facts import Compared, Facts, Trend
from gaps.core.grading import Cap
from gaps.documents import FORMATS
from gaps.queries import summary
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency
from metrics.core.verdicts import Assurance, Kind, Quality, Signal, Standing, TrendSense, Variation

SCHEMA: dict[str, Any] = json.loads((Path(__file__).resolve().parents[2] / "docs/summary-schema.json").read_text())
DEFS = SCHEMA["$defs"]
CHECK = Draft202012Validator(SCHEMA, format_checker=FormatChecker())

GOAL = Compared(
    kind=Kind.GOAL, benchmark=30.0, standing=Standing.USUALLY_MISSES, assurance=Assurance.INCONSISTENT, grade=4, shortfall=4.5,
    shortfall_pct=15.0, z0=1.5, missed=5, periods=6, missed_low=0.44, missed_high=0.97, expected_miss=0.93,
)  # fmt: skip
NOTHING = Compared(
    kind=Kind.HISTORY, benchmark=31.0, standing=Standing.NONE, assurance=Assurance.NONE, grade=None, shortfall=None,
    shortfall_pct=None, z0=None, missed=0, periods=0, missed_low=None, missed_high=None, expected_miss=None,
)  # fmt: skip
GAP = Facts(
    series_id=7, department_code="sales", department="Sales", kpi_code="conversion", kpi="Conversion rate", unit="%",
    direction=Direction.INCREASE, frequency=Frequency.MONTH, importance=5, grade=4, graded_by=Kind.GOAL, capped="",
    quality=Quality.FULL, stale=False, variation=Variation.CONCERN, signals=(Signal.OUTSIDE, Signal.SHIFT), withheld=False,
    seasonal=False, n_complete=30, n_window=6, latest_period=date(2026, 3, 1), latest_value=24.0, window_mean=25.5,
    baseline_mean=31.0, mean=31.0, lower=27.0, upper=35.0,
    compared=(GOAL, replace(GOAL, kind=Kind.INDUSTRY, benchmark=28.0, standing=Standing.HIT_OR_MISS, grade=3), NOTHING),
    trend=Trend(
        sense=TrendSense.FAVOURABLE, points=30, span=31, slope=0.5, tau=0.6, s=260, z=4.2, p=0.00003, q=0.001, phi=0.2, level=24.5,
        reach=11.0,
    ),
    baseline_from=date(2023, 10, 1),
)  # fmt: skip
# A series of which hardly anything can be said: all that may be missing is missing.
BARE = replace(
    GAP, series_id=8, kpi_code="new", kpi="New KPI", unit="", grade=1, graded_by=None, capped=Cap.INSUFFICIENT.value,
    quality=Quality.INSUFFICIENT, variation=Variation.UNDETERMINED, signals=(), n_complete=0, n_window=0, latest_period=None,
    latest_value=None, window_mean=None, baseline_mean=None, mean=None, lower=None, upper=None, compared=(), trend=None, baseline_from=None,
)  # fmt: skip


def made(*facts: Facts, phase: Phase = Phase.WEEK_1) -> dict[str, Any]:
    """The document of a cycle with two departments, Sales with the given series."""
    head = Head(
        organisation="SayPro", cycle_code="q1", cycle="Q1 review", data_from=date(2026, 1, 1), data_to=date(2026, 3, 31),
        phase=phase.value, version=3, created_at=datetime(2026, 4, 2, 9, 0, 0, 1, tzinfo=UTC), fingerprint="0123456789abcdef" * 4,
    )  # fmt: skip
    departments = [
        DepartmentFacts("all", "All of it", None, 0, [], [], []),
        DepartmentFacts("sales", "Sales", "all", len(facts) + 2, list(facts), ["Backlog"], ["New KPI"]),
    ]
    return document(head, Coverage(2, 1, len(facts) + 2, 600, 3, 1, 1, 0, 1), departments)


def faults(instance: Any) -> list[str]:
    return [f"{fault.json_path}: {fault.message}" for fault in CHECK.iter_errors(instance)]


def objects(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every object that the schema describes, itself included, references not followed."""
    if schema.get("type") == "object":
        yield schema
    inner = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    inner += [schema["items"]] if "items" in schema else []
    for one in inner:
        yield from objects(one)


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"]["const"] == SCHEMA_VERSION


def test_every_key_is_described_and_none_is_left_open():
    for one in objects(SCHEMA):
        assert one["additionalProperties"] is False
        for name, schema in one["properties"].items():
            assert schema.get("description") or "$ref" in schema, name


def test_documents_fit():
    assert faults(made(GAP, BARE, replace(GAP, series_id=9, grade=2, capped=Cap.NO_SHORTFALL.value))) == []
    assert faults(made()) == []
    assert faults(json.loads(FORMATS["json"].render(made(GAP, BARE)))) == []


def test_a_heads_document_fits():
    theirs = restrict(made(GAP, BARE), {"sales"}, "head:head@example.org")
    assert faults(theirs) == []
    assert set(theirs["coverage"]) == set(DEFS["head_coverage"]["properties"])


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("direction", list(Direction)),
        ("frequency", list(Frequency)),
        ("graded_by", list(Kind)),
        ("capped", [cap.value for cap in Cap if cap is not Cap.NONE]),
        ("quality", list(Quality)),
        ("variation", list(Variation)),
        ("signals", [tuple(Signal)]),
        ("grade", [1, 2, 3, 4, 5]),
        ("trend", [None, replace(GAP.trend, sense=TrendSense.NONE, slope=None, level=None, reach=None)]),
        ("trend", [replace(GAP.trend, sense=one, reach=None) for one in TrendSense]),
        ("trend", [replace(GAP.trend, tau=-1.0, s=-435, z=-7.7, p=0.0, q=0.0, phi=0.8, points=8, span=8)]),
        ("compared", [(replace(GOAL, standing=one),) for one in Standing]),
        ("compared", [(replace(GOAL, assurance=one),) for one in Assurance]),
    ],
)
def test_every_value_that_there_is_fits(field, values):
    for value in values:
        assert faults(made(replace(GAP, **{field: value}))) == []


@pytest.mark.parametrize("phase", list(Phase))
def test_every_phase_fits(phase):
    assert faults(made(phase=phase)) == []


def test_the_schema_names_no_value_that_there_is_not():
    gap, compared = DEFS["gap"]["properties"], DEFS["comparison"]["properties"]
    named = {
        "direction": list(Direction), "frequency": list(Frequency), "graded_by": [*Kind, None], "quality": list(Quality),
        "variation": list(Variation), "capped": [*(cap.value for cap in Cap if cap is not Cap.NONE), None],
        "grade_label": list(words.GRADES),
    }  # fmt: skip
    assert {name: set(gap[name]["enum"]) for name in named} == {name: set(values) for name, values in named.items()}
    assert set(gap["signals"]["items"]["enum"]) == set(Signal)
    assert set(compared["standing"]["enum"]) == set(Standing)
    assert set(compared["assurance"]["enum"]) == set(Assurance)
    assert set(SCHEMA["properties"]["cycle"]["properties"]["phase"]["enum"]) == set(Phase)
    assert set(gap["benchmarks"]["properties"]) == set(Kind)
    assert set(DEFS["trend"]["properties"]["sense"]["enum"]) == set(TrendSense)
    assert set(DEFS["trend"]["properties"]["heads_for"]["enum"]) == {Kind.GOAL, Kind.INDUSTRY, None}


def test_the_schema_names_the_keys_of_the_document_and_no_other():
    whole = made(GAP)
    gap = whole["gaps"][0]
    pairs = [
        (SCHEMA, whole),
        (SCHEMA["properties"]["cycle"], whole["cycle"]),
        (SCHEMA["properties"]["run"], whole["run"]),
        (DEFS["coverage"], whole["coverage"]),
        (DEFS["department"], whole["departments"][0]),
        (DEFS["gap"], gap),
        (DEFS["gap"]["properties"]["latest"], gap["latest"]),
        (DEFS["gap"]["properties"]["limits"], gap["limits"]),
        (DEFS["gap"]["properties"]["benchmarks"], gap["benchmarks"]),
        (DEFS["comparison"], gap["benchmarks"]["goal"]),
        (DEFS["trend"], gap["trend"]),
    ]
    for schema, instance in pairs:
        assert set(schema["properties"]) == set(instance)
    assert len(pairs) == len(list(objects(SCHEMA))) - 1  # the head's coverage has a test of its own
    assert set(asdict(Coverage(*range(9)))) == {field.name for field in fields(Coverage)} == set(DEFS["coverage"]["properties"])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda one: one.update(extra=1),
        lambda one: one["gaps"][0].update(secret="x"),
        lambda one: one["gaps"][0].pop("z0"),
        lambda one: one["gaps"][0].update(grade=6),
        lambda one: one["gaps"][0]["benchmarks"].update(guess={}),
        lambda one: one["coverage"].pop("stale"),
        lambda one: one["gaps"][0]["trend"].pop("q"),
        lambda one: one["gaps"][0].update(baseline_from="long ago"),
        lambda one: one["coverage"].update(interviews=1),
        lambda one: one["cycle"].update(data_from="1 January"),
        lambda one: one["run"].update(input_fingerprint="none"),
        lambda one: one.update(audience="everyone"),
    ],
)
def test_what_does_not_fit_is_found(spoil):
    whole = made(GAP)
    spoil(whole)
    assert len(faults(whole)) == 1


@pytest.mark.django_db
def test_the_summary_of_a_real_run_fits(judged, head):
    whole = summary(judged, None)
    assert whole is not None
    assert faults(whole) == []
    assert whole["methods_version"] == METHODS_VERSION
    assert whole["gaps"]
    assert faults(summary(judged, head)) == []
