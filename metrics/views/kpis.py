"""Pages of the KPI dictionary."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from departments.rules import Request
from metrics import queries

PER_PAGE = 50


@require_safe
def kpis(request: Request) -> HttpResponse:
    """The KPI dictionary."""
    text = request.GET.get("q", "").strip()
    page = Paginator(queries.kpis_for(request.user, text), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "metrics/kpis.html", {"page": page, "text": text})
