"""What was destroyed stays destroyed, also for pages that were open when it happened."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from interviews.models import Answer
from interviews.services import interviews, persons
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(cycle, sales):
    return make.StakeholderFactory(cycle=cycle, department=sales, name="Thandi M")


def begin(person, reviewer):
    return interviews.create(
        cycle=person.cycle, stakeholder=person, guide=None, interviewer=reviewer, held_on=AT.date(), consent="verbal", quotable=True,
        headings=["What slows you down?"], at=AT,
    )  # fmt: skip


def test_to_keep_ones_own_text_does_not_undo_an_erasure(person, reviewer):
    """Erasing lets the version grow, so that an open page shows a conflict and offers to keep its text."""
    draft = begin(person, reviewer)
    answer = draft.answers.get()
    interviews.save_answer(answer, text="Secret", base_version=0, by=reviewer, at=AT)
    persons.erase(person, by=reviewer, at=AT)
    now = Answer.objects.get(pk=answer.pk).version
    for version in range(now + 1):
        with pytest.raises(ValidationError, match="destroyed"):
            interviews.save_answer(answer, text="Secret and more", base_version=version, by=reviewer, at=AT)
    assert not Answer.objects.exclude(text="").exists()


def test_what_was_destroyed_is_not_finished(person, reviewer):
    draft = begin(person, reviewer)
    persons.erase(person, by=reviewer, at=AT)
    with pytest.raises(ValidationError, match="destroyed"):
        interviews.finish(draft, by=reviewer, at=AT)


def test_nobody_erased_is_interviewed_again(person, reviewer):
    persons.erase(person, by=reviewer, at=AT)
    person.refresh_from_db()
    with pytest.raises(ValidationError, match="erased"):
        begin(person, reviewer)
