"""Slips of the keyboard find the name that was meant."""

from __future__ import annotations

import pytest

from metrics.core.near import near

KNOWN = ["Sales", "Marketing", "Customer Service", "Contact Centre", "Operations", "Training Delivery", "Finance and Risk"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Saless", ["Sales"]),
        ("sales department", ["Sales"]),
        ("Sales Team", ["Sales"]),
        ("Custmer Servce", ["Customer Service"]),
        ("service customer", ["Customer Service"]),
        ("Customer-Service", ["Customer Service"]),
        ("Contact Center", ["Contact Centre"]),
        ("Oper", ["Operations"]),
        ("Risk & Finance", ["Finance and Risk"]),
        ("Legal", []),
        ("", []),
        ("the team", []),
    ],
)
def test_a_name_finds_what_was_meant(name, expected):
    assert near(name, KNOWN) == expected


def test_the_likest_come_first_and_no_more_than_asked():
    assert near("Sales one", ["Salt mine", "Sales one North", "Sales one"], 2) == ["Sales one", "Sales one North"]
    assert near("Sales", []) == []
