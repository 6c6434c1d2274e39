"""What is kept of a person: destroyed when it must be, handed out when it is asked for."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import connection

from departments.models import AuditEvent
from interviews import tasks
from interviews.core.terms import Audience
from interviews.models import Excerpt, PrivacyPolicy, ReleasedFigure, ReleasedQuote, Stakeholder
from interviews.services.persons import WITHDRAWN, erase, export_person, retire, retire_due
from interviews.services.release import release
from tests import factories as make
from tests.factories import AT
from tests.interviews import planted

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(cycle, sales):
    """Five people of Sales who say the same, one of them in her own words; released to managers."""
    theme = make.ThemeFactory()
    crowd = planted.staff(cycle, sales)
    thandi = planted.person(cycle, sales, name="Thandi Mokoena", pseudonym="Nana")
    interview = thandi.interviews.get()
    interview.consent_note = "not on Thursdays"
    interview.save()
    planted.says(thandi, theme, words="We wait for the printer of Thandy.")
    interview.answers.filter(text__contains="printer").update(heading="Asked of Thandi")
    for who in crowd[:4]:
        planted.says(who, theme)
    release(cycle, audience=Audience.MANAGERS, by=None, at=AT, reason="test")
    return thandi


def everything() -> str:
    """All rows of all tables, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'")
        text = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            text += [row for (row,) in cursor.fetchall()]
    return "\n".join(text)


class TestErasure:
    @pytest.mark.parametrize("words", ["printer of Thandy", "Mokoena", "Nana", "not on Thursdays", "Asked of Thandi"])
    def test_no_row_of_any_table_holds_it_any_more(self, said, words):
        assert words in everything()
        assert erase(said, by=None, at=AT, reason="asked for it")
        assert words not in everything()

    def test_counts_stay(self, said):
        before = list(ReleasedFigure.objects.values_list("voices", "members"))
        erase(said, by=None, at=AT)
        assert list(ReleasedFigure.objects.values_list("voices", "members")) == before
        assert Excerpt.objects.evidence().count() == 5

    def test_quotes_are_withdrawn_wherever_they_were_released(self, said, cycle):
        Excerpt.objects.filter(coding__interview__stakeholder=said).delete()  # the quote outlives its excerpt
        erase(said, by=None, at=AT)
        gone = ReleasedQuote.objects.get(withdrawn_at=AT)
        assert (gone.text, gone.voice) == (WITHDRAWN, said.pk)
        assert ReleasedQuote.objects.filter(withdrawn_at=None).count() == 4

    def test_the_history_of_excerpts_goes_too(self, said):
        history = apps.get_model("interviews", "ExcerptEvent").objects
        theirs = list(Excerpt.objects.filter(coding__interview__stakeholder=said).values_list("pk", flat=True))
        assert history.filter(pgh_obj__in=theirs).exists()
        others = history.exclude(pgh_obj__in=theirs).count()
        erase(said, by=None, at=AT)
        assert not history.filter(pgh_obj__in=theirs).exists()
        assert history.count() == others

    def test_a_page_that_was_open_meanwhile_does_not_bring_it_back(self, said):
        answer = said.interviews.get().answers.get(text__contains="printer")
        erase(said, by=None, at=AT)
        before = answer.version
        answer.refresh_from_db()
        assert answer.version > before

    def test_twice_is_once(self, said):
        assert erase(said, by=None, at=AT)
        assert not erase(said, by=None, at=AT + timedelta(days=1))
        assert AuditEvent.objects.filter(act="interviews.erase_person").count() == 1

    def test_it_is_recorded_without_content(self, said, reviewer):
        erase(said, by=reviewer, at=AT, reason="asked for it")
        event = AuditEvent.objects.get(act="interviews.erase_person")
        assert (event.actor, event.object_id, event.details) == (reviewer, said.pk, {"cycle": "q4", "reason": "asked for it"})

    def test_a_later_release_brings_nothing_back(self, said, cycle):
        erase(said, by=None, at=AT)
        release(cycle, audience=Audience.MANAGERS, by=None, at=AT, reason="again")
        assert "printer of Thandy" not in everything()


class TestRetention:
    LAST = date(2026, 3, 31)

    @pytest.fixture
    def policy(self, cycle, said):
        return PrivacyPolicy.objects.create(cycle=cycle, retain_until=self.LAST)

    def test_the_last_day_is_kept(self, cycle, policy):
        assert not retire(cycle, at=AT, today=self.LAST)
        assert "printer of Thandy" in everything()

    def test_then_words_and_names_go_and_counts_stay(self, cycle, policy):
        assert retire(cycle, at=AT, today=self.LAST + timedelta(days=1))
        text = everything()
        assert "printer of Thandy" not in text
        assert "It takes too long." not in text
        assert not Stakeholder.objects.exclude(name="").exists()
        assert ReleasedFigure.objects.get(stance="raised").voices == 5

    def test_twice_is_once(self, cycle, policy):
        day = self.LAST + timedelta(days=1)
        assert retire_due(at=AT, today=day) == 1
        before = everything()
        assert retire_due(at=AT + timedelta(days=3), today=day + timedelta(days=3)) == 0
        assert everything() == before

    def test_without_a_day_nothing_goes(self, cycle, said):
        assert retire_due(at=AT, today=date(2099, 1, 1)) == 0
        PrivacyPolicy.objects.create(cycle=cycle)
        assert retire_due(at=AT, today=date(2099, 1, 1)) == 0

    def test_it_happens_by_itself(self, cycle, policy, settings):
        PrivacyPolicy.objects.update(retain_until=date(2000, 1, 1))
        tasks.retire()
        assert PrivacyPolicy.objects.get().redacted_at
        assert settings.CELERY_BEAT_SCHEDULE["retire"]["task"] == tasks.retire.name


class TestExport:
    def test_everything_that_is_held(self, said, reviewer):
        record = export_person(said, by=reviewer, at=AT)
        text = json.dumps(record)
        for words in ("Thandi Mokoena", "Nana", "not on Thursdays", "Asked of Thandi", "printer of Thandy", "Sales", "Front line"):
            assert words in text, words
        assert record["quotes_released"] == ["We wait for the printer of Thandy."]

    def test_nothing_of_others(self, said, reviewer):
        assert "It takes too long." not in json.dumps(export_person(said, by=reviewer, at=AT))

    def test_it_is_recorded_without_content(self, said, reviewer):
        export_person(said, by=reviewer, at=AT)
        event = AuditEvent.objects.get(act="interviews.export_person")
        assert (event.actor, event.object_id, event.details) == (reviewer, said.pk, {"cycle": "q4"})


class TestPages:
    @pytest.fixture
    def page(self, client, reviewer, cycle, said):
        make.reviewing(reviewer, cycle)
        client.force_login(reviewer)
        return client

    def test_the_list(self, page, said):
        text = page.get("/c/q4/interviews/people/").content.decode()
        assert "Thandi Mokoena" in text
        assert f"/c/q4/interviews/people/{said.pk}/erase/" in text

    def test_the_export_has_no_name_in_its_file_name(self, page, said):
        answer = page.get(f"/c/q4/interviews/people/{said.pk}/person.json")
        assert answer.json()["person"]["name"] == "Thandi Mokoena"
        assert answer["Content-Disposition"] == f'attachment; filename="q4-person-{said.pk}.json"'
        assert answer["Cache-Control"] == "no-store"

    def test_erasing_asks_first(self, page, said):
        place = f"/c/q4/interviews/people/{said.pk}/erase/"
        assert page.get(place).status_code == 200
        assert page.post(place, {"reason": "asked"}).status_code == 422
        assert page.post(place, {"reason": "asked", "sure": "on"}).status_code == 302
        said.refresh_from_db()
        assert said.erased_at
        assert "erased" in page.get("/c/q4/interviews/people/").content.decode()

    def test_none_of_a_department_that_the_reviewer_heads(self, page, said, reviewer, sales):
        reviewer.memberships.create(role="head", department=sales)
        assert "Thandi" not in page.get("/c/q4/interviews/people/").content.decode()
        assert page.get(f"/c/q4/interviews/people/{said.pk}/person.json").status_code == 404


class TestPrivacyPage:
    @pytest.fixture
    def page(self, client, manager, cycle):
        client.force_login(manager)
        return client

    FIELDS = {"k_managers": 4, "k_heads": 6, "k_organisation": 7, "retain_until": "2027-01-31"}

    def test_it_is_saved_and_recorded(self, page, cycle, manager):
        assert page.post("/c/q4/privacy/", self.FIELDS).status_code == 302
        policy = PrivacyPolicy.objects.get(cycle=cycle)
        assert (policy.k_managers, policy.k_heads, policy.k_organisation, policy.retain_until) == (4, 6, 7, date(2027, 1, 31))
        event = AuditEvent.objects.get(act="interviews.set_privacy")
        assert (event.actor, event.details["k_managers"], event.details["retain_until"]) == (manager, [3, 4], [None, "2027-01-31"])
        page.post("/c/q4/privacy/", self.FIELDS)
        assert AuditEvent.objects.filter(act="interviews.set_privacy").count() == 1

    @pytest.mark.parametrize("number", [2, 0, -1, "x", ""])
    def test_never_below_three(self, page, number):
        answer = page.post("/c/q4/privacy/", self.FIELDS | {"k_heads": number})
        assert answer.status_code == 422
        assert not PrivacyPolicy.objects.exists()

    def test_once_the_words_are_gone_the_day_stays(self, page, cycle):
        PrivacyPolicy.objects.create(cycle=cycle, retain_until=date(2026, 1, 1), redacted_at=AT)
        answer = page.post("/c/q4/privacy/", self.FIELDS)
        assert answer.status_code == 422
        assert "gone already" in answer.content.decode()
        assert "were destroyed on 5 Jan 2026" in page.get("/c/q4/privacy/").content.decode()
