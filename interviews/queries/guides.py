"""Question guides as lists and with their versions."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Prefetch, QuerySet

from interviews.core.guides import Asked, Change, changes
from interviews.models import Guide, Interview, Question
from metrics.models import KPI


@dataclass(frozen=True)
class Line:
    """A guide in a list: its version in use, or the newest of one that is retired; `used`: interviews with any version."""

    guide: Guide
    questions: int
    used: int


@dataclass(frozen=True)
class Version:
    """A version of a guide, what it has otherwise than the one before, and how many interviews use it."""

    guide: Guide
    changes: list[Change]
    used: int


def guides() -> list[Line]:
    """Every guide once: those in use first, by function, then name."""
    used = dict(Interview.objects.exclude(guide=None).order_by().values_list("guide__code").annotate(Count("pk")))
    questions = dict(Question.objects.order_by().values_list("guide").annotate(Count("pk")))
    newest: dict[str, Guide] = {}
    for guide in Guide.objects.order_by("-version", "pk"):
        kept = newest.setdefault(guide.code, guide)
        if kept.retired_at and not guide.retired_at:
            newest[guide.code] = guide
    lines = [Line(guide, questions.get(guide.pk, 0), used.get(guide.code, 0)) for guide in newest.values()]
    return sorted(lines, key=lambda line: (bool(line.guide.retired_at), not line.guide.function, line.guide.function, line.guide.name))


def versions(code: str) -> list[Version]:
    """All versions of the guide, newest first; none where there is no such guide."""
    found = list(with_questions().filter(code=code).order_by("version"))
    used = dict(Interview.objects.filter(guide__code=code).order_by().values_list("guide").annotate(Count("pk")))
    asked = [asked_of(guide) for guide in found]
    made = [
        Version(guide, changes(asked[n - 1], asked[n]) if n else [], used.get(guide.pk, 0)) for n, guide in enumerate(found)
    ]  # fmt: skip
    return made[::-1]


def with_questions() -> QuerySet[Guide]:
    """Guides with their questions and these with their KPIs, in three queries."""
    kpis = Prefetch("kpis", queryset=KPI.objects.order_by("name", "pk"))
    return Guide.objects.select_related("created_by").prefetch_related(Prefetch("questions", Question.objects.prefetch_related(kpis)))


def asked_of(guide: Guide) -> list[Asked]:
    """The guide's questions in their order, as plain values. Fetch several guides `with_questions`."""
    rows = guide.questions.all()
    return [Asked(one.text, one.hint, one.whole_function, tuple(sorted(kpi.pk for kpi in one.kpis.all()))) for one in rows]
