"""What people give when they upload a KPI file, and what they answer about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from departments.core.names import key
from departments.models import Department
from metrics.core import period_text
from metrics.core.answers import AS_THEY_STAND, BASE, DAY_FIRST, FIELDS, IGNORE, MONTH_FIRST, TIMES_100, Answers, from_json
from metrics.core.dialect import DELIMITERS, ENCODINGS
from metrics.core.kpi import Direction
from metrics.core.mapping import SURE
from metrics.core.periods import Frequency
from metrics.models import KPI, Import

SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".ods")
NAMES_SHOWN = 100  # unknown names that are asked about one by one
PASTED = "Pasted rows.tsv"
CONSTANTS = ("department", "kpi", "period", "unit")
ROLES = {
    IGNORE: "Not used", "department": "Department", "kpi": "KPI", "period": "Period", "year": "Year", "quarter": "Quarter",
    "month": "Month",    "week": "Week", "value": "Value", "target": "Target (internal goal)", "benchmark": "Benchmark (industry)",
    "numerator": "Numerator", "denominator": "Denominator", "unit": "Unit", "direction": "Direction", "frequency": "Frequency",
    "benchmark_source": "Source of the benchmark", "note": "Note",
    "value@period": "Values of the period in its header", "value@kpi": "Values of the KPI in its header",
    "value@department": "Values of the department in its header", "target@period": "Targets of the period in its header",
    "target@kpi": "Targets of the KPI in its header", "benchmark@period": "Benchmarks of the period in its header",
    "benchmark@kpi": "Benchmarks of the KPI in its header", "numerator@kpi": "Numerators of the KPI in its header",
    "denominator@kpi": "Denominators of the KPI in its header", "numerator@period": "Numerators of the period in its header",
    "denominator@period": "Denominators of the period in its header",
}  # fmt: skip
DELIMITER_NAMES = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar |", "^": "Caret ^", "~": "Tilde ~", "\x1f": "Unit separator"}
CREATE, LEAVE_OUT = "+", "-"
ASKED = {"direction": "direction", "frequency": "frequency", "unit": "unit"}


class UploadForm(forms.Form):
    """A file, or rows pasted from a spreadsheet."""

    file = forms.FileField(
        label="KPI file",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ",".join(SUFFIXES)}),
    )
    pasted = forms.CharField(
        label="Or paste rows, with their header",
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 5, "spellcheck": "false", "class": "font-monospace"}),
    )

    def clean_file(self) -> UploadedFile | None:
        file = self.cleaned_data["file"]
        if not file:
            return None
        if not file.name.lower().endswith(SUFFIXES):
            raise forms.ValidationError("This is no CSV, TSV, XLSX or ODS file. Save the sheet as one of these and choose that.")
        if not file.size:
            raise forms.ValidationError("The file is empty.")
        if file.size > settings.MAX_UPLOAD_MB * 1024 * 1024:
            raise forms.ValidationError(too_large())
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("file") and not cleaned.get("pasted", "").strip():
            self.add_error("file", "Choose a file, or paste rows below.")
        return cleaned

    def upload(self) -> tuple[str, bytes]:
        """(name, bytes) of what was sent; a chosen file goes before pasted rows."""
        file = self.cleaned_data["file"]
        return (file.name, file.read()) if file else (PASTED, self.cleaned_data["pasted"].encode())


def too_large() -> str:
    return f"The file is larger than {settings.MAX_UPLOAD_MB} MB. Split it, for example by year."


@dataclass(frozen=True)
class Row:
    """A line of a table in the form: what it is about, and its fields."""

    text: str
    note: str
    fields: list[forms.BoundField]
    unsure: bool = False
    doubt: str = ""


class AnswersForm(forms.Form):
    """How a file is to be read: filled in as it was understood, so that only what is open or wrong needs a hand."""

    def __init__(self, data: Any = None, *, batch: Import):
        super().__init__(data)
        self.batch, self.reading, self.given = batch, batch.reading, from_json(batch.answers)
        self.asked = {question["kind"] for question in batch.questions}
        self._reading_fields()
        self._column_fields()
        self._constant_fields()
        self._name_fields("departments", Department.objects.values_list("name", flat=True))
        self._name_fields("kpis", KPI.objects.values_list("name", flat=True))
        self._kpi_fields()

    # The fields

    def _choice(self, name: str, label: str, choices: list[tuple[str, str]], initial: str = "", *, required: bool = False) -> None:
        field = forms.ChoiceField(label=label, choices=choices, initial=initial, required=required)
        field.widget.attrs["class"] = "form-select form-select-sm"
        self.fields[name] = field

    def _reading_fields(self) -> None:
        of, given = self.reading, self.given
        if len(of.get("sheets", [])) > 1:
            self._choice("sheet", "Sheet", [(name, name) for name in of["sheets"]], given.sheet or of["sheet"], required=True)
        if of.get("form") == "csv":
            encodings = [(name, name) for name in dict.fromkeys((of.get("encoding", "utf-8"), *ENCODINGS))]
            self._choice("encoding", "Encoding", encodings, given.encoding or of.get("encoding", ""))
            marks = [(mark, DELIMITER_NAMES[mark]) for mark in DELIMITERS]
            self._choice("delimiter", "Cells are parted by", marks, of.get("delimiter", ","))
        unsaid = {kind: "Choose …" if kind in self.asked else "By the file's evidence" for kind in ("decimal", "dates")}
        decimals = [("", unsaid["decimal"]), (".", "Point: 1,234.5"), (",", "Comma: 1.234,5")]
        self._choice("decimal", "Decimal sign", decimals, given.decimal, required="decimal" in self.asked)
        dates = [("", unsaid["dates"]), (DAY_FIRST, "Day first: 31/01/2016"), (MONTH_FIRST, "Month first: 01/31/2016")]
        self._choice("dates", "Dates", dates, given.dates, required="dates" in self.asked)
        doubt = "Choose …" if "percent" in self.asked else "Ask when in doubt"
        percent = [("", doubt), (AS_THEY_STAND, "0.95 is 0.95 %"), (TIMES_100, "0.95 is 95 %")]
        self._choice("percent", "Percentages", percent, given.percent, required="percent" in self.asked)
        filled = {None: "", True: "yes", False: "no"}[given.fill_down]
        blanks = [("", "Choose …" if "fill_down" in self.asked else "Blank"), ("yes", "The same as above"), ("no", "Missing")]
        self._choice("fill_down", "Blank names mean", blanks, filled, required="fill_down" in self.asked)
        self.fields["header_line"] = forms.IntegerField(
            label="Header in line", required=False, min_value=1, max_value=1000, initial=given.header_line or of.get("header_line")
        )
        self.fields["header_line"].widget.attrs["class"] = "form-control form-control-sm"

    def _column_fields(self) -> None:
        for column in self.reading.get("columns", []):
            role = column["role"]
            choices = [*ROLES.items(), *([(role, role)] if role not in ROLES else [])]
            label = f"Column “{column['header']}”" if column["header"] else f"Column {column['place'] + 1}"
            self._choice(f"column_{column['place']}", label, choices, role, required=True)

    def _constant_fields(self) -> None:
        """What no column gives may hold for all rows."""
        have = {column["role"] for column in self.reading.get("columns", [])}
        have |= {role.partition("@")[2] for role in have}
        if "unit" in self.asked:
            self.fields["constant_unit"] = forms.CharField(label="Unit of all rows", required=False, max_length=30)
        for name, label in (("department", "Department of all rows"), ("kpi", "KPI of all rows"), ("period", "Period of all rows")):
            given = self.given.constants.get(name, "")
            if given or ((name not in have and self.reading.get("columns")) and not (name == "period" and have & {"year", "month"})):
                self.fields[f"constant_{name}"] = forms.CharField(label=label, required=False, initial=given, max_length=200)

    def _name_fields(self, kind: str, known: Any) -> None:
        unknown = self.batch.unknown.get(kind, [])[:NAMES_SHOWN]
        if not unknown:
            return
        self.known = getattr(self, "known", {}) | {kind: sorted(known)}
        near = self.reading.get("near", {}).get(kind, {})
        for number, name in enumerate(unknown):
            meant = [(f"={one}", f"It is “{one}”") for one in near.get(name, [])]
            choices = [*([("", "Choose …")] if meant else []), *meant, (CREATE, "Create it"), (LEAVE_OUT, "Leave its rows out")]
            self._choice(f"{kind}_{number}", f"“{name}”", choices, "" if meant else CREATE)
            other = forms.CharField(label=f"“{name}” is another known name", required=False, max_length=200)
            other.widget.attrs |= {"list": f"known-{kind}", "class": "form-control form-control-sm", "placeholder": "or a known name"}
            self.fields[f"{kind}_{number}_other"] = other

    def _kpi_fields(self) -> None:
        """What new KPIs need and the file does not say."""
        options = {
            "direction": [("", "Choose …"), *((of.value, of.label.capitalize()) for of in Direction)],
            "frequency": [("", "Choose …"), *((of.value, of.label.capitalize()) for of in Frequency)],
        }
        for kind, choices in options.items():
            for number, name in enumerate(self._open_kpis(kind)):
                self._choice(f"{kind}_{number}", f"{kind.capitalize()} of “{name}”", choices, required=False)

    def _open_kpis(self, kind: str) -> list[str]:
        """The KPIs whose direction or frequency nobody has said."""
        return list(self.reading.get("open", {}).get(kind, []))[:NAMES_SHOWN]

    # For the template

    @property
    def questions(self) -> list[tuple[str, forms.BoundField | None]]:
        """What is open about the reading, each in words with the field that answers it; names and KPIs have tables of their own."""
        tables = ("unknown_departments", "unknown_kpis", "direction", "frequency")
        asked = [question for question in self.batch.questions if question["kind"] not in tables]
        return [(question["text"], self[question["kind"]] if question["kind"] in self.fields else None) for question in asked]

    @property
    def reading_fields(self) -> list[forms.BoundField]:
        names = ("sheet", "header_line", "encoding", "delimiter", "decimal", "dates", "percent", "fill_down")
        return [self[name] for name in names if name in self.fields and name not in self.asked]

    @property
    def columns_open(self) -> bool:
        """Whether the columns are to be looked at first."""
        return bool(self.asked & {"columns"}) or bool(self.errors)

    @property
    def names_shown(self) -> bool:
        """Whether the person has been asked about every unknown name, so that the others may be created."""
        return bool(self.batch.unknown.get("departments") or self.batch.unknown.get("kpis"))

    @property
    def column_rows(self) -> Iterator[Row]:
        for column in self.reading.get("columns", []):
            samples = ", ".join(dict.fromkeys(sample for sample in column["samples"] if sample)) or "nothing"
            unsure = column["role"] != IGNORE and column["confidence"] < SURE
            name = column["header"] or f"Column {column['place'] + 1}"
            yield Row(name, samples, [self[f"column_{column['place']}"]], unsure, column.get("doubt", ""))

    @property
    def constant_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("constant_")]

    @property
    def department_rows(self) -> Iterator[Row]:
        return self._name_rows("departments")

    @property
    def kpi_rows(self) -> Iterator[Row]:
        return self._name_rows("kpis")

    def _name_rows(self, kind: str) -> Iterator[Row]:
        for number, name in enumerate(self.batch.unknown.get(kind, [])[:NAMES_SHOWN]):
            near = self.reading.get("near", {}).get(kind, {}).get(name)
            yield Row(name, "", [self[f"{kind}_{number}"], self[f"{kind}_{number}_other"]], bool(near))

    @property
    def new_kpi_rows(self) -> Iterator[Row]:
        for kind in ("direction", "frequency"):
            for number, name in enumerate(self._open_kpis(kind)):
                yield Row(name, kind, [self[f"{kind}_{number}"]], True)

    @property
    def more_names(self) -> int:
        """Unknown names beyond those asked about: they will be created."""
        return sum(max(0, len(self.batch.unknown.get(kind, [])) - NAMES_SHOWN) for kind in ("departments", "kpis"))

    # What was said

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for kind in ("departments", "kpis"):
            keys = {key(name) for name in getattr(self, "known", {}).get(kind, [])}
            for number, name in enumerate(self.batch.unknown.get(kind, [])[:NAMES_SHOWN]):
                other = cleaned.get(f"{kind}_{number}_other", "").strip()
                if other and key(other) not in keys:
                    self.add_error(f"{kind}_{number}_other", f"“{other}” is not known. Choose one of the list.")
                elif not other and not cleaned.get(f"{kind}_{number}"):
                    self.add_error(f"{kind}_{number}", f"Say what “{name}” is.")
        period = cleaned.get("constant_period", "").strip()
        if period:
            try:
                period_text.parse(period, order=period_text.DateOrder.DAY_FIRST)
            except ValueError as error:
                self.add_error("constant_period", str(error))
        return cleaned

    def answers(self) -> Answers:
        """Everything that was said, as answers; what was left as the file's evidence says stays open."""
        said = self.cleaned_data
        matched = {kind: dict(self._matched(kind)) for kind in ("departments", "kpis")}
        columns = {f"#{column['place'] + 1}": said[f"column_{column['place']}"] for column in self.reading.get("columns", [])}
        of = self.reading
        moved = said.get("header_line") and said["header_line"] != of.get("header_line")
        told = {
            "sheet": said.get("sheet", ""),
            "encoding": self._unless("encoding", of.get("encoding")),
            "delimiter": self._unless("delimiter", of.get("delimiter")),
            "header_line": said["header_line"] if moved or self.given.header_line else None,
            "decimal": said["decimal"], "dates": said["dates"], "percent": said["percent"],
            "columns": {} if moved or self._changed("delimiter") or self._changed("sheet") else columns,
            "constants": {name: text for name in CONSTANTS if (text := said.get(f"constant_{name}", "").strip())},
            "departments": {**self.given.departments, **matched["departments"]},
            "kpis": {**self.given.kpis, **matched["kpis"]},
            "directions": {**self.given.directions, **dict(self._said_of("direction"))},
            "frequencies": {**self.given.frequencies, **dict(self._said_of("frequency"))},
            "units": dict(self.given.units),
        }  # fmt: skip
        if said["fill_down"]:
            told["fill_down"] = said["fill_down"] == "yes"
        return from_json({name: value for name, value in told.items() if value != {}})

    def _unless(self, name: str, found: str | None) -> str:
        """What was chosen, blank where it is what the file itself tells and nobody had said it before."""
        chosen = self.cleaned_data.get(name, "")
        return "" if chosen == found and not getattr(self.given, name) else chosen

    def _changed(self, name: str) -> bool:
        return name in self.fields and self.cleaned_data.get(name) != self.reading.get(name)

    def _matched(self, kind: str) -> Iterator[tuple[str, str]]:
        for number, name in enumerate(self.batch.unknown.get(kind, [])[:NAMES_SHOWN]):
            other, chosen = self.cleaned_data[f"{kind}_{number}_other"].strip(), self.cleaned_data[f"{kind}_{number}"]
            if other or chosen.startswith("="):
                yield name, other or chosen[1:]
            elif chosen == LEAVE_OUT:
                yield name, ""

    def _said_of(self, kind: str) -> Iterator[tuple[str, str]]:
        for number, name in enumerate(self._open_kpis(kind)):
            if chosen := self.cleaned_data.get(f"{kind}_{number}"):
                yield name, chosen


assert set(ROLES) >= {IGNORE, *BASE, *FIELDS}
