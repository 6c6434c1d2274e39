"""Pages of the codebook: who sees what of it, and each act with its way back."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models import AuditEvent
from interviews.core.refi import Entry, export
from interviews.core.terms import Condition, Level
from interviews.models import CodebookChange, Excerpt, Theme
from interviews.services import codebook
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db
WORDS = "Zebras wait at the crossing."
# The shape of the exchange format in our own words: what a validator needs, with other names than the published schema's types.
SCHEMA = """<?xml version="1.0"?>
<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns="urn:QDA-XML:codebook:1.0" targetNamespace="urn:QDA-XML:codebook:1.0"
  elementFormDefault="qualified">
  <x:element name="CodeBook"><x:complexType><x:sequence>
    <x:element name="Codes"><x:complexType><x:sequence>
      <x:element name="Code" type="one" maxOccurs="unbounded"/>
    </x:sequence></x:complexType></x:element>
  </x:sequence><x:attribute name="origin" type="x:string"/></x:complexType></x:element>
  <x:complexType name="one"><x:sequence>
    <x:element name="Description" type="x:string" minOccurs="0"/>
    <x:element name="Code" type="one" minOccurs="0" maxOccurs="unbounded"/>
  </x:sequence>
    <x:attribute name="guid" use="required" type="x:token"/><x:attribute name="name" use="required" type="x:string"/>
    <x:attribute name="isCodable" use="required" type="x:boolean"/><x:attribute name="color" type="x:token"/>
  </x:complexType>
</x:schema>"""


@pytest.fixture
def slow(db):
    Theme.objects.all().delete()
    return make.ThemeFactory(code="slow", name="Slow", definition="When it is slow.", keywords=["late"])


@pytest.fixture
def pay(slow):
    return make.ThemeFactory(code="pay", name="Pay", level="job", condition="incentives")


@pytest.fixture
def heard(cycle, reviewer, slow):
    """Two voices in one department about the slow theme, in a cycle that the reviewer reviews."""
    make.reviewing(reviewer, cycle)
    place = make.DepartmentFactory()
    found = []
    for number in range(2):
        who = make.StakeholderFactory(cycle=cycle, department=place, name="Thandi Realname", pseudonym=f"Heron {number}")
        found.append(make.excerpt(make.answer(make.InterviewFactory(stakeholder=who, finished=True), WORDS), slow))
    return found


@pytest.fixture
def page(client, reviewer):
    client.force_login(reviewer)
    return client


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def rows(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def at(name, code=None, **query):
    return reverse(f"interviews:{name}", kwargs={"code": code} if code else None, query=query or None)


# The list


def test_themes_stand_by_level_with_their_counts(page, heard, pay):
    said = text(page.get(at("themes")))
    assert said.index("Process") < said.index("Slow") < said.index("Pay")
    assert rows(page.get(at("themes_csv")))[0] == {
        "code": "slow", "name": "Slow", "level": "process", "condition": "resources", "definition": "When it is slow.",
        "keywords": "late", "excerpts": "2", "voices": "2", "departments": "1",
    }  # fmt: skip


def test_counts_are_of_interviews_that_the_reviewer_may_read(page, heard, slow):
    foreign = make.answer(make.InterviewFactory(finished=True), "Elsewhere.")
    make.excerpt(foreign, slow)
    draft = make.answer(make.InterviewFactory(stakeholder=heard[0].answer.interview.stakeholder), "A draft.")
    make.excerpt(draft, slow)
    assert rows(page.get(at("themes_csv")))[0]["excerpts"] == "2"
    assert "Elsewhere" not in text(page.get(at("theme", "slow")))


@pytest.mark.parametrize("who", ["manager", "admin"])
def test_managers_and_admins_read_the_codebook_without_counts_or_words(client, request, heard, who):
    client.force_login(request.getfixturevalue(who))
    assert "excerpts" not in rows(client.get(at("themes_csv"), {"sort": "-excerpts"}))[0]
    assert rows(client.get(at("themes_csv"), {"used": "no"})) == rows(client.get(at("themes_csv")))
    for address in (at("themes"), at("themes") + "?used=yes&sort=-voices", at("theme", "slow"), at("codebook_history")):
        said = text(client.get(address))
        assert "Zebras" not in said
        assert "Heron" not in said
        assert "excerpt" not in said.replace("Excerpts go back with an undo", "")


@pytest.mark.parametrize("who", ["manager", "admin"])
def test_what_was_done_to_a_theme_tells_managers_and_admins_no_number(client, request, heard, slow, pay, who):
    """Moving many excerpts and moving one read alike, on the pages and in the audit log: a number below k would tell of few."""
    more = [make.excerpt(heard[0].answer, slow) for _ in range(4)]
    for moved in (more, [heard[1]]):
        _, change = codebook.split(slow, excerpts=[one.pk for one in moved], into=pay, by=None, at=AT)
        codebook.undo(change, by=None, at=AT)
    codebook.merge([slow], pay, by=None, at=AT)
    many, few = CodebookChange.objects.filter(kind="split").order_by("pk")
    assert many.said == few.said
    client.force_login(request.getfixturevalue(who))
    for address in (at("codebook_history"), at("theme", "slow"), at("theme", "pay")):
        said = text(client.get(address))
        assert many.said in said
        assert not re.search(r"\d+\s+(excerpt|voice)", said)
    events = AuditEvent.objects.filter(act__startswith="codebook.")
    assert [one.act for one in events.order_by("pk")] == [*(["codebook.split", "codebook.undo"] * 2), "codebook.merge"]
    assert not any(isinstance(value, int) for one in events for value in one.details.values())


def test_reading_a_theme_is_recorded_alike_with_words_and_without(page, heard, pay):
    for code in ("slow", "pay"):
        page.get(at("theme", code))
        page.get(at("theme_split", code))
    assert list(AuditEvent.objects.filter(act="theme.read").values_list("details", flat=True)) == [{}] * 4


def test_a_head_reads_none_of_it(client, head, heard):
    client.force_login(head)
    for name in ("themes", "themes_csv", "codebook_export", "codebook_history"):
        assert client.get(at(name)).status_code == 403
    assert client.get(at("theme", "slow")).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["slow", "pay"]),
        ({"sort": "name"}, ["pay", "slow"]),
        ({"sort": "-excerpts"}, ["slow", "pay"]),
        ({"sort": "excerpts"}, ["pay", "slow"]),
        ({"q": "LATE"}, ["slow"]),
        ({"level": "job"}, ["pay"]),
        ({"condition": "resources"}, ["slow"]),
        ({"used": "yes"}, ["slow"]),
        ({"used": "no"}, ["pay"]),
        ({"level": "moon"}, []),
    ],
    ids=str,
)
def test_the_list_is_narrowed_and_sorted(page, heard, pay, query, found):
    assert [row["code"] for row in rows(page.get(at("themes_csv"), query))] == found
    assert page.get(at("themes"), query).status_code == 200


def test_themes_out_of_use_stand_at_the_foot(page, slow, pay):
    codebook.merge([pay], slow, by=None, at=AT)
    said = text(page.get(at("themes")))
    assert "1 theme out of use" in said
    assert "part of Slow" in said
    assert "it became part of Slow" in text(page.get(at("theme", "pay")))


def test_an_empty_codebook_says_what_to_do(client, reviewer, manager, slow):
    slow.delete()
    client.force_login(reviewer)
    assert "Add a theme" in text(client.get(at("themes")))
    client.force_login(manager)
    assert "Reviewers add themes" in text(client.get(at("themes")))


def test_the_pages_ask_a_fixed_number_of_questions(page, heard, slow, cycle):
    def queries(address):
        page.get(address)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page.get(address)
        return len(seen)

    few = [queries(address) for address in (at("themes"), at("theme", "slow"), at("theme_split", "slow"))]
    for number in range(10):
        who = make.StakeholderFactory(cycle=cycle, department=make.DepartmentFactory(), pseudonym=f"Stork {number}")
        answer = make.answer(make.InterviewFactory(stakeholder=who, finished=True), WORDS)
        make.excerpt(answer, slow, kpi=make.KPIFactory(), cause_theme=make.ThemeFactory())
    assert [queries(address) for address in (at("themes"), at("theme", "slow"), at("theme_split", "slow"))] == few


# One theme


def test_a_theme_shows_words_with_pseudonyms_never_names(page, heard):
    said = text(page.get(at("theme", "slow")))
    assert "Zebras wait" in said
    assert "Heron 0" in said
    assert "Realname" not in said
    assert AuditEvent.objects.filter(act="theme.read").count() == 1


def test_words_that_the_reviewer_codes_blind_are_not_shown(page, heard, reviewer):
    from interviews.models import Coding

    Coding.objects.create(interview=heard[0].answer.interview, coder=reviewer, first=False, started_at=AT)
    said = text(page.get(at("theme", "slow")))
    assert "Heron 0" not in said
    assert "Heron 1" in said


def followed(answer):
    assert answer.status_code == 302, text(answer)
    return answer["Location"]


def undo_button(page, address) -> str:
    found = re.search(r'action="(/themes/changes/\d+/undo/)"', page.get(address).content.decode())
    assert found
    return found[1]


VALUES = {"name": "Fresh", "definition": "New.", "keywords": "a, b;c\nd", "level": "job", "condition": "motives"}


def test_a_theme_is_added_and_the_notice_takes_it_back(page, slow):
    address = followed(page.post(at("theme_new"), VALUES))
    theme = Theme.objects.get(code="fresh")
    assert theme.keywords == ["a", "b", "c", "d"]
    answer = page.post(undo_button(page, address), follow=True)
    assert not Theme.objects.filter(code="fresh").exists()
    assert "Undone: Fresh was added." in text(answer)


def test_a_theme_is_edited(page, slow):
    assert "late" in page.get(at("theme_edit", "slow")).content.decode()
    followed(page.post(at("theme_edit", "slow"), VALUES))
    slow.refresh_from_db()
    assert (slow.name, slow.level) == ("Fresh", "job")
    assert "Nothing was changed" in text(page.post(at("theme_edit", "slow"), VALUES, follow=True))


@pytest.mark.parametrize(
    ("values", "words"),
    [({"name": "PAY"}, "called PAY already"), ({"keywords": "x" * 61}, "Keep each within 60"), ({"name": ""}, "required")],
)
def test_what_is_wrong_stands_at_its_field(page, slow, pay, values, words):
    for address in (at("theme_new"), at("theme_edit", "slow")):
        answer = page.post(address, VALUES | values)
        assert answer.status_code == 422
        assert words in text(answer)


def test_merge_and_undo_are_two_clicks(page, heard, pay):
    address = followed(page.post(at("theme_merge", "slow"), {"into": "pay"}))
    assert Excerpt.objects.filter(theme=pay).count() == 2
    page.post(undo_button(page, address))
    assert Excerpt.objects.filter(theme__code="slow").count() == 2


def test_a_merge_needs_another_theme(page, slow, pay):
    assert page.post(at("theme_merge", "slow"), {"into": "slow"}).status_code == 422
    codebook.retire(slow, by=None, at=AT)
    answer = page.post(at("theme_merge", "slow"), {"into": "pay"})
    assert (answer.status_code, "no longer in use" in text(answer)) == (422, True)


def test_a_split_takes_the_ticked_excerpts(page, heard):
    one, _ = heard
    address = followed(page.post(at("theme_split", "slow"), {"excerpts": [one.pk], "name": "Slower"}))
    assert "/themes/slower/" in address
    assert set(Excerpt.objects.filter(theme__code="slower")) == {one}
    assert Theme.objects.get(code="slower").level == "process"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "Slower"}, "Tick the excerpts"),
        ({"excerpts": "own"}, "Name the new theme"),
        ({"excerpts": "own", "name": "Slow"}, "called Slow already"),
        ({"excerpts": "foreign", "name": "Slower"}, "Select a valid choice"),
    ],
    ids=str,
)
def test_a_split_says_what_it_lacks(page, heard, slow, values, words):
    foreign = make.excerpt(make.answer(make.InterviewFactory(finished=True), "Elsewhere."), slow)
    ids = {"own": heard[0].pk, "foreign": foreign.pk}
    answer = page.post(at("theme_split", "slow"), {name: ids.get(value, value) for name, value in values.items()})
    assert answer.status_code == 422
    assert words in text(answer)
    assert Excerpt.objects.filter(theme=slow).count() == 3


def test_a_theme_without_words_has_nothing_to_split(page, slow):
    assert "nothing to split" in text(page.get(at("theme_split", "slow")))


def test_a_theme_goes_out_of_use_once(page, slow):
    assert "Undo brings it back" in text(page.get(at("theme_retire", "slow")))
    followed(page.post(at("theme_retire", "slow")))
    assert "no longer in use" in text(page.post(at("theme_retire", "slow"), follow=True))
    assert "no theme in use" in text(page.get(at("themes")))


def test_an_undo_that_cannot_be_says_why(page, slow, pay):
    first = codebook.change(slow, name="Slower", by=None, at=AT)
    codebook.merge([slow], pay, by=None, at=AT)
    answer = page.post(reverse("interviews:codebook_undo", kwargs={"pk": first.pk}), follow=True)
    assert "Undo this first: Slower became part of Pay." in text(answer)


def undone(page, change) -> str:
    return text(page.post(reverse("interviews:codebook_undo", kwargs={"pk": change.pk}), follow=True))


def test_an_undo_says_what_it_left(page, heard, pay):
    change = codebook.merge([heard[0].theme], pay, by=None, at=AT)
    Excerpt.objects.filter(pk=heard[0].pk).update(theme=make.ThemeFactory())
    assert "1 excerpt had been given another theme since" in text(
        page.post(reverse("interviews:codebook_undo", args=[change.pk]), follow=True)
    )
    made, change = codebook.create(name="Fresh", level="job", condition="motives", by=None, at=AT)
    Excerpt.objects.filter(pk=heard[0].pk).update(theme=made)
    assert "retired instead of deleted" in undone(page, change)


def test_the_notice_is_for_the_one_who_did_it(page, slow, admin):
    change = codebook.change(slow, name="Slower", by=admin, at=AT)
    assert 'class="alert alert-success done"' not in page.get(at("theme", "slow"), {"done": change.pk}).content.decode()


def test_the_history_names_all_that_was_done(page, slow, reviewer):
    change = codebook.change(slow, name="Slower", by=reviewer, at=AT)
    assert "Slow is called Slower. Ray Reviewer" in text(page.get(at("codebook_history")))
    codebook.undo(change, by=reviewer, at=AT)
    said = text(page.get(at("codebook_history")))
    assert "undone by Ray Reviewer" in said
    assert "Undo : Slow" not in said


# The exchange format


def qdc(*entries: Entry) -> bytes:
    return export(entries)


def foreign(*names: str) -> bytes:
    codes = "".join(
        f'<Code guid="0F8A1907-7E42-4739-8610-A676B4D1B6{n:02}" name="{name}" isCodable="true"/>' for n, name in enumerate(names)
    )
    return f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>{codes}</Codes></CodeBook>'.encode()


def send(page, content: bytes):
    return page.post(at("codebook_import"), {"file": SimpleUploadedFile("book.qdc", content)})


def kept(answer) -> str:
    found = re.search(r'name="kept" value="([^"]+)"', answer.content.decode())
    assert found
    return found[1]


def test_our_own_export_changes_nothing(page, slow, pay):
    content = page.get(at("codebook_export")).content
    answer = send(page, content)
    assert (answer.status_code, "nothing to change" in text(answer)) == (200, True)


def test_a_foreign_codebook_is_placed_taken_in_and_undone(page, slow):
    answer = send(page, foreign("Trust", "Hope", "Slow"))
    assert "2 would be new, 1 would stay" in text(answer)
    assert not CodebookChange.objects.exists()
    address = followed(page.post(at("codebook_import_confirm"), {"kept": kept(answer), "place-0": "job:motives", "place-1": "moon:dust"}))
    assert set(Theme.objects.exclude(pk=slow.pk).values_list("name", "level", "condition")) == {
        ("Trust", "job", "motives"),
        ("Hope", "process", "information"),
    }
    page.post(undo_button(page, address))
    assert Theme.objects.get() == slow


def test_a_file_changes_only_what_it_names(page, slow):
    entry = Entry("slow", "Slower", "When it is slow.", Level.JOB, Condition.RESOURCES, slow.pk)
    followed(page.post(at("codebook_import_confirm"), {"kept": kept(send(page, qdc(entry)))}))
    slow.refresh_from_db()
    assert (slow.name, slow.level, slow.condition, slow.keywords) == ("Slower", "job", "resources", ["late"])


def test_a_codebook_that_has_changed_meanwhile_is_looked_at_again(page, slow):
    looked = kept(send(page, foreign("Trust")))
    codebook.create(name="Trust", level="job", condition="motives", by=None, at=AT)
    answer = page.post(at("codebook_import_confirm"), {"kept": looked})
    assert "has changed since you looked" in text(answer)
    assert Theme.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"hello", "not XML"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><CodeBook/>', "document type"),
        (foreign("Twice", "twice"), "stands in line 1 already"),
        (b" " * (1024 * 1024 + 1), "larger than 1 MB"),
        (b"", "not XML"),
    ],
    ids=lambda value: str(value[:20]),
)
def test_a_file_that_cannot_be_taken_says_why(page, slow, content, words):
    answer = send(page, content)
    assert answer.status_code == 422
    assert words in text(answer)
    assert Theme.objects.get() == slow


def test_a_confirmation_that_is_not_ours_is_refused(page, slow):
    answer = page.post(at("codebook_import_confirm"), {"kept": "forged"}, follow=True)
    assert "not at hand any more" in text(answer)


# The command


def run(*words, **options) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("codebook", *map(str, words), stdout=out, stderr=err, **options)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue() + err.getvalue()
    return 0, out.getvalue() + err.getvalue()


@pytest.fixture
def schema(tmp_path):
    path = tmp_path / "shape.xsd"
    path.write_text(SCHEMA)
    return path


def test_the_command_exports_what_a_schema_of_the_format_accepts(tmp_path, schema, slow, pay):
    file = tmp_path / "book.qdc"
    assert run("export", file)[0] == 0
    assert run("check", file, "--schema", schema) == (0, "book.qdc is valid: 6\u00a0codes.\n")
    assert run("check", file) == (0, "book.qdc is readable: 6\u00a0codes.\n")
    status, said = run("import", file)
    assert (status, "0\u00a0themes new, 0\u00a0themes changed, 2 as they are" in said) == (0, True)


def test_the_command_says_what_a_schema_refuses(tmp_path, schema):
    file = tmp_path / "book.qdc"
    file.write_bytes(foreign("Trust").replace(b' isCodable="true"', b""))
    status, said = run("check", file, "--schema", schema)
    assert status == 1
    assert "isCodable" in said
    assert "not valid: 1\u00a0error" in said


def test_the_command_holds_the_document_of_a_project_against_a_schema(tmp_path, schema):
    file = tmp_path / "project.qdpx"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("project.qde", foreign("Trust"))
    assert run("check", file, "--schema", schema) == (0, "project.qdpx is valid: 1\u00a0code.\n")


def test_the_command_imports_and_says_what_has_no_place(tmp_path, slow, reviewer):
    file = tmp_path / "book.qdc"
    file.write_bytes(foreign("Trust"))
    status, said = run("import", file, "--dry-run")
    assert (status, "Nothing was written" in said, Theme.objects.count()) == (0, True, 1)
    status, said = run("import", file, "--by", reviewer.email)
    assert "put at process, information: Trust." in said
    assert CodebookChange.objects.get().created_by == reviewer


def test_the_command_refuses_with_a_status(tmp_path, schema, slow):
    file = tmp_path / "book.qdc"
    file.write_bytes(foreign("Twice", "twice"))
    assert run("import", file)[0] == 1
    assert run("import", tmp_path / "missing.qdc")[0] == 3
    file.write_bytes(b"hello")
    assert run("check", file)[0] == 3
    file.write_bytes(foreign("Trust"))
    schema.write_text("no schema")
    assert run("check", file, "--schema", schema)[0] == 3
    with pytest.raises(CommandError, match="Nobody"):
        run("export", file, "--by", "x@y.org")
