"""The helper that other tests count queries with makes what it says."""

from __future__ import annotations

import pytest

from interviews.models import Excerpt, Interview, Stakeholder
from tests.factories import CycleFactory, UserFactory
from tests.interviews import scale

pytestmark = pytest.mark.django_db


def test_it_makes_as_many_as_asked_for_spread_evenly(django_assert_max_num_queries):
    cycle, reviewer = CycleFactory(), UserFactory()
    with django_assert_max_num_queries(20):
        made = scale.fill(cycle, reviewer, interviews=60, excerpts=700, departments=4)
    assert Interview.objects.filter(cycle=cycle).held().count() == Stakeholder.objects.count() == 60
    assert Excerpt.objects.evidence().count() == 700
    assert len(made.departments) == 4
    for one in Excerpt.objects.select_related("answer"):
        assert one.text == one.answer.text[one.start : one.end]
    for interview in made.interviews:
        assert 10 <= Excerpt.objects.filter(coding__interview=interview).count() <= 15
    assert {(one.department_id, one.role) for one in made.interviews} == {
        (place.pk, role) for place in made.departments for role in ("head", "lead", "front_line")
    }
