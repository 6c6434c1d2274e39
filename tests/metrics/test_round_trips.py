"""Any table that can be written in a dialect is read back as it was, or a question is asked: never another number, never a lost row."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from datetime import date

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from departments.core.names import forbidden, key
from metrics.core import sheet
from metrics.core.header_words import is_total
from metrics.core.rows import Known
from metrics.core.settle import iso, settle
from tests.metrics.dialects import MONTHS, number

LETTERS = st.characters(codec="cp1252", categories=("L", "N", "P", "S", "Zs"))
NAME = st.text(LETTERS, min_size=1, max_size=12).map(lambda text: " ".join(unicodedata.normalize("NFC", text).split()))
HEADERS = {
    "English": ("department", "kpi", "period", "value", "direction", "unit", "frequency"),
    "German": ("Abteilung", "Kennzahl", "Zeitraum", "Istwert", "Richtung", "Einheit", "Häufigkeit"),
    "Afrikaans": ("Afdeling", "Aanwyser", "Tydperk", "Waarde", "Rigting", "Eenheid", "Frekwensie"),
}
PERIODS = {
    "ISO month": lambda day: f"{day:%Y-%m}",
    "first day": lambda day: day.isoformat(),
    "Jan 2016": lambda day: f"{MONTHS[day.month - 1][:3]} {day.year}",
    "January 2016": lambda day: f"{MONTHS[day.month - 1]} {day.year}",
    "01/2016": lambda day: f"{day:%m/%Y}",
    "28/02/2016": lambda day: f"28/{day:%m/%Y}",
    "01.02.2016": lambda day: f"{day:%d.%m.%Y}",
    "01/02/2016": lambda day: f"{day:%d/%m/%Y}",
}
TWO_WAYS = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")  # in cp1252 two letters, in UTF-8 one
VALUE = st.one_of(
    st.integers(-10_000_000, 10_000_000).map(float),
    st.decimals(-1_000_000, 1_000_000, places=3, allow_nan=False).map(float),
    st.decimals(-100, 100, places=1, allow_nan=False).map(float),
)


@st.composite
def tables(draw: st.DrawFn) -> dict[tuple[str, str, date], float]:
    """Figures of some departments and KPIs in some months."""
    distinct = {"unique_by": key, "min_size": 1, "max_size": 4}
    names = [draw(st.lists(NAME.filter(usual), **distinct)) for _ in range(2)]
    months = draw(st.lists(st.integers(2010 * 12, 2029 * 12), unique=True, min_size=1, max_size=6))
    days = [date(month // 12, month % 12 + 1, 1) for month in months]
    return {(department, kpi, day): draw(VALUE) for department in names[0] for kpi in names[1] for day in days if draw(st.integers(0, 4))}


def usual(name: str) -> bool:
    """A name that may stand in a file: shown, and no word for a sum or for nothing."""
    return bool(name.strip()) and forbidden(name) is None and bool(key(name)) and not is_total(name) and name[0] not in " '\""


@st.composite
def written(draw: st.DrawFn) -> tuple[bytes, dict[tuple[str, str, str], float]]:
    """(a file, the figures in it)."""
    table = draw(tables())
    assume(table)
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    decimal = draw(st.sampled_from([".", ","]))
    group = draw(st.sampled_from(["", " ", "\u00a0", "'", "." if decimal == "," else ","]))
    write, period = number(decimal, group), PERIODS[draw(st.sampled_from(sorted(PERIODS)))]
    department, kpi, when, value, *about = HEADERS[draw(st.sampled_from(sorted(HEADERS)))]
    if draw(st.booleans()):
        rows = [[department, kpi, when, value, *about]]
        rows += [[one, other, period(day), write(figure), "higher", "count", "month"] for (one, other, day), figure in table.items()]
    else:
        days = sorted({day for *_, day in table})
        rows = [[department, kpi, *about, *(f"{MONTHS[day.month - 1][:3]} {day.year}" for day in days)]]
        for pair in dict.fromkeys((one, other) for one, other, _ in table):
            rows.append([*pair, "higher", "count", "month", *(write(table.get((*pair, day))) for day in days)])
    order = draw(st.permutations(range(4)))  # the columns that every layout begins with
    rows = [[*(row[place] for place in order), *row[4:]] for row in rows]
    held = io.StringIO(newline="")
    quoting = draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
    csv.writer(held, delimiter=delimiter, lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"])), quoting=quoting).writerows(rows)
    text = draw(st.sampled_from(["", "Figures of the year\n\n"])) + held.getvalue() + draw(st.sampled_from(["", "\nSource: CRM\n"]))
    encodings = ["utf-8", "utf-8-sig", "utf-16", *([] if TWO_WAYS.search(text.encode("cp1252")) else ["cp1252"])]
    encoding = draw(st.sampled_from(encodings))
    return text.encode(encoding), {(one, other, day.isoformat()): figure for (one, other, day), figure in table.items()}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(written())
def test_what_is_written_is_read_back_or_asked_about(case):
    content, expected = case
    found = sheet.read(content)
    rows = settle(found, Known(), create=True)
    if any(question.about_reading for question in rows.questions):
        return
    assert [problem.message for problem in rows.problems.first()[:3]] == []
    places = zip(rows.department.tolist(), rows.kpi.tolist(), rows.period.tolist(), rows.numbers["value"].tolist(), strict=True)
    got = {(key(rows.departments[one].name.text), key(rows.kpis[other].name.text), iso(day)): value for one, other, day, value in places}
    wanted = {(key(one), key(other), day): value for (one, other, day), value in expected.items()}
    assert got.keys() == wanted.keys()
    assert all(math.isclose(got[place], value, rel_tol=1e-9, abs_tol=1e-9) for place, value in wanted.items())
