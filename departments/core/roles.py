"""Who works with a review, and what a department does."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a membership makes of a person. Only a head's is of one department; the others span the organisation."""

    ADMIN = "admin"
    MANAGER = "manager"
    REVIEWER = "reviewer"
    HEAD = "head"

    @property
    def label(self) -> str:
        return "Department head" if self is Role.HEAD else self.value.capitalize()


class Function(StrEnum):
    """What a department or KPI is about; question guides, cause libraries and KPI templates go by it."""

    SALES = "sales"
    MARKETING = "marketing"
    CUSTOMER_SERVICE = "customer_service"
    OPERATIONS = "operations"
    FINANCE = "finance"
    PEOPLE = "people"
    TECHNOLOGY = "technology"
    OTHER = "other"
