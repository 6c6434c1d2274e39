"""The exchange format of codebooks: what is written, what is read, from whomever it comes."""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as Tree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from departments.core.names import forbidden, key, tidy
from interviews.core import refi
from interviews.core.refi import Entry, compare, export, guid, parse, writable
from interviews.core.terms import Condition, Level
from metrics.core.problems import Unreadable

NS = "{urn:QDA-XML:codebook:1.0}"
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def entry(name, definition="", level="process", condition="capacity", id=1, code=None):
    return Entry(code or name.lower().replace(" ", "-"), name, definition, Level(level), Condition(condition), id)


SLOW = entry("Slow follow-up", "Leads wait.", id=1)
PAY = entry("Pay", "Wages & <bonus>", "job", "incentives", id=2)


def book(*codes, head="", root="CodeBook", namespace="urn:QDA-XML:codebook:1.0"):
    return f'<?xml version="1.0"?>{head}<{root} xmlns="{namespace}"><Codes>{"".join(codes)}</Codes></{root}>'.encode()


def code(name, inner="", *, number="85D17F60-7BB0-481E-B742-B4861DD669DF", codable="true"):
    return f'<Code guid="{number}" name="{name}" isCodable="{codable}">{inner}</Code>'


# Out


def test_a_theme_stands_below_its_level_and_condition():
    root = Tree.fromstring(export([SLOW, PAY]))
    assert root.tag == f"{NS}CodeBook"
    assert root.get("origin") == "SayPro Review"
    [codes] = root
    levels = {level.get("name"): level for level in codes}
    assert list(levels) == ["Process", "Job"]
    [group] = levels["Job"].findall(f"{NS}Code")
    [pay] = group.findall(f"{NS}Code")
    assert (group.get("name"), pay.get("name")) == ("Incentives", "Pay")
    assert pay.findtext(f"{NS}Description") == "Wages & <bonus>"


def test_every_code_has_what_the_format_asks_for():
    numbers = []
    for one in Tree.fromstring(export([SLOW, PAY])).iter(f"{NS}Code"):
        assert set(one.attrib) <= {"guid", "name", "isCodable", "color"}
        assert GUID.fullmatch(one.get("guid", ""))
        assert one.get("isCodable") in ("true", "false")
        assert re.fullmatch(r"#[0-9A-F]{6}", one.get("color", "#000000"))
        assert [child.tag for child in one] == sorted((child.tag for child in one), key=lambda tag: tag != f"{NS}Description")
        numbers.append(one.get("guid"))
    assert len(numbers) == len(set(numbers)) == 6


def test_only_themes_can_be_coded_with():
    found = {one.get("name"): one.get("isCodable") for one in Tree.fromstring(export([PAY])).iter(f"{NS}Code")}
    assert found == {"Job": "false", "Incentives": "false", "Pay": "true"}


def test_the_same_themes_give_the_same_bytes_in_any_order():
    assert export([SLOW, PAY]) == export([PAY, SLOW])


def test_a_guid_stays_with_the_code_and_not_with_the_name():
    assert guid("pay").encode() in export([replace(PAY, name="Wages")])


def test_a_codebook_without_themes_still_has_codes():
    assert [one.name for one in parse(export([]))] == ["Organisation", "Process", "Job"]


# There and back


def test_our_own_file_changes_nothing():
    comparison = compare(parse(export([SLOW, PAY])), [SLOW, PAY])
    assert (comparison.changes, comparison.same, comparison.problems) == ([], 2, [])


NAMES = st.text(min_size=1, max_size=60).map(tidy).filter(lambda name: writable(name) == name and key(name) and forbidden(name) is None)


@given(
    st.lists(
        st.tuples(NAMES, st.text(max_size=200), st.sampled_from(Level), st.sampled_from(Condition)),
        max_size=8,
        unique_by=lambda row: key(row[0]),
    )
)
def test_any_codebook_comes_back_as_it_was(rows):
    themes = [Entry(f"t{n}", name, writable(text), level, condition, n) for n, (name, text, level, condition) in enumerate(rows)]
    comparison = compare(parse(export(themes)), themes)
    assert (comparison.changes, comparison.problems) == ([], [])
    assert comparison.same == len(themes)


def test_what_was_edited_elsewhere_is_told():
    changed = [replace(SLOW, name="Late follow-up", definition="They wait."), replace(PAY, level=Level.ORGANISATION)]
    comparison = compare(parse(export(changed)), [SLOW, PAY])
    assert {change.after.id: change.said() for change in comparison.changed} == {
        1: [("name", "Slow follow-up", "Late follow-up"), ("definition", "Leads wait.", "They wait.")],
        2: [("level", "job", "organisation")],
    }
    assert comparison.new == []


def test_a_definition_that_was_emptied_is_emptied():
    [change] = compare(parse(export([replace(SLOW, definition="")])), [SLOW]).changes
    assert change.after.definition == ""


def test_names_can_be_swapped():
    swapped = [replace(SLOW, name="Pay"), replace(PAY, name="Slow follow-up")]
    comparison = compare(parse(export(swapped)), [SLOW, PAY])
    assert comparison.problems == []
    assert {change.after.id: change.after.name for change in comparison.changes} == {1: "Pay", 2: "Slow follow-up"}


# From others


def test_a_foreign_code_is_a_new_theme_without_a_place():
    [change] = compare(parse(book(code("Trust", "<Description>In leaders</Description>"))), [SLOW]).new
    assert (change.after.name, change.after.definition, change.unplaced) == ("Trust", "In leaders", True)
    assert (change.after.level, change.after.condition) == refi.UNPLACED
    assert change.said()[0] == ("name", "", "Trust")


def test_a_person_places_it():
    codes = parse(book(code("Trust")))
    [change] = compare(codes, [], {"trust": (Level.JOB, Condition.MOTIVES)}).new
    assert (change.after.level, change.after.condition) == (Level.JOB, Condition.MOTIVES)
    assert compare(codes, [], {"trust": (Level.JOB, Condition.MOTIVES)}).digest == compare(codes, []).digest


def test_another_content_has_another_digest():
    assert compare(parse(book(code("Trust"))), []).digest != compare(parse(book(code("Doubt"))), []).digest


def test_a_name_that_is_known_is_that_theme_and_a_blank_description_leaves_its_own():
    comparison = compare(parse(book(code("PAY"))), [PAY])
    [change] = comparison.changed
    assert change.said() == [("name", "Pay", "PAY")]
    assert change.after.definition == PAY.definition


def test_nested_codes_keep_the_names_around_them():
    codes = parse(book(code("Service", code("Tone", code("Rude")))))
    assert [change.after.name for change in compare(codes, []).new] == ["Service", "Service / Tone", "Service / Tone / Rude"]


def test_codes_that_cannot_be_coded_with_are_no_themes():
    codes = parse(book(code("Service", code("Tone"), codable="false")))
    assert [change.after.name for change in compare(codes, []).new] == ["Service / Tone"]


def test_levels_and_conditions_by_name_are_places():
    codes = parse(book(code("Job", code("Motives", code("Pride")), codable="0")))
    found = {change.after.name: change for change in compare(codes, []).new}
    pride = found["Pride"]
    assert (pride.after.level, pride.after.condition, pride.unplaced) == (Level.JOB, Condition.MOTIVES, False)


def test_a_level_alone_is_half_a_place():
    [change] = compare(parse(book(code("Job", code("Pride"), codable="false"))), []).new
    assert (change.after.level, change.after.condition, change.unplaced) == (Level.JOB, refi.UNPLACED[1], True)


def test_the_codebook_inside_a_project_is_read():
    inner = '<CodeBook><Codes><Code guid="{85D17F60-7BB0-481E-B742-B4861DD669DF}" name="milk" isCodable="true"/></Codes></CodeBook>'
    project = f'<Project xmlns="urn:QDA-XML:project:1.0" name="x"><Users/>{inner}<Sources/></Project>'.encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("project.qde", project)
    for content in (project, packed.getvalue()):
        [milk] = parse(content)
        assert (milk.name, milk.guid) == ("milk", "85d17f60-7bb0-481e-b742-b4861dd669df")


def test_a_description_of_another_element_is_not_a_code_s():
    content = book(code("One")).replace(b"</CodeBook>", b"<Sets><Set><Description>no</Description></Set></Sets></CodeBook>")
    assert [one.description for one in parse(content)] == [""]


# What cannot be


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ([code("")], "has no name"),
        ([code("x" * 201)], "within 200 letters"),
        ([code("a&#x202e;b")], "cannot be seen"),
        ([code("Long", f"<Description>{'x' * 2001}</Description>")], "within 2000 letters"),
        ([code("Twice"), code("twice")], "stands in line 1 already"),
        ([code("Wages", number=guid("pay")), code("Salary", number=guid("pay"))], "stands in line 1 already"),
        ([code("Pay", number=guid("slow-follow-up"))], "Another theme is called Pay already"),
    ],
)
def test_a_code_that_cannot_be_a_theme_is_named_with_its_line(codes, words):
    comparison = compare(parse(book(*codes)), [SLOW, PAY])
    assert [line for line, _ in comparison.problems] == [1]
    assert words in comparison.problems[0][1]


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (book(code("&b;"), head=BOMB), "document type"),
        (book(code("x"), head='<!DOCTYPE x SYSTEM "file:///etc/passwd">'), "document type"),
        (book(code("&b;")), "not XML that can be read"),
        (b"", "not XML"),
        (b"hello", "not XML"),
        (b"<html/>", "begins with html"),
        (book(), "holds no codes"),
        (b"<CodeBook>" * 31, "nested more than 30"),
        (b'<?xml version="1.0" encoding="klingon"?><CodeBook/>', "encoding"),
        (b"PK\x03\x04 broken", "unpacked"),
        (b" " * (refi.BYTES + 1), "larger than 5 MB"),
        (book(code("x") * (refi.CODES + 1)), "more than 5,000 codes"),
    ],
    ids=lambda value: str(value[:30]),
)
def test_what_is_no_codebook_or_means_harm_is_refused(content, words):
    with pytest.raises(Unreadable, match=words):
        parse(content)


def test_a_zip_that_grows_beyond_bounds_is_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", b" " * (refi.BYTES * 4))
    assert len(packed.getvalue()) < 100_000
    with pytest.raises(Unreadable, match="larger"):
        parse(packed.getvalue())


def test_a_zip_without_a_project_is_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("notes.txt", "x")
    with pytest.raises(Unreadable, match="unpacked"):
        parse(packed.getvalue())


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    with contextlib.suppress(Unreadable):
        assert parse(content)
