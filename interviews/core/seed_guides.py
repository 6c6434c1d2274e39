"""The question guides that an installation begins with, in the words of the review's own questions.

A guide is what its role is asked first, what its function is asked, and what everybody is asked at the end. Functions without questions
of their own use the general guides (function blank).
"""

from __future__ import annotations

from dataclasses import dataclass

from departments.core.roles import Function
from interviews.core.terms import StakeholderRole


@dataclass(frozen=True)
class SeedQuestion:
    """A question, what to probe for, and whether it asks about the department's function as a whole (METHODS 6: "asked")."""

    text: str
    hint: str
    whole_function: bool = False


@dataclass(frozen=True)
class SeedGuide:
    """A guide for a function (blank: any) and a role."""

    code: str
    name: str
    function: str
    role: StakeholderRole
    questions: tuple[SeedQuestion, ...]


FIRST = {
    StakeholderRole.HEAD: (
        SeedQuestion(
            "What is your department there to achieve this year, and how do you know whether it does?",
            "Goals in numbers where there are any. Which figures do you look at each week, and which do you not trust?",
            True,
        ),
        SeedQuestion(
            "Where do goals and outcomes differ most at present?",
            "Since when? One place or everywhere? What did you expect instead? Ask for the last example.",
            True,
        ),
        SeedQuestion(
            "Where do you see effort being wasted in your department?",
            "Work done twice, waiting, reports nobody reads, approvals. Who would say the same, who would not?",
            True,
        ),
        SeedQuestion(
            "Which other departments does your result depend on, and how well does that work?",
            "What do you get late, incomplete or wrong? What do they wait for from you? Who settles disputes?",
        ),
    ),
    StakeholderRole.LEAD: (
        SeedQuestion(
            "What is your team expected to deliver, and who sets that?",
            "Are the targets known to everybody in the team? Can the team influence them? Do two targets pull apart?",
            True,
        ),
        SeedQuestion(
            "Think of the last month: where did results fall short of what was planned?",
            "What happened, step by step? Was it seen coming? Was it the first time?",
            True,
        ),
        SeedQuestion(
            "Where does your team lose the most time?",
            "Ask for one ordinary week. Waiting, looking for information, correcting, meetings, systems.",
            True,
        ),
        SeedQuestion(
            "Which handover into or out of your team goes wrong most often?",
            "What is missing when it arrives? How is it noticed, and who puts it right?",
        ),
    ),
    StakeholderRole.FRONT_LINE: (
        SeedQuestion(
            "Take me through a normal day: what do you do, and for whom?",
            "Listen for detours, second systems, notes on paper, and for what the day is really measured by.",
        ),
        SeedQuestion(
            "What makes your work slower or harder than it needs to be?",
            "How often? What do you do about it when it happens? Ask for the last time.",
            True,
        ),
        SeedQuestion(
            "Do you know what your department wants to reach, and does your work bring it closer?",
            "Which target do you feel? Does it ever make you do the wrong thing for the customer?",
            True,
        ),
        SeedQuestion(
            "When something goes wrong, where does it usually begin?",
            "Here, earlier, or in another department? How do you know? Who hears about it?",
        ),
    ),
}

OF_FUNCTION = {
    Function.SALES: (
        SeedQuestion(
            "What decides whether an enquiry becomes a sale here?",
            "Where along the way are most lost? Has the share changed, and since when? What do lost customers say?",
        ),
        SeedQuestion(
            "How good are the leads that you receive?",
            "Which source is best, which is worst? Is there an agreed description of a good lead? Is anything said back to Marketing?",
        ),
        SeedQuestion(
            "How soon is a new enquiry followed up, and what holds it up?",
            "Who picks it up, how is it seen that nobody has? Evenings, weekends, absences.",
        ),
        SeedQuestion(
            "Where in the sales process does a deal stand still longest?",
            "Price, approval, contract, the customer, information from other departments.",
        ),
        SeedQuestion(
            "How well does Sales as a whole work at the moment?",
            "What works that must not be broken? What would a customer say?",
            True,
        ),
    ),
    Function.MARKETING: (
        SeedQuestion(
            "How do you judge whether a campaign has worked?",
            "Which figures, whose, how soon? Which campaign would you not repeat, and why?",
        ),
        SeedQuestion(
            "How well do the leads that you pass on fit what Sales can use?",
            "Is there an agreed description of a good lead? What comes back from Sales about them?",
        ),
        SeedQuestion(
            "What does it cost to win a customer, and what drives that?",
            "Channels that became dearer, audiences, wasted spend. Who decides where the budget goes?",
        ),
        SeedQuestion(
            "What delays a campaign between the idea and the start?",
            "Approvals, content, data, agencies, other departments. Ask for the last late one.",
        ),
        SeedQuestion(
            "How well does Marketing as a whole work at the moment?",
            "What works that must not be broken? What would Sales say?",
            True,
        ),
    ),
    Function.CUSTOMER_SERVICE: (
        SeedQuestion(
            "How long does a customer wait for a first answer, and what decides that?",
            "Channels, hours, peaks. What is told to the customer meanwhile?",
        ),
        SeedQuestion(
            "What keeps a case from being solved at the first contact?",
            "Missing information, rights, knowledge, other departments. Which kind of case comes back most?",
        ),
        SeedQuestion(
            "Which questions or complaints reach you again and again?",
            "Where do they begin? Who could make them stop? Has anybody been told?",
        ),
        SeedQuestion(
            "What happens to a case that needs another department?",
            "Who owns it meanwhile? How long does it take? How does the customer learn of it?",
        ),
        SeedQuestion(
            "How well does Customer Service as a whole work at the moment?",
            "What works that must not be broken? What would a customer say?",
            True,
        ),
    ),
    Function.OPERATIONS: (
        SeedQuestion(
            "Where does work queue up between an order and its delivery?",
            "Which step sets the pace? Is it always the same one? What stands before it on a bad day?",
        ),
        SeedQuestion(
            "What makes a delivery late?",
            "Suppliers, planning, stock, staff, changes by the customer. When is it known that it will be late?",
        ),
        SeedQuestion(
            "What has to be done twice, and why?",
            "Errors, missing information, unclear orders. Where are they found, and where were they made?",
        ),
        SeedQuestion(
            "How are changes in demand noticed and planned for?",
            "Who tells you, how early? What gives way when there is too much: quality, time or cost?",
        ),
        SeedQuestion(
            "How well does Operations as a whole work at the moment?",
            "What works that must not be broken? What would the departments say that depend on it?",
            True,
        ),
    ),
    None: (
        SeedQuestion(
            "Who uses what your department makes or does, and what do they expect?",
            "Inside and outside. What was promised: time, quality, cost? How do you learn whether they are content?",
        ),
        SeedQuestion(
            "How long do people wait for an answer or a result from your department?",
            "What is usual, what is the worst? What decides which request comes first?",
        ),
        SeedQuestion(
            "Which single step holds up the most work?",
            "A person, a system, an approval, another department. What stands before it on a bad day?",
        ),
        SeedQuestion(
            "What has to be done again or put right later?",
            "Where is it found, where was it made? How often?",
        ),
        SeedQuestion(
            "How well does your department as a whole work at the moment?",
            "What works that must not be broken? What would those say who depend on it?",
            True,
        ),
    ),
}

LAST = (
    SeedQuestion(
        "Of the difficulties that you named: is it the process, the resources, the skills, the alignment with other teams, or something "
        "outside the organisation?",
        "One difficulty at a time. What makes you think so? What would you see if it were another of these?",
        True,
    ),
    SeedQuestion(
        "If you could improve one thing in the next three months, what would it be?",
        "What would be better then, and who would notice? What has been tried? What stands in the way?",
        True,
    ),
    SeedQuestion(
        "What have I not asked that I should know?",
        "Whom else should I speak to? Is there anything that must not be quoted?",
    ),
)

NAMES = {
    Function.SALES: "Sales",
    Function.MARKETING: "Marketing",
    Function.CUSTOMER_SERVICE: "Customer service",
    Function.OPERATIONS: "Operations",
    None: "General",
}
WORDS = {StakeholderRole.HEAD: "department head", StakeholderRole.LEAD: "team lead", StakeholderRole.FRONT_LINE: "front line"}

GUIDES: tuple[SeedGuide, ...] = tuple(
    SeedGuide(
        code=f"{name}-{WORDS[role]}".lower().replace(" ", "-"),
        name=f"{name}: {WORDS[role]}",
        function=function.value if function else "",
        role=role,
        questions=(*FIRST[role], *OF_FUNCTION[function], *LAST),
    )
    for function, name in NAMES.items()
    for role in StakeholderRole
)
