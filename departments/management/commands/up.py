"""`manage.py up`: everything that the product needs, in one process tree, until Ctrl-C."""

import json
import os
import sys
from dataclasses import asdict

from django.conf import settings
from django.core.management import get_commands
from django.core.management.base import BaseCommand, CommandParser

from departments import queries
from saypro_review.lib.embedded import session

# 2 processes of 4 threads: each thread keeps a connection to the database, and 2 cores do not serve more at once.
WEB = "granian --interface wsgi --workers 2 --blocking-threads 4 --host {host} --port {port} --no-ws --log-level warning"
WEB += " --respawn-failed-workers --workers-kill-timeout 5 saypro_review.wsgi:application"
WORKER = "celery -q -A saypro_review worker --beat --concurrency 2 --pool prefork --loglevel warning"
# Whoever starts this as root on a machine of their own need not be told so by Celery, in seven lines, at each start.
QUIET = ["-W", "ignore:You're running the worker with superuser privileges"]


class Command(BaseCommand):
    help = "Run the product: PostgreSQL, Valkey, worker and web server. With DATABASE_URL and REDIS_URL: worker and web server only."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=int, default=os.environ.get("PORT") or "8000", help="first port to try (default: $PORT or 8000)")
        parser.add_argument("--no-demo", action="store_true", help="do not load the demo organisation on the first start")
        parser.add_argument("--greet", metavar="URL", help="only print what one should know when the product is up, and end")

    def handle(self, *args: object, **options: object) -> None:
        if options["greet"]:
            for line in greeting(str(options["greet"])):
                self.stdout.write(line)
            return
        demo = not settings.EXTERNAL_SERVERS and not options["no_demo"]
        plan = session.Plan(
            state=str(settings.STATE.asked),
            host=str(options["host"]),
            port=int(str(options["port"])),
            embedded=not settings.EXTERNAL_SERVERS,
            steps=[] if settings.EXTERNAL_SERVERS else _steps(demo=demo),
            worker=[sys.executable, *QUIET, session.LEASH, *WORKER.split(), "--schedule", str(settings.STATE.path / "beat")],
            web=[sys.executable, session.LEASH, *WEB.split()],
            greet=[*_manage("up"), "--greet", "{url}"] if demo else [],
        )
        # From here on no Django is needed: the supervisor is this process, but a small program.
        os.chdir(settings.BASE_DIR)
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, "-m", "saypro_review.lib.embedded", json.dumps(asdict(plan))])  # noqa: S606


def greeting(url: str) -> list[str]:
    """The lines to print below the address: the logins of the demo organisation, where there is one."""
    logins = queries.demo_greeting()
    return ["It holds the demo organisation. Sign in on this machine as:", *logins] if logins else []


def _steps(*, demo: bool) -> list[list[str]]:
    """What is run before worker and web start: a title (may be empty) and a command each."""
    steps = [
        ["Preparing the database ...", *_manage("migrate"), "--noinput", "--verbosity", "0"],
        ["", *_manage("collectstatic"), "--noinput", "--verbosity", "0"],
    ]
    if demo and "load_demo" in get_commands():
        steps.append(["", *_manage("load_demo"), "--if-empty", "--verbosity", "0"])
    return steps


def _manage(command: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), command]
