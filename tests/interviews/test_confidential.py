"""Nobody outside the reviewers learns who said what: a marker is planted in every confidential field, then everything is fetched."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from datetime import date
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from departments.core.roles import Role
from interviews.core.terms import Audience
from interviews.models import Answer, Coding, Interview, SuggestionChoice
from interviews.services.release import release
from tests import factories as make
from tests.factories import AT
from tests.interviews import planted

pytestmark = pytest.mark.django_db

MARK = "zqxplanted"  # every planted text holds it, and nothing else does: long enough that no random token does
HELD_ON = date(1987, (date.today().month + 5) % 12 + 1, 17)  # no page tells of that year, nor of a day half a year from now
DAY = re.compile(HELD_ON.strftime(r"\b(1987|17 %b|17/%m|%m/17)\b"))
PUBLIC = "Quotable words of the crowd."  # what managers and heads are to find
LINK = re.compile(r"""(?:href|src|hx-get|hx-post|action|data-[a-z-]*(?:url|href|src))=["']([^"'#]+)""")
HEADERS = ({}, {"HX-Request": "true"}, {"Accept": "application/json"}, {"Range": "bytes=0-400"})
ENDS = ("account_logout",)  # fetching it with GET only asks


def mark(field: str) -> str:
    return f"{MARK}{field}{MARK}"


@pytest.fixture
def said(judged, sales, marketing, reviewer):
    """Enough people of Sales to be told of, one of Marketing who is alone, and a marker in each field that is nobody's business."""
    make.reviewing(reviewer, judged)
    interviewer = make.member(Role.REVIEWER, email=f"{mark('mail')}@example.org", name=mark("interviewer"))
    theme, lonely = make.ThemeFactory(name="Slow answers"), make.ThemeFactory(name="Lonely theme")
    for number in range(14):
        who = planted.person(
            judged,
            sales,
            name=f"{mark('name')} {number}",
            pseudonym=f"{mark('pseudonym')} {number}",
            role=["lead", "front_line"][number % 2],
            interviewer=interviewer,
        )
        interview = who.interviews.get()
        Interview.objects.filter(pk=interview.pk).update(consent_note=mark("consent"), held_on=HELD_ON, source=f"{MARK}{number}")
        interview.answers.update(text=mark("answer"), heading=mark("heading"))
        if number < 6:
            planted.says(who, theme, words=PUBLIC if number == 0 else mark("unquoted"), quotable=number == 0)
            planted.says(who, theme, words=f"{mark('closed')} {number}", quotable=False)
    alone = planted.person(judged, marketing, name=mark("alone"), pseudonym=f"{mark('pseudonym')} alone", interviewer=interviewer)
    planted.says(alone, lonely, words=mark("lonely"), cause_department=sales)
    second = Coding.objects.create(interview=alone.interviews.get(), coder=reviewer, first=False, started_at=AT)
    answer = Answer.objects.filter(interview=alone.interviews.get()).last()
    blind = make.excerpt(answer, theme, "strength", coder=reviewer)
    SuggestionChoice.objects.create(coding=second, excerpt=blind, offered=[theme.pk], chosen=theme, created_at=AT)
    for audience in (Audience.HEADS, Audience.MANAGERS):
        release(judged, audience=audience, by=None, at=AT, reason="test")
    return judged


def names(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterable[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        else:
            yield f"{prefix}{pattern.name}", pattern


def objects_of(app: str) -> tuple[list[int], list[str]]:
    """(numbers, codes) of the first and last rows of each of the app's tables, and of none."""
    numbers, codes = {999_999}, {"missing"}
    for model in apps.get_app_config(app).get_models():
        rows = model._base_manager.order_by("pk")
        numbers |= {pk for one in (rows, rows.reverse()) for pk in one.values_list("pk", flat=True)[:2] if isinstance(pk, int)}
        if "code" in {field.name for field in model._meta.get_fields()}:
            codes |= {code for one in (rows, rows.reverse()) for code in one.values_list("code", flat=True)[:2]}
    return sorted(numbers), sorted(codes)


def numbers_of(model: str) -> list[object]:
    """Ids of the first and last rows of a table of interviews, and of none."""
    rows = apps.get_model("interviews", model)._base_manager.order_by("pk")
    return [*dict.fromkeys(pk for one in (rows, rows.reverse()) for pk in one.values_list("pk", flat=True)[:3]), 999_999]


def addresses() -> list[str]:
    """Every address of the product, with rows of its app where it names one."""
    objects = {app: objects_of(app) for app in ("departments", "metrics", "interviews", "gaps")}
    departments = objects["departments"][1]
    forms = ["json", "csv", "html", "xlsx", "docx", "pdf", "freshness", "imports"]
    found = []
    for name, pattern in names(get_resolver().url_patterns):
        numbers, codes = objects.get(name.split(":")[0], ([1], ["missing"]))
        some: list[dict[str, object]] = [{}]
        counted = [argument for argument, converter in pattern.pattern.converters.items() if type(converter).__name__ == "IntConverter"]
        for argument in pattern.pattern.converters:
            fitting: list[object] = list(numbers if argument in counted else codes)
            if len(counted) > 1 and name.startswith("interviews:"):  # an interview, and a row of it
                fitting = numbers_of("interview" if argument == "pk" else argument) if argument in counted else fitting
            fitting = {"form": forms, "table": forms, "department": departments}.get(argument, fitting)
            if argument == "series":
                fitting = sorted(apps.get_model("metrics", "Series").objects.values_list("pk", flat=True))
            if argument == "code" and str(pattern.pattern).startswith("c/"):
                fitting = ["q4"]
            some = [one | {argument: value} for one in some for value in fitting]
        found += [reverse(name, kwargs=one) for one in some if name not in ENDS]
    return found


class Crawler:
    """Fetches everything, follows every link, and keeps what it was sent."""

    def __init__(self, user) -> None:
        self.client = Client(raise_request_exception=False)
        if user:
            self.client.force_login(user)
        self.seen: dict[str, bytes] = {}
        self.shown: set[str] = set()
        self.asked: dict[str, int] = {}  # how often a path was asked for with a query: sorts and filters are alike

    def fetch(self, address: str, **headers: str) -> bytes:
        answer = self.client.get(address, headers=headers)
        if answer.status_code == 200:
            self.shown.add(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return str(dict(answer.headers)).encode() + b"\n" + _unpacked(body)

    def crawl(self, starts: Iterable[str]) -> None:
        waiting = deque(starts)
        while waiting:
            address = waiting.popleft()
            if address in self.seen:
                continue
            self.seen[address] = self.fetch(address)
            for link in LINK.findall(self.seen[address].decode(errors="replace")):
                target = urlsplit(urljoin(address, link.replace("&amp;", "&")))
                if not target.netloc and target.path.startswith("/") and "logout" not in target.path:
                    self.asked[target.path] = self.asked.get(target.path, 0) + bool(target.query)
                    if not target.query or self.asked[target.path] <= 3:
                        waiting.append(target.path + (f"?{target.query}" if target.query else ""))

    def otherwise(self) -> Iterable[tuple[str, bytes]]:
        """The pages that exist, asked for in other ways: as a part, as JSON, in pieces, by HEAD and by POST."""
        for address in sorted(one for one in self.shown if not one.startswith("/static/") and "?" not in one):
            for headers in HEADERS[1:]:
                yield f"{address} {headers}", self.fetch(address, **headers)
            head = self.client.head(address)
            yield f"HEAD {address}", str(dict(head.headers)).encode() + head.content


def _unpacked(body: bytes) -> bytes:
    """A file that is an archive (XLSX, DOCX) with its parts beside it."""
    if not body.startswith(b"PK"):
        return body
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def leaks(pages: Iterable[tuple[str, bytes]]) -> list[str]:
    found = []
    for address, body in pages:
        text = body.decode(errors="replace")
        for match in [*re.finditer(rf"{MARK}\w*", text), *DAY.finditer(_without_assets(address, text))]:
            found.append(f"{address}: …{text[max(0, match.start() - 60) : match.end() + 20]}…")
    return found


def _is_account(leak: str) -> bool:
    """Owners of a KPI and reviewers of a cycle are chosen among all accounts: that the interviewer has one says nothing of an interview."""
    return bool(re.match(rf"(HEAD )?/(metrics/kpi|cycles/new|c/q4/interviews/plan/).*<option[^<]*{MARK}interviewer", leak, re.DOTALL))


def _without_assets(address: str, text: str) -> str:
    return "" if address.startswith("/static/") else text


@pytest.fixture
def foreign_head(marketing):
    return make.member(Role.HEAD, marketing, email="other-head@example.org", name="Otto Other")


@pytest.mark.parametrize("who", ["anonymous", "nobody", "head", "foreign_head", "manager", "admin"])
def test_no_marker_in_anything_that_can_be_fetched(said, who, request):
    crawler = Crawler(None if who == "anonymous" else request.getfixturevalue(who))
    crawler.crawl(["/", *addresses()])
    everything = [*crawler.seen.items(), *crawler.otherwise()]
    assert [leak for leak in leaks(everything) if not (who in ("manager", "admin") and _is_account(leak))] == []
    if who in ("head", "manager", "admin"):  # it has been where there is something to see
        assert sum(PUBLIC.encode() in body for _, body in everything) >= 2
        assert len(crawler.shown) > 20


def test_the_reviewer_does_find_them(said, reviewer):
    """The same crawler, as somebody who may: or its silence would mean nothing."""
    crawler = Crawler(reviewer)
    crawler.crawl(["/", *addresses()])
    found = "\n".join(leaks(crawler.seen.items()))
    for field in ("name", "pseudonym", "consent", "answer", "heading", "unquoted", "closed", "mail|interviewer", "lonely"):
        assert re.search(rf"{MARK}({field})", found), field
    assert HELD_ON.isoformat() in found


def test_a_plain_leak_would_be_found(said, manager, settings):
    """The crawler looks at headers, bodies and links."""
    assert leaks([("/x", b"<p>" + mark("name").encode() + b"</p>")])
    assert leaks([("/x", b"{'Content-Disposition': 'zqxplantedname.csv'}")])
    assert leaks([("/x", HELD_ON.strftime("held on %d %b").encode())])
    assert not leaks([("/x", PUBLIC.encode())])


def test_wrong_posts_say_nothing(said, head, manager):
    for user in (head, manager):
        crawler = Crawler(user)
        for address in addresses():
            if "/interviews/" in address or "/voices/" in address or "/privacy/" in address:
                answer = crawler.client.post(address, {"reason": "x"})
                assert not leaks([(address, answer.content)])


class TestNobodyOrTooFew:
    """A page where nobody said it and one where fewer than k said it are the same to the byte."""

    def pages(self, users, department="sales"):
        found = {}
        for user in users:
            client = Client()
            client.force_login(user)
            for address in (
                "/c/q4/voices/",
                f"/c/q4/voices/?department={department}",
                "/c/q4/voices/?q=Slow",
                "/c/q4/voices/?stance=problem",
                "/c/q4/voices.csv",
                f"/c/q4/departments/{department}/",
                "/c/q4/departments/",
                "/c/q4/",
                "/c/q4/report/",
                "/c/q4/gaps/",
            ):
                body = client.get(address).content.decode()
                body = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', "", body)
                found[user.email, address] = re.sub(r"[\d\s]+(second|minute|hour|day|week|month|year)s?", "", body)
        return found

    @pytest.mark.parametrize("released", ["never", "before", "after"])
    def test_the_same_to_the_byte(self, judged, sales, marketing, head, manager, admin, released):
        users = (head, manager, admin)
        slow, other = make.ThemeFactory(name="Slow answers"), make.ThemeFactory(name="Other theme")
        crowd = planted.staff(judged, sales, 14)
        for who in planted.staff(judged, marketing, 14)[:6]:
            planted.says(who, other)

        def out():
            for audience in (Audience.HEADS, Audience.MANAGERS):
                release(judged, audience=audience, by=None, at=AT, reason="test")

        if released == "before":
            out()
            silent = self.pages(users)
            for who in crowd[:2]:
                planted.says(who, slow)
            assert self.pages(users) == silent
            return
        if released == "never":
            silent = self.pages(users)
            for who in crowd[:2]:
                planted.says(who, slow)
            assert self.pages(users) == silent
            return
        out()
        silent = self.pages(users)
        for who in crowd[:2]:
            planted.says(who, slow)
        out()
        assert self.pages(users) == silent

    def test_it_is_not_the_same_once_enough_said_it(self, judged, sales, manager):
        slow = make.ThemeFactory(name="Slow answers")
        crowd = planted.staff(judged, sales, 14)
        release(judged, audience=Audience.MANAGERS, by=None, at=AT, reason="test")
        silent = self.pages([manager])
        for who in crowd[:4]:
            planted.says(who, slow)
        release(judged, audience=Audience.MANAGERS, by=None, at=AT, reason="test")
        spoken = self.pages([manager])
        assert {address for (_, address), page in spoken.items() if page != silent[manager.email, address]} >= {
            "/c/q4/voices/",
            "/c/q4/voices.csv",
            "/c/q4/departments/sales/",
        }
