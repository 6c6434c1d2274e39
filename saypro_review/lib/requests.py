"""What every request gets: an id that its log lines and its error page share, a clean 503 when the database is away, and
no copy of signed-in pages in any cache."""

from __future__ import annotations

import logging
import re
import sys
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url

GetResponse = Callable[[HttpRequest], HttpResponse]
request_id: ContextVar[str] = ContextVar("request_id", default="-")
_ID = re.compile(r"[0-9a-f]{32}")
log = logging.getLogger("saypro.requests")


class RequestIdMiddleware:
    """Gives the request an id and sends it back in `X-Request-ID`. An id from outside is kept only if it has our form."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        token = request_id.set(request.request_id)  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


def database_down(request: HttpRequest) -> HttpResponse:
    """The 503 page. It needs no database, and drops the dead connection so that recovery needs no restart."""
    log.error("database not reached")
    connection.close()
    response = render(None, "503.html", status=503)
    response["Retry-After"] = "5"
    return response


class NulMiddleware:
    """404 for an address with a NUL in it: no name here has one, and PostgreSQL refuses to be asked."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return not_found(request)
        return self.get_response(request)


class PartOfSignedOutMiddleware:
    """A page that asks for a part of itself after its person was signed out is sent to the sign-in as a whole: the browser would
    follow a redirect quietly and put the sign-in page into the part."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        login = resolve_url(settings.LOGIN_URL)
        if request.headers.get("HX-Request") and response.status_code == 302 and response["Location"].startswith(login):
            return HttpResponse(status=204, headers={"HX-Redirect": login})
        return response


class NoStoreMiddleware:
    """`Cache-Control: no-store` on everything a signed-in person gets, unless the view said otherwise."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The 403 page."""
    return render(None, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The 403 page, which says what to do about a form that was left open too long."""
    return forbidden(request)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The 404 page: the same bytes for what does not exist and for what the person may not know of."""
    return render(None, "404.html", status=404)


def fault(request: HttpRequest) -> HttpResponse:
    """The 500 page, with the id under which the log has the details; the 503 page when it is the database that is away, wherever
    that was noticed (sessions and accounts are read in middleware)."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return database_down(request)
    return render(None, "500.html", {"request_id": getattr(request, "request_id", "")}, status=500)
