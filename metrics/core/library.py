"""KPIs that sales, marketing, customer service and operations commonly keep, to begin a dictionary with, and what usually drives what.

Starting points, not norms: definitions and reasons are ours, there are no values to reach among them, and whoever takes one over
may change every word of it. Names are compared by `departments.core.names.key`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from departments.core.roles import Function
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency

UP, DOWN = Direction.INCREASE, Direction.DECREASE
WEEK, MONTH, QUARTER = Frequency.WEEK, Frequency.MONTH, Frequency.QUARTER
SALES, MARKETING, SERVICE, OPERATIONS = Function.SALES, Function.MARKETING, Function.CUSTOMER_SERVICE, Function.OPERATIONS


@dataclass(frozen=True)
class Template:
    """A KPI as the library suggests it. `importance`: 1 (least) to 5."""

    code: str
    name: str
    unit: str
    direction: Direction
    frequency: Frequency
    function: Function
    importance: int
    definition: str
    formula: str


@dataclass(frozen=True)
class Usual:
    """What usually drives what, by the codes of two templates, and why."""

    driver: str
    driven: str
    reason: str

    @property
    def code(self) -> str:
        return f"{self.driver}.{self.driven}"


TEMPLATES = (
    Template(
        "conversion-rate", "Conversion rate", "%", UP, MONTH, SALES, 5,
        "Share of the leads handled in the month that became a sale.",
        "sales closed / leads handled x 100",
    ),
    Template(
        "sales-cycle-length", "Sales cycle length", "days", DOWN, MONTH, SALES, 4,
        "How long a sale takes, from the first contact to the signature, over the deals signed in the month.",
        "mean of (day signed - day of first contact), calendar days",
    ),
    Template(
        "revenue-growth", "Revenue growth", "%", UP, MONTH, SALES, 5,
        "Revenue of the month against the same month a year before.",
        "(revenue this month / revenue of the same month last year - 1) x 100",
    ),
    Template(
        "average-deal-size", "Average deal size", "R", UP, MONTH, SALES, 3,
        "What a signed deal is worth, without VAT.",
        "value of the deals signed / number of deals signed",
    ),
    Template(
        "win-rate", "Win rate", "%", UP, MONTH, SALES, 4,
        "Share of the offers decided in the month that the customer accepted.",
        "offers won / (offers won + offers lost) x 100",
    ),
    Template(
        "follow-up-time", "Follow-up time", "h", DOWN, WEEK, SALES, 4,
        "How long a new lead waits until somebody calls or writes, in working hours.",
        "mean of (first contact - lead received), working hours",
    ),
    Template(
        "pipeline-coverage", "Pipeline coverage", "x", UP, MONTH, SALES, 3,
        "How many times over the open offers cover the sales target of the next quarter, at the end of the month.",
        "value of open offers / sales target of the next quarter",
    ),
    Template(
        "target-attainment", "Sales target attainment", "%", UP, MONTH, SALES, 4,
        "How much of its sales target the team reached in the month.",
        "sales of the month / sales target of the month x 100",
    ),
    Template(
        "customer-retention", "Customer retention", "%", UP, QUARTER, SALES, 4,
        "Share of the customers at the start of the quarter who are still customers at its end.",
        "customers kept / customers at the start x 100",
    ),
    Template(
        "lead-quality", "Lead quality", "%", UP, MONTH, MARKETING, 5,
        "Share of the leads passed on that meet the criteria agreed with Sales: need, budget, authority.",
        "qualified leads / leads passed on x 100",
    ),
    Template(
        "lead-to-customer", "Lead-to-customer conversion", "%", UP, MONTH, MARKETING, 4,
        "Share of the leads of a month that have become customers within 90 days.",
        "customers from the month's leads / leads of the month x 100",
    ),
    Template(
        "acquisition-cost", "Customer acquisition cost", "R", DOWN, MONTH, MARKETING, 4,
        "What it costs to win a customer, with all spending on marketing and sales.",
        "spending on marketing and sales / new customers",
    ),
    Template(
        "ad-return", "Return on ad spend", "%", UP, MONTH, MARKETING, 4,
        "What advertising earned beyond its cost, by the revenue that is attributed to it.",
        "(revenue attributed to advertising - ad spend) / ad spend x 100",
    ),
    Template(
        "cost-per-lead", "Cost per lead", "R", DOWN, MONTH, MARKETING, 3,
        "What it costs to make somebody ask for more.",
        "marketing spend / leads received",
    ),
    Template(
        "leads-received", "Leads received", "leads", UP, WEEK, MARKETING, 3,
        "People or firms who asked for more in the week, qualified or not.",
        "count of new leads, doubles removed",
    ),
    Template(
        "campaigns-on-time", "Campaigns on time", "%", UP, MONTH, MARKETING, 3,
        "Share of the campaigns due in the month that began on the planned day.",
        "campaigns begun on time / campaigns due x 100",
    ),
    Template(
        "enquiry-rate", "Website enquiry rate", "%", UP, WEEK, MARKETING, 3,
        "Share of the visits to the website that end in an enquiry.",
        "enquiries / visits x 100",
    ),
    Template(
        "sourced-pipeline", "Pipeline from marketing", "%", UP, MONTH, MARKETING, 3,
        "Share of the value of new offers that goes back to a lead from Marketing.",
        "new offers from Marketing's leads / all new offers x 100, by value",
    ),
    Template(
        "first-response-time", "First response time", "h", DOWN, WEEK, SERVICE, 5,
        "How long a customer waits for the first answer of a person, in working hours.",
        "mean of (first answer - message received), working hours",
    ),
    Template(
        "resolution-time", "Resolution time", "h", DOWN, WEEK, SERVICE, 4,
        "How long until a case is closed, over the cases closed in the week, in working hours.",
        "mean of (closed - opened), working hours",
    ),
    Template(
        "satisfaction", "Customer satisfaction", "%", UP, MONTH, SERVICE, 5,
        "CSAT: share of the customers asked who answer 4 or 5 on a scale of 5.",
        "answers of 4 or 5 / answers x 100",
    ),
    Template(
        "first-contact", "First-contact resolution", "%", UP, WEEK, SERVICE, 4,
        "Share of the cases that were settled without a second contact.",
        "cases settled at the first contact / cases closed x 100",
    ),
    Template(
        "backlog", "Case backlog", "cases", DOWN, WEEK, SERVICE, 4,
        "Cases that are not closed at the end of the week.",
        "count of open cases, last day of the week",
    ),
    Template(
        "reopened-cases", "Reopened cases", "%", DOWN, MONTH, SERVICE, 3,
        "Share of the closed cases that were opened again within 30 days.",
        "cases opened again / cases closed x 100",
    ),
    Template(
        "abandoned-calls", "Abandoned calls", "%", DOWN, WEEK, SERVICE, 3,
        "Share of the callers who hang up before anybody answers.",
        "calls given up / calls received x 100",
    ),
    Template(
        "complaints", "Complaint rate", "per 1 000", DOWN, MONTH, SERVICE, 4,
        "Complaints for every thousand orders or contracts.",
        "complaints / orders x 1 000",
    ),
    Template(
        "self-service", "Self-service share", "%", UP, MONTH, SERVICE, 2,
        "Share of the requests that customers settle themselves.",
        "requests settled without staff / all requests x 100",
    ),
    Template(
        "on-time-delivery", "On-time delivery", "%", UP, WEEK, OPERATIONS, 5,
        "Share of the orders that arrive by the day that was promised.",
        "orders delivered by the promised day / orders delivered x 100",
    ),
    Template(
        "process-cycle-time", "Process cycle time", "days", DOWN, WEEK, OPERATIONS, 4,
        "How long an order takes from receipt to dispatch, in working days.",
        "mean of (dispatched - received), working days",
    ),
    Template(
        "bottleneck-queue", "Bottleneck queue length", "orders", DOWN, WEEK, OPERATIONS, 4,
        "Orders that wait before the step that holds up the others, at the end of the week.",
        "count of orders waiting, last day of the week",
    ),
    Template(
        "order-accuracy", "Order accuracy", "%", UP, WEEK, OPERATIONS, 4,
        "Share of the orders that went out complete and without a mistake.",
        "orders without a mistake / orders dispatched x 100",
    ),
    Template(
        "capacity-utilisation", "Capacity utilisation", "%", UP, MONTH, OPERATIONS, 3,
        "How much of what could be made or handled was. Above some 85 % queues grow quickly: set the goal with care.",
        "output / possible output x 100",
    ),
    Template(
        "rework-rate", "Rework rate", "%", DOWN, WEEK, OPERATIONS, 4,
        "Share of the orders that had to be done again, wholly or in part.",
        "orders with rework / orders handled x 100",
    ),
    Template(
        "cost-per-order", "Cost per order", "R", DOWN, MONTH, OPERATIONS, 3,
        "What it costs to handle and deliver an order.",
        "cost of handling and delivery / orders delivered",
    ),
    Template(
        "unplanned-downtime", "Unplanned downtime", "h", DOWN, WEEK, OPERATIONS, 3,
        "Hours in which a machine or system that was needed stood still.",
        "sum of the hours of all unplanned stops",
    ),
    Template(
        "output-per-day", "Output per day", "orders", UP, WEEK, OPERATIONS, 3,
        "Orders finished on a working day.",
        "orders finished / working days of the week",
    ),
)  # fmt: skip

USUAL = (
    Usual("lead-quality", "conversion-rate", "A lead without need or budget does not buy, however well it is looked after."),
    Usual("follow-up-time", "conversion-rate", "The longer a lead waits, the likelier it has found somebody else."),
    Usual("follow-up-time", "sales-cycle-length", "Days lost before the first call are days of the cycle."),
    Usual("conversion-rate", "revenue-growth", "More sales from the same leads are revenue a few weeks later."),
    Usual("average-deal-size", "revenue-growth", "Larger deals bring more revenue from as many customers."),
    Usual("customer-retention", "revenue-growth", "Customers who stay need not be won again."),
    Usual("win-rate", "target-attainment", "Offers that are won are what the target counts."),
    Usual("pipeline-coverage", "target-attainment", "A team with too few open offers cannot reach its target by winning more of them."),
    Usual("sourced-pipeline", "pipeline-coverage", "Offers from Marketing's leads fill the pipeline."),
    Usual("lead-quality", "lead-to-customer", "Leads that fit become customers more often."),
    Usual("conversion-rate", "lead-to-customer", "A lead becomes a customer only when Sales closes the deal."),
    Usual("lead-quality", "ad-return", "Advertising that brings the wrong people earns less."),
    Usual("conversion-rate", "ad-return", "What advertising earns is what Sales makes of its leads."),
    Usual("lead-to-customer", "acquisition-cost", "The same spending over fewer customers costs more for each."),
    Usual("cost-per-lead", "acquisition-cost", "Dear leads make dear customers."),
    Usual("enquiry-rate", "leads-received", "The same visits bring more leads when more visitors ask."),
    Usual("campaigns-on-time", "leads-received", "A late campaign brings its leads late."),
    Usual("leads-received", "sourced-pipeline", "Without leads there is nothing to make an offer to."),
    Usual("first-response-time", "satisfaction", "Customers who wait for an answer think less of what follows."),
    Usual("resolution-time", "satisfaction", "A problem that lasts is remembered."),
    Usual("first-contact", "resolution-time", "What is settled at once need not wait for a second turn."),
    Usual("first-contact", "backlog", "What is settled at once does not stay open."),
    Usual("reopened-cases", "backlog", "A case that comes back is work done twice."),
    Usual("backlog", "first-response-time", "A longer list means a later turn."),
    Usual("self-service", "backlog", "What customers settle themselves never joins the list."),
    Usual("satisfaction", "customer-retention", "Customers who are not content do not stay."),
    Usual("complaints", "backlog", "Every complaint is a case."),
    Usual("on-time-delivery", "complaints", "A late order is the commonest reason to complain."),
    Usual("on-time-delivery", "satisfaction", "A promise that was broken is what customers name first."),
    Usual("order-accuracy", "complaints", "A wrong or incomplete order comes back as a complaint."),
    Usual("process-cycle-time", "on-time-delivery", "The promised day is fixed: a longer process eats the reserve."),
    Usual("bottleneck-queue", "process-cycle-time", "Waiting before the slowest step is most of the time an order takes."),
    Usual("unplanned-downtime", "bottleneck-queue", "While a machine stands still, orders pile up before it."),
    Usual("rework-rate", "process-cycle-time", "What is done twice takes twice."),
    Usual("rework-rate", "cost-per-order", "What is done twice is paid twice."),
    Usual("capacity-utilisation", "bottleneck-queue", "The nearer to full a step runs, the longer the queue before it."),
    Usual("unplanned-downtime", "output-per-day", "Nothing is finished while work stands still."),
)

BY_CODE = {template.code: template for template in TEMPLATES}


def by_function() -> list[tuple[Function, list[Template]]]:
    """The templates of each function, in the order of the library."""
    return [(function, list(group)) for function, group in groupby(TEMPLATES, lambda template: template.function)]
