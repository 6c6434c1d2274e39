"""How far the coders of a cycle agree, for its reviewers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from departments.models import ReviewCycle, User
from interviews.core.coding import Agreement, Mark, Measure, Pair, Passage, agreement
from interviews.models import Answer, Coding, Excerpt, Interview, Theme
from interviews.queries.excerpts import open_blind

SHOWN = 200  # passages where coders differ that are kept for the page


@dataclass(frozen=True)
class Row:
    """An agreement with its name: "Overall" or a theme. `coded`: (coder, sentences) in the order of the coders."""

    name: str
    measure: Measure
    coded: list[tuple[str, int]]


@dataclass(frozen=True)
class Between:
    """Two coders, and how far they agree on all themes together."""

    names: tuple[str, str]
    pair: Pair


@dataclass(frozen=True)
class Differing:
    """A passage that coders saw differently. `before`, `after`: the words around it; `themes`: (coder, what they gave it)."""

    interview: int
    voice: str
    asked: str
    before: str
    words: str
    after: str
    themes: list[tuple[str, list[str]]]


@dataclass(frozen=True)
class AgreementPage:
    """What the page shows. `waiting`: interviews that somebody has coded twice but that the reader codes blind and has not finished."""

    interviews: int
    coders: list[str]
    overall: Row
    themes: list[Row]
    pairs: list[Between]
    differing: list[Differing]
    differences: int
    waiting: int


def agreement_page(cycle: ReviewCycle, user: User) -> AgreementPage | None:
    """Agreement over the interviews with two or more finished codings that the person may see; None where there are none. An interview
    that they are coding blind themselves is left out until they have finished."""
    seen = Interview.objects.filter(cycle=cycle).visible_to(user)
    twice = seen.annotate(finished_codings=Count("codings", filter=Q(codings__finished_at__isnull=False))).filter(finished_codings__gte=2)
    blind = set(open_blind(user).filter(interview__in=twice.order_by().values("pk")).values_list("interview", flat=True))
    interviews = {one.pk: one for one in twice.exclude(pk__in=blind).select_related("stakeholder").order_by("pk")}
    if not interviews:
        return None if not blind else _waiting(len(blind))
    codings = list(Coding.objects.filter(interview__in=interviews, finished_at__isnull=False).select_related("coder").order_by("pk"))
    answers = list(Answer.objects.filter(interview__in=interviews).exclude(text="").select_related("question"))
    names = _names({coding.coder_id: coding.coder.name or coding.coder.email for coding in codings})
    found = agreement(_passages(answers, codings))
    themes = dict(Theme.objects.filter(pk__in=[measure.theme for measure in found.themes]).values_list("pk", "name"))
    return AgreementPage(
        len(interviews),
        list(names.values()),
        _row("Overall", found.overall, names),
        [_row(themes[measure.theme], measure, names) for measure in found.themes],  # type: ignore[index]
        [Between((names[pair.coders[0]], names[pair.coders[1]]), pair) for pair in found.pairs],  # type: ignore[index]
        _differing(found, answers, interviews, names, themes),
        len(found.differences),
        len(blind),
    )


def _waiting(count: int) -> AgreementPage:
    nothing = Measure(None, None, None, 0, {})
    return AgreementPage(0, [], Row("Overall", nothing, []), [], [], [], 0, count)


def _names(people: Mapping[int, str]) -> dict[int, str]:
    """By name, so that nothing tells who coded first; two of one name are told apart."""
    counted: dict[str, int] = {}
    out = {}
    for pk, name in sorted(people.items(), key=lambda one: (one[1].casefold(), one[0])):
        counted[name] = counted.get(name, 0) + 1
        out[pk] = name if counted[name] == 1 else f"{name} ({counted[name]})"
    return out


def _passages(answers: list[Answer], codings: list[Coding]) -> list[Passage]:
    by_interview: dict[int, list[Coding]] = {}
    for coding in codings:
        by_interview.setdefault(coding.interview_id, []).append(coding)
    marks: dict[tuple[int, int], list[Mark]] = {}
    rows = Excerpt.objects.live().filter(coding__in=codings).order_by()
    for answer, of, start, end, theme in rows.values_list("answer", "coding", "start", "end", "theme"):
        marks.setdefault((answer, of), []).append(Mark(start, end, theme))
    return [
        Passage(answer.text, {coding.coder_id: marks.get((answer.pk, coding.pk), []) for coding in by_interview[answer.interview_id]})
        for answer in answers
    ]


def _row(name: str, measure: Measure, names: Mapping[int, str]) -> Row:
    return Row(name, measure, [(who, measure.coded.get(pk, 0)) for pk, who in names.items()])


def _differing(
    found: Agreement, answers: list[Answer], interviews: Mapping[int, Interview], names: Mapping[int, str], themes: Mapping[int, str]
) -> list[Differing]:
    out = []
    for one in found.differences[:SHOWN]:
        answer = answers[one.passage]
        asked = answer.question.text if answer.question else answer.heading
        given = [(names[coder], sorted(themes[theme] for theme in one.themes[coder])) for coder in names if coder in one.themes]  # type: ignore[index]
        out.append(
            Differing(
                answer.interview_id,
                interviews[answer.interview_id].stakeholder.pseudonym,
                asked,
                _end_of(answer.text[: one.start]),
                answer.text[one.start : one.end],
                _begin_of(answer.text[one.end :]),
                given,
            )
        )
    return out


AROUND = 90  # characters of context on each side


def _end_of(text: str) -> str:
    """The last words before a passage."""
    kept = text.rstrip()
    return kept if len(kept) <= AROUND else "…" + kept[-AROUND:].partition(" ")[2]


def _begin_of(text: str) -> str:
    """The first words after a passage."""
    kept = text.lstrip()
    return kept if len(kept) <= AROUND else kept[:AROUND].rpartition(" ")[0] + "…"
