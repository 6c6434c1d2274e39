"""Do the data carry the review? What is there, how fresh it is, what is missing in it. METHODS, "Data health"; all of it is ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from metrics.core import periods
from metrics.core.periods import Frequency
from saypro_review.lib.formatting import plural

LOOK_BACK = 12  # periods before the window in which a series must have a point to be in the cycle (METHODS)
CARRIED, MOSTLY = 0.9, 0.6  # share of series fit to judge from which the data carry the review, and most of it
NONE = np.iinfo(np.int32).min  # a day that is none
FREQUENCIES = list(Frequency)

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Judged:
    """The series of a run, all per series [S]."""

    series: Ints
    department: Ints
    kpi: Ints
    frequency: Ints  # place in Frequency
    week_starts: Ints
    enough: Bools  # points to judge: quality is not insufficient
    stale: Bools
    bare: Bools  # a direction, and neither goal nor industry standard
    window: Ints  # points in the window
    missing: Ints  # periods between its first and its latest complete one
    latest: Ints  # first day of the latest complete period since 1970-01-01, NONE where there is none

    @property
    def fit(self) -> Bools:
        return self.enough & ~self.stale


@dataclass(frozen=True)
class Tally:
    """Numbers of series: known at all, and of those in the run: with figures in the window, with enough points, fit to judge (enough
    and up to date), out of date, with missing periods, without benchmark; `outside`: the rest of the known."""

    known: int
    window: int
    enough: int
    fit: int
    stale: int
    holed: int
    bare: int
    outside: int

    @property
    def unfit(self) -> int:
        return self.known - self.fit

    @property
    def short(self) -> int:
        """Up to date, and too few points."""
        return self.unfit - self.stale - self.outside


def tally(of: Judged, outside: int) -> Tally:
    """The numbers of the whole."""
    return tallies(np.zeros(len(of.series), np.int64), of, np.zeros(outside, np.int64)).get(0, Tally(0, 0, 0, 0, 0, 0, 0, 0))


def tallies(by: Ints, of: Judged, outside: Ints) -> dict[int, Tally]:
    """The numbers by department or KPI: `by` of each series of the run, `outside` of those that are not in it."""
    keys, place = np.unique(np.concatenate([by, outside]), return_inverse=True)
    inside, rest = place[: len(by)], place[len(by) :]

    def count(which: npt.NDArray) -> list[int]:
        return np.bincount(inside[which], minlength=len(keys)).tolist()

    left = np.bincount(rest, minlength=len(keys))
    columns = [
        (np.bincount(inside, minlength=len(keys)) + left).tolist(),
        *(count(which) for which in (of.window > 0, of.enough, of.fit, of.stale, of.missing > 0, of.bare)),
        left.tolist(),
    ]
    return {key: Tally(*row) for key, *row in zip(keys.tolist(), *columns, strict=True)}


def finding(of: Tally) -> str:
    """Whether the data carry the review, in words."""
    if not of.known:
        return "There are no figures yet for the departments of this review."
    share = of.fit / of.known
    lead = "The data carry" if share >= CARRIED else "The data carry most of" if share >= MOSTLY else "The data do not carry"
    said = [f"{lead} this review{'' if share >= MOSTLY else ' yet'}: {of.fit} of {_series(of.known)} {_are(of.fit)} fit to judge."]
    rest = [
        f"{of.stale} {_are(of.stale)} out of date" if of.stale else "",
        f"{of.short} {_have(of.short)} too few points" if of.short else "",
        f"{of.outside} {_have(of.outside)} no figures in or near the window" if of.outside else "",
    ]
    if of.unfit:
        said.append(f"{_join([one for one in rest if one])}.")
    if of.holed:
        said.append(f"{of.holed} {_have(of.holed)} holes, which are left empty and not filled in.")
    return " ".join(said)


def _series(count: int) -> str:
    return plural(count, "series", "series")


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _join(items: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]]))


def behind(of: Judged, data_to: int) -> Ints:
    """Periods by which the latest complete one lies before the last that ends by `data_to` (a day); -1 where there is none."""
    out = np.full(len(of.series), -1, np.int64)
    group = of.frequency * 7 + of.week_starts
    for number in np.unique(group).tolist():
        frequency, weekday = FREQUENCIES[number // 7], number % 7
        here = (group == number) & (of.latest != NONE)
        out[here] = _last(data_to, frequency, weekday) - periods.to_index(of.latest[here], frequency, weekday)
    return out


def _last(data_to: int, frequency: Frequency, weekday: int) -> int:
    """Index of the last period that ends by that day."""
    return periods.window(data_to, data_to, frequency, weekday)[1]


class Outside(StrEnum):
    """Why a series with figures is not in the run."""

    OLD = "old"
    LATER = "later"
    WAITS = "waits"

    @property
    def label(self) -> str:
        return {
            Outside.OLD: "no figure in the window or the 12 periods before it",
            Outside.LATER: "begins after the window",
            Outside.WAITS: "waits to be judged",
        }[self]


def why_outside(first: int, latest: int, frequency: Frequency, window: tuple[int, int]) -> Outside:
    """The reason, from the days of the first and the latest figure and the first and last day of the window."""
    weekday = int(periods.weekday(np.array([first]))[0]) if frequency is Frequency.WEEK else 0
    begin, end = periods.window(*window, frequency, weekday)
    oldest, newest = periods.to_index(np.array([first, latest]), frequency, weekday).tolist()
    if newest < begin - LOOK_BACK:
        return Outside.OLD
    return Outside.LATER if oldest > end else Outside.WAITS


def holes(values: Sequence[float]) -> list[tuple[int, int]]:
    """(first slot, length) of each run of missing values (NaN), in order."""
    known = [-1, *(slot for slot, value in enumerate(values) if value == value), len(values)]
    return [(before + 1, after - before - 1) for before, after in pairwise(known) if after - before > 1]


def repeats(values: Sequence[float]) -> tuple[int, int] | None:
    """(slot of the first, how many) of the last known values, if at least REPEATED of them are the same and one before them is not."""
    known = [(slot, value) for slot, value in enumerate(values) if value == value]
    differing = [place for place, (_, value) in enumerate(known) if value != known[-1][1]]
    same = len(known) - 1 - differing[-1] if differing else 0
    return (known[-same][0], same) if same >= REPEATED else None


REPEATED = 3


def differences(old: Mapping[str, object], new: Mapping[str, object]) -> list[tuple[str, object, object]]:
    """(name, before, after) of what differs between two figures, in the order of `old`."""
    return [(name, value, new[name]) for name, value in old.items() if new[name] != value]


@dataclass(frozen=True)
class Change:
    """A department that begins or ends within what is rolled up: the sums before and after are of different departments."""

    series: int
    day: int  # first day of its first or last period
    begins: bool


def changes(span: tuple[int, int], sources: Mapping[int, tuple[int, int]]) -> list[Change]:
    """What changes within `span`, first and last day of a rolled-up series, latest first. `sources`: the days of each."""
    begin = [Change(series, first, True) for series, (first, _) in sources.items() if first > span[0]]
    end = [Change(series, last, False) for series, (_, last) in sources.items() if last < span[1]]
    return sorted([*begin, *end], key=lambda one: (-one.day, one.series))
