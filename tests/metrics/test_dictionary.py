"""The KPI dictionary: one KPI at a time, and as a file."""

from __future__ import annotations

import csv
import io

import pytest
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.core.lifecycle import RECOMPUTE, Phase
from departments.models import AuditEvent, Job
from gaps.models import Gap
from metrics.core.dictionary import COLUMNS
from metrics.models import KPI, DriverLink, Observation, ObservationChange, Series
from metrics.services import kpis, locks
from metrics.services.imports import LOCK
from tests import factories as make
from tests.factories import AT
from tests.two import meanwhile

pytestmark = pytest.mark.django_db
NEW = {"name": "Win rate", "definition": "Won of decided.", "formula": "", "unit": "%", "direction": "increase", "frequency": "month",
       "function": "sales", "importance": 4, "owner": None}  # fmt: skip


@pytest.fixture
def page(client, admin):
    """A signed-in admin's browser."""
    client.force_login(admin)
    return client


@pytest.fixture
def wins(sales):
    """A KPI with figures in Sales."""
    series = make.SeriesFactory(department=sales, kpi__code="wins", kpi__name="Win rate", kpi__definition="Won of decided.")
    make.figures(series, make.wave(30, 12))
    return series.kpi


def change(kpi, by=None, **values):
    return kpis.change(kpi, by=by, at=AT, **values)


def queued() -> list[str]:
    return list(Job.objects.filter(kind=RECOMPUTE).order_by("pk").values_list("cycle__code", flat=True))


def last_event() -> AuditEvent:
    return AuditEvent.objects.order_by("-pk").first()


# One KPI


def test_a_new_kpi_is_kept_and_told_to_the_audit(admin):
    kpi = kpis.create(code="wins", by=admin, at=AT, **NEW)
    kpi.refresh_from_db()
    assert (kpi.name, kpi.importance, kpi.key) == ("Win rate", 4, "win rate")
    event = last_event()
    assert (event.act, event.actor, event.object_id) == ("kpi.create", admin, kpi.pk)
    assert event.details["direction"] == "increase"


@pytest.mark.parametrize(
    ("code", "values", "field"),
    [
        ("a b", {}, "code"),
        ("taken", {}, "code"),
        ("wins", {"name": "LEADS"}, "name"),
        ("wins", {"name": " "}, "name"),
        ("wins", {"name": "Lea\u200bds"}, "name"),
        ("wins", {"unit": "x" * 31}, "unit"),
        ("wins", {"definition": "x" * 2001}, "definition"),
        ("wins", {"direction": "sideways"}, "direction"),
        ("wins", {"frequency": "hour"}, "frequency"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(code, values, field):
    make.KPIFactory(code="taken", name="Leads")
    with pytest.raises(ValidationError) as caught:
        kpis.create(code=code, by=None, at=AT, **NEW | values)
    assert list(caught.value.message_dict) == [field]
    assert KPI.objects.count() == 1


def test_a_change_says_what_was_and_what_is(wins, admin):
    assert change(wins, admin, unit="points", owner=admin, importance=5)
    wins.refresh_from_db()
    assert (wins.unit, wins.owner, wins.importance) == ("points", admin, 5)
    assert last_event().details == {"code": "wins", "unit": ["%", "points"], "importance": [3, 5], "owner": [None, admin.pk]}


def test_nothing_new_is_no_change(wins, cycle):
    before = AuditEvent.objects.count()
    assert not change(wins, name=" Win  rate ", unit="%", owner=None)
    assert (AuditEvent.objects.count(), queued()) == (before, [])


def test_a_change_has_open_cycles_judged_anew_that_hold_its_figures(wins, sales, marketing):
    make.CycleFactory(code="all")
    for code, roots in (("own", [sales]), ("other", [marketing])):
        make.CycleFactory(code=code).roots.set(roots)
    make.CycleFactory(code="closed", phase=Phase.CLOSED)
    make.CycleFactory(code="long-ago", data_from=make.date(2020, 1, 1), data_to=make.date(2020, 3, 31))
    change(wins, direction="decrease")
    assert queued() == ["all", "own"]


def test_a_kpi_without_figures_touches_no_cycle(cycle):
    change(make.KPIFactory(), direction="decrease")
    assert queued() == []


def test_the_frequency_stands_while_there_are_figures(wins):
    with pytest.raises(ValidationError, match="Its figures are monthly"):
        change(wins, frequency="week")
    wins.refresh_from_db()
    assert wins.frequency == "month"
    free = make.KPIFactory()
    assert change(free, frequency="week")


@pytest.mark.django_db(transaction=True)
def test_frequency_and_deletion_wait_for_an_import_that_is_being_written():
    kpi = make.KPIFactory(code="free")
    content = text("free,week", header="code,frequency")
    with meanwhile(lambda: locks.wait_for(LOCK)):
        with pytest.raises(ValidationError, match="being written"):
            change(kpi, frequency="week")
        with pytest.raises(ValidationError, match="being written"):
            kpis.apply_file(content, seen=kpis.compare(content).digest, by=None, at=AT)
        with pytest.raises(ValidationError, match="being written"):
            kpis.delete(kpi, by=None, at=AT)
        assert change(kpi, unit="h")
    assert change(kpi, frequency="week")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_name_at_once_one_is_told():
    with (
        meanwhile(lambda: kpis.create(code="a", by=None, at=AT, **NEW)),
        pytest.raises(ValidationError, match="in the meantime"),
    ):
        kpis.create(code="b", by=None, at=AT, **NEW)
    assert KPI.objects.get().code == "a"


def test_a_kpi_goes_when_nothing_hangs_on_it(wins, admin):
    other = make.KPIFactory(name="Leads")
    link = DriverLink.objects.create(driver=other, driven=wins, reason="x")
    benchmark = make.BenchmarkFactory(kpi=other)
    for kpi, hanging in ((wins, "figures in 1\u00a0department and 1\u00a0driver"), (other, "1\u00a0benchmark and 1\u00a0driver")):
        with pytest.raises(ValidationError) as caught:
            kpis.delete(kpi, by=admin, at=AT)
        assert hanging in caught.value.messages[0]
    link.delete()
    benchmark.delete()
    assert kpis.hangs_on(other) == ""
    kpis.delete(other, by=admin, at=AT)
    assert list(KPI.objects.all()) == [wins]
    assert (last_event().act, last_event().details["name"]) == ("kpi.delete", "Leads")


def test_an_empty_place_for_figures_goes_along_unless_something_remains_of_it(wins, cycle, sales):
    spare = make.SeriesFactory(department=sales).kpi
    kpis.delete(spare, by=None, at=AT)
    assert not Series.objects.filter(kpi=spare.pk).exists()
    shown = make.SeriesFactory(department=sales)
    Gap.objects.create(cycle=cycle, series=shown, first_version=1)
    with pytest.raises(ValidationError, match="a review still shows it"):
        kpis.delete(shown.kpi, by=None, at=AT)
    assert Series.objects.filter(pk=shown.pk).exists()
    series = wins.series.get()
    ObservationChange.objects.create(series=series, period="2025-01-01", value=1, batch_id=1, line=1, replaced_by_id=1, replaced_at=AT)
    Observation.objects.filter(series=series).delete()
    assert kpis.hangs_on(wins) == "or had figures in 1\u00a0department"


# The pages


def form_of(**values) -> dict[str, object]:
    return {**NEW, "owner": "", **values}


def test_adding_a_kpi(page):
    assert 'name="code"' in page.get("/metrics/kpis/new/").content.decode()
    answer = page.post("/metrics/kpis/new/", form_of(code="wins"), follow=True)
    assert answer.redirect_chain == [("/metrics/kpi/wins/", 302)]
    html = answer.content.decode()
    assert "Win rate is in the dictionary." in html
    assert "None is listed, neither of it nor by it." in html


def test_errors_of_the_form_lead_to_their_fields(page):
    make.KPIFactory(code="wins", name="Leads")
    html = page.post("/metrics/kpis/new/", form_of(code="wins", name="")).content.decode()
    assert "One thing needs your attention" in html
    assert '<a href="#id_name">Name: This field is required.</a>' in html
    html = page.post("/metrics/kpis/new/", form_of(code="wins")).content.decode()
    assert '<a href="#id_code">Code: Another KPI has this code. Choose another.</a>' in html


def test_a_kpis_page_says_what_it_means(page, wins, admin, marketing):
    change(wins, owner=admin, formula="won / decided")
    make.BenchmarkFactory(kpi=wins, value=0, department=marketing, valid_from="2025-01-01")
    leads = make.KPIFactory(code="leads", name="Lead quality")
    DriverLink.objects.create(driver=leads, driven=wins, driver_department=marketing, reason="A bad lead does not buy.")
    html = page.get("/metrics/kpi/wins/").content.decode()
    for words in (
        "Higher is better; monthly, in %.",
        "Won of decided.",
        "won / decided",
        "Ada Admin",
        "<dd>Sales</dd>",
        '<td class="num">0\u00a0%</td>',
        "from 1 Jan 2025",
        "Win rate is driven by Lead quality.",
        "Dashed: for certain departments only.",
        "A bad lead does not buy.",
        "Marketing only",
        '<a href="/metrics/kpi/leads/" tabindex="-1">',
    ):
        assert words in html, words


def test_editing_says_what_is_done(page, wins, cycle):
    html = page.get("/metrics/kpi/wins/edit/").content.decode()
    assert "Stays: its figures are monthly." in html
    assert "their numbers stay as they are" in html
    answer = page.post("/metrics/kpi/wins/edit/", form_of(name="Wins", frequency="week"), follow=True)
    assert "Open reviews that have its figures are being judged anew." in answer.content.decode()
    wins.refresh_from_db()
    assert (wins.name, wins.frequency, wins.code) == ("Wins", "month", "wins")
    assert queued() == ["q4"]
    again = page.post("/metrics/kpi/wins/edit/", form_of(name="Wins"), follow=True)
    assert "Nothing was changed." in again.content.decode()


def test_a_direction_turns_only_when_that_is_meant(page, wins):
    turned = form_of(direction="decrease")
    answer = page.post("/metrics/kpi/wins/edit/", turned)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Yes, judge Win rate the other way round" in html
    assert "from now on lower is better, and every open review judges it anew" in html
    wins.refresh_from_db()
    assert wins.direction == "increase"
    assert page.post("/metrics/kpi/wins/edit/", turned | {"turn": "on"}).status_code == 302
    wins.refresh_from_db()
    assert wins.direction == "decrease"


def test_a_direction_on_which_nothing_rests_turns_without_more(page):
    make.KPIFactory(code="wins", name="Win rate")
    assert page.post("/metrics/kpi/wins/edit/", form_of(direction="decrease")).status_code == 302
    make.BenchmarkFactory(kpi__code="goal", kpi__name="Goal")
    assert page.post("/metrics/kpi/goal/edit/", form_of(name="Goal", direction="decrease")).status_code == 422
    assert page.post("/metrics/kpi/goal/edit/", form_of(name="Goal", direction="sideways")).status_code == 422


def test_a_refusal_of_the_service_is_shown_in_the_form(page, wins):
    make.KPIFactory(name="Leads", code="leads")
    html = page.post("/metrics/kpi/wins/edit/", form_of(name="leads")).content.decode()
    assert "Name: The KPI leads is called so already." in html
    assert "Edit Win rate" in html


def test_an_owner_who_left_stays_until_another_is_chosen(page, wins):
    gone = make.UserFactory(name="Gone", is_active=False)
    make.UserFactory(name="Never owner", is_active=False)
    change(wins, owner=gone)
    html = page.get("/metrics/kpi/wins/edit/").content.decode()
    assert "Gone" in html
    assert "Never owner" not in html
    assert page.post("/metrics/kpi/wins/edit/", form_of(owner=gone.pk, importance=5)).status_code == 302


def test_deleting_by_the_page(page, wins):
    make.KPIFactory(code="spare", name="Spare")
    assert "so it stays" in page.get("/metrics/kpi/wins/delete/").content.decode()
    answer = page.post("/metrics/kpi/wins/delete/")
    assert answer.status_code == 422
    assert "Win rate stays: it has or had figures in 1\u00a0department." in answer.content.decode()
    assert "Nothing hangs on it" in page.get("/metrics/kpi/spare/delete/").content.decode()
    assert "no longer in the dictionary" in page.post("/metrics/kpi/spare/delete/", follow=True).content.decode()


# The list


@pytest.fixture
def listed(sales, marketing, admin):
    """Five KPIs that differ in what the filters ask for."""
    stated = make.SeriesFactory(department=sales, kpi__code="stated", kpi__name="Stated", kpi__function="sales", kpi__importance=1)
    make.figures(stated, make.wave(3, 3), target=0)
    bare = make.SeriesFactory(department=marketing, kpi__code="bare", kpi__name="Bare", kpi__direction="decrease", kpi__owner=admin)
    make.figures(bare, make.wave(3, 3))
    old = make.SeriesFactory(department=sales, kpi__code="old", kpi__name="Old target")
    make.figures(old, make.wave(3, 4), target=1, last=make.date(2020, 1, 1))
    make.figures(old, make.wave(3, 12))
    make.BenchmarkFactory(kpi=make.KPIFactory(code="goal", name="Goal alone"))
    make.BenchmarkFactory(kpi=make.KPIFactory(code="past", name="Past alone"), kind="history")


def names(page, query: str = "") -> list[str]:
    text = page.get(f"/metrics/kpis.csv{query}").content.decode()
    assert text[0] == "\ufeff"
    return [row["code"] for row in csv.DictReader(io.StringIO(text[1:]))]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ["bare", "goal", "old", "past", "stated"]),
        ("?q=ALONE", ["goal", "past"]),
        ("?function=sales", ["stated"]),
        ("?direction=decrease", ["bare"]),
        ("?without=benchmark", ["bare", "old", "past"]),
        ("?without=figures", ["goal", "past"]),
        ("?sort=importance", ["stated", "bare", "goal", "old", "past"]),
        ("?sort=-departments", ["bare", "old", "stated", "goal", "past"]),
        ("?sort=nonsense", ["bare", "goal", "old", "past", "stated"]),
        ("?function=magic", []),
        ("?q=alone&without=benchmark", ["past"]),
    ],
)
def test_filters_and_order_stand_in_the_address_and_hold_for_the_file(page, listed, query, codes):
    assert names(page, query) == codes
    html = page.get(f"/metrics/{query}").content.decode()
    places = [html.index(f'href="/metrics/kpi/{code}/"') for code in codes]
    assert places == sorted(places)
    for code in {"bare", "goal", "old", "past", "stated"} - set(codes):
        assert f'href="/metrics/kpi/{code}/"' not in html
    assert ("No KPI fits" in html) == (not codes)


def test_the_filter_by_owner(page, listed, admin):
    assert names(page, f"?owner={admin.pk}") == ["bare"]
    assert names(page, "?owner=0") == []


def test_sorted_heads_say_so(page, listed):
    assert 'aria-sort="ascending"><a href="?sort=-name"' in page.get("/metrics/").content.decode()
    assert 'aria-sort="descending"><a href="?q=a&amp;sort=importance"' in page.get("/metrics/?q=a&sort=-importance").content.decode()


def test_a_head_has_the_kpis_of_their_departments_also_in_the_file(client, head, listed, sales, marketing):
    client.force_login(head)
    assert names(client) == ["old", "stated"]
    html = client.get("/metrics/").content.decode()
    assert "New KPI" not in html
    assert "Ada Admin" not in html  # owns a KPI of others: not even offered as a filter
    shared = make.SeriesFactory(department=marketing, kpi=KPI.objects.get(code="old"))
    make.figures(shared, make.wave(3, 3))
    make.BenchmarkFactory(kpi=shared.kpi, department=marketing, value=54321)
    html = client.get("/metrics/kpi/old/").content.decode()
    assert "Marketing" not in html
    assert "54\u00a0321" not in html


def test_pages_of_the_dictionary_ask_a_fixed_number_of_questions(page, sales, admin):
    centre = make.KPIFactory(code="centre", owner=admin)

    def fill(count: int) -> None:
        for _ in range(count):
            series = make.SeriesFactory(kpi__owner=make.UserFactory())
            make.figures(series, [1.0])
            make.SeriesFactory(kpi=centre)
            make.BenchmarkFactory(kpi=centre, department=series.department)
            DriverLink.objects.create(driver=series.kpi, driven=centre, driver_department=series.department, reason="x")

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert page.get(address).status_code == 200
        return len(queries)

    addresses = ("/metrics/?without=benchmark", "/metrics/kpis.csv", "/metrics/kpi/centre/")
    fill(2)
    few = [asked(address) for address in addresses]
    fill(10)
    assert [asked(address) for address in addresses] == few
    assert max(few) <= 14


# The file


def text(*rows: str, header: str = ",".join(COLUMNS)) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def send(page, content: bytes, name: str = "kpis.csv"):
    return page.post("/metrics/kpis/file/", {"file": SimpleUploadedFile(name, content)})


def kept(answer) -> str:
    return answer.content.decode().split('name="kept" value="')[1].split('"')[0]


def test_the_file_as_downloaded_changes_nothing(page, listed):
    answer = send(page, page.get("/metrics/kpis.csv").content)
    assert answer.status_code == 200
    assert "nothing to change" in answer.content.decode()


def test_from_the_file_to_the_dictionary(page, wins, admin, cycle):
    rows = "wins,5,admin@example.org,lower,Win rate,month", "leads,2,,higher,Leads,week"
    content = text(*rows, header="code,importance,owner,direction,name,frequency")
    answer = send(page, content)
    html = answer.content.decode()
    for words in (
        "1\u00a0KPI would change, 1 would be new, 0 would stay",
        "The direction turns for Win rate",
        "<del>higher</del>",
        "<ins>lower</ins>",
        "<ins>admin@example.org</ins>",
        "Change 1\u00a0KPI and add 1\u00a0KPI",
    ):
        assert words in html, words
    assert KPI.objects.count() == 1
    done = page.post("/metrics/kpis/file/confirm/", {"kept": kept(answer)}, follow=True)
    assert "Done: 1\u00a0KPI changed, 1\u00a0KPI added." in done.content.decode()
    wins.refresh_from_db()
    assert (wins.importance, wins.owner, wins.direction) == (5, admin, "decrease")
    assert KPI.objects.get(code="leads").frequency == "week"
    assert queued() == ["q4"]
    acts = list(AuditEvent.objects.order_by("pk").values_list("act", flat=True))
    assert sorted(acts) == ["kpi.change", "kpi.create", "kpi.file"]
    assert AuditEvent.objects.get(act="kpi.change").details["importance"] == [3, 5]


def test_errors_have_line_column_and_repair_and_nothing_is_offered(page, wins):
    answer = send(page, text("wins,week", "b b,month", header="code,frequency"))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "2\u00a0things need your attention" in html
    assert "Its figures are monthly. Write month" in html
    assert "<code>b b</code>" in html
    assert "kept" not in html


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("kpis.xlsx", b"PK", "This is not a CSV file"),
        ("kpis.csv", b"", "The file is empty."),
        ("kpis.csv", b"code\n\xff", "Line 2 is not UTF-8"),
        ("kpis.csv", b"x" * (1024 * 1024 + 1), "The file is larger than 1 MB"),
    ],
)
def test_what_is_no_table_is_said_at_the_field(page, name, content, message):
    answer = send(page, content, name)
    assert answer.status_code == 422
    assert f'<a href="#id_file">Edited file: {message}' in answer.content.decode()


def test_a_file_over_the_limit_of_uploads(page, settings):
    settings.MAX_UPLOAD_MB = 1
    answer = send(page, b"x" * (3 * 1024 * 1024))
    assert answer.status_code == 422
    assert "Edited file: The file is larger than 1 MB. Split it." in answer.content.decode()


def test_the_largest_file_survives_the_way_through_the_page(page):
    words = "".join(chr(0x4E00 + (number * 7919) % 20000) for number in range(1900))
    rows = [f"k{number},Name {number},{words},higher,month" for number in range(180)]
    content = text(*rows, header="code,name,definition,direction,frequency")
    assert 1_000_000 < len(content) < 1024 * 1024
    answer = send(page, content)
    done = page.post("/metrics/kpis/file/confirm/", {"kept": kept(answer)}, follow=True)
    assert "180\u00a0KPIs added" in done.content.decode()


def test_a_file_that_the_page_did_not_carry_is_refused(page):
    for value in ("", "forged", signing.dumps({"file": "", "seen": ""}, salt="other")):
        answer = page.post("/metrics/kpis/file/confirm/", {"kept": value}, follow=True)
        assert "not at hand any more" in answer.content.decode()


def test_a_dictionary_that_changed_meanwhile_is_looked_at_again(page, wins):
    answer = send(page, text("wins,5", header="code,importance"))
    change(wins, importance=2)
    again = page.post("/metrics/kpis/file/confirm/", {"kept": kept(answer)})
    html = again.content.decode()
    assert "The dictionary has changed since you looked." in html
    assert "<del>2</del>" in html
    wins.refresh_from_db()
    assert wins.importance == 2
    page.post("/metrics/kpis/file/confirm/", {"kept": kept(again)})
    wins.refresh_from_db()
    assert wins.importance == 5


def test_a_file_that_has_become_wrong_is_not_written(page, wins):
    make.KPIFactory(code="free")
    answer = send(page, text("free,week", "wins,month", header="code,frequency"))
    series = make.SeriesFactory(kpi=KPI.objects.get(code="free"))
    make.figures(series, [1.0])
    again = page.post("/metrics/kpis/file/confirm/", {"kept": kept(answer)})
    assert again.status_code == 422
    assert "Its figures are monthly" in again.content.decode()
    assert KPI.objects.get(code="free").frequency == "month"


def test_names_can_be_swapped(page):
    make.KPIFactory(code="a", name="One")
    make.KPIFactory(code="b", name="Two")
    answer = send(page, text("a,Two", "b,One", header="code,name"))
    page.post("/metrics/kpis/file/confirm/", {"kept": kept(answer)})
    assert dict(KPI.objects.values_list("code", "name")) == {"a": "Two", "b": "One"}
    assert set(KPI.objects.values_list("key", flat=True)) == {"one", "two"}


@pytest.mark.django_db(transaction=True)
def test_it_is_all_or_nothing(page):
    answer = send(page, text("a,A,higher,month", "b,B,higher,month", header="code,name,direction,frequency"))
    with meanwhile(lambda: kpis.create(code="other", by=None, at=AT, **NEW | {"name": "B"})):
        done = page.post("/metrics/kpis/file/confirm/", {"kept": kept(answer)}, follow=True)
    assert "in the meantime" in done.content.decode()
    assert list(KPI.objects.values_list("code", flat=True)) == ["other"]


def test_the_file_is_inert_in_a_spreadsheet(page):
    make.KPIFactory(code="evil", name="=1+1", definition="@SUM(A1)", unit="-")
    row = next(csv.DictReader(io.StringIO(page.get("/metrics/kpis.csv").content.decode()[1:])))
    assert (row["name"], row["definition"], row["unit"]) == ("'=1+1", "'@SUM(A1)", "'-")
