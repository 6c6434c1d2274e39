"""Question guides: versions, the list, the page, and the form that is arranged by buttons."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.models import AuditEvent
from interviews.core.guides import Asked
from interviews.models import Guide, Interview
from interviews.queries import guides as queries
from interviews.services import guides
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _none_yet(db):
    """These tests begin without the guides that an installation begins with."""
    Guide.objects.all().delete()


WASTE, GOALS = Asked("Where is effort wasted?", "Ask for one example.", True), Asked("Where do goals and outcomes differ?")


def write(**values):
    base = {"name": "Sales: lead", "function": "sales", "role": "lead", "questions": [WASTE, GOALS]}
    return guides.create(by=None, at=AT, **base | values)


def change(guide, **values):
    base = {"name": guide.name, "function": guide.function, "role": guide.role, "questions": queries.asked_of(guide)}
    return guides.change(guide, by=None, at=AT, **base | values)


def texts(guide):
    return [one.text for one in guide.questions.all()]


def test_a_guide_is_written_with_its_questions_in_order(reviewer):
    kpi = make.KPIFactory()
    guide = guides.create(name=" Sales:  lead ", questions=[Asked(" Why? ", kpis=(kpi.pk,)), GOALS], by=reviewer, at=AT)
    assert (guide.code, guide.version, guide.name, guide.function, guide.role) == ("sales-lead", 1, "Sales: lead", "", "")
    assert [(one.position, one.text, one.hint, list(one.kpis.all())) for one in guide.questions.all()] == [
        (1, "Why?", "", [kpi]),
        (2, GOALS.text, "", []),
    ]
    assert AuditEvent.objects.get().act == "guide.create"


def test_codes_are_not_taken_twice():
    assert [write().code, write().code, write(name="New").code] == ["sales-lead", "sales-lead-2", "new-2"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"questions": []},
        {"questions": [Asked("?")] * 41},
        {"questions": [Asked(" ")]},
        {"name": " "},
        {"role": "owner"},
        {"function": "magic"},
    ],
    ids=str,
)
def test_what_is_no_guide_is_refused(wrong):
    with pytest.raises(ValidationError):
        write(**wrong)
    assert not Guide.objects.exists()


def test_a_version_that_nobody_uses_is_changed_in_place():
    guide = write()
    same, new = change(guide, questions=[GOALS, WASTE], role="")
    assert (new, same.pk, same.version, same.role, texts(same)) == (True, guide.pk, 1, "", [GOALS.text, WASTE.text])
    assert Guide.objects.count() == 1


def test_a_version_in_use_is_retired_and_interviews_keep_it():
    first = write()
    draft = make.InterviewFactory(guide=first)
    second, new = change(first, questions=[WASTE])
    first.refresh_from_db()
    assert (new, second.version, second.code, texts(second)) == (True, 2, first.code, [WASTE.text])
    assert (first.retired_at, texts(first)) == (AT, [WASTE.text, GOALS.text])
    assert Interview.objects.get(pk=draft.pk).guide == first
    third, _ = change(second, name="Sales: team lead")  # version 2 has no interview yet
    assert (third.pk, third.name, texts(third)) == (second.pk, "Sales: team lead", [WASTE.text])


def test_nothing_new_is_nothing_done():
    guide = write()
    make.InterviewFactory(guide=guide)
    same, new = change(guide, questions=[Asked(f" {WASTE.text}", WASTE.hint, True), GOALS])
    assert (new, same.version, Guide.objects.count()) == (False, 1, 1)


def test_what_somebody_has_changed_meanwhile_is_not_overwritten():
    first = write()
    make.InterviewFactory(guide=first)
    change(first, questions=[WASTE])
    with pytest.raises(ValidationError, match="changed this guide meanwhile"):
        change(first, questions=[GOALS])


def test_retired_and_brought_back():
    guide = write()
    for _ in range(2):
        guides.retire(guide, by=None, at=AT)
    guide.refresh_from_db()
    assert guide.retired_at == AT
    assert guides.bring_back(guide, by=None, at=AT)
    assert not guides.bring_back(guide, by=None, at=AT)
    guide.refresh_from_db()
    assert guide.retired_at is None
    assert list(AuditEvent.objects.order_by("pk").values_list("act", flat=True)) == ["guide.create", "guide.retire", "guide.bring_back"]


def test_versions_say_what_they_have_otherwise():
    first = write()
    make.InterviewFactory(guide=first)
    change(first, questions=[GOALS])
    newest, oldest = queries.versions(first.code)
    assert [(one.said, one.before) for one in newest.changes] == [("left out", WASTE.text)]
    assert (newest.used, oldest.used, oldest.changes) == (0, 1, [])
    assert queries.versions("missing") == []


def test_the_list_has_each_guide_once_and_counts_all_its_versions():
    first = write()
    make.InterviewFactory(guide=first)
    change(first, questions=[GOALS])
    gone = write(name="Any", function="", role="")
    guides.retire(gone, by=None, at=AT)
    write(name="A general one", function="", role="")
    lines = [(line.guide.name, line.guide.version, line.questions, line.used) for line in queries.guides()]
    assert lines == [("Sales: lead", 2, 1, 1), ("A general one", 1, 2, 0), ("Any", 1, 2, 0)]


def test_lists_and_pages_take_a_fixed_number_of_queries(client, reviewer, cycle):
    client.force_login(reviewer)
    kpi = make.KPIFactory(name="Conversion rate")

    def counts():
        found = []
        for address in ("/guides/", "/guides/sales-lead/", "/guides/sales-lead/edit/"):
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found.append(len(captured))
        return found

    guide = write(questions=[Asked("Why?", kpis=(kpi.pk,))])
    few = counts()
    for n in range(4):
        make.InterviewFactory(guide=guide)
        more = [Asked(f"Question {m} of {n}?", kpis=(kpi.pk,)) for m in range(12)]
        guide, _ = change(guide, questions=more)
        write(name=f"Another {n}")
    assert counts() == few
    assert max(few) <= 14


# Pages


@pytest.fixture
def page(client, reviewer):
    client.force_login(reviewer)
    return client


def sent(*questions, **more):
    data = {"name": "Service", "function": "customer_service", "role": "", "questions": str(len(questions)), "save": "1"}
    for place, text in enumerate(questions):
        data |= {f"q{place}-text": text, f"q{place}-hint": f"hint of {text}"}
    return data | more


def lines(answer) -> list[str]:
    return re.findall(r'<textarea name="q\d+-text"[^>]*>([^<]*)</textarea>', answer.content.decode())


def test_a_guide_is_written_on_its_page(page):
    kpi = make.KPIFactory(function="customer_service")
    answer = page.post("/guides/new/", sent("Why?", "How?", **{"q1-kpis": [kpi.pk], "q0-whole_function": "on"}))
    assert answer.status_code == 302
    guide = Guide.objects.get()
    assert queries.asked_of(guide) == [Asked("Why?", "hint of Why?", True), Asked("How?", "hint of How?", False, (kpi.pk,))]
    shown = page.get(answer.url).content.decode()
    assert kpi.name in shown
    assert "not used yet" in shown


def test_buttons_arrange_questions_and_keep_what_was_written(page):
    answer = page.post("/guides/new/", sent("Why?", "How?", "", act="up-1", **{"q1-whole_function": "on"}))
    assert (answer.status_code, lines(answer)) == (200, ["How?", "Why?", ""])
    html = answer.content.decode()
    assert re.search(r'name="q0-whole_function"[^>]*checked', html)
    assert "hint of How?" in html.split("hint of Why?")[0]
    assert lines(page.post("/guides/new/", sent("Why?", act="add"))) == ["Why?", ""]
    assert lines(page.post("/guides/new/", sent("Why?", "How?", act="remove-0"))) == ["How?"]
    assert lines(page.post("/guides/new/", sent("Why?", act="up-0"))) == ["Why?"]
    assert not Guide.objects.exists()


def test_a_script_gets_the_form_alone(page):
    answer = page.post("/guides/new/", sent("Why?", act="add"), headers={"HX-Request": "true"})
    assert b"<html" not in answer.content
    assert b'id="guide-form"' in answer.content


def test_what_is_wrong_stands_above_with_a_way_to_it(page):
    answer = page.post("/guides/new/", sent("Why?", "", name=""))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert '<a href="#id_q1-text">Question 2: This field is required.</a>' in html
    assert '<a href="#id_name">Name: This field is required.</a>' in html
    assert "Add a question" in page.post("/guides/new/", sent()).content.decode()


def test_numbers_of_questions_that_are_none_are_none(page):
    for count in ("", "-1", "x", "²", "9" * 5000):
        assert page.post("/guides/new/", sent("Why?", questions=count)).status_code == 422


def test_a_copy_begins_with_the_same_questions(page):
    write()
    answer = page.get("/guides/new/?copy=sales-lead")
    assert lines(answer) == [WASTE.text, GOALS.text]
    assert 'value="Copy of Sales: lead"' in answer.content.decode()
    assert lines(page.get("/guides/new/?copy=missing")) == ["", "", ""]


def test_an_edit_of_a_used_guide_makes_the_next_version(page):
    guide = write()
    make.InterviewFactory(guide=guide)
    assert "makes version 2" in page.get("/guides/sales-lead/edit/").content.decode()
    data = sent("Why?", name=guide.name, version="1")
    answer = page.post("/guides/sales-lead/edit/", data, follow=True)
    assert "Saved as version 2." in answer.content.decode()
    assert "This is an older version" in page.get("/guides/sales-lead/?version=1").content.decode()
    stale = page.post("/guides/sales-lead/edit/", data | {"q0-text": "Mine?"})
    assert stale.status_code == 422
    assert "changed this guide meanwhile" in stale.content.decode()
    assert lines(stale) == ["Mine?"]
    same = sent("Why?", name=guide.name, version="2")
    assert "Nothing was changed." in page.post("/guides/sales-lead/edit/", same, follow=True).content.decode()


def test_retire_and_bring_back_on_the_page(page):
    write()
    assert "Bring it back" in page.post("/guides/sales-lead/retire/", follow=True).content.decode()
    assert "1\u00a0retired guide" in page.get("/guides/").content.decode()
    assert "offered again" in page.post("/guides/sales-lead/bring-back/", follow=True).content.decode()
    assert "retired guide" not in page.get("/guides/").content.decode()
