"""The list pages of interviews with 500 interviews and 10,000 excerpts, and with ten and five times as many: queries and milliseconds.

python -m benchmarks.interviews
"""

from __future__ import annotations

import os
from statistics import median
from time import perf_counter

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"  # plain static files: none need be collected first
    django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from departments.core.roles import Role
from departments.models import CycleReviewer, Membership, ReviewCycle
from tests.factories import CycleFactory, UserFactory
from tests.interviews import scale

SIZES = ((500, 10_000), (5_000, 50_000))
PAGES = ("interviews", "plan", "excerpts", "themes", "agreement", "people", "voices", "guides")
TIMES = 7


def cycle_of(interviews: int, excerpts: int) -> tuple[Client, ReviewCycle, float]:
    """A signed-in reviewer, a cycle of so many interviews, and the seconds that it took to make them."""
    cycle, reviewer = CycleFactory(), UserFactory()
    Membership.objects.create(user=reviewer, role=Role.REVIEWER)
    CycleReviewer.objects.create(cycle=cycle, user=reviewer)
    began = perf_counter()
    scale.fill(cycle, reviewer, interviews=interviews, excerpts=excerpts)
    seconds = perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(SERVER_NAME="localhost")
    client.force_login(reviewer)
    return client, cycle, seconds


def address(page: str, cycle: ReviewCycle) -> str | None:
    """Where the page is, of the cycle or of all; None where there is none."""
    for arguments in ([cycle.code], []):
        try:
            return reverse(f"interviews:{page}", args=arguments)
        except NoReverseMatch:
            continue
    return None


def timed(client: Client, url: str) -> tuple[int, int, float, float]:
    """(status, queries, median milliseconds, kB) of the page once it is warm."""
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(url)
    queries = len(asked)  # the next request forgets them
    spent = []
    for _ in range(TIMES):
        began = perf_counter()
        client.get(url)
        spent.append(1000 * (perf_counter() - began))
    return answer.status_code, queries, median(spent), len(answer.content) / 1000


def run() -> None:
    """Print the table; everything made is rolled back."""
    print(f"{'page':12s} {'interviews':>10s} {'excerpts':>9s} {'status':>7s} {'queries':>8s} {'ms':>7s} {'kB':>6s}")
    for interviews, excerpts in SIZES:
        with transaction.atomic():
            client, cycle, seconds = cycle_of(interviews, excerpts)
            for page in PAGES:
                if url := address(page, cycle):
                    status, queries, spent, size = timed(client, url)
                    print(f"{page:12s} {interviews:10,d} {excerpts:9,d} {status:7d} {queries:8d} {spent:7.0f} {size:6.0f}")
            print(f"{'(made)':12s} {interviews:10,d} {excerpts:9,d} {1000 * seconds:23,.0f}")
            transaction.set_rollback(True)


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    run()
