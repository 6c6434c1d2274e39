"""The demo organisation in words: who is there, what it measures, what drives what. Every name and figure is invented.

The figures themselves are in `demo_figures`; `demo` turns both into the rows of a KPI file.
"""

from __future__ import annotations

from dataclasses import dataclass

from departments.core.roles import Function, Role
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency

SURVEY = "Demo industry survey (invented)"
PAST = "SayPro demo annual report (invented)"
EMAIL_DOMAIN = "demo.saypro.example"

UP, DOWN, WATCHED = Direction.INCREASE, Direction.DECREASE, Direction.NEUTRAL
WEEK, MONTH = Frequency.WEEK, Frequency.MONTH
SALES, MARKETING, SERVICE, OPERATIONS = Function.SALES, Function.MARKETING, Function.CUSTOMER_SERVICE, Function.OPERATIONS


@dataclass(frozen=True)
class Unit:
    """A department: its place in the tree, what it does, and how much hangs on it (1-5)."""

    name: str
    parent: str | None
    function: Function
    criticality: int


@dataclass(frozen=True)
class Person:
    """Someone who signs in; `department` for a head."""

    mailbox: str
    name: str
    role: Role
    department: str | None = None

    @property
    def email(self) -> str:
        return f"{self.mailbox}@{EMAIL_DOMAIN}"


@dataclass(frozen=True)
class Measure:
    """A KPI of the dictionary, with its industry standard where there is one for all departments."""

    name: str
    unit: str
    direction: Direction
    frequency: Frequency
    function: Function
    importance: int
    industry: float | None = None

    @property
    def definition(self) -> str:
        """What it counts, in words."""
        return DEFINITIONS[self.name].partition("Formula: ")[0].strip()

    @property
    def formula(self) -> str:
        """How it is worked out; blank where the definition says it all."""
        return DEFINITIONS[self.name].partition("Formula: ")[2].removesuffix(".")


@dataclass(frozen=True)
class Link:
    """KPI `driver` drives KPI `driven`; either end may be fixed to a department."""

    driver: str
    driven: str
    reason: str
    driver_department: str | None = None
    driven_department: str | None = None


UNITS = (
    Unit("SayPro", None, Function.OTHER, 5),
    Unit("Sales", "SayPro", SALES, 5),
    Unit("Corporate Sales", "Sales", SALES, 4),
    Unit("Retail Sales", "Sales", SALES, 4),
    Unit("Marketing", "SayPro", MARKETING, 4),
    Unit("Digital Marketing", "Marketing", MARKETING, 3),
    Unit("Events and Partnerships", "Marketing", MARKETING, 2),
    Unit("Customer Service", "SayPro", SERVICE, 4),
    Unit("Contact Centre", "Customer Service", SERVICE, 4),
    Unit("Operations", "SayPro", OPERATIONS, 5),
    Unit("Training Delivery", "Operations", OPERATIONS, 4),
    Unit("Logistics", "Operations", OPERATIONS, 3),
)

PEOPLE = (
    Person("admin", "Nomsa Demo", Role.ADMIN),
    Person("manager", "Pieter Sample", Role.MANAGER),
    Person("reviewer", "Ayesha Example", Role.REVIEWER),
    Person("second.reviewer", "Bongani Sample", Role.REVIEWER),
    Person("sales.head", "Sipho Demo", Role.HEAD, "Sales"),
    Person("marketing.head", "Lerato Sample", Role.HEAD, "Marketing"),
    Person("service.head", "Johan Example", Role.HEAD, "Customer Service"),
    Person("operations.head", "Priya Demo", Role.HEAD, "Operations"),
)

MEASURES = (
    Measure("Conversion rate", "%", UP, WEEK, SALES, 5, 21.0),
    Measure("Follow-up time", "h", DOWN, WEEK, SALES, 4, 24.0),
    Measure("Sales cycle", "days", DOWN, MONTH, SALES, 3),
    Measure("Revenue growth", "%", UP, MONTH, SALES, 5),
    Measure("Average deal value", "R", UP, MONTH, SALES, 3),
    Measure("Quotes sent", "quotes", WATCHED, WEEK, SALES, 2),
    Measure("Abandoned enrolments", "%", DOWN, WEEK, SALES, 3),
    Measure("Lead quality", "%", UP, WEEK, MARKETING, 5, 38.0),
    Measure("Leads received", "leads", WATCHED, WEEK, MARKETING, 3),
    Measure("Cost per acquisition", "R", DOWN, MONTH, MARKETING, 4),
    Measure("Return on ad spend", "R per R1", UP, MONTH, MARKETING, 4, 3.8),
    Measure("Campaigns on time", "%", UP, MONTH, MARKETING, 3),
    Measure("Website enquiry rate", "%", UP, WEEK, MARKETING, 3, 2.2),
    Measure("Email open rate", "%", UP, WEEK, MARKETING, 2, 21.0),
    Measure("Event attendance", "guests", UP, MONTH, MARKETING, 2),
    Measure("First response time", "h", DOWN, WEEK, SERVICE, 4, 6.0),
    Measure("Resolution time", "h", DOWN, WEEK, SERVICE, 4),
    Measure("Customer satisfaction", "%", UP, MONTH, SERVICE, 5, 80.0),
    Measure("First-contact resolution", "%", UP, WEEK, SERVICE, 4),
    Measure("Open cases", "cases", DOWN, WEEK, SERVICE, 3),
    Measure("Calls received", "calls", WATCHED, WEEK, SERVICE, 2),
    Measure("Chat satisfaction", "%", UP, MONTH, SERVICE, 3),
    Measure("Self-service share", "%", UP, MONTH, SERVICE, 3),
    Measure("Privacy incidents", "incidents", DOWN, MONTH, SERVICE, 4),
    Measure("On-time delivery", "%", UP, WEEK, OPERATIONS, 5, 90.0),
    Measure("Process cycle time", "days", DOWN, WEEK, OPERATIONS, 4),
    Measure("Queue at the bottleneck", "orders", DOWN, WEEK, OPERATIONS, 4),
    Measure("Error rate", "%", DOWN, WEEK, OPERATIONS, 4, 3.5),
    Measure("Cost per order", "R", DOWN, MONTH, OPERATIONS, 3),
    Measure("Orders delivered", "orders", WATCHED, MONTH, OPERATIONS, 2),
    Measure("Damaged parcels", "parcels", DOWN, MONTH, OPERATIONS, 2),
    Measure("Seats filled", "%", UP, MONTH, OPERATIONS, 3),
    Measure("Learner completion rate", "%", UP, MONTH, OPERATIONS, 4, 78.0),
    Measure("Course evaluation", "of 5", UP, MONTH, OPERATIONS, 3),
)

DEFINITIONS = {
    "Conversion rate": "Share of the leads handled in the week that became a sale. Formula: deals closed / leads handled x 100.",
    "Follow-up time": (
        "How long a new lead waits for the first call or mail. Formula: mean of (first contact - lead received), in working hours."
    ),
    "Sales cycle": (
        "How long a sale takes. Formula: mean of (signed - first contact) over the deals signed in the month, in calendar days."
    ),
    "Revenue growth": "Revenue against the same month a year before. Formula: (this month / same month last year - 1) x 100.",
    "Average deal value": (
        "What a deal is worth. Formula: value of the deals signed in the month / number of these deals, in rand without VAT."
    ),
    "Quotes sent": "Quotes sent to customers in the week. Neither more nor fewer is better.",
    "Abandoned enrolments": ("Share of the online enrolments begun in the week that were not finished. Formula: abandoned / begun x 100."),
    "Lead quality": (
        "Share of the leads received in the week that meet the agreed criteria (need, budget, authority). Formula: qualified "
        "leads / leads received x 100."
    ),
    "Leads received": "Leads passed on to Sales in the week, qualified or not.",
    "Cost per acquisition": ("What a new customer costs. Formula: marketing spend of the month / new customers of the month, in rand."),
    "Return on ad spend": (
        "What an advertising rand earns. Formula: revenue attributed to advertising / advertising spend, both of the month."
    ),
    "Campaigns on time": ("Share of the campaigns due in the month that started on the planned day. Formula: started on time / due x 100."),
    "Website enquiry rate": "Share of the website's visitors who send an enquiry. Formula: enquiries / visits x 100.",
    "Email open rate": "Share of delivered newsletters that are opened. Formula: opened / delivered x 100.",
    "Event attendance": "Guests at open days and partner events in the month.",
    "First response time": (
        "How long a customer waits for the first answer. Formula: mean of (first answer - message received), in working hours."
    ),
    "Resolution time": (
        "How long until a case is closed. Formula: mean of (closed - opened) over the cases closed in the week, in working hours."
    ),
    "Customer satisfaction": "Share of the surveyed customers who answer 4 or 5 of 5. Formula: satisfied / surveyed x 100.",
    "First-contact resolution": ("Share of the cases that need no second contact. Formula: resolved at first contact / cases x 100."),
    "Open cases": "Cases that are not closed at the end of the week.",
    "Calls received": "Calls that reach the contact centre in the week.",
    "Chat satisfaction": "New: share of chats rated 4 or 5 of 5. Formula: chats rated 4 or 5 / chats rated x 100.",
    "Self-service share": (
        "Share of the requests that customers settle themselves on the portal. Formula: settled on the portal / all requests x 100."
    ),
    "Privacy incidents": "Personal information that reached the wrong person, counted when it is reported. The goal is none.",
    "On-time delivery": "Share of the orders delivered by the promised day. Formula: delivered on time / delivered x 100.",
    "Process cycle time": (
        "From order to dispatch. Formula: mean of (dispatched - ordered) over the orders dispatched in the week, in working days."
    ),
    "Queue at the bottleneck": ("Orders that wait for the print and pack station at the end of the week. No goal has been set yet."),
    "Error rate": "Share of the orders that had to be done again. Formula: orders with rework / orders x 100.",
    "Cost per order": "What handling and delivering an order costs. Formula: cost of handling and delivery / orders delivered, in rand.",
    "Orders delivered": "Orders delivered in the month.",
    "Damaged parcels": "Parcels reported as damaged. The goal is none.",
    "Seats filled": (
        "Share of the seats offered that are taken; low every year in December and January. Formula: seats taken / seats offered x 100."
    ),
    "Learner completion rate": "Share of the learners due to finish in the month who did. Formula: completed / due x 100.",
    "Course evaluation": "Mean of the learners' marks for a course, 1 (poor) to 5 (very good).",
}

LINKS = (
    Link(
        "Lead quality",
        "Conversion rate",
        "A lead without need or budget does not buy, however well it is followed up.",
        "Marketing",
        "Sales",
    ),
    Link("Lead quality", "Conversion rate", "Retail Sales works almost only on Marketing's leads.", "Marketing", "Retail Sales"),
    Link("Follow-up time", "Conversion rate", "The longer a lead waits, the likelier it has bought elsewhere."),
    Link("Conversion rate", "Revenue growth", "Fewer deals from the same leads mean less revenue a few weeks later."),
    Link("Lead quality", "Return on ad spend", "Advertising that brings the wrong people earns less per rand."),
    Link("Conversion rate", "Return on ad spend", "Advertising earns only when Sales closes the deal.", "Sales", "Marketing"),
    Link(
        "Conversion rate",
        "Cost per acquisition",
        "The same spend over fewer customers costs more for each.",
        "Sales",
        "Marketing",
    ),
    Link("Campaigns on time", "Leads received", "A late campaign brings its leads late."),
    Link("Queue at the bottleneck", "Process cycle time", "Orders wait in front of print and pack.", "Logistics", "Operations"),
    Link("Process cycle time", "On-time delivery", "The promised day is fixed: a longer process eats the reserve."),
    Link("Error rate", "Cost per order", "Work done twice is paid twice."),
    Link(
        "On-time delivery",
        "Customer satisfaction",
        "Late course material is the commonest complaint.",
        "Operations",
        "Customer Service",
    ),
    Link("First response time", "Customer satisfaction", "Customers who wait for an answer rate us lower."),
    Link("Calls received", "First response time", "More calls, longer waits with the same people.", "Contact Centre"),
    Link("First-contact resolution", "Open cases", "What is settled at once does not stay open."),
    Link("Open cases", "Resolution time", "A longer list means a later turn."),
)
