"""The summary document: order, contents, what a head sees of it, and the formats that are rendered from it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from gaps.core.edition import Coverage, DepartmentFacts, Head, document, restrict
from gaps.core.priority import attention, order
from gaps.documents import FORMATS
from tests.gaps.core.test_words import BETTER, FACTS, FALLING, GOAL

HEAD = Head(
    organisation="SayPro", cycle_code="q1", cycle="Q1 review", data_from=date(2026, 1, 1), data_to=date(2026, 3, 31),
    phase="week_1", version=3, created_at=datetime(2026, 4, 2, 9, 0, tzinfo=UTC), fingerprint="f" * 64,
)  # fmt: skip
COVERAGE = Coverage(2, 2, 6, 150, 4, 1, 1, 0, 0)
WORSE = replace(FACTS, series_id=2, grade=5, kpi="Cycle time", kpi_code="cycle")
LESS = replace(FACTS, series_id=3, kpi="Answer rate", kpi_code="answer", compared=(replace(GOAL, z0=0.4),))
OTHER = replace(FACTS, series_id=4, department_code="ops", department="=cmd()", kpi="<b>Rate & Co</b>", grade=1)
DEPARTMENTS = [
    DepartmentFacts("ops", "=cmd()", None, 2, [OTHER], ["Backlog"], []),
    DepartmentFacts("sales", "Sales", "ops", 4, [LESS, FACTS, WORSE], [], ["New KPI"]),
    DepartmentFacts("empty", "Empty", None, 0, [], [], []),
]


@pytest.fixture
def made():
    return document(HEAD, COVERAGE, DEPARTMENTS)


def test_worst_first_then_by_standardised_shortfall_then_by_code():
    tie = replace(FACTS, kpi_code="a")
    noiseless = replace(FACTS, compared=(replace(GOAL, z0=None),))
    unknown = replace(FACTS, compared=(replace(GOAL, z0=None, shortfall=None),))
    assert order([unknown, LESS, FACTS, tie, noiseless, WORSE]) == [WORSE, noiseless, tie, FACTS, LESS, unknown]


@pytest.mark.parametrize(("products", "index"), [([], 0), ([25, 25, 25], 100), ([9, 1, 4, 16], 100 * 29 / 75), ([0, 0], 0)])
def test_attention(products, index):
    assert attention(products) == pytest.approx(index)


def test_the_document_in_the_order_of_the_mission(made):
    assert [gap["kpi"] for gap in made["gaps"]] == ["Cycle time", "Conversion rate", "Answer rate"]
    assert [gap["rank"] for gap in made["gaps"]] == [1, 2, 3]
    assert [gap["kpi"] for gap in made["watch_list"]] == ["<b>Rate & Co</b>"]
    sales, ops, empty = made["departments"]
    assert (sales["code"], sales["gaps"], sales["not_judged"], sales["worst_grade"]) == ("sales", [1, 2, 3], ["New KPI"], 5)
    assert (ops["watched"], ops["found_fine"]) == (1, ["Backlog"])
    assert (empty["attention"], empty["series"], empty["worst_grade"]) == (0, 0, 0)
    assert sales["attention"] == pytest.approx(100 * 5 * (5 + 4 + 4) / 75, abs=0.05)
    assert made["run"]["input_fingerprint"] == "f" * 64


def test_a_gap_holds_what_it_rests_on(made):
    gap = made["gaps"][1]
    assert gap["signals"] == ["outside", "shift"]
    assert gap["benchmarks"]["goal"]["standing"] == "usually_misses"
    assert (gap["shortfall"], gap["z0"], gap["latest"]) == (3.2, 1.1, {"period": "2026-03-01", "value": 20.1})


def test_a_trend_and_a_new_baseline_are_part_of_it():
    series = [replace(FACTS, trend=FALLING, baseline_from=date(2025, 10, 1)), replace(WORSE, trend=BETTER), LESS]
    worse, falling, plain = document(HEAD, COVERAGE, [DepartmentFacts("sales", "Sales", None, 3, series, [], [])])["gaps"]
    assert (falling["trend"]["sense"], falling["trend"]["slope"], falling["trend"]["q"]) == ("adverse", -0.4, 0.002)
    assert (falling["trend"]["heads_for"], falling["trend"]["periods_to_reach"]) == (None, None)
    assert (worse["trend"]["heads_for"], worse["trend"]["periods_to_reach"]) == ("goal", 9.2)
    assert [one["baseline_from"] for one in (falling, worse, plain)] == ["2025-10-01", None, None]
    assert plain["trend"] is None
    text = FORMATS["csv"].render({"gaps": [falling, plain, {**plain, "trend": None}], "watch_list": []}).decode("utf-8-sig")
    first, second, _ = csv.DictReader(io.StringIO(text))
    assert (first["trend_sense"], first["trend_slope"], first["baseline_from"]) == ("adverse", "-0.4", "2025-10-01")
    assert (second["trend_sense"], second["trend_p"], second["baseline_from"]) == ("", "", "")


def test_summaries_of_the_first_form_still_become_a_table(made):
    for gap in made["gaps"]:
        del gap["trend"], gap["baseline_from"]
    assert "Cycle time" in FORMATS["csv"].render(made).decode()


def test_a_head_sees_only_their_departments_and_the_ranks_of_the_whole(made):
    theirs = restrict(made, {"ops"}, "head:o@example.org")
    assert (theirs["gaps"], [one["code"] for one in theirs["departments"]]) == ([], ["ops"])
    assert theirs["coverage"] == {"departments": 1, "departments_with_figures": 1, "series": 2, "insufficient": 0}
    assert "Conversion" not in json.dumps(theirs)
    assert restrict(made, {"sales"}, "x")["departments"][0]["parent_code"] is None
    assert restrict(made, {"sales", "ops"}, "x")["departments"][0]["parent_code"] == "ops"
    assert made["audience"] == "managers"


def test_the_same_document_gives_the_same_bytes(made):
    for form in FORMATS.values():
        assert form.render(made) == form.render(json.loads(json.dumps(made)))


def test_json_is_the_document(made):
    assert json.loads(FORMATS["json"].render(made)) == made


def test_csv_is_inert_and_whole(made):
    text = FORMATS["csv"].render(made).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["rank"] for row in rows] == ["1", "2", "3", ""]
    assert rows[3]["department"] == "'=cmd()"
    assert (rows[1]["goal"], rows[1]["goal_standing"], rows[1]["latest_value"]) == ("25.0", "usually_misses", "20.1")
    assert rows[1]["industry"] == ""


def test_html_escapes_names_and_fetches_nothing(made):
    page = FORMATS["html"].render(made).decode()
    assert "<b>Rate &amp; Co</b>" not in page
    assert "&lt;b&gt;Rate &amp; Co&lt;/b&gt;" in page
    for word in ("http:", "https:", "src=", "<script", "<link"):
        assert word not in page
    for gap in made["gaps"]:
        assert gap["kpi"] in page


def test_nan_is_refused(made):
    made["gaps"][0]["z0"] = float("nan")
    with pytest.raises(ValueError, match="JSON"):
        FORMATS["json"].render(made)
