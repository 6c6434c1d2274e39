"""The codebook as it is used: which themes fit a text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from django.db.models import BigIntegerField, Count, F, Max, QuerySet, Sum
from django.db.models.functions import Cast

from interviews.core.suggest import BEST, Described, Ids, Index, Vocabulary, words
from interviews.models import Excerpt, Theme

FORGET_AT = 200_000  # terms; then the vocabulary is begun anew: words of excerpts that are gone go with it


def suggest(text: str, *, limit: int = BEST) -> list[Theme]:
    """The themes in use that fit the text best, best first, at most `limit`; none when nothing fits.

    They learn from the live excerpts of all cycles' first codings. Of those nothing leaves but the order of the themes.
    """
    themes = {theme.pk: theme for theme in Theme.objects.in_use()}
    return [themes[pk] for pk in _known.index(list(themes.values())).best(text, limit)]


@dataclass
class _Learned:
    """This process's index, made anew when the codebook or an excerpt has changed. It keeps numbers of words by excerpt, no text, and
    drops what is no longer there."""

    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    excerpts: dict[int, tuple[datetime, Ids]] = field(default_factory=dict)
    state: Any = None
    made: Index | None = None
    lock: Lock = field(default_factory=Lock)

    def index(self, themes: list[Theme]) -> Index:
        described = [Described(one.pk, one.name, one.definition, tuple(one.keywords)) for one in themes]
        with self.lock:
            state = (_state(), described)
            if self.made is None or self.state != state:
                examples = self._examples()  # may begin the vocabulary anew
                self.made = Index(described, self.vocabulary, examples)
                self.state = state
            return self.made

    def _examples(self) -> dict[int, list[Ids]]:
        """theme -> its excerpts' terms. Only texts that are new since the last time are read."""
        if len(self.vocabulary) > FORGET_AT:
            self.vocabulary, self.excerpts = Vocabulary(), {}
        rows = list(_examples().order_by("pk").values_list("pk", "theme", "updated_at"))
        new = [pk for pk, _, updated in rows if self.excerpts.get(pk, (None,))[0] != updated]
        texts = dict(Excerpt.objects.filter(pk__in=new).values_list("pk", "text")) if new else {}
        before, self.excerpts = self.excerpts, {}
        found: dict[int, list[Ids]] = {}
        for pk, theme, updated in rows:
            ids = self.vocabulary.ids(words(texts[pk])) if pk in texts else before[pk][1]
            self.excerpts[pk] = (updated, ids)
            found.setdefault(theme, []).append(ids)
        return found


_known = _Learned()


def _examples() -> QuerySet[Excerpt]:
    return Excerpt.objects.live().filter(coding__first=True).exclude(text="")


def _state() -> dict[str, Any]:
    """Differs when an excerpt has come, gone or changed, or has another theme."""
    both = Sum(Cast("pk", BigIntegerField()) * F("theme"))
    return _examples().order_by().aggregate(number=Count("pk"), sum=Sum("pk"), both=both, last=Max("updated_at"))
