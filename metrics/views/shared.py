"""What several pages of figures need."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def csv_answer(name: str) -> HttpResponse:
    """An empty CSV file to take away."""
    return HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": str(content_disposition_header(True, name))}
    )
