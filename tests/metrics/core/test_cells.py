"""Names, directions and frequencies as files spell them."""

import pytest

from metrics.core import cells


def test_names_are_tidied_and_compared_without_case():
    assert cells.name("  Long \t Island\n Rail  Road ") == cells.Name("Long Island Rail Road", "long island rail road")
    assert cells.name("Ängström").key == cells.name("A\u0308NGSTRÖM").key
    assert cells.name("NA") == cells.Name("NA", "na")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "missing"), (" \t ", "missing"), ("x" * 201, "longer than 200"), ("\u00df" * 150, "longer than 200"),
        ("Sa\u200bles", r"Character 3 .*U\+200B"), ("\u202eselaS", r"Character 1 .*U\+202E"), ("a\x07b", r"Character 2 .*U\+0007"),
        ("\ufeffSales", r"U\+FEFF"),
    ],
)  # fmt: skip
def test_a_name_that_misleads_is_refused(text, reason):
    with pytest.raises(ValueError, match=reason):
        cells.name(text)


@pytest.mark.parametrize(("direction", "words"), cells.DIRECTIONS.items())
def test_directions_and_their_synonyms(direction, words):
    assert {cells.direction(f" {word.upper()} ") for word in words} == {direction}


@pytest.mark.parametrize(("frequency", "words"), cells.FREQUENCIES.items())
def test_frequencies_and_their_synonyms(frequency, words):
    assert {cells.frequency(word.title()) for word in words} == {frequency}


def test_blank_and_unknown_words():
    assert cells.direction("") is None
    assert cells.frequency(" ") is None
    with pytest.raises(ValueError, match="higher, lower or neutral"):
        cells.direction("sideways")
    with pytest.raises(ValueError, match="day, week, month, quarter or year"):
        cells.frequency("fortnight")


def test_texts_keep_their_words_up_to_a_length():
    read = cells.text_of(10)
    assert read("  two  words ") == "two words"
    assert read("") == ""
    assert read("\u0645\u06cc\u200c\u062e") == "\u0645\u06cc\u200c\u062e"
    with pytest.raises(ValueError, match=r"Character 3 .*U\+202E"):
        read("\u200d \u202e")
    with pytest.raises(ValueError, match="longer than 10"):
        read("x" * 11)
    with pytest.raises(ValueError, match=r"U\+0000"):
        read("a\0b")
