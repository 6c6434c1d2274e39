"""Letting figures and quotes out to those who do not review (METHODS 9). Pages read what was released last, never the interviews."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from departments.models import Department, ReviewCycle, User
from departments.services import audit
from interviews.core.privacy import Figure, View, Voices
from interviews.core.privacy import release as may_tell
from interviews.core.quotes import parts, telling, tidied
from interviews.core.terms import Audience, Stance
from interviews.models import Excerpt, Interview, PrivacyPolicy, Release, ReleasedFigure, ReleasedQuote, Stakeholder
from metrics.services import locks

RAISED = "raised"
STANCES = (RAISED, Stance.PROBLEM.value, Stance.STRENGTH.value)  # the general before the particular
RELEASES = 0x5350_5245_4C00_0000  # with the cycle's id: one release of a cycle at a time
SEEN_BY = {  # whose figures each audience sees
    Audience.MANAGERS: (Audience.MANAGERS, Audience.HEADS, Audience.ORGANISATION),
    Audience.HEADS: (Audience.HEADS, Audience.ORGANISATION),
    Audience.ORGANISATION: (Audience.ORGANISATION,),
}


class TooSoon(ValidationError):
    """Too few people were interviewed since the last release: what is new would be theirs."""


class Key(NamedTuple):
    """What a figure is of."""

    department: int
    theme: int | None
    kpi: int | None
    stance: str


class Said(NamedTuple):
    """One excerpt that counts."""

    voice: int
    department: int
    theme: int
    kpi: int | None
    stance: str
    excerpt: int
    text: str
    quotable: bool


@dataclass(frozen=True)
class Tree:
    """The departments: of each the way up, itself first."""

    up: dict[int, tuple[int, ...]]
    names: dict[int, str]

    @classmethod
    def read(cls) -> Tree:
        rows = {pk: (parent, name) for pk, parent, name in Department.objects.values_list("pk", "parent", "name")}

        def way(pk: int | None) -> Iterator[int]:
            while pk is not None:
                yield pk
                pk = rows[pk][0]

        return cls({pk: tuple(way(pk)) for pk in rows}, {pk: name for pk, (_, name) in rows.items()})


@dataclass(frozen=True)
class Interviewed:
    """Who was interviewed, as the pages of the plan show it: by department and role."""

    groups: dict[tuple[int, str], set[int]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def read(cls, cycle: ReviewCycle) -> Interviewed:
        made = cls()
        for voice, department, role in (
            Interview.objects.held().filter(cycle=cycle).order_by().values_list("stakeholder", "department", "role")
        ):
            made.groups[department, role].add(voice)
        return made

    @property
    def everybody(self) -> Voices:
        return frozenset().union(*self.groups.values())

    def under(self, tree: Tree) -> dict[int, Voices]:
        """Those who work in a department or below it."""
        found: dict[int, set[int]] = defaultdict(set)
        for (department, _), voices in self.groups.items():
            for above in tree.up[department]:
                found[above] |= voices
        return {department: frozenset(voices) for department, voices in found.items()}

    def known(self, then: Iterable[Iterable[int]]) -> list[Voices]:
        """The groups whose size can be seen: now, and at each earlier time when only `then` had been interviewed."""
        times = [self.everybody, *map(frozenset, then)]
        return list(dict.fromkeys(frozenset(voices & time) for time in times for voices in self.groups.values() if voices & time))


def policy_of(cycle: ReviewCycle) -> PrivacyPolicy:
    """What holds in the cycle; the default where nobody has set anything."""
    return PrivacyPolicy.objects.filter(cycle=cycle).first() or PrivacyPolicy(cycle=cycle)


def waiting(cycle: ReviewCycle, audience: Audience) -> set[int]:
    """Ids of those whose interview was finished since the last release to the audience."""
    last = Release.objects.filter(cycle=cycle, audience=audience).order_by("-number").first()
    held = Interview.objects.held().filter(cycle=cycle)
    if last is None:
        return set(held.values_list("stakeholder", flat=True))
    rows = held.values_list("stakeholder").annotate(at=Max("finished_at"))
    return {voice for voice, at in rows if voice not in last.interviewed or at > last.created_at}


@transaction.atomic
def release(cycle: ReviewCycle, *, audience: Audience, by: User | None, at: datetime, reason: str = "") -> Release:
    """What the audience is shown from now on: every figure and quote that may be told. What may not be told anew stays as it was.

    Raises TooSoon when fewer than k people were interviewed since the last release: figures that appear would be theirs. Two releases
    of a cycle at once are one after the other.
    """
    locks.wait_for(RELEASES + cycle.pk)
    policy = policy_of(cycle)
    k = policy.k(audience)
    new = len(waiting(cycle, audience))
    earlier = list(Release.objects.filter(cycle=cycle).order_by("pk"))
    last = max((one for one in earlier if one.audience == audience), key=lambda one: one.number, default=None)
    if new < k and (new or last is None):
        raise TooSoon(f"Wait until {k} people have been interviewed since the last release: what is new now could be traced to them.")
    tree, said, interviewed = Tree.read(), _said(cycle), Interviewed.read(cycle)
    candidates = _candidates(said, tree, interviewed)
    told = _told(cycle)
    chosen, withheld = may_tell(
        candidates,
        k=k,
        out=_seen(told, audience),
        known=interviewed.known(one.interviewed for one in earlier),
        beside=[View(policy.k(other), _seen(told, other)) for other in Audience if other != audience and audience in SEEN_BY[other]],
    )
    figures = _standing(last, k) | {candidates[number].key: candidates[number].voices for number in chosen}
    made = Release.objects.create(
        cycle=cycle,
        audience=audience,
        number=(last.number if last else 0) + 1,
        k=k,
        withheld=sum(len(candidates[number].voices) > 0 for number in withheld),
        interviewed=sorted(interviewed.everybody),
        created_by=by,
        created_at=at,
    )
    _store(made, figures, said, tree, names_of(cycle))
    audit.record("interviews.release", by=by, at=at, on=made, cycle=cycle.code, audience=audience, k=k, number=made.number, reason=reason)
    return made


def _said(cycle: ReviewCycle) -> list[Said]:
    rows = Excerpt.objects.evidence().filter(coding__interview__cycle=cycle).order_by("pk")
    fields = ("coding__interview__stakeholder", "department", "theme", "kpi", "stance", "pk", "text")
    may_quote = ("quotable", "coding__interview__quotable")
    return [Said._make((*told, its and all_of_it)) for *told, its, all_of_it in rows.values_list(*fields, *may_quote)]


def _candidates(said: Iterable[Said], tree: Tree, interviewed: Interviewed) -> list[Figure]:
    """Every figure that could be told, in the order in which they are tried: departments from the top, themes before KPIs, that
    something was raised before how; then by name and number, which tell nothing of what was said."""
    stances: dict[tuple[int, int | None, int | None], dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in said:
        for above in tree.up[one.department]:
            stances[above, one.theme, None][one.voice].add(one.stance)
            if one.kpi:
                stances[above, None, one.kpi][one.voice].add(one.stance)
    under = interviewed.under(tree)
    made = []
    for (department, theme, kpi), voices in stances.items():
        for stance in STANCES:  # a voice with both stances, or with a mixed one, raised it and is neither
            counted = frozenset(voice for voice, its in voices.items() if stance == RAISED or its == {stance})
            if counted:
                key = Key(department, theme, kpi, stance)
                made.append(Figure(key, counted, under.get(department, frozenset()), _general(key, tree)))

    def order(figure: Figure) -> tuple[object, ...]:
        key: Key = figure.key
        place = key.department
        return (len(tree.up[place]), key.kpi is not None, STANCES.index(key.stance), tree.names[place], place, key.theme or key.kpi)

    return sorted(made, key=order)


def _general(key: Key, tree: Tree) -> Key | None:
    """The figure that this one is a part of: of how something was raised, that it was; of a department, the one above."""
    if key.stance != RAISED:
        return key._replace(stance=RAISED)
    above = tree.up[key.department][1:2]
    return key._replace(department=above[0]) if above else None


def _told(cycle: ReviewCycle) -> dict[Audience, list[Figure]]:
    """Every figure that was ever released, with the voices that it counted then."""
    found: dict[Audience, dict[Figure, None]] = {audience: {} for audience in Audience}
    rows = ReleasedFigure.objects.filter(release__cycle=cycle).order_by("pk")
    for audience, *key, members in rows.values_list("release__audience", "department", "theme", "kpi", "stance", "members"):
        found[Audience(audience)][Figure(Key._make(key), frozenset(members))] = None
    return {audience: list(figures) for audience, figures in found.items()}


def _seen(told: dict[Audience, list[Figure]], audience: Audience) -> list[Figure]:
    return [figure for other in SEEN_BY[audience] for figure in told[other]]


def _standing(last: Release | None, k: int) -> dict[Key, Voices]:
    """The figures of the last release: each stands until another may take its place."""
    rows = ReleasedFigure.objects.filter(release=last, voices__gte=k) if last else ReleasedFigure.objects.none()
    return {Key._make(key): frozenset(members) for *key, members in rows.values_list("department", "theme", "kpi", "stance", "members")}


def _store(made: Release, figures: dict[Key, Voices], said: list[Said], tree: Tree, names: frozenset[str]) -> None:
    rows = {
        key: ReleasedFigure(
            release=made,
            department_id=key.department,
            theme_id=key.theme,
            kpi_id=key.kpi,
            stance=key.stance,
            voices=len(voices),
            members=sorted(voices),
        )
        for key, voices in figures.items()
    }
    ReleasedFigure.objects.bulk_create(rows.values())
    quotes = [
        ReleasedQuote(figure=rows[key], excerpt_id=one.excerpt, voice=one.voice, text=tidied(one.text))
        for key, one in _quotes(figures, said, tree, made.k)
        if not telling(one.text, names)
    ]
    ReleasedQuote.objects.bulk_create(sorted(quotes, key=lambda one: one.text))  # ids say no more than the text does


def _quotes(figures: dict[Key, Voices], said: Iterable[Said], tree: Tree, k: int) -> Iterator[tuple[Key, Said]]:
    """Quotes with the figure that they stand beside: the nearest one at or above their department, of their theme and stance.

    The others who stand behind that figure *there* make the group: of a division's seven voices, those who spoke of a department
    that has a figure of its own are no cover for one who spoke of another. Below k such voices no quote leaves.
    """
    groups: dict[Key, list[Said]] = defaultdict(list)
    for one in said:
        stance = RAISED if one.stance == Stance.MIXED else one.stance
        for above in tree.up[one.department]:
            key = Key(above, one.theme, None, stance)
            if key in figures:
                if one.voice in figures[key]:
                    groups[key].append(one)
                break
    for key, group in groups.items():
        if len({one.voice for one in group}) >= k:
            yield from ((key, one) for one in group if one.quotable and one.text.strip())


def names_of(cycle: ReviewCycle) -> frozenset[str]:
    """The parts of the names that no quote of the cycle may hold."""
    return parts(Stakeholder.objects.filter(cycle=cycle).values_list("name", flat=True))


@dataclass(frozen=True)
class HeldBack:
    """A quotable excerpt that does not leave, and why."""

    excerpt: Excerpt
    why: str


def held_back(cycle: ReviewCycle, user: User) -> list[HeldBack]:
    """Quotable excerpts that might tell who said them, of the interviews that the person may read."""
    rows = Excerpt.objects.evidence().filter(
        quotable=True, coding__interview__quotable=True, coding__interview__in=Interview.objects.visible_to(user).filter(cycle=cycle)
    )
    names = names_of(cycle)
    why = {pk: reason for pk, text in rows.order_by().values_list("pk", "text") if (reason := telling(text, names))}
    found = Excerpt.objects.filter(pk__in=list(why)).select_related("theme", "department", "coding")
    return [HeldBack(one, why[one.pk]) for one in found.order_by("department__name", "theme__name", "pk")]
