"""The coding panel's acts: who may, what is refused, and that nothing of one coder reaches another before both are done."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from departments.core.roles import Role
from interviews.models import Excerpt
from interviews.services import coding as services
from interviews.services import interviews
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db
TEXT = "Leads come late 😀. We wait."


@pytest.fixture
def interview(cycle, sales, reviewer):
    make.reviewing(reviewer, cycle)
    made = interviews.create(
        cycle=cycle, stakeholder=make.StakeholderFactory(cycle=cycle, department=sales), guide=None, interviewer=reviewer,
        held_on=AT.date(), consent="verbal", quotable=False, headings=["What slows you down?"], at=AT,
    )  # fmt: skip
    answer = made.answers.get()
    interviews.save_answer(answer, text=TEXT, base_version=0, by=reviewer, at=AT)
    return made


@pytest.fixture
def second(cycle):
    user = make.member(Role.REVIEWER, email="second@example.org", name="Sam Second")
    make.reviewing(user, cycle)
    return user


@pytest.fixture
def fields(interview):
    theme = make.ThemeFactory(name="Handover", definition="Waiting between teams", keywords=["wait"])
    return {
        "answer": interview.answers.get().pk, "start": 6, "end": 17, "theme": theme.name, "stance": "problem",
        "department": interview.department_id,
    }  # fmt: skip


def address(name, interview, **more):
    return reverse(f"interviews:{name}", kwargs={"code": "q4", "pk": interview.pk, **more})


def test_offsets_count_characters_and_not_halves_of_them(client, interview, fields, reviewer):
    client.force_login(reviewer)
    answer = client.post(address("excerpt_new", interview), fields)
    assert answer.status_code == 200
    assert "come late 😀" in answer.content.decode()
    assert Excerpt.objects.get().text == "come late 😀"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"start": "-1"}, "Select it again"),
        ({"start": "1e3"}, "Select it again"),
        ({"end": "99999999999999999999"}, "Select it again"),
        ({"answer": "999999"}, "no longer here"),
        ({"answer": "x"}, "no longer here"),
        ({"theme": ""}, "required"),
        ({"theme": "Nothing like it"}, "no such theme"),
        ({"theme": "\x00"}, "Null characters"),
        ({"stance": "shrug"}, "not one of the available choices"),
        ({"department": "999999"}, "not one of the available choices"),
        ({"kpi": "999999"}, "not one of the available choices"),
        ({"cause_theme": "Handover", "cause_department": "own"}, "not both"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(client, interview, fields, reviewer, changed, said):
    client.force_login(reviewer)
    own = {name: interview.department_id if value == "own" else value for name, value in changed.items()}
    answer = client.post(address("excerpt_new", interview), fields | own)
    assert answer.status_code == 422
    assert said in " ".join(json.loads(answer.content)["errors"])
    assert not Excerpt.objects.exists()


def test_changed_removed_and_brought_back(client, interview, fields, reviewer):
    client.force_login(reviewer)
    client.post(address("excerpt_new", interview), fields)
    excerpt = Excerpt.objects.get()
    assert client.post(address("excerpt", interview, excerpt=excerpt.pk), fields | {"stance": "strength"}).status_code == 200
    assert client.post(address("excerpt", interview, excerpt=excerpt.pk), fields | {"stance": ""}).status_code == 422
    excerpt.refresh_from_db()
    assert excerpt.stance == "strength"
    assert "Undo" in client.post(address("excerpt_remove", interview, excerpt=excerpt.pk)).content.decode()
    assert not Excerpt.objects.live().exists()
    assert client.post(address("excerpt_restore", interview, excerpt=excerpt.pk)).status_code == 200
    assert Excerpt.objects.live().exists()


def test_who_codes_it_not_cannot(client, interview, fields, second):
    client.force_login(second)
    assert client.post(address("excerpt_new", interview), fields).status_code == 403
    assert client.post(address("suggest", interview), {"text": "wait"}).status_code == 403


def test_the_second_coder_sees_nothing_of_the_first_and_touches_nothing_of_theirs(client, interview, fields, reviewer, second):
    client.force_login(reviewer)
    client.post(address("excerpt_new", interview), fields | {"stance": "mixed"})
    first = Excerpt.objects.get()
    client.force_login(second)
    client.post(address("coding", interview))
    assert not interview.codings.filter(coder=second).exists()  # a draft is not coded by anybody else
    interviews.finish(interview, by=reviewer, at=AT)
    client.post(address("coding", interview))
    page = client.get(address("coding", interview)).content.decode()
    assert "We wait." in page
    assert "excerpt-mixed" not in page
    assert client.post(address("excerpt_remove", interview, excerpt=first.pk)).status_code == 404
    assert client.post(address("excerpt", interview, excerpt=first.pk), fields).status_code == 404
    client.post(address("excerpt_new", interview), fields)
    client.post(address("coding_finish", interview))
    assert client.post(address("excerpt_new", interview), fields).status_code == 422
    assert Excerpt.objects.live().filter(coding__first=False).count() == 1


def test_the_page_takes_the_same_number_of_queries_however_much_was_coded(
    client, interview, fields, reviewer, second, django_assert_max_num_queries
):
    interviews.finish(interview, by=reviewer, at=AT)
    interview.refresh_from_db()
    coding = services.start_second(interview, coder=second, at=AT)
    answer = interview.answers.get()
    for _ in range(30):
        make.excerpt(answer, make.ThemeFactory(), coder=second, end=5)
    client.force_login(second)
    assert coding.excerpts.count() == 30
    with django_assert_max_num_queries(24):
        assert client.get(address("coding", interview)).content.decode().count('class="excerpt ') == 30
