"""Whom the demo organisation's reviewers speak to, and what becomes of it: a plan, its interviews, and those of the review before.

What is planted (tests/gaps/core/test_demo_interviews.py holds it):

* Marketing says that advertising earns less because of Sales; most of Sales says that the leads are poor. The figures side with Sales:
  lead quality fell first. The head of Sales blames Sales' own follow-up, which is fine.
* Customer Service praises its first response time, which still misses its goal: a strength that the figures contradict.
* Late deliveries and the queue before print and pack: people and figures agree.
* How orders are handed over by Sales, and who leaves the Contact Centre: problems that nobody measures.
* The error rate in Operations, asked about and raised by nobody.
* Events and Partnerships has two voices: too few for anything to be released of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from departments.core.roles import Function, Role
from gaps.core.demo_coding import FRONT_LINE, Marked, Voice
from gaps.core.demo_story import PEOPLE, UNITS
from gaps.core.demo_voices_before import BEFORE
from gaps.core.demo_voices_marketing import MARKETING
from gaps.core.demo_voices_operations import OPERATIONS
from gaps.core.demo_voices_sales import SALES
from gaps.core.demo_voices_service import SERVICE
from interviews.core.seed_guides import GUIDES, SeedGuide
from interviews.core.terms import InterviewState, StakeholderRole

__all__ = [
    "BEFORE",
    "NOW",
    "OPEN",
    "PLANS",
    "PLANS_BEFORE",
    "REVIEWERS",
    "Open",
    "Plan",
    "coders",
    "entries",
    "guide",
    "question",
]

NOW = SALES + MARKETING + SERVICE + OPERATIONS
FUNCTIONS = {unit.name: unit.function for unit in UNITS}

REVIEWERS = [person.email for person in PEOPLE if person.role is Role.REVIEWER]  # the first interviews Sales and Marketing

TOPICS = {
    "day": ("normal day",),
    "slow": ("effort being wasted", "lose the most time", "slower or harder"),
    "goals": ("goals and outcomes differ", "expected to deliver", "wants to reach"),
    "others": ("does your result depend on",),
    "handover": ("Which handover",),
    "begins": ("where does it usually begin",),
    "conversion": ("becomes a sale",),
    "leads": ("leads that you receive", "leads that you pass on"),
    "spend": ("cost to win a customer",),
    "response": ("wait for a first answer",),
    "contact": ("solved at the first contact",),
    "complaints": ("again and again",),
    "queue": ("Where does work queue up",),
    "late": ("makes a delivery late",),
    "well": ("as a whole work",),
    "why": ("is it the process",),
    "better": ("could improve one thing",),
    "also": ("have I not asked",),
}  # words of the question of a guide that a topic is about, by role or function


@dataclass(frozen=True)
class Plan:
    """How many heads, leads and people of the front line are to be interviewed in a department, and what is looked into there."""

    department: str
    heads: int
    leads: int
    front_line: int
    focus: str = ""


@dataclass(frozen=True)
class Open:
    """Somebody who is still to be interviewed."""

    pseudonym: str
    department: str
    role: StakeholderRole


PLANS = (
    Plan("Sales", 1, 0, 0, "Why fewer enquiries become sales"),
    Plan("Retail Sales", 0, 2, 5, "What happens to a lead from the form to the call"),
    Plan("Corporate Sales", 0, 1, 4, "What a deal waits for"),
    Plan("Marketing", 1, 0, 1, "What campaigns are measured by"),
    Plan("Digital Marketing", 0, 1, 4, "Whom the winter campaign reached"),
    Plan("Events and Partnerships", 0, 1, 2, "Why guests are no longer counted"),
    Plan("Customer Service", 1, 0, 0, "What customers complain of"),
    Plan("Contact Centre", 0, 2, 6, "What keeps a case from being solved"),
    Plan("Operations", 1, 0, 0, "Why deliveries are late"),
    Plan("Training Delivery", 0, 1, 3, "How an order becomes a course"),
    Plan("Logistics", 0, 2, 5, "What waits before print and pack"),
)
PLANS_BEFORE = (
    Plan("Retail Sales", 0, 1, 0),
    Plan("Corporate Sales", 0, 0, 1),
    Plan("Digital Marketing", 0, 1, 0),
    Plan("Contact Centre", 0, 0, 1),
    Plan("Training Delivery", 0, 1, 0),
    Plan("Logistics", 0, 1, 0),
)
OPEN = (
    Open("Springhare", "Retail Sales", FRONT_LINE),
    Open("Swift", "Corporate Sales", FRONT_LINE),
    Open("Teal", "Events and Partnerships", FRONT_LINE),
    Open("Vervet", "Logistics", FRONT_LINE),
)


def entries(voices: tuple[Voice, ...], today: date) -> list[dict[str, object]]:
    """The interviews as the import takes them (`interviews.core.interchange`), held before `today`."""
    return [_entry(voice, today) for voice in voices]


def guide(voice: Voice) -> SeedGuide:
    """The guide that the interview follows: that of the department's function and the person's role."""
    return next(one for one in GUIDES if (one.function, one.role) == (FUNCTIONS[voice.department], voice.role))


def question(voice: Voice, topic: str) -> int:
    """Number, from 1, of the guide's question that the topic answers."""
    texts = enumerate((one.text for one in guide(voice).questions), 1)
    return next(number for number, text in texts if any(words in text for words in TOPICS[topic]))


def coders(voice: Voice) -> tuple[str, str]:
    """Addresses of the reviewer who holds the interview, and of the other one."""
    own = FUNCTIONS[voice.department] in (Function.SALES, Function.MARKETING)
    return (REVIEWERS[0], REVIEWERS[1]) if own else (REVIEWERS[1], REVIEWERS[0])


def _entry(voice: Voice, today: date) -> dict[str, object]:
    first, second = coders(voice)
    return {
        "department": voice.department,
        "role": voice.role,
        "pseudonym": voice.pseudonym,
        "held_on": (today - timedelta(days=voice.days_ago)).isoformat(),
        "consent": voice.consent,
        "quotable": voice.quotable,
        "guide": {"code": guide(voice).code, "version": 1},
        "interviewer": first,
        "finished": voice.state == InterviewState.FINISHED,
        "second_coders": [{"email": second}] if voice.again else [],
        "answers": [
            {
                "question": question(voice, reply.topic),
                "text": reply.text,
                "excerpts": [_excerpt(one, first) for one in reply.first] + [_excerpt(one, second) for one in reply.second],
            }
            for reply in voice.replies
        ],
    } | _given(name=voice.name)


def _excerpt(marked: Marked, coder: str) -> dict[str, object]:
    return {
        "start": marked.start,
        "end": marked.end,
        "theme": marked.theme,
        "stance": marked.stance,
        "department": marked.department,
        "quotable": marked.quotable,
        "coder": coder,
    } | _given(kpi=marked.kpi, cause=_given(theme=marked.cause_theme, department=marked.cause_department, kpi=marked.cause_kpi))


def _given(**fields: object) -> dict[str, object]:
    """The fields that say something: a blank one would be refused."""
    return {name: value for name, value in fields.items() if value}
