"""The pages of a KPI file, from the choice of it to the result."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.core.lifecycle import JobState
from departments.models import Department, Job
from metrics import tasks
from metrics.core.kpi import ImportState
from metrics.models import Import, Observation
from metrics.services import imports
from tests import factories as make
from tests.factories import AT
from tests.metrics.core.files import ROWS, text

pytestmark = pytest.mark.django_db
NEW = "/imports/new/"


@pytest.fixture
def page(client, admin):
    """A signed-in admin's browser."""
    client.force_login(admin)
    return client


def send(page, content: bytes = b"", name: str = "figures.csv", **fields: str):
    return page.post(NEW, {"file": SimpleUploadedFile(name, content), **fields})


def upload(page, content: bytes, **fields: str) -> Import:
    answer = send(page, content, **fields)
    batch = Import.objects.latest("pk")
    assert (answer.status_code, answer["Location"]) == (302, f"/imports/{batch.pk}/")
    return batch


def work(batch: Import, kind: str) -> None:
    getattr(tasks, kind)(Job.objects.filter(kind=f"metrics.{kind}", subject_id=batch.pk).latest("pk").pk)


def shown(page, batch: Import, **headers: str) -> str:
    answer = page.get(f"/imports/{batch.pk}/", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def answered(page, batch: Import, **changes: str) -> Import:
    """Send the form of answers as it is filled in, with some changes, and read the file again."""
    form = page.get(f"/imports/{batch.pk}/").context["form"]
    data = {name: form[name].value() for name in form.fields}
    answer = page.post(f"/imports/{batch.pk}/answer/", {name: value for name, value in (data | changes).items() if value is not None})
    assert answer.status_code == 302, answer.context["form"].errors
    work(batch, "check")
    return Import.objects.get(pk=batch.pk)


def test_the_form_says_its_limits_first(page):
    html = page.get(NEW).content.decode()
    assert html.index("at most 200") < html.index('type="file"')
    assert "<code>benchmark_source</code>" in html
    assert reverse("metrics:import_template") in html


def test_from_upload_to_result(page, cycle):
    batch = upload(page, text(ROWS[0].replace("2025-01", "2025-12"), *ROWS[1:]))
    html = shown(page, batch)
    assert "Being checked" in html
    assert 'hx-trigger="every 1s"' in html
    work(batch, "check")
    html = shown(page, batch)
    assert "Departments that are not known yet" in html
    assert "Continue to the review" in html
    batch = answered(page, batch)
    part = shown(page, batch, **{"HX-Request": "true"})
    assert "<html" not in part
    assert "hx-get" not in part
    assert "Import 3\u00a0rows and create 2\u00a0departments and 2\u00a0KPIs" in part
    assert "<li>Marketing</li>" in part
    answer = page.post(f"/imports/{batch.pk}/confirm/", {"create": "1"})
    assert answer["Location"] == f"/imports/{batch.pk}/"
    assert "Being imported" in shown(page, batch)
    work(batch, "apply")
    html = shown(page, batch)
    assert "3\u00a0rows added and 0\u00a0rows changed" in html
    assert reverse("gaps:home", kwargs={"code": cycle.code}) in html
    assert Observation.objects.count() == 3


def test_errors_are_grouped_by_repair_with_their_places(page, sales):
    make.KPIFactory(name="Win rate", frequency="day")
    days = [f"Sales,Win rate,%,higher,day,40,2025-01-{day:02d},<b>{day}" for day in range(1, 31)]
    batch = upload(page, text(*days, "Sales,Win rate,%,sideways,day,40,2025-02-01,1"))
    work(batch, "check")
    html = shown(page, batch)
    assert "Refused: nothing was written" in html
    assert "31\u00a0errors in 31\u00a0rows" in html
    assert "line 2: <code>&lt;b&gt;1</code>" in html
    assert "and 18 more" in html
    rows = list(csv.reader(io.StringIO(page.get(f"/imports/{batch.pk}/errors.csv").content.decode())))
    assert rows[0] == ["line", "column", "value", "message"]
    assert len(rows) == 32


def test_what_the_file_does_not_say_of_a_new_kpi_is_asked(page, sales):
    batch = upload(page, text("Sales,Win rate,2025-01,1", header="department,kpi,period,value"))
    work(batch, "check")
    html = shown(page, batch)
    assert "Direction of “Win rate”" in html
    assert "/confirm/" not in html
    batch = answered(page, batch, direction_0="increase")
    assert batch.state == ImportState.READY
    assert batch.answers["directions"] == {"Win rate": "increase"}


def test_progress_is_shown(page):
    batch = upload(page, text())
    Job.objects.filter(subject_id=batch.pk).update(state=JobState.RUNNING, step="Reading the file", done=500, total=1000)
    html = shown(page, batch)
    assert "Reading the file" in html
    assert '<progress value="500" max="1000"' in html


def test_exported_errors_are_inert(page):
    evil = ["=1+1", "@SUM(A1)", "-x", "+x", "\t=1"]
    batch = upload(page, text(*[f'Sales,Win rate,%,higher,month,"{cell}",2025-{month:02d},1' for month, cell in enumerate(evil, 1)]))
    work(batch, "check")
    answer = page.get(f"/imports/{batch.pk}/errors.csv")
    assert "attachment" in answer["Content-Disposition"]
    values = [row[2] for row in csv.reader(io.StringIO(answer.content.decode()))][1:]
    assert values == [f"'{cell}" for cell in evil]


def test_an_unreadable_file_says_why(page):
    batch = upload(page, "department,kpi\näöü".encode() + b"\xff")
    work(batch, "check")
    assert "Line 2 is not UTF-8 text" in shown(page, batch)


def test_a_file_that_holds_nothing_new(page):
    imports.run(file_name="a.csv", content=text(), create=True, by=None, at=AT)
    batch = upload(page, text())
    work(batch, "check")
    assert "Every row is there already" in shown(page, batch)


def test_a_job_that_was_given_up_is_said_and_can_be_tried_again(page):
    batch = upload(page, text(), create="on")
    Job.objects.update(state=JobState.FAILED, ended_at=AT, error="Its worker was lost every time it was tried.")
    html = shown(page, batch)
    assert "Stopped by a fault" in html
    assert "Upload it again" in html
    assert "hx-get" not in html
    Import.objects.update(state=ImportState.READY)
    page.post(f"/imports/{batch.pk}/confirm/", {"create": "1"})
    Job.objects.filter(kind="metrics.apply").update(state=JobState.FAILED, ended_at=AT)
    assert "Try again" in shown(page, batch)
    assert "Stopped by a fault" in page.get("/imports/").content.decode()
    page.post(f"/imports/{batch.pk}/confirm/", {"create": "1"})
    assert Job.objects.filter(kind="metrics.apply", state=JobState.QUEUED).count() == 1


def test_what_cannot_be_confirmed_is_refused_in_words(page):
    batch = make.ImportFactory()
    answer = page.post(f"/imports/{batch.pk}/confirm/", follow=True)
    assert "figures.csv cannot be imported: imported." in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("figures.csv", b"", "The file is empty."),
        ("figures.pdf", b"PK", "This is no CSV, TSV, XLSX or ODS file."),
        ("figures", b"a", "This is no CSV, TSV, XLSX or ODS file."),
    ],
)
def test_files_that_are_refused_at_once(page, name, content, reason):
    answer = send(page, content, name)
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert not Import.objects.exists()


def test_no_file_at_all(page):
    answer = page.post(NEW, {})
    assert answer.status_code == 422
    assert "KPI file: Choose a file, or paste rows below." in answer.content.decode()


def test_a_file_over_the_limit(page, settings):
    settings.MAX_UPLOAD_MB = 1
    answer = send(page, b"x" * (3 * 1024 * 1024))
    assert answer.status_code == 413
    assert "larger than 1 MB" in answer.content.decode()
    assert not Import.objects.exists()


def test_the_original_comes_back_to_the_byte(page):
    content = b"\xef\xbb\xbf" + text(end="\r\n")
    batch = upload(page, content)
    answer = page.get(f"/imports/{batch.pk}/original/")
    assert answer.content == content
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="figures.csv"'
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.csv", 'a"b\r\nX: y.csv', "\u202ecsv.exe.csv", "=cmd|'.csv", "<img src=x>.csv", "日本.csv"]
)
def test_names_of_files_do_no_harm(page, name):
    batch = imports.receive(file_name=name, content=text(), create=False, by=None, at=AT)
    assert "/" not in batch.file_name
    assert "\n" not in batch.file_name
    answer = page.get(f"/imports/{batch.pk}/original/")
    assert "\n" not in answer["Content-Disposition"]
    for html in (shown(page, batch), page.get("/imports/").content.decode()):
        assert "<img" not in html.replace('<img src="/static', "")


def test_a_line_of_the_file_is_shown_where_a_figure_came_from(page):
    batch = upload(page, text())
    assert "Sales,Win rate,%,higher,month,40,2025-02,33" in page.get(f"/imports/{batch.pk}/?line=3").content.decode()
    for number in ("0", "99", "x", "-1", "9" * 30):
        assert "of the file</h2>" not in page.get(f"/imports/{batch.pk}/?line={number}").content.decode()


def test_the_template_imports_as_it_is(page):
    answer = page.get(reverse("metrics:import_template"))
    batch = imports.run(file_name="a.csv", content=answer.content, create=True, by=None, at=AT).batch
    assert (batch.state, batch.new) == (ImportState.APPLIED, 2)


def test_the_list_and_its_filter(page, admin):
    for number in range(3):
        make.ImportFactory(file_name=f"part-{number}.csv", created_by=admin, new=number)
    html = page.get("/imports/").content.decode()
    assert "3\u00a0files" in html
    assert html.index("part-2.csv") < html.index("part-0.csv")
    html = page.get("/imports/?q=T-1").content.decode()
    assert "part-1.csv" in html
    assert "part-2.csv" not in html
    assert "No file has that in its name" in page.get("/imports/?q=nothing").content.decode()
    Import.objects.all().delete()
    assert "No file yet" in page.get("/imports/").content.decode()


def test_pages_of_others_end_before_they_begin(client, manager, reviewer):
    batch = make.ImportFactory(state="ready", applied_at=None)
    client.force_login(reviewer)
    assert client.get(f"/imports/{batch.pk}/").status_code == 404
    assert client.get("/imports/").status_code == 403
    client.force_login(manager)
    html = client.get(f"/imports/{batch.pk}/").content.decode()
    assert "An admin has to confirm it." in html
    assert "/confirm/" not in html
    assert client.post(f"/imports/{batch.pk}/confirm/").status_code == 403
    assert "Import a KPI file" not in client.get("/imports/").content.decode().split("</main>")[0].split("<main")[1]


@pytest.mark.parametrize("address", ["/imports/", "/metrics/"])
def test_lists_ask_a_fixed_number_of_questions(page, admin, address):
    def fill(count: int) -> None:
        for _ in range(count):
            make.ImportFactory(created_by=admin)
            make.BenchmarkFactory(kpi=make.SeriesFactory().kpi)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert page.get(address).status_code == 200
        return len(queries)

    fill(2)
    few = asked()
    fill(12)
    assert asked() == few <= 12


def test_a_page_of_an_import_asks_a_fixed_number_of_questions(page, django_assert_max_num_queries):
    batch = upload(page, text(*["Sales,Win rate,%,higher,month,,2025-01,x"] * 300))
    work(batch, "check")
    with django_assert_max_num_queries(14):
        shown(page, batch)


# The dictionary


def test_the_dictionary(page, sales, marketing):
    kpi = make.KPIFactory(name="Win rate", unit="%", definition="Won of decided")
    make.SeriesFactory(kpi=kpi, department=sales)
    make.SeriesFactory(kpi=kpi, department=marketing)
    make.BenchmarkFactory(kpi=kpi, department=sales)
    make.KPIFactory(name="Cost <per> lead", unit="R", direction="decrease")
    html = page.get("/metrics/").content.decode()
    assert "2\u00a0KPIs" in html
    assert "Won of decided" in html
    assert "higher is better" in html
    assert "lower is better" in html
    assert "Cost &lt;per&gt; lead" in html
    row = html[html.index("Win rate") :].split("</tr>")[0]
    assert [cell.split("<")[0] for cell in row.split('class="num">')[1:]] == ["3 of 5", "2", "1"]
    assert "Cost" not in page.get("/metrics/?q=WIN").content.decode().split("<main")[1]
    assert "No KPI fits" in page.get("/metrics/?q=nothing").content.decode()


def test_a_head_sees_the_dictionary_with_counts_of_their_own(client, head, sales, marketing):
    kpi = make.KPIFactory(name="Win rate")
    make.SeriesFactory(kpi=kpi, department=sales)
    make.SeriesFactory(kpi=kpi, department=marketing)
    make.BenchmarkFactory(kpi=kpi, department=marketing)
    make.BenchmarkFactory(kpi=kpi, kind="industry", source="x")
    client.force_login(head)
    html = client.get("/metrics/").content.decode()
    row = html[html.index("Win rate") :].split("</tr>")[0]
    assert [cell.split("<")[0] for cell in row.split('class="num">')[1:]] == ["3 of 5", "1", "1"]
    assert "Import a KPI file" not in html


def test_an_empty_dictionary_says_what_comes_first(page, client, reviewer):
    assert "KPIs come with the first file that names them" in page.get("/metrics/").content.decode()
    client.force_login(reviewer)
    assert "an admin imports" in client.get("/metrics/").content.decode()
    assert not Department.objects.exists()
