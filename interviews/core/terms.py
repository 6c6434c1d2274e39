"""The words that interviews are described with (METHODS 6, 8 and 9)."""

from __future__ import annotations

from enum import StrEnum


class StakeholderRole(StrEnum):
    """Where somebody stands in a department."""

    HEAD = "head"
    LEAD = "lead"
    FRONT_LINE = "front_line"

    @property
    def label(self) -> str:
        return {"head": "Department head", "lead": "Team lead", "front_line": "Front line"}[self.value]


class InterviewState(StrEnum):
    """A draft is being written; a finished one counts as held, and can be opened again."""

    DRAFT = "draft"
    FINISHED = "finished"


class Consent(StrEnum):
    """How the interviewee agreed, before anything was written down."""

    VERBAL = "verbal"
    WRITTEN = "written"

    @property
    def label(self) -> str:
        return {"verbal": "Agreed in words", "written": "Agreed in writing"}[self.value]


class Stance(StrEnum):
    """What an excerpt says of its subject."""

    PROBLEM = "problem"
    STRENGTH = "strength"
    MIXED = "mixed"


class Level(StrEnum):
    """Where in the organisation a cause sits (Rummler & Brache 1990)."""

    ORGANISATION = "organisation"
    PROCESS = "process"
    JOB = "job"


class Condition(StrEnum):
    """What is lacking (Gilbert 1978), environment before person; `external` lies outside the organisation."""

    INFORMATION = "information"
    RESOURCES = "resources"
    INCENTIVES = "incentives"
    KNOWLEDGE = "knowledge"
    CAPACITY = "capacity"
    MOTIVES = "motives"
    EXTERNAL = "external"


class Audience(StrEnum):
    """Who is shown released figures and quotes; each has its own k. Managers also see what the others see."""

    MANAGERS = "managers"
    HEADS = "heads"
    ORGANISATION = "organisation"


MIN_K = 3  # no audience is ever shown a group of fewer voices
DEFAULT_K = {Audience.MANAGERS: 3, Audience.HEADS: 5, Audience.ORGANISATION: 5}
