"""The pages that import interviews, list excerpts, export them, and show how far coders agree."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from departments.core.roles import Role
from departments.models import AuditEvent, Membership, User
from interviews.models import Answer, Coding, Excerpt, Interview, Stakeholder
from tests import factories as make

pytestmark = pytest.mark.django_db

IMPORT, EXCERPTS, AGREEMENT = "/c/q4/interviews/import/", "/c/q4/excerpts/", "/c/q4/agreement/"
TALK = """[00:00:01] Jane: How do leads reach you?
[00:00:05] Thabo: By mail, mostly. Nobody looks at it.
[00:00:12] Jane: What would you change, Thabo?
[00:00:15] Thabo: One list for all of us, and fewer meetings about it.
"""
WHO = {"department": "sales", "role": "lead", "held_on": "2026-01-05", "consent": "verbal", "mask": "on"}


@pytest.fixture
def reviewing(client, cycle, reviewer, sales, marketing):
    make.reviewing(reviewer, cycle)
    client.force_login(reviewer)
    return client


@pytest.fixture
def sue(cycle) -> User:
    person = make.member(Role.REVIEWER, email="sue@example.org", name="Sue Second")
    make.reviewing(person, cycle)
    return person


def read(page) -> str:
    return " ".join(page.content.decode().split())


# A JSON file


def json_of(*interviews: dict) -> SimpleUploadedFile:
    return SimpleUploadedFile("interviews.json", json.dumps({"schema": 1, "interviews": list(interviews)}).encode())


INTERVIEW = {
    "department": "Sales", "role": "lead", "pseudonym": "Heron 47", "held_on": "2026-01-05", "consent": "verbal",
    "answers": [{"heading": "Why?", "text": "Marker one. Marker two."}],
}  # fmt: skip


def kept_in(page) -> str:
    return read(page).split('name="kept" value="')[1].split('"')[0]


def test_a_file_is_looked_at_then_imported(reviewing):
    page = reviewing.post(IMPORT, {"kind": "json", "file": json_of(INTERVIEW)})
    assert page.status_code == 200
    assert "Import 1 interview" in read(page)
    assert not Interview.objects.exists()
    page = reviewing.post(IMPORT, {"kind": "json", "kept": kept_in(page)}, follow=True)
    assert "1 interview imported." in read(page)
    assert Interview.objects.get().interviewer.email == "reviewer@example.org"
    again = reviewing.post(IMPORT, {"kind": "json", "file": json_of(INTERVIEW)})
    assert "holds nothing new: 1 interview imported before" in read(again)
    assert 'name="kept"' not in read(again)


def test_errors_of_a_file_are_shown_with_their_paths(reviewing):
    page = reviewing.post(IMPORT, {"kind": "json", "file": json_of(INTERVIEW | {"department": "Slaes"}, {})})
    assert page.status_code == 422
    assert "<code>interviews[1].role</code>" in read(page)
    page = reviewing.post(IMPORT, {"kind": "json", "file": json_of(INTERVIEW | {"department": "Slaes"})})
    assert "Is “Sales” meant?" in read(page)
    assert not Interview.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"{", "Line 1, column 2: this is no JSON"), (b"", "this is no JSON"), (b"[" * 100_000, "nested far deeper"), (b"\xff", "not UTF-8")],
)
def test_what_is_no_json_is_said_at_the_field(reviewing, content, words):
    page = reviewing.post(IMPORT, {"kind": "json", "file": SimpleUploadedFile("x.json", content)})
    assert page.status_code == 422
    assert words in read(page)


def test_a_file_too_large_for_the_page_is_refused(reviewing, monkeypatch):
    monkeypatch.setattr("interviews.forms.interchange.JSON_BYTES", 1024 * 1024)
    page = reviewing.post(IMPORT, {"kind": "json", "file": SimpleUploadedFile("x.json", b" " * (1024 * 1024 + 1))})
    assert "larger than 1 MB" in read(page)
    monkeypatch.setattr("interviews.views.interchange.KEPT_BYTES", 100)
    page = reviewing.post(IMPORT, {"kind": "json", "file": json_of(INTERVIEW)})
    assert (page.status_code, "too large to be looked at here" in read(page)) == (422, True)


def test_what_changed_since_the_look_is_seen_at_the_go(reviewing, cycle, reviewer, sales):
    page = reviewing.post(IMPORT, {"kind": "json", "file": json_of(INTERVIEW)})
    make.StakeholderFactory(cycle=cycle, department=sales, role="head", pseudonym="Heron 47")
    page = reviewing.post(IMPORT, {"kind": "json", "kept": kept_in(page)})
    assert (page.status_code, "Somebody else has this pseudonym" in read(page)) == (422, True)


def test_a_kept_file_is_of_one_person_and_review(reviewing, client, cycle, sue):
    kept = kept_in(reviewing.post(IMPORT, {"kind": "json", "file": json_of(INTERVIEW)}))
    client.force_login(sue)
    for text in (kept, kept[:-1], "", signing.dumps({"text": "x"}, salt="other")):
        page = client.post(IMPORT, {"kind": "json", "kept": text}, follow=True)
        assert "not at hand any more" in read(page)
    page = client.post(IMPORT, {"kind": "transcript", "kept": kept, **WHO}, follow=True)
    assert "not at hand any more" in read(page)
    assert not Interview.objects.exists()


def test_an_upload_that_was_cut_off_is_said(reviewing, settings):
    settings.MAX_UPLOAD_MB = 0
    for kind in ("json", "transcript"):
        page = reviewing.post(IMPORT, {"kind": kind, "file": SimpleUploadedFile("x.json", b"x" * 10)})
        assert (page.status_code, "too large" in read(page)) == (422, True)


# A transcript


def test_a_transcript_is_looked_at_then_imported(reviewing, reviewer, sales):
    page = reviewing.post(IMPORT, WHO | {"kind": "transcript", "file": SimpleUploadedFile("talk.txt", TALK.encode("utf-16"))})
    assert page.status_code == 200
    said = read(page)
    assert "Import 2 answers" in said
    assert "What would you change, [name]?" in said
    assert not Interview.objects.exists()
    parts = {"parts": "1", "part-0": "asks", "part-1": "answers"}
    page = reviewing.post(IMPORT, WHO | parts | {"kind": "transcript", "kept": kept_in(page), "go": "1", "quotable": "on"}, follow=True)
    assert "The transcript is in: 2 answers" in read(page)
    held = Interview.objects.get()
    assert (held.is_draft, held.interviewer, held.department, held.quotable, held.guide) == (True, reviewer, sales, True, None)
    assert list(held.answers.order_by("position").values_list("heading", "text")) == [
        ("How do leads reach you?", "By mail, mostly. Nobody looks at it."),
        ("What would you change, [name]?", "One list for all of us, and fewer meetings about it."),
    ]
    assert held.stakeholder.pseudonym
    assert not held.stakeholder.name


def test_the_same_transcript_is_kept_once(reviewing):
    form = WHO | {"kind": "transcript", "pasted": TALK, "go": "1", "pseudonym": "Heron 47"}
    reviewing.post(IMPORT, form)
    page = reviewing.post(IMPORT, form, follow=True)
    assert "imported before" in read(page)
    assert Interview.objects.count() == 1


def test_who_asks_is_asked_where_nothing_says_it(reviewing):
    unclear = TALK.replace("?", ".")
    page = reviewing.post(IMPORT, WHO | {"kind": "transcript", "pasted": unclear, "go": "1"})
    assert page.status_code == 200
    assert "“Jane” and “Thabo” could be either" in read(page)
    assert "Import 2 answers" not in read(page)
    kept = kept_in(page)
    for parts, words in (
        ({}, "Say what this speaker does."),
        ({"part-0": "answers", "part-1": "answers"}, "Say which speaker asks"),
        ({"part-0": "asks", "part-1": "no_speaker"}, "Only one speaker was found"),
    ):
        page = reviewing.post(IMPORT, WHO | parts | {"kind": "transcript", "kept": kept, "parts": "1", "go": "1"})
        assert (page.status_code, words in read(page)) == (422, True), read(page)
    assert not Interview.objects.exists()
    reviewing.post(IMPORT, WHO | {"kind": "transcript", "kept": kept, "parts": "1", "go": "1", "part-0": "answers", "part-1": "asks"})
    assert Answer.objects.count() == 3  # it begins with an answer


def test_names_stay_only_when_one_says_so_and_are_pointed_out(reviewing):
    who = {name: value for name, value in WHO.items() if name != "mask"}
    page = reviewing.post(IMPORT, who | {"kind": "transcript", "pasted": TALK})
    assert "The name “Thabo” is spoken" in read(page)
    assert "[name]?" not in read(page)
    page = reviewing.post(IMPORT, WHO | {"kind": "transcript", "pasted": TALK.replace("mail", "Mokoena"), "name": "T. Mokoena"})
    assert "By [name], mostly." in read(page)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"pasted": ""}, "Choose a file, or paste the text below."),
        ({"pasted": "Just a story."}, "No speakers were found"),
        ({"pasted": "Q: a\nA: \x07b"}, "Line 2 holds a control character"),
        ({"file": SimpleUploadedFile("x.txt", b"PK\x03\x04...")}, "document, not a text"),
        ({"file": SimpleUploadedFile("x.txt", b"x" * (2 * 1024 * 1024 + 1))}, "larger than 2 MB"),
        ({"pasted": TALK, "department": "marketin"}, "Select a valid choice"),
        ({"pasted": TALK, "role": ""}, "This field is required"),
        ({"pasted": TALK, "consent": ""}, "This field is required"),
        ({"pasted": TALK, "held_on": "2099-01-01"}, "This day lies ahead"),
        ({"pasted": TALK, "name": "Heron", "pseudonym": "heron"}, "not the name"),
    ],
)
def test_what_a_transcript_lacks_is_said_at_its_field(reviewing, more, words):
    page = reviewing.post(IMPORT, WHO | {"kind": "transcript", "go": "1"} | more)
    assert (page.status_code, words in read(page)) == (422, True)
    assert not Interview.objects.exists()


def test_a_form_with_a_fault_keeps_the_text(reviewing):
    page = reviewing.post(IMPORT, WHO | {"kind": "transcript", "pasted": TALK})
    page = reviewing.post(IMPORT, WHO | {"kind": "transcript", "kept": kept_in(page), "consent": "", "go": "1"})
    assert page.status_code == 422
    assert kept_in(page)


def test_what_the_service_refuses_is_said_at_its_field(reviewing, cycle, sales):
    make.StakeholderFactory(cycle=cycle, department=sales, role="head", pseudonym="Heron 47")
    page = reviewing.post(IMPORT, WHO | {"kind": "transcript", "pasted": TALK, "go": "1", "pseudonym": "heron 47"})
    assert (page.status_code, "Pseudonym: Somebody else has this pseudonym" in read(page)) == (422, True)


def test_departments_that_one_heads_are_not_offered(reviewing, reviewer, sales):
    Membership.objects.create(user=reviewer, role=Role.HEAD, department=sales)
    page = read(reviewing.get(IMPORT))
    assert 'value="marketing"' in page
    assert 'value="sales"' not in page


# Excerpts


@pytest.fixture
def coded(cycle, reviewer, sales, marketing):
    """Two finished interviews of Sales with an excerpt each, a draft, and one of Marketing."""
    tools, trust = make.ThemeFactory(code="tools", name="Tools"), make.ThemeFactory(code="trust", name="Trust")
    kpi = make.KPIFactory(code="speed", name="Speed")
    made = {}
    for name, where, draft in (("a", sales, False), ("b", sales, False), ("draft", sales, True), ("m", marketing, False)):
        person = make.StakeholderFactory(cycle=cycle, department=where, pseudonym=f"Person {name}", name=f"Secret {name}", role="head")
        made[name] = make.InterviewFactory(stakeholder=person, interviewer=reviewer, finished=not draft, quotable=True)
    make.excerpt(make.answer(made["a"], "=cmd slow tools"), tools, kpi=kpi, cause_department=marketing, quotable=True)
    make.excerpt(make.answer(made["b"], "We trust each other"), trust, "strength", cause_theme=tools)
    make.excerpt(make.answer(made["draft"], "Not finished yet"), trust)
    make.excerpt(make.answer(made["m"], "Briefs change"), trust, "mixed", cause_kpi=kpi)
    return made


def test_excerpts_of_finished_interviews_are_listed(reviewing, coded):
    page = read(reviewing.get(EXCERPTS))
    assert "3 excerpts" in page
    for words in ("=cmd slow tools", "We trust each other", "Briefs change", "Person a", "Speed", "may be quoted"):
        assert words in page
    assert "Not finished yet" not in page
    assert "Secret" not in page
    assert AuditEvent.objects.get().act == "excerpts.read"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=trust", 1), ("theme=trust", 2), ("stance=problem", 1), ("department=marketing", 1), ("kpi=speed", 1), ("cause=any", 3),
        ("cause=theme:{tools}", 1), ("cause=department:{marketing}", 1), ("cause=kpi:{speed}", 1), ("theme=trust&stance=mixed", 1),
        ("theme=none", 0), ("stance=x", 0), ("cause=theme:x", 0), ("cause=theme:99999999999999999999", 0), ("q=%00", 0),
    ],
)  # fmt: skip
def test_filters(reviewing, coded, marketing, query, count):
    from interviews.models import Theme
    from metrics.models import KPI

    ids = {"tools": Theme.objects.get(code="tools").pk, "marketing": marketing.pk, "speed": KPI.objects.get(code="speed").pk}
    page = reviewing.get(f"{EXCERPTS}?{query.format(**ids)}")
    if "%00" in query:
        assert page.status_code == 404
    elif count:
        assert f"{count} excerpt" in read(page)
    else:
        assert "No excerpt fits" in read(page)


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("theme", "=cmd"),
        ("-theme", "Briefs"),
        ("stance", "Briefs"),
        ("-text", "We trust"),
        ("-department", "=cmd"),
        ("voice", "=cmd"),
        ("x", "=cmd"),
    ],
)
def test_order(reviewing, coded, sort, first):
    page = read(reviewing.get(EXCERPTS, {"sort": sort}))
    assert page.split("<q>")[1].startswith(first)


def test_what_others_coded_is_hidden_from_somebody_who_codes_blind(client, coded, sue):
    client.force_login(sue)
    assert "3 excerpts" in read(client.get(EXCERPTS))
    second = Coding.objects.create(interview=coded["a"], coder=sue, first=False, started_at=make.AT)
    for address in (EXCERPTS, "/c/q4/excerpts.csv"):
        said = read(client.get(address))
        assert "slow tools" not in said
        assert "Briefs change" in said
    assert 'value="tools"' not in read(client.get(EXCERPTS))
    Coding.objects.filter(pk=second.pk).update(finished_at=make.AT)
    assert "slow tools" in read(client.get(EXCERPTS))


def test_a_head_who_reviews_sees_nothing_of_their_department(reviewing, coded, reviewer, sales):
    Membership.objects.create(user=reviewer, role=Role.HEAD, department=sales)
    page = read(reviewing.get(EXCERPTS))
    assert "1 excerpt" in page
    assert "slow tools" not in page


def test_an_empty_list_offers_the_import(reviewing):
    assert "Nothing has been coded yet" in read(reviewing.get(EXCERPTS))
    assert not AuditEvent.objects.exists()


def many(cycle, interviewer, sales) -> None:
    """500 interviews with 10,000 excerpts."""
    themes = [make.ThemeFactory() for _ in range(20)]
    people = Stakeholder.objects.bulk_create(
        Stakeholder(cycle=cycle, department=sales, role="lead", pseudonym=f"Voice-{n}") for n in range(500)
    )
    at = make.AT
    base = {"cycle": cycle, "department": sales, "role": "lead", "interviewer": interviewer, "held_on": at.date(), "consent": "verbal"}
    moments = {"created_at": at, "updated_at": at}
    interviews = Interview.objects.bulk_create(
        Interview(stakeholder=person, state="finished", finished_at=at, **base, **moments) for person in people
    )
    text = " ".join(f"Sentence {n} is here." for n in range(20))
    answers = Answer.objects.bulk_create(Answer(interview=one, position=1, text=text, updated_at=at) for one in interviews)
    codings = Coding.objects.bulk_create(Coding(interview=one, coder=interviewer, started_at=at, finished_at=at) for one in interviews)
    Excerpt.objects.bulk_create(
        Excerpt(coding=coding, answer=answer, start=0, end=17, text=f"{n}", theme=themes[n], stance="problem", department=sales, **moments)
        for coding, answer in zip(codings, answers, strict=True)
        for n in range(20)
    )


def test_ten_thousand_excerpts_take_as_many_queries_as_one(reviewing, cycle, reviewer, sales, django_assert_max_num_queries):
    many(cycle, reviewer, sales)
    for address in (EXCERPTS, f"{EXCERPTS}?sort=-voice&page=200", f"{EXCERPTS}?stance=problem&cause="):
        with django_assert_max_num_queries(23):
            page = reviewing.get(address)
        assert "10 000 excerpts" in read(page)
    with django_assert_max_num_queries(15):
        assert len(reviewing.get("/c/q4/excerpts.csv").content.splitlines()) == 10_001


# Files


def lines(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_file_has_labels_instead_of_people_and_cells_that_do_nothing(reviewing, coded):
    answer = reviewing.get("/c/q4/excerpts.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="excerpts-q4.csv"'
    rows = lines(answer.content)
    assert [row["text"] for row in rows] == ["'=cmd slow tools", "Briefs change", "We trust each other"]
    assert rows[0] | {"voice": ""} == {
        "theme": "Tools", "theme_code": "tools", "stance": "problem", "department": "Sales", "kpi": "Speed", "claimed_cause": "Marketing",
        "voice": "", "quotable": "yes", "text": "'=cmd slow tools",
    }  # fmt: skip
    assert sorted(row["voice"] for row in rows) == ["Voice A", "Voice B", "Voice C"]
    for word in (b"Person", b"Secret", b"head", b"2026"):
        assert word not in answer.content
    event = AuditEvent.objects.get()
    assert (event.act, event.details) == ("excerpts.export", {"form": "csv", "rows": 3})


def test_labels_are_drawn_anew_for_each_file(reviewing, coded):
    drawn = {tuple(row["voice"] for row in lines(reviewing.get("/c/q4/excerpts.csv").content)) for _ in range(40)}
    assert len(drawn) > 1


def test_a_workbook_says_the_same_and_names_nobody(reviewing, coded, tmp_path):
    answer = reviewing.get("/c/q4/excerpts.xlsx?theme=tools")
    book = tmp_path / "x.xlsx"
    book.write_bytes(answer.content)
    import zipfile

    inside = {name: zipfile.ZipFile(book).read(name).decode() for name in zipfile.ZipFile(book).namelist()}
    sheet, strings = inside["xl/worksheets/sheet1.xml"], inside["xl/sharedStrings.xml"]
    assert "<f>" not in sheet
    assert "=cmd slow tools" in strings
    assert "Briefs change" not in strings
    whole = "".join(inside.values())
    for word in ("Person", "Secret", "Ray", "reviewer@"):
        assert word not in whole
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")


def test_what_the_list_shows_is_what_the_file_holds(reviewing, coded):
    assert [row["text"] for row in lines(reviewing.get("/c/q4/excerpts.csv?stance=mixed").content)] == ["Briefs change"]
    assert lines(reviewing.get("/c/q4/excerpts.csv?theme=none").content) == []


# Agreement


@pytest.fixture
def twice(coded, reviewer, sue):
    """Interview a coded again by Sue: the same theme for its sentence, and one more sentence that she saw something in."""
    answer = coded["a"].answers.get()
    Answer.objects.filter(pk=answer.pk).update(text="=cmd slow tools. Nobody helps us here. We like it.")
    from interviews.models import Theme

    tools, trust = Theme.objects.get(code="tools"), Theme.objects.get(code="trust")
    make.excerpt(answer, tools, coder=sue, start=0, end=15)
    make.excerpt(answer, trust, coder=sue, start=17, end=30)
    removed = make.excerpt(answer, trust, coder=reviewer, start=39, end=50)
    Excerpt.objects.filter(pk=removed.pk).update(removed_at=make.AT)
    Coding.objects.filter(interview=coded["a"]).update(finished_at=make.AT)
    return coded["a"]


def test_agreement_with_the_passages_where_coders_differ(reviewing, twice):
    page = read(reviewing.get(AGREEMENT))
    assert "Ray Reviewer and Sue Second coded 1 interview apart." in page
    assert "Over the 2 sentences that any of them coded, alpha is 0.40: too low to rely on." in page
    assert "1 passage" in page
    assert "<mark>Nobody helps us here.</mark>" in page
    assert "Person a" in page
    assert "Secret" not in page
    assert page.count("Too low to rely on") >= 1
    assert AuditEvent.objects.get().act == "agreement.read"


def test_whoever_codes_blind_sees_nothing_before_they_have_finished(client, twice, cycle):
    cy = make.member(Role.REVIEWER, email="cy@example.org", name="Cy Third")
    make.reviewing(cy, cycle)
    client.force_login(cy)
    assert "Nobody helps" in read(client.get(AGREEMENT))
    own = Coding.objects.create(interview=twice, coder=cy, first=False, started_at=make.AT)
    page = read(client.get(AGREEMENT))
    assert "1 interview that you are coding yourself is left out" in page
    assert "Nobody helps" not in page
    assert "alpha" not in page
    Coding.objects.filter(pk=own.pk).update(finished_at=timezone.now())
    page = read(client.get(AGREEMENT))
    assert "Cy Third, Ray Reviewer and Sue Second" in page or "Cy Third and Ray Reviewer and Sue Second" in page
    assert "By pair" in page


def test_one_coding_is_not_compared(reviewing, coded):
    assert "No interview has been coded twice" in read(reviewing.get(AGREEMENT))


def test_full_agreement_on_one_theme_is_undefined_not_one(reviewing, twice):
    Excerpt.objects.filter(theme__code="trust").delete()
    page = read(reviewing.get(AGREEMENT))
    assert "Agreement is undefined" in page
    Excerpt.objects.all().delete()
    assert "None of them marked anything" in read(reviewing.get(AGREEMENT))


def test_interviews_of_a_department_that_one_heads_do_not_count(reviewing, twice, reviewer, sales):
    Membership.objects.create(user=reviewer, role=Role.HEAD, department=sales)
    assert "No interview has been coded twice" in read(reviewing.get(AGREEMENT))


def test_two_coders_of_one_name_are_told_apart(reviewing, twice, reviewer):
    User.objects.update(name="Sam Same")
    assert "Sam Same and Sam Same (2) coded" in read(reviewing.get(AGREEMENT))


def test_agreement_over_five_hundred_interviews_takes_as_many_queries_as_over_one(
    reviewing, cycle, reviewer, sue, sales, django_assert_max_num_queries
):
    many(cycle, reviewer, sales)
    at = make.AT
    codings = Coding.objects.bulk_create(
        Coding(interview=one, coder=sue, first=False, started_at=at, finished_at=at) for one in Interview.objects.all()
    )
    theirs = {coding.interview_id: coding for coding in codings}
    firsts = Excerpt.objects.filter(theme__code=Excerpt.objects.first().theme.code).select_related("coding")
    Excerpt.objects.bulk_create(
        Excerpt(
            coding=theirs[one.coding.interview_id], answer_id=one.answer_id, start=18, end=36, text="x", theme_id=one.theme_id,
            stance="mixed", department=sales, created_at=at, updated_at=at,
        )
        for one in firsts
    )  # fmt: skip
    with django_assert_max_num_queries(23):
        page = read(reviewing.get(AGREEMENT))
    assert "coded 500 interviews apart" in page
    assert "1 000 passages, the first 200 shown" in page or "500 passages, the first 200 shown" in page
