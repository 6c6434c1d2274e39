"""Verdicts in sentences that a department head understands. Pure: the same facts give the same words everywhere."""

from __future__ import annotations

import math
from datetime import date

from gaps.core.facts import Compared, Facts
from gaps.core.priority import order
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency
from metrics.core.verdicts import Kind, Quality, Signal, Standing, TrendSense, Variation
from saypro_review.lib import words
from saypro_review.lib.formatting import difference, period_label, plural, quantity

GRADES = tuple(word.text for word in words.GRADES)
KINDS = {Kind.GOAL: "internal goal", Kind.INDUSTRY: "industry standard", Kind.HISTORY: "level before the window"}
STANDINGS = {
    Standing.NONE: "not judged",
    Standing.FAIL: "misses it nearly always",
    Standing.USUALLY_MISSES: "usually misses it",
    Standing.HIT_OR_MISS: "sometimes meets and sometimes misses it",
    Standing.USUALLY_MEETS: "usually meets it",
    Standing.PASS: "meets it nearly always",
}
SIGNALS = {
    Signal.OUTSIDE: "the latest point lies outside its limits",
    Signal.TREND: "seven points in a row move the same way",
    Signal.NEAR: "two of the last three points lie close to a limit",
    Signal.RUN: "seven points in a row lie on one side of the mean",
    Signal.SHIFT: "the level of this review's window differs from the level before it",
}
MOVEMENTS = {
    Variation.UNDETERMINED: "",
    Variation.COMMON_CAUSE: "Steady: within normal variation.",
    Variation.CONCERN: "It has got worse, and that is not noise.",
    Variation.IMPROVEMENT: "It has got better, and that is not noise.",
    Variation.HIGH: "It has risen, and that is not noise.",
    Variation.LOW: "It has fallen, and that is not noise.",
}
NO_STEP = "No sudden change."  # in place of "steady", where a trend goes on
TRENDS = {
    TrendSense.NONE: "",
    TrendSense.ADVERSE: ": a lasting change for the worse",
    TrendSense.FAVOURABLE: ": a lasting change for the better",
    TrendSense.UP: "",
    TrendSense.DOWN: "",
}
FAR_YEARS = 10  # beyond them nobody should count on a trend
ACTS = {
    "cycle.create": "Cycle set up",
    "cycle.recompute": "Figures judged anew",
    "summary.export": "Summary exported",
    "import.receive": "KPI file uploaded",
    "import.apply": "KPI file imported",
    "rebase.add": "New baseline started",
    "rebase.remove": "New baseline taken back",
}
CAPS = {
    "provisional": "Moderate at most: it rests on fewer than 13 points.",
    "insufficient": "Watch at most: too few points to judge.",
    "stale": "Watch at most: the figures are out of date.",
    "no_shortfall": "Not a gap: over the window it meets the benchmark.",
}
NOUNS = {
    Frequency.DAY: "day",
    Frequency.WEEK: "week",
    Frequency.MONTH: "month",
    Frequency.QUARTER: "quarter",
    Frequency.YEAR: "year",
}


def finding(facts: Facts) -> str:
    """Two to five sentences: the level against its benchmark, how often it misses, whether that is noise, its trend, how sure we are."""
    parts = (level(facts), frequency_of_misses(facts), movement(facts), trend(facts), certainty(facts))
    return " ".join(part for part in parts if part)


def brief(facts: Facts) -> str:
    """One or two short sentences for lists: how far off, how often, signal or noise."""
    compared = facts.grading
    if compared is None or compared.benchmark is None or facts.window_mean is None or compared.shortfall is None:
        return level(facts)
    side = f"{_side(facts, compared.shortfall)} the {KINDS[compared.kind]} of {quantity(compared.benchmark, facts.unit)}"
    missed = f"; {_missed(facts, compared)}" if _counts_misses(facts, compared) else ""
    moving = trend_brief(facts)
    moved = NO_STEP if moving and facts.variation is Variation.COMMON_CAUSE else MOVEMENTS[facts.variation]
    moving = f" {moving.capitalize()}." if moving else ""
    return f"{quantity(facts.window_mean, facts.unit)} on average, {side}{missed}. {moved}{moving}".strip()


def level(facts: Facts) -> str:
    """Where the series stands against the benchmark that graded it."""
    compared = facts.grading
    if facts.latest_value is None:
        return f"{facts.kpi} has no complete period to judge."
    assert facts.latest_period is not None
    latest = f"{facts.kpi} was {quantity(facts.latest_value, facts.unit)} {when(facts.latest_period, facts.frequency)}"
    if compared is None or compared.benchmark is None:
        return f"{latest}; there is no benchmark to set it against."
    target = f"{KINDS[compared.kind]} of {quantity(compared.benchmark, facts.unit)}"
    if facts.window_mean is None or compared.shortfall is None:
        return f"{latest}, against an {target}." if target[0] in "aeiou" else f"{latest}, against a {target}."
    side = _side(facts, compared.shortfall)
    return f"{latest}; over the review window it averaged {quantity(facts.window_mean, facts.unit)}, {side} the {target}."


def _side(facts: Facts, shortfall: float) -> str:
    """How the window's mean lies to the benchmark: "3.2 % worse than"."""
    if shortfall == 0:
        return "equal to"
    if facts.direction is Direction.NEUTRAL:
        return "beside"
    season = " (season included)" if facts.seasonal else ""
    return f"{difference(abs(shortfall), facts.unit).lstrip('+')}{season} {'worse' if shortfall > 0 else 'better'} than"


def _counts_misses(facts: Facts, compared: Compared) -> bool:
    return bool(compared.periods) and compared.kind is not Kind.HISTORY and facts.direction is not Direction.NEUTRAL


def _missed(facts: Facts, compared: Compared) -> str:
    return f"{compared.missed} of {compared.periods} {NOUNS[facts.frequency]}s missed"


def frequency_of_misses(facts: Facts) -> str:
    """How often it misses, and what that says."""
    compared = facts.grading
    if compared is None or not _counts_misses(facts, compared):
        return ""
    counted = _missed(facts, compared)
    if compared.standing is Standing.NONE:
        return f"{counted.capitalize()}."
    return f"It {STANDINGS[compared.standing]} ({counted})."


def movement(facts: Facts) -> str:
    """Signal or noise, and which rules fire at the latest point (some may point the other way: they are listed, not claimed)."""
    if facts.variation is Variation.COMMON_CAUSE:
        change = "a sudden change" if trend(facts) else "a change"
        return f"Its ups and downs are within normal variation: no sign of {change}."
    said = MOVEMENTS[facts.variation]
    signs = _join([SIGNALS[signal] for signal in facts.signals])
    return f"{said} The signs: {signs}." if said and signs else said


def trend(facts: Facts) -> str:
    """The trend, where one was called, and when at this rate the benchmark is reached."""
    of = facts.trend
    if of is None or not of.called:
        return ""
    said = f"It has been {trend_brief(facts)} for {of.span} {NOUNS[facts.frequency]}s{TRENDS[of.sense]}"
    return f"{said}; at this rate it {reaching(facts)}." if of.reach is not None else f"{said}."


def trend_brief(facts: Facts) -> str:
    """ "falling by 0.4 points a month"; nothing where no trend was called."""
    of = facts.trend
    if of is None or not of.called:
        return ""
    assert of.slope is not None
    step = difference(abs(of.slope), facts.unit).lstrip("+")
    return f"{'rising' if of.slope > 0 else 'falling'} by {step} a {NOUNS[facts.frequency]}"


def reaching(facts: Facts) -> str:
    """When a trend meets the benchmark that it heads for: "reaches the internal goal in about 7 months"."""
    assert facts.trend is not None
    assert facts.trend.reach is not None
    assert facts.reached is not None
    name, noun = KINDS[facts.reached.kind], NOUNS[facts.frequency]
    if facts.trend.reach > FAR_YEARS * facts.frequency.per_year:
        return f"needs more than {FAR_YEARS} years to reach the {name}"
    return f"reaches the {name} in about {plural(math.ceil(facts.trend.reach), noun)}"


def certainty(facts: Facts) -> str:
    """What holds the verdict down, and what it leaves out."""
    said = []
    if facts.quality is Quality.INSUFFICIENT:
        said.append(f"Only {plural(facts.n_complete, f'complete {NOUNS[facts.frequency]}')}: too few to tell signal from noise.")
    elif facts.quality is Quality.PROVISIONAL:
        said.append(f"Provisional: it rests on {facts.n_complete} {NOUNS[facts.frequency]}s, so it is graded moderate at most.")
    if facts.stale:
        said.append("The figures are out of date: refresh them before acting.")
    if facts.baseline_from:
        said.append(f"A new baseline was started {when(facts.baseline_from, facts.frequency)}: only the figures from then on are judged.")
    if facts.seasonal:
        said.append("A yearly season was found and taken out.")
    if facts.withheld:
        said.append("Neighbouring points depend on each other, so only wide departures count.")
    return " ".join(said)


def attention_reason(facts: list[Facts]) -> str:
    """Why a department is looked at: its worst series in words; `facts` in order of importance*grade."""
    worst = [f"{one.kpi} ({GRADES[one.grade]})" for one in facts if one.grade >= 1][:3]
    return _join(worst) if worst else "Nothing stands out."


def department_finding(name: str, facts: list[Facts]) -> str:
    """One paragraph on a department: how many series, how many gaps, the worst of them, what cannot be judged."""
    if not facts:
        return f"{name} has no figures of its own in this review."
    gaps = [one for one in facts if one.grade >= 3]
    watched = sum(0 < one.grade < 3 for one in facts)
    counted = f"{len(facts)} {'KPI was' if len(facts) == 1 else 'KPIs were'} examined in {name}"
    if not gaps:
        rest = f"; {watched} on the watch-list" if watched else ""
        return f"{counted}: no gap found{rest}."
    worst = order(gaps)[0]
    said = f"{counted}: {len(gaps)} {'shows a gap' if len(gaps) == 1 else 'show a gap'}"
    said += f" and {watched} {'is' if watched == 1 else 'are'} on the watch-list" if watched else ""
    return f"{said}. The worst is {GRADES[worst.grade]}: {level(worst)}"


def when(first_day: date, frequency: Frequency) -> str:
    """A period in a sentence: "in Mar 2026", "in the week of 2 Mar 2026", "on 2 Mar 2026"."""
    lead = {Frequency.WEEK: "in the ", Frequency.DAY: "on "}.get(frequency, "in ")
    return lead + period_label(first_day, frequency)


def _join(items: list[str]) -> str:
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]
