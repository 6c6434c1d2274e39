"""manage.py import_kpis and check_data: exit codes and JSON are contracts."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from departments.models import AuditEvent, Department
from metrics.models import Import, Observation, Series
from tests import factories as make
from tests.metrics.core.files import ROWS, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def command(tmp_path):
    """Run the command on those bytes: (exit code, standard output, standard error)."""

    def run(content: bytes | None, *options: str) -> tuple[int, str, str]:
        path = tmp_path / "figures.csv"
        if content is not None:
            path.write_bytes(content)
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command("import_kpis", str(path), *options, stdout=out, stderr=err)
        except SystemExit as ended:
            return int(str(ended.code)), out.getvalue(), err.getvalue()
        return 0, out.getvalue(), err.getvalue()

    return run


@pytest.fixture
def answer(command):
    def run(content: bytes | None, *options: str) -> tuple[int, dict[str, Any]]:
        status, out, _ = command(content, "--json", *options)
        return status, json.loads(out)

    return run


def test_imported(answer):
    assert answer(text(), "--create") == (0, {"new": 3, "changed": 0, "same": 0, "rejected": 0, "errors": [], "questions": []})
    assert Observation.objects.count() == 3


def test_nothing_to_do(answer):
    answer(text(), "--create")
    assert answer(text()) == (0, {"new": 0, "changed": 0, "same": 3, "rejected": 0, "errors": [], "questions": []})


def test_rows_rejected_and_nothing_written(answer):
    status, said = answer(text(*ROWS, "Sales,Win rate,%,higher,month,40,2025-02,12,5"), "--create")
    message = "The row has 9 cells, the header 8. Quote a text that holds commas."
    error = {"line": 5, "column": "", "value": "Sales,Win rate,%,higher,month,40,2025-02,12,5", "message": message}
    assert (status, said) == (1, {"new": 3, "changed": 0, "same": 0, "rejected": 1, "errors": [error], "questions": []})
    assert not any(model.objects.exists() for model in (Observation, Import, Department))


def test_columns_that_nobody_can_tell_are_a_question(answer):
    content = text(header="department,kpi,unit,direction,frequency,target,period,colour")
    status, said = answer(content, "--create")
    assert (status, said["rejected"], said["errors"]) == (2, 3, [])
    (question,) = said["questions"]
    assert (question["kind"], question["column"], question["flag"]) == ("columns", "colour", "--mapping")
    assert "colour" in question["options"]


def test_a_question_must_be_answered_first(answer):
    status, said = answer(text())
    assert status == 2
    assert said["questions"] == [
        {"kind": "unknown_departments", "column": "department", "options": ["Marketing", "Sales"], "flag": "--create"},
        {"kind": "unknown_kpis", "column": "kpi", "options": ["Leads", "Win rate"], "flag": "--create"},
    ]
    assert said["new"] == 3
    assert not Observation.objects.exists()


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"a\0b", b'a,b\n"1,2\n', text()[:40]])
def test_a_file_that_cannot_be_read(answer, content):
    status, said = answer(content, "--create")
    assert status == 3
    (error,) = said["errors"]
    assert set(error) == {"line", "column", "value", "message"}
    assert error["message"].endswith(".")
    assert not Import.objects.exists()


def test_a_file_over_the_limit(answer, settings):
    settings.MAX_UPLOAD_MB = 0
    status, said = answer(text())
    assert status == 3
    assert "larger than 0 MB" in said["errors"][0]["message"]


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(SystemExit) as ended:
        call_command("import_kpis", str(tmp_path), "--json", stdout=io.StringIO(), stderr=io.StringIO())
    assert ended.value.code == 3


def test_a_dry_run_says_the_same_and_writes_nothing(answer):
    status, said = answer(text(), "--create", "--dry-run")
    assert (status, said["new"]) == (0, 3)
    assert not any(model.objects.exists() for model in (Observation, Import, Department, AuditEvent))


def test_the_rows_as_understood(answer):
    _, said = answer(text(), "--create", "--rows", "--dry-run")
    assert said["rows"] == [
        {"department": "Sales", "kpi": "Win rate", "period": "2025-01-01", "value": 31.5, "target": 40.0, "benchmark": None},
        {"department": "Sales", "kpi": "Win rate", "period": "2025-02-01", "value": 33.0, "target": 40.0, "benchmark": None},
        {"department": "Marketing", "kpi": "Leads", "period": "2025-01-01", "value": 120.0, "target": None, "benchmark": None},
    ]


def test_in_somebodys_name(command, admin):
    assert command(text(), "--create", "--by", "ADMIN@example.org")[0] == 0
    assert Import.objects.get().created_by == admin
    assert AuditEvent.objects.get().actor == admin
    with pytest.raises(CommandError, match="no account ghost@"):
        command(text(), "--by", "ghost@example.org")


def test_for_people(command):
    status, out, err = command(text())
    assert (status, out) == (2, "")
    assert "leaves a question open. Nothing was written. Rows: 3 new" in err
    assert "Departments that are not known yet: Marketing, Sales. Give --create." in err
    status, out, err = command(text(*["Sales,Win rate,%,higher,month,40,2025-02,x"] * 15), "--create")
    assert status == 1
    assert "line 2, value: “x”: This is not a number." in err
    assert "and 10 more errors; --json lists them." in err
    assert command(text(), "--create", "--dry-run")[1].startswith("figures.csv can be imported. Nothing was written.")
    assert command(text(), "--create")[1] == "figures.csv is imported. Rows: 3 new, 0 changed, 0 same, 0 rejected.\n"
    assert command(text())[1].startswith("figures.csv holds nothing new.")
    assert command(b"a\0b")[2].startswith("line 1: Line 1 holds a NUL character")


# check_data


def checked() -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("check_data", stdout=out, stderr=err)
    except SystemExit as ended:
        return int(str(ended.code)), err.getvalue()
    return 0, out.getvalue()


def test_sound_data(command):
    command(text(), "--create")
    command(text(ROWS[0].replace("31.5", "32")))
    assert checked() == (0, "Every figure belongs to a series and an import.\n")


def test_figures_without_their_series_or_import_are_counted(command):
    command(text(), "--create")
    command(text(ROWS[0].replace("31.5", "32")))
    other = make.ImportFactory()
    Observation.objects.filter(line=3).update(batch=other.pk + 1)
    Series.objects.filter(kpi__name="Win rate")._raw_delete(using="default")
    status, said = checked()
    assert status == 1
    assert "2 observations without their series." in said
    assert "1 observations without their import." in said
    assert "1 earlier figures without their series." in said
