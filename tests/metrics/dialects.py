"""The same figures in many dialects: what tools, people and countries make of one table.

The figures are NHS England's (tests/data/kpi, Open Government Licence v3); how they are written is ours.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from metrics.core.answers import Answers

DATA = Path(__file__).parent.parent / "data" / "kpi" / "nhs_ae_excerpt.csv"
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
GERMAN = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember")
CANONICAL = ("department", "kpi", "period", "value", "target", "unit", "direction")

Figures = dict[tuple[str, str, str], tuple[float, float | None]]


@dataclass(frozen=True)
class Figure:
    department: str
    kpi: str
    month: date
    value: float
    target: float | None
    unit: str
    direction: str


def figures() -> list[Figure]:
    with DATA.open(encoding="utf-8") as file:
        return [
            Figure(
                row["department"],
                row["kpi"],
                date.fromisoformat(f"{row['period']}-01"),
                float(row["value"]),
                float(row["target"]) if row["target"] else None,
                row["unit"],
                row["direction"],
            )
            for row in csv.DictReader(file)
        ]


TABLE = figures()
EXPECTED: Figures = {(one.department, one.kpi, one.month.isoformat()): (one.value, one.target) for one in TABLE}
VALUES: Figures = {key: (value, None) for key, (value, _) in EXPECTED.items()}


@dataclass(frozen=True)
class Dialect:
    """A file and what it must be read as; `answers` where the file itself cannot tell."""

    name: str
    content: bytes
    answers: Answers = field(default_factory=Answers)
    expected: Figures = field(default_factory=lambda: EXPECTED)

    def __str__(self) -> str:
        return self.name


def plain(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def number(decimal: str = ".", group: str = "", style: str = "{}") -> Callable[[float | None], str]:
    """A writer of numbers: digits in threes parted by `group`, then `decimal`."""

    def write(value: float | None) -> str:
        if value is None:
            return ""
        whole, _, rest = plain(abs(value)).partition(".")
        threes = f"{int(whole):,}".replace(",", group)
        text = threes + (decimal + rest if rest else "")
        return style.format(text) if value >= 0 else style.format(f"-{text}")

    return write


def long_form(
    *,
    header: Iterable[str] = CANONICAL,
    write: Callable[[float | None], str] = plain,
    period: Callable[[date], str] = lambda day: f"{day:%Y-%m}",
    rows: Iterable[Figure] = TABLE,
) -> list[list[str]]:
    """One row per figure."""
    body = [[one.department, one.kpi, period(one.month), write(one.value), write(one.target), one.unit, one.direction] for one in rows]
    return [list(header), *body]


def wide_form(
    *,
    write: Callable[[float | None], str] = plain,
    period: Callable[[date], str] = lambda day: f"{day:%b %Y}",
    header: Iterable[str] = ("department", "kpi", "unit", "direction", "target"),
    total: bool = False,
) -> list[list[str]]:
    """One row per series, one column per month."""
    months = sorted({one.month for one in TABLE})
    series: dict[tuple[str, str], dict[date, Figure]] = {}
    for one in TABLE:
        series.setdefault((one.department, one.kpi), {})[one.month] = one
    out = [[*header, *map(period, months), *(["Total"] if total else [])]]
    for (department, kpi), of in series.items():
        first = next(iter(of.values()))
        cells = [write(of[month].value) if month in of else "" for month in months]
        out.append([department, kpi, first.unit, first.direction, write(first.target), *cells, *(["12345"] if total else [])])
    return out


def text(rows: Iterable[Iterable[str]], *, delimiter: str = ",", end: str = "\n", quote_all: bool = False) -> str:
    held = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    csv.writer(held, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return held.getvalue()


def _mixed_ends(content: str) -> str:
    ends = ("\n", "\r\n", "\r")
    return "".join(line + ends[number % 3] for number, line in enumerate(content.splitlines()))


def _month_name(names: tuple[str, ...], form: str) -> Callable[[date], str]:
    return lambda day: form.format(name=names[day.month - 1], short=names[day.month - 1][:3], year=day.year, yy=day.year % 100)


def _totals(rows: list[list[str]]) -> list[list[str]]:
    return [*rows[:5], ["Total", "", "", "999999", "", "", ""], *rows[5:], ["Grand total", "", "", "12", "", "", ""]]


def _dialects() -> Iterable[Dialect]:
    base = text(long_form())
    comma, dots, spaces = number(","), number(",", "."), number(",", " ")
    yield Dialect("as documented", base.encode())
    yield Dialect("with a byte order mark", base.encode("utf-8-sig"))
    yield Dialect("carriage returns and line feeds", text(long_form(), end="\r\n").encode())
    yield Dialect("carriage returns alone", text(long_form(), end="\r").encode())
    yield Dialect("all line ends mixed", _mixed_ends(base).encode())
    yield Dialect("every cell quoted", text(long_form(), quote_all=True).encode())
    yield Dialect("no line end at the end", base.rstrip("\n").encode())
    yield Dialect("semicolons", text(long_form(), delimiter=";").encode())
    yield Dialect("tabs", text(long_form(), delimiter="\t").encode())
    yield Dialect("bars", text(long_form(), delimiter="|").encode())
    yield Dialect("carets", text(long_form(), delimiter="^").encode())
    yield Dialect("Excel's sep line", ("sep=;\r\n" + text(long_form(), delimiter=";", end="\r\n")).encode())
    yield Dialect("semicolons and decimal commas", text(long_form(write=comma), delimiter=";").encode())
    yield Dialect("quoted decimal commas between commas", text(long_form(write=comma)).encode())
    yield Dialect("thousands with points", text(long_form(write=dots), delimiter=";").encode())
    yield Dialect("thousands with commas", text(long_form(write=number(".", ","))).encode())
    yield Dialect("thousands with spaces", text(long_form(write=spaces), delimiter=";").encode())
    yield Dialect("thousands with no-break spaces", text(long_form(write=number(",", "\u00a0")), delimiter=";").encode())
    yield Dialect("thousands with narrow no-break spaces", text(long_form(write=number(",", "\u202f")), delimiter=";").encode())
    yield Dialect("thousands with apostrophes", text(long_form(write=number(".", "'"))).encode())
    yield Dialect("thousands with curly apostrophes", text(long_form(write=number(".", "\u2019"))).encode())
    yield Dialect("UTF-16 with a mark", base.encode("utf-16"))
    yield Dialect("UTF-16 without a mark, little end first", base.encode("utf-16-le"))
    yield Dialect("UTF-16 without a mark, big end first", base.encode("utf-16-be"))
    yield Dialect("UTF-16 with tabs, as Excel's Unicode text", text(long_form(), delimiter="\t", end="\r\n").encode("utf-16"))
    titled = ["A&E performance \u2013 NHS England", "", "Printed on 3 January 2020", ""]
    yield Dialect("a title above, in cp1252", ("\r\n".join(titled) + "\r\n" + text(long_form(), end="\r\n")).encode("cp1252"))
    yield Dialect("a title of several cells", ("A&E performance,,,,,,\n,,,,,,\n" + base).encode())
    yield Dialect("a source below", (base + "\nSource: NHS England\n\n").encode())
    yield Dialect("blank lines between", base.replace("\n", "\n\n").encode())
    yield Dialect("lines of blank cells", base.replace("\n", "\n,,,,,,\n").encode())
    yield Dialect("trailing delimiters", base.replace("\n", ",\n").encode())
    yield Dialect("trailing delimiters in the rows only", base.replace("\n", ",,\n").replace("direction,,", "direction").encode())
    yield Dialect("rows of totals", text(_totals(long_form())).encode())
    rows = long_form()
    yield Dialect("the header on every page", text([*rows[:9], rows[0], *rows[9:]]).encode())
    yield Dialect("columns in another order", text([row[::-1] for row in long_form()]).encode())
    shouting = long_form(header=("DEPARTMENT ", "Kpi", " Period", "VALUE", "Target", "Unit", "Direction"))
    yield Dialect("headers in other cases", text(shouting).encode())
    german = ("Abteilung", "Kennzahl", "Zeitraum", "Istwert", "Zielwert", "Einheit", "Richtung")
    yield Dialect("German headers, numbers and dates", text(
        long_form(header=german, write=dots, period=lambda day: f"{day:%d.%m.%Y}"), delimiter=";", end="\r\n"
    ).encode("cp1252"))  # fmt: skip
    yield Dialect("German names of months", text(long_form(header=german, write=dots, period=_month_name(GERMAN, "{name} {year}")),
                                                 delimiter=";").encode("cp1252"))  # fmt: skip
    french = ("Service", "Indicateur", "Période", "Valeur", "Objectif", "Unité", "Sens")
    yield Dialect("French headers and narrow spaces", text(long_form(header=french, write=number(",", "\u202f")), delimiter=";").encode())
    afrikaans = ("Afdeling", "Aanwyser", "Tydperk", "Waarde", "Teiken", "Eenheid", "Rigting")
    yield Dialect("Afrikaans headers", text(long_form(header=afrikaans, write=spaces), delimiter=";").encode())
    extra = [[*row[:2], "north" if place else "Region", *row[2:]] for place, row in enumerate(long_form())]
    yield Dialect("a column that is not used", text(extra).encode())
    yield from _periods()
    yield from _wide()
    yield from _figures()


def _periods() -> Iterable[Dialect]:
    spellings: dict[str, Callable[[date], str]] = {
        "ISO dates": lambda day: day.isoformat(),
        "last days of months": lambda day: f"{day:%Y-%m}-28",
        "dates with times": lambda day: f"{day.isoformat()} 00:00:00",
        "slashes, year first": lambda day: f"{day:%Y/%m/%d}",
        "months without a dash": lambda day: f"{day:%Y%m}",
        "Jan-16": _month_name(MONTHS, "{short}-{yy:02d}"),
        "January 2016": _month_name(MONTHS, "{name} {year}"),
        "2016 Jan": _month_name(MONTHS, "{year} {short}"),
        "01/2016": lambda day: f"{day:%m/%Y}",
        "Excel's day numbers": lambda day: str((day - date(1899, 12, 30)).days),
        "28 Feb 2016": lambda day: f"28 {day:%b %Y}",
    }
    for name, period in spellings.items():
        yield Dialect(name, text(long_form(period=period)).encode())
    yield Dialect("28/02/2016", text(long_form(period=lambda day: f"{day:28/%m/%Y}")).encode())
    yield Dialect("02/28/2016", text(long_form(period=lambda day: f"{day:%m/28/%Y}")).encode())
    yield Dialect(
        "01/02/2016, said to be day first", text(long_form(period=lambda day: f"{day:%d/%m/%Y}")).encode(), Answers(dates="day-first")
    )
    yield Dialect("02/01/2016, said to be month first", text(long_form(period=lambda day: f"{day:%m/%d/%Y}")).encode(),
                  Answers(dates="month-first"))  # fmt: skip
    split = [[*row[:2], *(row[2].split("-") if place else ("Year", "Month")), *row[3:]] for place, row in enumerate(long_form())]
    yield Dialect("year and month apart", text(split).encode())
    named = [[*row[:2], row[2], MONTHS[int(row[3]) - 1] if place else row[3], *row[4:]] for place, row in enumerate(split)]
    yield Dialect("year and name of the month apart", text(named).encode())


def _wide() -> Iterable[Dialect]:
    yield Dialect("a column per month", text(wide_form()).encode())
    yield Dialect("a column per month and a total", text(wide_form(total=True)).encode())
    yield Dialect("a column per month, ISO", text(wide_form(period=lambda day: f"{day:%Y-%m}")).encode())
    yield Dialect("a column per month, semicolons", text(wide_form(write=number(",", ".")), delimiter=";").encode("utf-8-sig"))
    rows = wide_form(period=lambda day: f"{day:%b}")
    months = sorted({one.month for one in TABLE})
    years = [str(month.year) if place == 0 or month.year != months[place - 1].year else "" for place, month in enumerate(months)]
    yield Dialect("years merged over the months", text([["", "", "", "", "", *years], *rows]).encode())
    filled, last = [wide_form()[0]], None
    for row in wide_form()[1:]:
        filled.append([*([""] if row[0] == last else [row[0]]), *row[1:]])
        last = row[0]
    yield Dialect("departments merged downwards", text(filled).encode(), Answers(fill_down=True))
    names = sorted({one.kpi for one in TABLE})
    by: dict[tuple[str, date], dict[str, Figure]] = {}
    for one in TABLE:
        by.setdefault((one.department, one.month), {})[one.kpi] = one
    directions = {one.kpi: one.direction for one in TABLE}
    columns = {name: "value@kpi" for name in names}
    body = [
        [department, f"{month:%Y-%m}", *(plain(of[name].value) if name in of else "" for name in names)]
        for (department, month), of in by.items()
    ]
    yield Dialect("a column per KPI", text([["Department", "Month", *names], *body]).encode(),
                  Answers(columns=columns, directions=directions), VALUES)  # fmt: skip
    pairs = [label for name in names for label in (name, "")]
    fields = ["Department", "Month", *(label for _ in names for label in ("Actual", "Target"))]
    cells = []
    for (department, month), of in by.items():
        both = [(plain(of[name].value), plain(of[name].target)) if name in of else ("", "") for name in names]
        cells.append([department, f"{month:%Y-%m}", *(cell for pair in both for cell in pair)])
    yield Dialect("actual and target under each KPI", text([["", "", *pairs], fields, *cells]).encode(), Answers(directions=directions))
    departments = sorted({one.department for one in TABLE})
    across: dict[tuple[str, date], dict[str, Figure]] = {}
    for one in TABLE:
        across.setdefault((one.kpi, one.month), {})[one.department] = one
    lines = [
        [kpi, f"{month:%Y-%m}", next(iter(of.values())).direction, *(plain(of[name].value) if name in of else "" for name in departments)]
        for (kpi, month), of in across.items()
    ]
    yield Dialect("a column per department", text([["KPI", "Month", "Direction", *departments], *lines]).encode(),
                  Answers(columns={name: "value@department" for name in departments}), VALUES)  # fmt: skip


def _figures() -> Iterable[Dialect]:
    rows = [[*row[:3], f"{row[3]}%" if row[5] == "%" else row[3], f"{row[4]} %" if row[5] == "%" and row[4] else row[4], *row[5:]]
            for row in long_form()]  # fmt: skip
    yield Dialect("percent signs", text(rows).encode())
    aims = [[*row[:4], (f">={row[4]}%" if row[4] else "No target") if place else row[4], *row[5:]] for place, row in enumerate(long_form())]
    yield Dialect("targets as comparisons and words", text(aims).encode())
    padded = [[f"  {cell} " for cell in row] for row in long_form()]
    yield Dialect("cells padded with spaces", text(padded).encode())


DIALECTS = list(_dialects())
