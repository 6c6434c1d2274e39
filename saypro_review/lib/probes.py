"""What a load balancer asks: is the process alive, and can it serve."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from kombu import Connection
from kombu.exceptions import OperationalError

from saypro_review.celery import app


@require_safe
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when pages can be served, else 503; with what is wrong in words. A missing broker only delays work: it is said, not fatal."""
    database = _database()
    broker = _broker()
    state = {"database": database or "ok", "broker": broker or "ok"}
    return JsonResponse(state, status=503 if database else 200)


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, InterfaceError):
        connection.close()
        return "not reached"
    return f"{len(pending)} migrations not applied" if pending else ""


def _broker() -> str:
    try:
        with Connection(app.conf.broker_url, transport_options=app.conf.broker_transport_options, connect_timeout=1) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (OperationalError, OSError):
        return "not reached: work waits for the sweep"
    return ""
