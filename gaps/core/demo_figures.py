"""The demo organisation in figures: how each series runs, and what is planted in it. All of it is invented.

Time is counted in periods before the last one of the review window, which is 0: the story stands at the same place in the window
whatever day the demo is made on.
"""

from __future__ import annotations

from dataclasses import dataclass

Path = tuple[tuple[float, float], ...]
Place = tuple[str, str]  # department, KPI


@dataclass(frozen=True)
class Figures:
    """One series: `level` and `noise` (one standard deviation) in the KPI's unit, and what happens to it.

    moves: (periods before the end, change of level), in time order, straight lines between. goals: (months before the end from
    which it holds, value), in time order; in the file beside each figure, or kept as benchmarks. season: amplitude and the month
    of the peak. per: makes it a percentage of so many, or of the counts of another series, and gives numerator and denominator.
    points: how many it has, where it is new. stopped: periods missing at the end; missing: others, before the end.
    """

    department: str
    kpi: str
    level: float
    noise: float
    moves: Path = ()
    goals: Path = ()
    goals_in_file: bool = True
    industry_in_file: float | None = None
    past: float | None = None
    season: tuple[float, int] | None = None
    memory: float = 0.0
    per: float | Place | None = None
    decimals: int = 1
    points: int | None = None
    stopped: int = 0
    missing: tuple[int, ...] = ()
    running: bool = False
    pick: int = 0

    @property
    def place(self) -> Place:
        return self.department, self.kpi


@dataclass(frozen=True)
class Total:
    """A percentage that is made of those of other departments: sum of numerators over sum of denominators."""

    department: str
    kpi: str
    parts: tuple[str, ...]
    goals: Path = ()
    goals_in_file: bool = True
    past: float | None = None

    @property
    def place(self) -> Place:
        return self.department, self.kpi


LEADS = ("Marketing", "Leads received")

FIGURES: tuple[Figures | Total, ...] = (
    # Marketing: in the first weeks of the window a campaign brings more leads, and worse ones.
    Figures("Marketing", "Leads received", 610, 22, ((14, 0), (12, 110)), decimals=0),
    Figures("Marketing", "Lead quality", 46, 2.1, ((14, 0), (12, -15)), ((30, 40), (10, 43)), per=LEADS, past=45.8),
    Figures("Marketing", "Cost per acquisition", 1480, 70, ((3, 0), (2, 100), (0, 390)), ((30, 1650),), decimals=0, pick=2),
    Figures("Marketing", "Return on ad spend", 4.6, 0.22, ((3, 0), (1, -1.7)), ((30, 4.0), (9, 4.2)), decimals=2),
    Figures("Marketing", "Campaigns on time", 88, 6, (), ((30, 80),), per=26),
    Figures("Digital Marketing", "Website enquiry rate", 3.4, 0.12, ((13, 0), (9, -0.4)), ((30, 2.5),), per=21000, decimals=2),
    Figures("Digital Marketing", "Email open rate", 27.5, 1.3, (), ((30, 23),), goals_in_file=False),
    Figures("Events and Partnerships", "Event attendance", 232, 18, (), ((30, 260),), decimals=0, stopped=4),
    # Sales: conversion follows the leads some weeks later; what Sales itself does about a lead has not changed.
    Figures("Retail Sales", "Conversion rate", 27, 1.9, ((11, 0), (10, -14)), ((30, 25),), per=LEADS),
    Figures("Corporate Sales", "Conversion rate", 24, 3.4, (), ((30, 20),), goals_in_file=False, per=150, pick=1),
    Total("Sales", "Conversion rate", ("Retail Sales", "Corporate Sales"), ((30, 23), (9, 25)), past=25.9),
    Figures("Sales", "Follow-up time", 18.8, 1.4, (), ((30, 24),), pick=1),
    Figures("Sales", "Sales cycle", 38, 2.2, (), ((30, 45),), goals_in_file=False),
    Figures("Corporate Sales", "Sales cycle", 64.2, 3, (), ((30, 60),), goals_in_file=False),
    Figures("Sales", "Revenue growth", 9.5, 1.3, ((3, 0), (2, -2.5), (0, -6.5)), ((30, 8),), past=9.2),
    Figures("Sales", "Average deal value", 48600, 2400, decimals=0),
    Figures("Sales", "Quotes sent", 214, 14, (), decimals=0),
    # Sales has none of its own: its figures are rolled up from these two.
    Figures("Retail Sales", "Abandoned enrolments", 31, 2, (), ((30, 31.5),), per=900),
    Figures("Corporate Sales", "Abandoned enrolments", 18, 2, (), ((30, 31.5),), per=240),
    # Customer Service: answers come faster, not fast enough; satisfaction slips and still meets its goal.
    Figures("Customer Service", "First response time", 15.5, 0.9, ((34, 0), (6, -5)), ((30, 7),)),
    Figures("Customer Service", "Resolution time", 31, 2.6, (), ((30, 38),), memory=0.6),
    Figures("Customer Service", "Customer satisfaction", 92.5, 1.1, ((3, 0), (1, -4.5)), ((30, 85),), per=620, past=92.4),
    Figures("Customer Service", "First-contact resolution", 78, 1.4, (), ((30, 72),), pick=1),
    Figures("Contact Centre", "First-contact resolution", 74.3, 2.1, (), ((30, 74),), per=1400, pick=1),
    Figures("Customer Service", "Open cases", 265, 14, (), ((30, 320),), goals_in_file=False, decimals=0),
    Figures("Contact Centre", "Calls received", 1850, 75, (), season=(420, 2), decimals=0),
    Figures("Contact Centre", "Chat satisfaction", 81, 2, (), ((4, 85),), points=4),
    Figures("Customer Service", "Self-service share", 28, 1.5, (), ((9, 40),), per=3800, points=9, pick=1),
    Figures("Customer Service", "Privacy incidents", 0, 0, (), ((30, 0),), decimals=0),
    # Operations: orders pile up before print and pack, so the process takes longer and deliveries come late.
    Figures("Logistics", "Queue at the bottleneck", 46, 5, ((13, 0), (9, 38)), decimals=0),
    Figures("Operations", "Process cycle time", 5.1, 0.35, ((12, 0), (9, 1.9)), ((30, 6),), goals_in_file=False),
    Figures("Operations", "On-time delivery", 95.5, 0.8, ((10, 0), (8, -4.6)), ((30, 92), (8, 94)), per=1150, past=95.2),
    Figures("Operations", "Error rate", 6.1, 0.75, (), ((30, 3),), per=1150, decimals=2, pick=1),
    Figures("Operations", "Cost per order", 188, 4, ((30, -16), (0, 12)), ((30, 195), (18, 205), (6, 215)), goals_in_file=False),
    Figures("Operations", "Orders delivered", 4950, 190, (), decimals=0, running=True),
    Figures("Logistics", "Damaged parcels", 2.6, 1.5, (), ((30, 0),), decimals=0),
    Figures("Training Delivery", "Seats filled", 84, 1.6, (), ((30, 78),), season=(7, 6)),
    Figures("Training Delivery", "Learner completion rate", 84.5, 1.8, (), ((30, 80),), per=410, missing=(15,), pick=1),
    Figures("Training Delivery", "Course evaluation", 4.4, 0.08, (), ((30, 4.1),), decimals=2, industry_in_file=4.0),
)
