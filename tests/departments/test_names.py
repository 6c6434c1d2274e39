"""Names that people type: kept, compared, shortened, and refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from departments.core.names import CODE_LENGTH, code, forbidden, key, tidy
from departments.models import Department


@pytest.mark.parametrize(
    ("typed", "kept"), [("  Sales \t team ", "Sales team"), ("Cafe\u0301", "Café"), ("Operations / 9E", "Operations / 9E"), ("", "")]
)
def test_tidy(typed, kept):
    assert tidy(typed) == kept


def test_spellings_of_one_name_have_one_key():
    assert key("STRASSE") == key(" straße") == key("Straße ")
    assert key("Café") == key("CAFE\u0301")


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Conversion rate", "conversion-rate"),
        ("A&E seen within 4 hours", "a-e-seen-within-4-hours"),
        ("Operations / 9E", "operations-9e"),
        ("m² let", "m2-let"),
        ("销售", "销售"),
        ("???", "x"),
        ("٣", "x"),
        ("३ units", "units"),
        ("_hidden_", "hidden"),
        ("x" * 60, "x" * CODE_LENGTH),
    ],
)
def test_codes(name, made):
    assert code(name) == made


def test_a_taken_code_is_numbered_within_its_length():
    assert code("Sales", {"sales", "sales-2"}) == "sales-3"
    assert code("y" * 50, {"y" * 40}) == "y" * 38 + "-2"


@pytest.mark.parametrize(("text", "position"), [("Sales", None), ("a\tb", None), ("a\x00b", 1), ("\u202eabc", 0), ("ab\u200b", 2)])
def test_characters_that_cannot_be_seen(text, position):
    assert forbidden(text) == position


class AnyName(TestCase):
    """The database takes the code of every name that it takes."""

    @settings(max_examples=400, deadline=None)
    @given(st.text(st.characters(categories=["L", "N", "M", "P", "Zs"]), min_size=1, max_size=60))
    def test_the_database_takes_the_code(self, name):
        if key(name):
            Department.objects.create(code=code(name), name=tidy(name))
            Department.objects.all().delete()
