"""The codebook: what each act does to themes and excerpts, and that its undo gives all of it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from departments.models import AuditEvent
from interviews.core.seed_guides import GUIDES
from interviews.core.seed_themes import THEMES
from interviews.models import CodebookChange, Excerpt, Guide, Question, SuggestionChoice, Theme
from interviews.queries.themes import suggest
from interviews.services import codebook, seeding
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db
PLACE = {"level": "process", "condition": "capacity"}


@pytest.fixture
def said(db):
    """An answer of a finished interview to take excerpts of."""
    return make.answer(make.InterviewFactory(finished=True), "Leads wait for days and nobody calls them back.")


@pytest.fixture
def slow(db):
    return make.ThemeFactory(code="slow-one", name="Slow one", keywords=["days"])


@pytest.fixture
def late(db):
    return make.ThemeFactory(code="late-one", name="Late one", keywords=["late", "Days"])


def state() -> dict[str, object]:
    """All that an undo has to give back."""
    fields = ("pk", "code", "name", "key", "definition", "keywords", "level", "condition", "retired_at", "merged_into")
    excerpts = Excerpt.objects.order_by("pk").values_list("pk", "theme", "cause_theme", "stance", "updated_at")
    return {"themes": list(Theme.objects.order_by("pk").values_list(*fields)), "excerpts": list(excerpts)}


def undo(change):
    return codebook.undo(change, by=None, at=AT)


def last_event() -> AuditEvent:
    return AuditEvent.objects.order_by("-pk").first()


# Acts


def test_a_new_theme_has_a_code_of_its_own(reviewer):
    theme, change = codebook.create(name=" New ", keywords=["a", "A", " b "], **PLACE, by=reviewer, at=AT)
    assert (theme.name, theme.code, theme.keywords) == ("New", "new-2", ["a", "b"])  # "new" is a page
    assert (change.kind, change.said, change.created_by) == ("create", "New was added.", reviewer)
    assert last_event().act == "codebook.create"
    assert last_event().details == {"themes": ["new-2"]}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "slow ONE"}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"name": "Fine", "level": "moon"}, "level"),
        ({"name": "Fine", "definition": "x" * 2001}, "definition"),
        ({"name": "Fine", "keywords": ["x" * 61]}, "keywords"),
    ],
)
def test_what_cannot_be_a_theme_is_refused_by_field(slow, values, field):
    before = state()
    with pytest.raises(ValidationError) as refusal:
        codebook.create(**PLACE | values, by=None, at=AT)
    assert field in refusal.value.message_dict
    assert state() == before
    assert not CodebookChange.objects.exists()


def test_a_change_says_what_is_other(slow, reviewer):
    change = codebook.change(slow, name="Slower one", definition="When it is slow.", by=reviewer, at=AT)
    assert change.said == "Slow one is called Slower one."
    other = codebook.change(slow, keywords=["x"], level="job", by=reviewer, at=AT)
    assert other.said == "Slower one has another list of keywords and level."
    assert codebook.change(slow, name="Slower one", by=reviewer, at=AT) is None
    slow.refresh_from_db()
    assert (slow.name, slow.definition, slow.keywords, slow.level) == ("Slower one", "When it is slow.", ["x"], "job")


def test_lines_of_a_definition_end_as_the_exchange_format_ends_them(slow):
    codebook.change(slow, definition="One.\r\nTwo.\x0b ", by=None, at=AT)
    slow.refresh_from_db()
    assert slow.definition == "One.\nTwo."


def test_merged_themes_give_all_their_excerpts_and_words(said, slow, late, reviewer):
    other = make.ThemeFactory(name="Other")
    one, two = make.excerpt(said, late), make.excerpt(said, other, cause_theme=late)
    gone = make.excerpt(said, late, removed_at=AT)
    change = codebook.merge([late], slow, by=reviewer, at=AT)
    late.refresh_from_db()
    slow.refresh_from_db()
    assert (late.retired_at, late.merged_into) == (AT, slow)
    assert slow.keywords == ["days", "Late one", "late"]
    assert set(Excerpt.objects.filter(theme=slow)) == {one, gone}
    assert Excerpt.objects.get(pk=two.pk).cause_theme == slow
    assert Excerpt.objects.get(pk=one.pk).updated_at == one.updated_at
    assert change.said == "Late one became part of Slow one."
    assert last_event().details == {"themes": ["late-one", "slow-one"]}


def test_several_themes_merge_at_once(slow, late):
    third = make.ThemeFactory(name="Third")
    change = codebook.merge([third, late], slow, by=None, at=AT)
    assert change.said == "Late one and Third became part of Slow one."
    assert CodebookChange.objects.count() == 1


def test_a_theme_does_not_merge_into_itself_or_into_nothing(slow, late):
    for merged in ([], [slow], [slow, late]):
        with pytest.raises(ValidationError, match="at least one other"):
            codebook.merge(merged, slow, by=None, at=AT)


def test_a_retired_theme_cannot_be_changed(slow, late):
    codebook.retire(late, by=None, at=AT)
    for act in (
        lambda: codebook.change(late, name="x", by=None, at=AT),
        lambda: codebook.merge([late], slow, by=None, at=AT),
        lambda: codebook.merge([slow], late, by=None, at=AT),
        lambda: codebook.split(late, excerpts=[1], into=slow, by=None, at=AT),
        lambda: codebook.retire(late, by=None, at=AT),
    ):
        with pytest.raises(ValidationError, match="no longer in use"):
            act()


def test_a_split_moves_the_chosen_excerpts_alone(said, slow):
    here, there = make.excerpt(said, slow), make.excerpt(said, slow, cause_theme=slow)
    into, change = codebook.split(slow, excerpts=[there.pk], name="Slow two", **PLACE, by=None, at=AT)
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.theme, there.theme, there.cause_theme) == (slow, into, into)
    assert change.said == "Part of Slow one became Slow two."


def test_a_split_goes_to_a_theme_that_there_is(said, slow, late):
    mine = make.excerpt(said, slow)
    into, _ = codebook.split(slow, excerpts=[mine.pk], into=late, by=None, at=AT)
    mine.refresh_from_db()
    assert (into, mine.theme) == (late, late)


def test_a_split_of_nothing_changes_nothing(said, slow, late):
    foreign = make.excerpt(said, late)
    before = state()
    for into in (late, slow, None):
        with pytest.raises(ValidationError, match="Choose excerpts"):
            codebook.split(slow, excerpts=[foreign.pk], into=into, name="Fresh", **PLACE, by=None, at=AT)
    assert state() == before


def test_a_retired_theme_keeps_its_excerpts(said, slow):
    mine = make.excerpt(said, slow)
    codebook.retire(slow, by=None, at=AT)
    assert slow not in Theme.objects.in_use()
    assert Excerpt.objects.get(pk=mine.pk).theme == slow


def test_what_is_said_of_many_themes_is_cut_to_its_place(slow):
    many = [make.ThemeFactory(name=f"A theme with quite a long name, number {number}") for number in range(12)]
    assert len(codebook.merge(many, slow, by=None, at=AT).said) == 300


# Undo


def test_each_act_is_undone_exactly(said, slow, late):
    kept = make.excerpt(said, slow), make.excerpt(said, late, cause_theme=slow)
    acts = (
        lambda: codebook.create(name="Fresh", **PLACE, by=None, at=AT)[1],
        lambda: codebook.change(slow, name="Named", definition="Told", keywords=["k"], level="job", condition="motives", by=None, at=AT),
        lambda: codebook.merge([late], slow, by=None, at=AT),
        lambda: codebook.split(slow, excerpts=[one.pk for one in kept], name="Fresh", **PLACE, by=None, at=AT)[1],
        lambda: codebook.split(slow, excerpts=[one.pk for one in kept], into=late, by=None, at=AT)[1],
        lambda: codebook.retire(slow, by=None, at=AT),
        lambda: codebook.write_file([(slow.pk, {"name": "Late one"}), (late.pk, {"name": "Slow one"})], said="File", by=None, at=AT),
        lambda: codebook.write_file([(None, {"name": "Fresh", **PLACE})], said="File", by=None, at=AT),
    )
    before = state()
    for act in acts:
        change = act()
        assert state() != before
        undone = undo(change)
        assert (undone.left, undone.stayed) == ([], [])
        assert state() == before
        assert last_event().act == "codebook.undo"


def test_an_undo_is_in_the_history_of_excerpts(said, slow, late):
    mine = make.excerpt(said, late)
    undo(codebook.merge([late], slow, by=None, at=AT))
    events = apps.get_model("interviews", "ExcerptEvent").objects.filter(pgh_obj_id=mine.pk).order_by("pgh_id")
    assert list(events.values_list("theme", flat=True)) == [late.pk, slow.pk, late.pk]


def test_an_undo_is_done_once(slow):
    change = codebook.retire(slow, by=None, at=AT)
    undo(change)
    with pytest.raises(ValidationError, match="undone before"):
        undo(change)


def test_a_later_change_of_the_same_theme_is_undone_first(slow, late):
    first = codebook.change(slow, name="Slow two", by=None, at=AT)
    apart = codebook.change(late, name="Late two", by=None, at=AT)
    second = codebook.merge([slow], late, by=None, at=AT)
    for change in (first, apart):
        with pytest.raises(ValidationError, match="Undo this first: Slow two became part of Late two"):
            undo(change)
    for change in (second, first, apart):
        undo(change)
    assert set(Theme.objects.filter(pk__in=[slow.pk, late.pk]).values_list("name", flat=True)) == {"Slow one", "Late one"}


def test_a_change_of_other_themes_is_not_in_the_way(slow, late):
    first = codebook.change(slow, name="Slow two", by=None, at=AT)
    codebook.change(late, name="Late two", by=None, at=AT)
    undo(first)
    assert Theme.objects.get(pk=slow.pk).name == "Slow one"


def test_an_excerpt_that_got_another_theme_since_keeps_it_and_is_named(said, slow, late):
    moved, recoded = make.excerpt(said, late), make.excerpt(said, late)
    change = codebook.merge([late], slow, by=None, at=AT)
    other = make.ThemeFactory(name="Other")
    Excerpt.objects.filter(pk=recoded.pk).update(theme=other)
    assert undo(change).left == [recoded.pk]
    assert Excerpt.objects.get(pk=moved.pk).theme == late
    assert Excerpt.objects.get(pk=recoded.pk).theme == other


def test_an_excerpt_that_is_gone_is_not_missed(said, slow, late):
    moved = make.excerpt(said, late)
    change = codebook.merge([late], slow, by=None, at=AT)
    Excerpt.objects.filter(pk=moved.pk).delete()
    assert undo(change).left == []


def test_a_theme_in_use_by_then_is_retired_instead_of_deleted(said):
    theme, change = codebook.create(name="Fresh", **PLACE, by=None, at=AT)
    make.excerpt(said, theme)
    undone = undo(change)
    theme.refresh_from_db()
    assert undone.stayed == [theme]
    assert theme.retired_at == AT


def test_a_theme_that_a_coder_chose_is_not_deleted_either(said, slow):
    theme, change = codebook.create(name="Fresh", **PLACE, by=None, at=AT)
    mine = make.excerpt(said, slow)
    SuggestionChoice.objects.create(coding=mine.coding, excerpt=mine, offered=[], chosen=theme, created_at=AT)
    assert undo(change).stayed == [theme]


def test_a_name_that_is_taken_by_now_is_not_given_back(slow):
    change = codebook.change(slow, name="Slow two", by=None, at=AT)
    codebook.create(name="Slow one", **PLACE, by=None, at=AT)
    before = state()
    with pytest.raises(ValidationError, match="Another theme is called Slow one already"):
        undo(change)
    assert state() == before
    retired = codebook.retire(Theme.objects.get(name="Slow two"), by=None, at=AT)
    codebook.create(name="Slow two", **PLACE, by=None, at=AT)
    with pytest.raises(ValidationError, match="Slow two already"):
        undo(retired)


def test_a_file_that_names_a_theme_twice_writes_nothing(slow, late):
    before = state()
    with pytest.raises(ValidationError):
        codebook.write_file([(slow.pk, {"name": "Same"}), (late.pk, {"name": "Same"})], said="File", by=None, at=AT)
    assert state() == before


# Any sequence of acts and undos


ACT = st.tuples(st.sampled_from(["create", "rename", "merge", "split", "retire", "undo"]), st.integers(0, 30), st.integers(0, 30))


class Replay:
    """The oracle: the codebook as plain values, and the acts that stand. An undo strikes one out and replays the others."""

    def __init__(self, themes: dict[int, str], excerpts: dict[int, int]):
        self.begin = (themes, excerpts)
        self.acts: dict[int, tuple] = {}

    def state(self) -> tuple[dict[int, tuple[str, bool]], dict[int, int]]:
        themes = {pk: (name, True) for pk, name in self.begin[0].items()}
        excerpts = dict(self.begin[1])
        for kind, *rest in self.acts.values():
            if kind == "create":
                themes[rest[0]] = (rest[1], True)
            elif kind == "rename":
                themes[rest[0]] = (rest[1], themes[rest[0]][1])
            elif kind == "retire":
                themes[rest[0]] = (themes[rest[0]][0], False)
            else:
                source, target, moved, new = rest
                if new:
                    themes[target] = (new, True)
                if kind == "merge":
                    themes[source] = (themes[source][0], False)
                excerpts |= {pk: target for pk in moved if excerpts[pk] == source}
        return themes, excerpts


class Sequences(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(ACT, max_size=14))
    def test_acts_and_undos_leave_what_the_acts_that_stand_would_make(self, acts):
        Theme.objects.all().delete()
        said = make.answer(make.InterviewFactory(finished=True), "Some words that were said.")
        for number in range(4):
            theme = make.ThemeFactory(name=f"Theme {number}")
            make.excerpt(said, theme)
            make.excerpt(said, theme)
        oracle = Replay(dict(Theme.objects.values_list("pk", "name")), dict(Excerpt.objects.values_list("pk", "theme")))
        for number, (kind, one, two) in enumerate(acts):
            self.act(oracle, kind, one, two, number)
            themes, excerpts = oracle.state()
            assert {pk: (name, retired is None) for pk, name, retired in Theme.objects.values_list("pk", "name", "retired_at")} == themes
            assert dict(Excerpt.objects.values_list("pk", "theme")) == excerpts

    def act(self, oracle: Replay, kind: str, one: int, two: int, number: int) -> None:
        at = AT + timedelta(minutes=number)
        live = list(Theme.objects.in_use().order_by("pk"))
        if kind == "undo":
            return self.undone(oracle, one, at)
        if kind == "create":
            theme, change = codebook.create(name=f"Fresh {number}", **PLACE, by=None, at=at)
            oracle.acts[change.pk] = ("create", theme.pk, theme.name)
            return None
        if not live:
            return None
        first, second = live[one % len(live)], live[two % len(live)]
        mine = sorted(Excerpt.objects.filter(theme=first).values_list("pk", flat=True))
        if kind == "rename":
            change = codebook.change(first, name=f"Named {number}", by=None, at=at)
            oracle.acts[change.pk] = ("rename", first.pk, f"Named {number}")
        elif kind == "retire":
            oracle.acts[codebook.retire(first, by=None, at=at).pk] = ("retire", first.pk)
        elif kind == "merge" and first != second:
            oracle.acts[codebook.merge([first], second, by=None, at=at).pk] = ("merge", first.pk, second.pk, mine, "")
        elif kind == "split" and mine:
            name = f"Split {number}" if first == second else ""
            into = None if name else second
            target, change = codebook.split(first, excerpts=mine[:1], into=into, name=name, **PLACE, by=None, at=at)
            oracle.acts[change.pk] = ("split", first.pk, target.pk, mine[:1], name)
        return None

    def undone(self, oracle: Replay, one: int, at) -> None:
        if not oracle.acts:
            return
        change = CodebookChange.objects.get(pk=list(oracle.acts)[one % len(oracle.acts)])
        later = [pk for pk in oracle.acts if pk > change.pk]
        about = codebook.touched(change)
        blocked = any(codebook.touched(CodebookChange.objects.get(pk=pk)) & about for pk in later)
        if blocked:
            with pytest.raises(ValidationError, match="Undo this first"):
                codebook.undo(change, by=None, at=at)
        else:
            codebook.undo(change, by=None, at=at)
            del oracle.acts[change.pk]


# Suggestions and seeds


def test_a_new_installation_has_the_codebook_and_the_guides():
    Question.objects.all().delete()
    Guide.objects.all().delete()
    Theme.objects.all().delete()
    for _ in range(2):
        seeding.seed(Theme, Guide, Question, AT)
    assert set(Theme.objects.values_list("code", flat=True)) == {one.code for one in THEMES}
    assert Guide.objects.count() == len(GUIDES)
    assert Question.objects.count() == sum(len(one.questions) for one in GUIDES)
    assert all(theme.key for theme in Theme.objects.all())


def test_seeding_leaves_what_is_there():
    Theme.objects.all().delete()
    mine = make.ThemeFactory(code="mine", name="HANDOVER between teams")
    other = make.ThemeFactory(code="approvals", name="Mine too", retired_at=AT)
    seeding.seed(Theme, Guide, Question, AT)
    assert Theme.objects.count() == len(THEMES)
    assert Theme.objects.filter(key=mine.key).get() == mine
    other.refresh_from_db()
    assert (other.name, other.retired_at) == ("Mine too", AT)


def test_suggestions_name_themes_that_fit():
    Theme.objects.all().delete()
    seeding.seed(Theme, Guide, Question, AT)
    assert suggest("Every discount waits for three signatures and an approval.")[0].code == "approvals"
    assert len(suggest("Leads wait for approval while the training is late", limit=2)) == 2
    assert suggest("xyzzy") == []


def test_suggestions_learn_from_first_codings_and_forget_what_is_gone(said):
    Theme.objects.all().delete()
    theme = make.ThemeFactory(name="Waiting")
    said.text = "The zebra crossing."
    mine = make.excerpt(said, theme)
    assert suggest("Again a zebra") == [theme]
    Excerpt.objects.filter(pk=mine.pk).update(text="A giraffe.", updated_at=AT + timedelta(days=1))
    assert (suggest("Again a zebra"), suggest("giraffe")) == ([], [theme])
    Excerpt.objects.filter(pk=mine.pk).update(text="")
    assert suggest("giraffe") == []
    make.excerpt(said, theme, coder=make.UserFactory())
    assert suggest("Again a zebra") == []


def test_suggestions_follow_a_merge_and_a_new_definition(said):
    Theme.objects.all().delete()
    theme, other = make.ThemeFactory(name="Waiting"), make.ThemeFactory(name="Moving")
    said.text = "The zebra crossing."
    make.excerpt(said, theme)
    assert suggest("zebra") == [theme]
    change = codebook.merge([theme], other, by=None, at=AT)
    assert suggest("zebra") == [other]
    undo(change)
    assert suggest("zebra") == [theme]
    codebook.change(other, keywords=["okapi"], by=None, at=AT)
    assert suggest("okapi") == [other]


def test_a_vocabulary_that_has_grown_is_begun_anew(said, monkeypatch):
    from interviews.queries import themes

    Theme.objects.all().delete()
    theme = make.ThemeFactory(name="Waiting")
    make.excerpt(said, theme)
    suggest("leads")
    before = themes._known.vocabulary
    monkeypatch.setattr(themes, "FORGET_AT", 0)
    make.excerpt(said, theme)
    assert suggest("leads") == [theme]
    assert themes._known.vocabulary is not before
