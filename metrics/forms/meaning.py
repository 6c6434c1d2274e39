"""What people say of the meaning of figures. What is wrong with a KPI, benchmark or driver the services say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet

from departments.core.names import CODE_LENGTH, MAX_LENGTH
from departments.core.roles import Function
from departments.models import Department, User
from metrics.core.dictionary import BYTES, TEXT_LENGTH, UNIT_LENGTH
from metrics.core.kpi import BenchmarkKind, Direction
from metrics.core.periods import Frequency
from metrics.models import KPI, Benchmark, DriverLink
from saypro_review.lib.enums import choices


def _choose_from(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Let the field offer these rows."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


# Filters of lists: they stand in the address


class Filters(forms.Form):
    """Fields of a filter. `chosen`: what is asked for, by field, nothing where it is left open."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"

    @property
    def chosen(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}


def _text(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=MAX_LENGTH, widget=forms.TextInput({"type": "search"}))


class KPIFilters(Filters):
    q = _text("Name")
    function = forms.ChoiceField(choices=[("", "All"), *choices(Function)])
    direction = forms.ChoiceField(label="Better", choices=[("", "All"), *((one.value, one.label) for one in Direction)])
    owner = forms.ModelChoiceField(User.objects.none(), empty_label="Anybody")
    without = forms.ChoiceField(label="Lacks", choices=[("", "Nothing"), ("benchmark", "a benchmark"), ("figures", "figures")])

    def __init__(self, *args: Any, owners: QuerySet[User], **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choose_from(self, "owner", owners)


class BenchmarkFilters(Filters):
    q = _text("KPI")
    kind = forms.ChoiceField(choices=[("", "All"), *choices(BenchmarkKind)])
    department = forms.ModelChoiceField(Department.objects.none(), to_field_name="code", empty_label="All")
    when = forms.ChoiceField(label="Valid", choices=[("", "Now or later"), ("all", "At any time")])

    def __init__(self, *args: Any, departments: QuerySet[Department], **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choose_from(self, "department", departments)


class DriverFilters(Filters):
    q = _text("KPI")
    department = forms.ModelChoiceField(Department.objects.none(), to_field_name="code", empty_label="All")

    def __init__(self, *args: Any, departments: QuerySet[Department], **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choose_from(self, "department", departments)


# The dictionary


class Rowed(forms.Form):
    """A form whose fields stand in rows, as ROWS names them."""

    ROWS: ClassVar[tuple[tuple[str, ...], ...]] = ()

    def rows(self) -> list[list[forms.BoundField]]:
        return [[self[name] for name in row if name in self.fields] for row in self.ROWS]


def _lines(label: str, help_text: str = "", *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, max_length=TEXT_LENGTH, required=required, help_text=help_text, widget=forms.Textarea({"rows": 3}))


class KPIForm(Rowed):
    """A KPI. `figures`: it has some, so that its frequency stands; `judged`: a turned direction needs a tick."""

    ROWS = (
        ("name", "code"), ("definition",), ("formula",), ("unit", "direction", "frequency"), ("turn",), ("function", "importance", "owner"),
    )  # fmt: skip

    name = forms.CharField(max_length=MAX_LENGTH)
    code = forms.CharField(
        max_length=CODE_LENGTH, help_text="Short, for addresses and files: letters, digits and hyphens. It stays as it is."
    )
    definition = _lines("Definition", "What it counts, so that two people would count the same.")
    formula = _lines("Formula", "How it is worked out, in words.")
    unit = forms.CharField(max_length=UNIT_LENGTH, required=False, help_text="For example %, h, R or orders.")
    direction = forms.ChoiceField(label="Better", choices=[(one.value, one.label) for one in Direction])
    frequency = forms.ChoiceField(choices=[(one.value, one.label) for one in Frequency], initial=Frequency.MONTH)
    turn = forms.BooleanField(required=False)
    function = forms.ChoiceField(choices=choices(Function), initial=Function.OTHER)
    importance = forms.TypedChoiceField(
        coerce=int,
        choices=[(5, "5, most"), (4, "4"), (3, "3"), (2, "2"), (1, "1, least")],
        initial=3,
        help_text="Weighs in the order of gaps.",
    )
    owner = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="Nobody", help_text="Who answers for it.")

    def __init__(
        self,
        data: Any = None,
        *,
        kpi: KPI | None = None,
        figures: bool = False,
        judged: bool = False,
    ):
        super().__init__(data, initial=_initial(kpi))
        current = kpi.owner_id if kpi else None
        _choose_from(self, "owner", User.objects.filter(Q(is_active=True) | Q(pk=current)))
        if kpi:
            del self.fields["code"]
        if figures and kpi:
            self.fields["frequency"].disabled = True
            self.fields["frequency"].help_text = f"Stays: its figures are {Frequency(kpi.frequency).label}."
            self.fields["unit"].help_text = "Says how figures are written; their numbers stay as they are."
        turned = bool(kpi and judged and self.is_bound and self.data.get("direction") in set(Direction) - {Direction(kpi.direction)})
        if turned and kpi:
            self.fields["turn"].label = f"Yes, judge {kpi.name} the other way round"
        else:
            del self.fields["turn"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "turn" in self.fields and not cleaned.pop("turn", False):
            says = Direction(cleaned["direction"]).label
            self.add_error("turn", f"Tick if that is meant: from now on {says}, and every open review judges it anew.")
        return cleaned


def _initial(kpi: KPI | None) -> dict[str, Any]:
    names = ("name", "definition", "formula", "unit", "direction", "frequency", "function", "importance", "owner")
    return {name: getattr(kpi, name) for name in names} if kpi else {}


SHEET_TOO_LARGE = f"The file is larger than {BYTES // 1024 // 1024} MB. Split it."


class KPIFileForm(forms.Form):
    file = forms.FileField(
        label="Edited file",
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
        error_messages={"required": "Choose a file."},
    )

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith(".csv"):
            raise forms.ValidationError("This is not a CSV file. Save the sheet as “CSV UTF-8” and choose that.")
        if file.size > BYTES:
            raise forms.ValidationError(SHEET_TOO_LARGE)
        return file


class KPIPick(forms.ModelChoiceField):
    """A choice of a KPI, by its code."""

    def __init__(self, **kwargs: Any):
        super().__init__(KPI.objects.all(), to_field_name="code", empty_label="Choose a KPI", **kwargs)


def _department(label: str, empty: str, help_text: str = "") -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        Department.objects.all(), label=label, to_field_name="code", required=False, empty_label=empty, help_text=help_text
    )


def _day(label: str, help_text: str = "", *, required: bool = False) -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=help_text, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


class BenchmarkForm(Rowed):
    """A value to reach."""

    ROWS = (("kpi", "department"), ("kind", "value"), ("valid_from", "valid_to"), ("source",), ("note",))

    kpi = KPIPick(label="KPI")
    department = _department("Department", "All departments", "One of its own wins over that of all.")
    kind = forms.ChoiceField(choices=choices(BenchmarkKind))
    value = forms.FloatField(widget=forms.NumberInput({"step": "any", "inputmode": "decimal"}), help_text="0 is a value like any other.")
    valid_from = _day("First day", "Empty: since ever. A period counts by its first day.")
    valid_to = _day("Last day", "Empty: until further notice. A goal that changes every month has one value a month.")
    source = forms.CharField(max_length=300, required=False, help_text="Where an industry standard comes from; it needs one.")
    note = _lines("Note")

    def __init__(
        self, data: Any = None, *, benchmark: Benchmark | None = None, kpi: KPI | None = None, given: Mapping[str, Any] | None = None
    ):
        super().__init__(data, initial=_stated(benchmark) | dict(given or {}))
        if kpi:
            unit = f" In {kpi.unit}." if kpi.unit else ""
            self.fields["value"].help_text = f"{kpi.name}: {Direction(kpi.direction).label}.{unit} 0 is a value like any other."


def _stated(benchmark: Benchmark | None) -> dict[str, Any]:
    if benchmark is None:
        return {"kind": BenchmarkKind.GOAL}
    names = ("kind", "valid_from", "valid_to", "source", "note")
    department = benchmark.department.code if benchmark.department else None
    plain = repr(benchmark.value).removesuffix(".0")
    return {name: getattr(benchmark, name) for name in names} | {"kpi": benchmark.kpi.code, "department": department, "value": plain}


class EndForm(forms.Form):
    """The last day of a benchmark."""

    on = _day("Last day", "The value holds on this day for the last time.", required=True)


class DriverForm(Rowed):
    """What drives what."""

    ROWS = (("driver", "driver_department"), ("driven", "driven_department"), ("reason",))

    driver = KPIPick(label="Driver", help_text="The KPI that moves first.")
    driver_department = _department("Department of the driver", "The same department", "Or the nearest above that has figures.")
    driven = KPIPick(label="Driven KPI", help_text="The KPI that follows.")
    driven_department = _department("Department of the driven KPI", "Every department")
    reason = _lines("Why", "How the one moves the other, so that somebody else could check it.", required=True)

    def __init__(self, data: Any = None, *, link: DriverLink | None = None, given: Mapping[str, Any] | None = None):
        super().__init__(data, initial=_linked(link) | dict(given or {}))


def _linked(link: DriverLink | None) -> dict[str, Any]:
    if link is None:
        return {}
    ends = ("driver", "driver_department", "driven", "driven_department")
    return {name: end.code for name in ends if (end := getattr(link, name))} | {"reason": link.reason}
