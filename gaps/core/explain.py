"""Why a verdict is what it is: every rule that had a say, first in a plain sentence, then in its numbers. METHODS sections 1-5."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from gaps.core import words
from gaps.core.facts import Compared, Facts
from gaps.core.grading import STANDINGS, TABLE
from metrics.core.facts import FULL_FROM, JUDGED_FROM
from metrics.core.fit import SEASON_BASELINE_YEARS, SEASON_YEARS
from metrics.core.frames import LOCK_POINTS
from metrics.core.kpi import Direction
from metrics.core.shift import BASELINE_LEAST, WINDOW_LEAST
from metrics.core.trending import FALSE_DISCOVERIES, LEAST
from metrics.core.verdicts import Assurance, Kind, Quality, Signal, Standing, Variation
from saypro_review.lib.formatting import MISSING, difference, number, period_label, plural, quantity
from saypro_review.lib.words import STANDINGS as STANDING_WORDS
from saypro_review.lib.words import VARIATIONS

SEASONS_LISTED = 12  # periods of a year; of more only the highest and the lowest are named
SMALLEST = 0.001  # p below it is no longer told apart
ASSURANCES = {
    Assurance.PASS: "beyond the limits on the good side",
    Assurance.FAIL: "beyond the limits on the bad side",
    Assurance.INCONSISTENT: "within the limits",
}


@dataclass(frozen=True)
class Level:
    """What the standing against one benchmark rests on (METHODS section 3)."""

    d: float | None  # in standard deviations, positive is short
    points: int
    t: float | None
    needed: float | None


@dataclass(frozen=True)
class Basis:
    """What a run kept of a series beside its Facts."""

    n_fit: int
    n_baseline: int
    locked: bool
    degenerate: bool
    phi: float | None
    sd: float | None
    nu: float | None
    sigma: float | None
    shift_t: float | None
    shift_needed: float | None
    variation_plain: Variation
    since: Mapping[Signal, str] = field(default_factory=dict)  # of each rule at the latest point: since which period without a break
    season: Sequence[tuple[date, float]] = ()  # what was taken out in the last year: first day of the period, amount
    levels: Mapping[Kind, Level] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """One rule's say."""

    title: str
    sentence: str
    numbers: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Cell:
    """A cell of the table of grades; `here`: the one that this verdict stands in."""

    grade: int
    here: bool


@dataclass(frozen=True)
class GradeTable:
    """The table of METHODS section 5 with this verdict's place in it."""

    columns: list[str]
    rows: list[tuple[str, list[Cell]]]


def explain(facts: Facts, basis: Basis) -> list[Part]:
    """Why the series has its verdict, rule by rule in the order in which they are applied."""
    parts = [data(facts)]
    if facts.quality is not Quality.INSUFFICIENT:
        parts += [limits(facts, basis), season(facts, basis), dependence(facts, basis), signals(facts, basis), shift(facts, basis)]
    parts.append(trend(facts))
    parts += [standing(facts, basis, compared) for compared in facts.compared]
    return [*parts, grade(facts)]


def data(facts: Facts) -> Part:
    """METHODS section 1."""
    points = plural(facts.n_complete, f"complete {words.NOUNS[facts.frequency]}")
    if facts.baseline_from:
        points += f" since the new baseline {words.when(facts.baseline_from, facts.frequency)}"
    said = {
        Quality.INSUFFICIENT: f"{points}: too few. From {JUDGED_FROM} on a series is judged.",
        Quality.PROVISIONAL: f"{points}: enough to judge, for a provisional verdict. From {FULL_FROM} on it is a full one.",
        Quality.FULL: f"{points}: enough for a full verdict.",
    }[facts.quality]
    if facts.stale:
        said += " The latest is more than two periods old at the end of the window."
    numbers = [("Complete points", number(facts.n_complete)), ("In the review window", number(facts.n_window))]
    if facts.latest_period:
        numbers.append(("Latest complete", period_label(facts.latest_period, facts.frequency)))
    return Part("Enough data?", said, numbers)


def limits(facts: Facts, basis: Basis) -> Part:
    """METHODS section 2."""
    before = facts.n_complete - facts.n_window
    if basis.degenerate:
        said = "All points are equal: there is no variation to draw limits from."
    elif basis.locked:
        said = f"Drawn from the {before} points before the window, so that the window is held against the past and not against itself."
    else:
        said = f"Drawn from all {facts.n_complete} points: before the window lie {before}, and it takes {LOCK_POINTS} to stand alone."
    numbers = [
        ("Limits", f"{quantity(facts.lower, facts.unit)} to {quantity(facts.upper, facts.unit)}"),
        ("Mean", quantity(facts.mean, facts.unit)),
        ("Sigma from moving ranges", _size(basis.sigma, facts)),
    ]
    return Part("Limits", said, numbers)


def season(facts: Facts, basis: Basis) -> Part:
    """METHODS section 3, *Fit*."""
    if facts.seasonal:
        return _season_found(facts, basis.season)
    year = facts.frequency.per_year
    if year == 1:
        return Part("Season", "Yearly figures have none.")
    if basis.n_fit >= SEASON_YEARS * year and basis.n_baseline >= SEASON_BASELINE_YEARS * year:
        return Part("Season", "None was found: the ups and downs do not return year after year.")
    numbers = [
        ("Needed", f"{SEASON_YEARS * year} points, {math.ceil(SEASON_BASELINE_YEARS * year)} of them before the window"),
        ("There are", f"{basis.n_fit}, {basis.n_baseline} of them before it"),
    ]
    return Part("Season", "Not looked for: that takes two years of points.", numbers)


def _season_found(facts: Facts, taken_out: Sequence[tuple[date, float]]) -> Part:
    said = "A yearly season was found. All that follows is judged without it."
    if taken_out:
        low, high = min(taken_out, key=_amount), max(taken_out, key=_amount)
        most, least = words.when(high[0], facts.frequency), words.when(low[0], facts.frequency)
        said += f" It adds most {most} ({_step(high[1], facts)}) and least {least} ({_step(low[1], facts)})."
    listed = taken_out if len(taken_out) <= SEASONS_LISTED else ()
    return Part("Season", said, [(period_label(day, facts.frequency), _step(amount, facts)) for day, amount in listed])


def dependence(facts: Facts, basis: Basis) -> Part:
    """METHODS section 3, phi."""
    numbers = [
        ("Autocorrelation φ", number(basis.phi, 2)),
        ("Noise (standard deviation)", _size(basis.sd, facts)),
        ("Degrees of freedom", number(basis.nu)),
    ]
    if not basis.phi:
        return Part("Dependence", "Neighbouring points show no dependence on each other: every rule may be used.", numbers)
    wider = f"{100 * (1 / math.sqrt(1 - basis.phi) - 1):.0f} %"
    said = f"Neighbouring points resemble each other: the limits are {wider} wider, and trends of seven, runs and pairs do not count."
    return Part("Dependence", said, numbers)


def signals(facts: Facts, basis: Basis) -> Part:
    """METHODS sections 2 and 3: the rules at the latest complete point."""
    if not facts.signals:
        said = f"At the latest point none of the {len(Signal)} rules holds: what one sees is normal variation."
    else:
        said = f"At the latest point {len(facts.signals)} of the {len(Signal)} rules {'holds' if len(facts.signals) == 1 else 'hold'}."
    numbers = [(words.SIGNALS[signal].capitalize(), f"since {basis.since.get(signal, MISSING)}") for signal in facts.signals]
    if basis.variation_plain is not facts.variation:
        numbers.append(("On the plain chart, without the corrections above", VARIATIONS[basis.variation_plain].text))
    return Part("Signals", said, numbers)


def shift(facts: Facts, basis: Basis) -> Part:
    """METHODS section 3, signal 5."""
    if facts.n_window < WINDOW_LEAST or basis.n_baseline < BASELINE_LEAST:
        said = f"Not compared: that takes {WINDOW_LEAST} points in the window and {BASELINE_LEAST} before it."
        return Part("Window against before", said, [("There are", f"{facts.n_window} and {basis.n_baseline}")])
    numbers = [("Mean of the window", quantity(facts.window_mean, facts.unit)), ("Mean before", quantity(facts.baseline_mean, facts.unit))]
    numbers += [("t", number(basis.shift_t)), ("Needed for a signal", f"±{number(basis.shift_needed)}")]
    if Signal.SHIFT in facts.signals:
        return Part("Window against before", "The two levels differ by more than chance explains.", numbers)
    return Part("Window against before", "The level of the window is within what chance does to a mean of so few points.", numbers)


def trend(facts: Facts) -> Part:
    """METHODS section 4."""
    of = facts.trend
    if of is None and facts.n_complete >= LEAST:
        return Part("Trend", "Not tested: this was judged before trends were.")
    if of is None:
        return Part("Trend", f"Not tested: that takes {LEAST} points.")
    numbers = [
        ("Slope (Theil-Sen)", f"{_step(of.slope, facts)} a {words.NOUNS[facts.frequency]}"),
        ("Points", f"{of.points} over {plural(of.span, words.NOUNS[facts.frequency])}"),
        ("Mann-Kendall S, τ, z", f"{number(of.s)}, {number(of.tau, 2)}, {number(of.z)}"),
        ("p, corrected for dependence", f"{_chance(of.p)} (φ {number(of.phi, 2)})"),
        ("q, over all series of this review", f"{_chance(of.q)}; a trend is called up to {FALSE_DISCOVERIES}"),
    ]
    if of.called:
        return Part("Trend", words.trend(facts), numbers)
    if of.p <= FALSE_DISCOVERIES:
        return Part("Trend", "None is called: among so many series, some look like this by chance.", numbers)
    return Part("Trend", "None: the points do not rise or fall steadily enough.", numbers)


def standing(facts: Facts, basis: Basis, compared: Compared) -> Part:
    """METHODS section 3, *Standing* and *History*."""
    title = f"Against the {words.KINDS[compared.kind]}"
    level = basis.levels.get(compared.kind)
    if facts.direction is Direction.NEUTRAL:
        return Part(title, "Shown only: no direction is better, so nothing is met or missed.")
    if compared.kind is Kind.HISTORY:
        said = "Shown only: it grades where there is neither a goal nor an industry standard."
        if compared.grade is not None:
            said = "It grades, as there is neither a goal nor an industry standard."
        numbers = [("t, positive is worse", number(level.t)), ("Called worse from", number(level.needed))] if level else []
        return Part(title, said, numbers)
    if compared.standing is Standing.NONE or level is None:
        return Part(title, "Too little data to say how it stands: only the plain difference is shown.")
    numbers = [
        ("Level points", f"the last {level.points}"),
        ("Short by d, in standard deviations", number(level.d)),
        ("Certainty t", f"{number(level.t)}, where ±{number(level.needed)} is beyond chance"),
        ("The benchmark lies", ASSURANCES.get(compared.assurance, MISSING)),
    ]
    return Part(title, f"It {words.STANDINGS[compared.standing]}: {STANDING_WORDS[compared.standing].term.lower()}.", numbers)


def grade(facts: Facts) -> Part:
    """METHODS section 5, and the caps of section 1."""
    name = words.GRADES[facts.grade]
    if facts.direction is Direction.NEUTRAL:
        return Part("Grade", "None: this KPI is watched, no direction of it is better.")
    if facts.graded_by is None:
        return Part("Grade", "None: there is nothing to compare it with.")
    compared = next(one for one in facts.compared if one.kind is facts.graded_by)
    by = words.KINDS[facts.graded_by]
    if facts.graded_by is Kind.HISTORY:
        said = (
            f"{name.capitalize()}, from its own past alone: moderate when it has got worse, watch when it is worse than before, else none."
        )
    elif compared.standing is Standing.NONE:  # its cap says the same
        return Part("Grade", f"{name.capitalize()}: without a standing it is watch when the latest point misses the {by}, else none.")
    else:
        made = TABLE[facts.variation][STANDINGS.index(compared.standing)]
        cell = f"“{VARIATIONS[facts.variation].text}” with “{STANDING_WORDS[compared.standing].text}”, against the {by}"
        said = f"{words.GRADES[made].capitalize()}: {cell}."
    cap = words.CAPS.get(facts.capped, "")
    return Part("Grade", f"{said} {cap}".strip())


def grade_table(facts: Facts) -> GradeTable | None:
    """The table with the place of this verdict; None where no cell of it made the grade."""
    compared = next((one for one in facts.compared if one.kind is facts.graded_by), None)
    if compared is None or compared.standing not in STANDINGS or facts.variation not in TABLE:
        return None
    rows = []
    for variation in (Variation.CONCERN, Variation.COMMON_CAUSE, Variation.IMPROVEMENT):
        cells = zip(STANDINGS, TABLE[variation], strict=True)
        rows.append((VARIATIONS[variation].text, [Cell(to, (variation, of) == (facts.variation, compared.standing)) for of, to in cells]))
    return GradeTable([STANDING_WORDS[of].text for of in STANDINGS], rows)


def _amount(season: tuple[date, float]) -> float:
    return season[1]


def _step(value: float | None, facts: Facts) -> str:
    return difference(value, facts.unit)


def _size(value: float | None, facts: Facts) -> str:
    """A width in the KPI's unit: of percentages in points."""
    return difference(value, facts.unit).lstrip("+")


def _chance(p: float) -> str:
    return f"below {SMALLEST}" if p < SMALLEST else number(p, 2)
