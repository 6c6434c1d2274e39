"""Coded stretches follow their text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.core.anchors import cut, edit, follow, moved, nearest

TEXT = "Leads come late. We wait."


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (TEXT, "come late"),
        ("Our leads come late. We wait.", "come late"),
        ("Leads come late. We wait and wait.", "come late"),
        ("Leads come too late. We wait.", "come too late"),
        ("Leads come late", "come late"),
        ("come late", "come late"),
        ("Leads arrive late. We wait.", "e late"),
        ("Leads come never. We wait.", "come"),
        ("Leads. We wait.", None),
        ("", None),
    ],
)
def test_where_a_stretch_goes(new, expected):
    start = TEXT.index("come late")
    got = moved(TEXT, new, start, start + len("come late"))
    assert (new[slice(*got)].strip() if got else None) == expected


WORDS = st.text("ab 😀", max_size=12)


@given(WORDS, WORDS, WORDS, WORDS)
def test_an_edit_leads_from_one_text_to_the_other(before, gone, come, after):
    old, new = before + gone + after, before + come + after
    change = edit(old, new)
    assert old[: change.start] + new[change.start : change.start + change.size] + old[change.end :] == new
    assert change.size <= len(come)
    assert change.end - change.start <= len(gone)


@given(WORDS, WORDS, st.data())
def test_a_stretch_stays_within_the_text_and_outside_the_edit_unchanged(old, new, data):
    if not old:
        return
    start = data.draw(st.integers(0, len(old) - 1))
    end = data.draw(st.integers(start + 1, len(old)))
    change = edit(old, new)
    got = follow(start, end, change)
    if got is None:
        assert change.start <= start
        assert change.end >= end
        return
    assert 0 <= got[0] < got[1] <= len(new)
    if change.end <= start or change.start >= end:
        assert new[slice(*got)] == old[start:end]
    for before, after in zip(old[start : max(start, change.start)], new[slice(*got)], strict=False):
        assert before == after


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        ("", [], []),
        ("abc", [], [("abc", ())]),
        ("abcdef", [(1, 3)], [("a", ()), ("bc", (0,)), ("def", ())]),
        ("abcdef", [(0, 4), (2, 6)], [("ab", (0,)), ("cd", (0, 1)), ("ef", (1,))]),
        ("abcdef", [(0, 6), (2, 4), (2, 4)], [("ab", (0,)), ("cd", (0, 1, 2)), ("ef", (0,))]),
    ],
)
def test_pieces_that_a_page_marks(text, spans, expected):
    assert cut(text, spans) == expected


@given(WORDS, WORDS, st.integers(0, 15))
def test_words_are_found_where_they_are_nearest(text, words, place):
    found = nearest(text, words, place)
    everywhere = [at for at in range(len(text) - len(words) + 1) if text.startswith(words, at)]
    assert (found is None) == (not everywhere)
    if found is not None:
        assert text.startswith(words, found)
        assert abs(found - place) == min(abs(at - place) for at in everywhere)
