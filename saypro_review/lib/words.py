"""The words and icons that stand for the codes of METHODS, the same on every page and in every document.

Variation has the marks of the charts, a disc and a diamond: an arrow down beside a rising line of complaints would mislead.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """How one code is said: `text`, the `icon` beside it, the `look` (a CSS suffix), and `term`, the technical meaning."""

    text: str
    icon: str
    look: str
    term: str = ""


GRADES = (
    Word("none", "", "0", "No gap"),
    Word("watch", "", "1", "Grade 1 of 5: on the watch list"),
    Word("warning", "", "2", "Grade 2 of 5: on the watch list"),
    Word("moderate", "", "3", "Grade 3 of 5: a gap"),
    Word("serious", "", "4", "Grade 4 of 5: a gap"),
    Word("critical", "", "5", "Grade 5 of 5: a gap"),
)
STANDINGS = {
    "none": Word("no benchmark", "slash-circle", "steady", "Nothing to compare with"),
    "fail": Word("fails", "x-circle-fill", "bad", "Its level lies more than three standard deviations short of the benchmark"),
    "usually_misses": Word("usually misses", "x-circle", "poor", "Its level is short of the benchmark by more than chance explains"),
    "hit_or_miss": Word("hit or miss", "circle-half", "steady", "Its level cannot be told from the benchmark"),
    "usually_meets": Word("usually meets", "check-circle", "fair", "Its level is better than the benchmark by more than chance explains"),
    "pass": Word(
        "meets", "check-circle-fill", "good", "Its level lies more than three standard deviations on the good side of the benchmark"
    ),
}
VARIATIONS = {
    "concern": Word("getting worse", "circle-fill", "concern", "Special-cause variation in the adverse direction"),
    "improvement": Word("improving", "diamond-fill", "improvement", "Special-cause variation in the favourable direction"),
    "common_cause": Word("steady", "dash-lg", "steady", "Common-cause variation: no signal in the latest points"),
    "high": Word("unusually high", "arrow-up", "high", "Special-cause variation upwards; no direction is better"),
    "low": Word("unusually low", "arrow-down", "low", "Special-cause variation downwards; no direction is better"),
    "undetermined": Word("not judged", "question-circle", "steady", "Too few points to judge variation"),
}
QUALITIES = {
    "insufficient": Word("too few points", "hourglass-split", "poor", "Fewer than 6 complete points: no limits, no verdict"),
    "provisional": Word("provisional", "hourglass-split", "steady", "6 to 12 complete points: judged, graded at most moderate"),
    "full": Word("enough data", "check-lg", "steady", "13 complete points or more"),
    "stale": Word(
        "out of date", "clock-history", "poor", "The latest complete point lies more than two periods before the end of the review window"
    ),
}
