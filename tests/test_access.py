"""Who gets what from every address: role by role, own, foreign and missing objects. An address without a row fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import factories as make

pytestmark = pytest.mark.django_db

ROLES = ("anonymous", "nobody", "head", "reviewer", "manager", "admin")


@dataclass(frozen=True)
class Row:
    """An address, a method, an object of it, and the status for each of ROLES in turn."""

    name: str
    statuses: str
    method: str = "get"
    of: dict[str, Any] = field(default_factory=dict)
    query: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.name} {' '.join(str(value) for value in self.of.values())}{self.query}"


def own(**kwargs: Any) -> dict[str, Any]:
    return {"code": "q4", **kwargs}


SEES_CYCLE = "302 404 200 200 200 200"
SEES_FOREIGN_TO_HEAD = "302 404 404 200 200 200"
MISSING = "302 404 404 404 404 404"
LEADERS = "302 403 403 403 200 200"
ADMIN = "302 403 403 403 403 200"
CODES_IT = "302 404 404 422 404 404"
SEES_KPI = "302 404 200 200 200 200"
EDITS = "302 404 403 403 403 200"
EDITS_FOREIGN_TO_HEAD = "302 404 404 403 403 200"
REVIEWS = "302 404 403 200 403 403"  # of a cycle that the reviewer is assigned to
REVIEWED = "302 404 404 200 404 404"
GUIDES = "302 403 403 200 200 200"
READS_BOOK = "302 403 403 200 200 200"
CODES = "302 403 403 200 403 403"

TABLE = [
    Row("healthz", "200 200 200 200 200 200"),
    Row("readyz", "200 200 200 200 200 200"),
    # accounts: allauth's own pages. Nobody signs up; what concerns one's own account needs a sign-in.
    Row("account_login", "200 302 302 302 302 302"),
    Row("account_signup", "200 302 302 302 302 302"),
    Row("account_logout", "302 200 200 200 200 200"),
    Row("account_reset_password", "200 200 200 200 200 200"),
    Row("account_reset_password_done", "200 200 200 200 200 200"),
    Row("account_reset_password_from_key", "200 200 200 200 200 200", of={"uidb36": "1", "key": "none"}),
    Row("account_reset_password_from_key_done", "200 200 200 200 200 200"),
    Row("account_change_password", "302 200 200 200 200 200"),
    Row("account_set_password", "302 302 302 302 302 302"),
    Row("account_inactive", "200 200 200 200 200 200"),
    Row("account_reauthenticate", "302 200 200 200 200 200"),
    # cycles and jobs
    Row("departments:cycle_new", LEADERS),
    Row("departments:cycle_new", "302 403 403 403 422 422", "post"),
    Row("departments:cycle_recompute", "302 404 403 403 302 302", "post", own()),
    Row("departments:cycle_recompute", MISSING, "post", own(code="missing")),
    Row("departments:job", "302 404 404 404 200 200", of={"pk": "job"}),
    Row("departments:job", MISSING, of={"pk": 999999}),
    # figures
    Row("metrics:kpis", "302 200 200 200 200 200"),
    Row("metrics:kpis", "302 200 200 200 200 200", query="?function=magic&owner=0&sort=x&without=benchmark"),
    Row("metrics:kpis_csv", "302 200 200 200 200 200"),
    Row("metrics:kpi", SEES_KPI, of={"code": "conversion"}),
    Row("metrics:kpi", "302 404 404 200 200 200", of={"code": "lead-quality"}),
    Row("metrics:kpi", MISSING, of={"code": "missing"}),
    Row("metrics:kpi_new", ADMIN),
    Row("metrics:kpi_new", "302 403 403 403 403 422", "post"),
    Row("metrics:kpi_edit", EDITS, of={"code": "conversion"}),
    Row("metrics:kpi_edit", EDITS_FOREIGN_TO_HEAD, of={"code": "lead-quality"}),
    Row("metrics:kpi_edit", "302 404 403 403 403 422", "post", {"code": "conversion"}),
    Row("metrics:kpi_edit", MISSING, "post", {"code": "missing"}),
    Row("metrics:kpi_delete", EDITS, of={"code": "conversion"}),
    Row("metrics:kpi_delete", EDITS_FOREIGN_TO_HEAD, of={"code": "lead-quality"}),
    Row("metrics:kpi_delete", "302 404 403 403 403 422", "post", {"code": "conversion"}),
    Row("metrics:kpi_file", ADMIN),
    Row("metrics:kpi_file", "302 403 403 403 403 422", "post"),
    Row("metrics:kpi_file_confirm", "302 403 403 403 403 302", "post"),
    Row("metrics:benchmarks", "302 200 200 200 200 200"),
    Row("metrics:benchmarks", "302 200 200 200 200 200", query="?department=marketing&missing=goal&kind=goal"),
    Row("metrics:benchmarks_csv", "302 200 200 200 200 200"),
    Row("metrics:benchmark_new", ADMIN),
    Row("metrics:benchmark_new", "302 403 403 403 403 422", "post"),
    Row("metrics:benchmark_edit", EDITS, of={"pk": "goal of sales"}),
    Row("metrics:benchmark_edit", EDITS_FOREIGN_TO_HEAD, of={"pk": "goal of marketing"}),
    Row("metrics:benchmark_edit", MISSING, of={"pk": 999999}),
    Row("metrics:benchmark_edit", "302 404 403 403 403 422", "post", {"pk": "goal of sales"}),
    Row("metrics:benchmark_end", EDITS, of={"pk": "goal of sales"}),
    Row("metrics:benchmark_end", EDITS_FOREIGN_TO_HEAD, of={"pk": "goal of marketing"}),
    Row("metrics:benchmark_end", "302 404 403 403 403 422", "post", {"pk": "goal of sales"}),
    Row("metrics:benchmark_delete", EDITS, of={"pk": "goal of sales"}),
    Row("metrics:benchmark_delete", EDITS_FOREIGN_TO_HEAD, of={"pk": "goal of marketing"}),
    Row("metrics:benchmark_delete", "302 404 403 403 403 302", "post", {"pk": "goal of sales"}),
    Row("metrics:drivers", "302 200 200 200 200 200"),
    Row("metrics:drivers", "302 200 200 200 200 200", query="?department=marketing&q=x"),
    Row("metrics:drivers_csv", "302 200 200 200 200 200"),
    Row("metrics:driver_new", ADMIN),
    Row("metrics:driver_new", "302 403 403 403 403 422", "post"),
    Row("metrics:driver_edit", EDITS, of={"pk": "driver in sales"}),
    Row("metrics:driver_edit", EDITS_FOREIGN_TO_HEAD, of={"pk": "driver in marketing"}),
    Row("metrics:driver_edit", MISSING, of={"pk": 999999}),
    Row("metrics:driver_edit", "302 404 403 403 403 422", "post", {"pk": "driver in sales"}),
    Row("metrics:driver_delete", EDITS, of={"pk": "driver in sales"}),
    Row("metrics:driver_delete", EDITS_FOREIGN_TO_HEAD, of={"pk": "driver in marketing"}),
    Row("metrics:driver_delete", "302 404 403 403 403 302", "post", {"pk": "driver in sales"}),
    Row("metrics:library", "302 200 200 200 200 200"),
    Row("metrics:library", "302 403 403 403 403 302", "post"),
    Row("metrics:imports", LEADERS),
    Row("metrics:import_new", ADMIN),
    Row("metrics:import_new", "302 403 403 403 403 422", "post"),
    Row("metrics:import", "302 404 404 404 200 200", of={"pk": "batch"}),
    Row("metrics:import", MISSING, of={"pk": 999999}),
    Row("metrics:import_confirm", "302 404 404 404 403 302", "post", {"pk": "batch"}),
    Row("metrics:import_confirm", MISSING, "post", {"pk": 999999}),
    Row("metrics:import_answer", "302 404 404 404 403 302", "post", {"pk": "batch"}),
    Row("metrics:import_answer", MISSING, "post", {"pk": 999999}),
    Row("metrics:import_cancel", "302 404 404 404 403 302", "post", {"pk": "batch"}),
    Row("metrics:import_cancel", MISSING, "post", {"pk": 999999}),
    Row("metrics:import_undo", "302 404 404 404 403 302", "post", {"pk": "batch"}),
    Row("metrics:import_undo", MISSING, "post", {"pk": 999999}),
    Row("metrics:import_rejects", "302 404 404 404 404 404", of={"pk": "batch"}),
    Row("metrics:import_rejects", MISSING, of={"pk": 999999}),
    Row("metrics:import_original", "302 404 404 404 200 200", of={"pk": "batch"}),
    Row("metrics:import_original", MISSING, of={"pk": 999999}),
    Row("metrics:import_errors", "302 404 404 404 200 200", of={"pk": "batch"}),
    Row("metrics:import_errors", MISSING, of={"pk": 999999}),
    Row("metrics:import_template", "302 200 200 200 200 200"),
    # interviews: the editor
    # interviews: coding. The reviewer coded "coded" first; whoever does not review the cycle knows of none
    Row("interviews:excerpt_new", CODES_IT, "post", own(pk="coded")),
    Row("interviews:excerpt_new", MISSING, "post", own(code="theirs", pk="coded")),
    Row("interviews:excerpt_new", MISSING, "post", own(pk=999999)),
    Row("interviews:excerpt", CODES_IT, "post", own(pk="coded", excerpt="excerpt")),
    Row("interviews:excerpt", MISSING, "post", own(pk="coded", excerpt=999999)),
    Row("interviews:excerpt_remove", "302 404 404 200 404 404", "post", own(pk="coded", excerpt="excerpt")),
    Row("interviews:excerpt_remove", MISSING, "post", own(pk="coded", excerpt=999999)),
    Row("interviews:excerpt_restore", "302 404 404 200 404 404", "post", own(pk="coded", excerpt="excerpt")),
    Row("interviews:excerpt_restore", MISSING, "post", own(pk="coded", excerpt=999999)),
    Row("interviews:excerpt_list", "302 404 404 200 404 404", of=own(pk="coded", answer="coded answer")),
    Row("interviews:excerpt_list", MISSING, of=own(pk="coded", answer=999999)),
    Row("interviews:suggest", "302 404 404 200 404 404", "post", own(pk="coded")),
    Row("interviews:suggest", MISSING, "post", own(pk=999999)),
    Row("interviews:coding", "302 404 404 302 404 404", of=own(pk="coded")),
    Row("interviews:coding", "302 404 404 200 404 404", of=own(pk="coded by another")),
    Row("interviews:coding", "302 404 404 302 404 404", "post", own(pk="coded by another")),
    Row("interviews:coding", MISSING, of=own(pk=999999)),
    Row("interviews:coding_finish", "302 404 404 302 404 404", "post", own(pk="coded by another")),
    Row("interviews:coding_finish", MISSING, "post", own(pk=999999)),
    Row("interviews:new", REVIEWS, of=own()),
    Row("interviews:new", REVIEWS, of=own(), query="?stakeholder=x&department=magic&role=x"),
    Row("interviews:new", "302 404 403 422 403 403", "post", own()),
    Row("interviews:new", "302 404 404 403 403 403", of=own(code="theirs")),
    Row("interviews:new", MISSING, of=own(code="missing")),
    Row("interviews:editor", REVIEWED, of=own(pk="interview")),
    Row("interviews:editor", MISSING, of=own(pk="interview of theirs")),
    Row("interviews:editor", MISSING, of=own(code="theirs", pk="interview of theirs")),
    Row("interviews:editor", MISSING, of=own(code="theirs", pk="interview")),
    Row("interviews:editor", MISSING, of=own(pk=999999)),
    Row("interviews:versions", REVIEWED, of=own(pk="interview")),
    Row("interviews:versions", MISSING, of=own(pk=999999)),
    Row("interviews:answer", REVIEWED, of=own(pk="interview", answer="answer")),
    Row("interviews:answer", MISSING, of=own(pk="interview", answer="answer of theirs")),
    Row("interviews:answer", MISSING, of=own(pk=999999, answer="answer")),
    Row("interviews:answer", "302 404 404 422 404 404", "post", own(pk="interview", answer="answer")),
    Row("interviews:answer", MISSING, "post", own(pk="interview of theirs", answer="answer of theirs")),
    Row("interviews:details", REVIEWED, of=own(pk="interview")),
    Row("interviews:details", "302 404 404 422 404 404", "post", own(pk="interview")),
    Row("interviews:details", MISSING, of=own(pk=999999)),
    Row("interviews:delete", REVIEWED, of=own(pk="interview")),
    Row("interviews:delete", MISSING, "post", own(pk="interview of theirs")),
    Row("interviews:delete", "302 404 404 302 404 404", "post", own(pk="spare interview")),
    Row("interviews:finish", "302 404 404 302 404 404", "post", own(pk="interview")),
    Row("interviews:finish", MISSING, "post", own(pk="interview of theirs")),
    Row("interviews:reopen", "302 404 404 302 404 404", "post", own(pk="interview")),
    Row("interviews:reopen", MISSING, "post", own(pk=999999)),
    # interviews: planning, guides, list
    Row("interviews:interviews", "302 404 302 200 200 200", of=own()),
    Row("interviews:interviews", "302 404 404 200 200 200", of=own(code="theirs")),
    Row("interviews:interviews", "302 404 302 200 200 200", of=own(), query="?department=marketing&role=x&state=draft&sort=-excerpts"),
    Row("interviews:interviews", MISSING, of=own(code="missing")),
    Row("interviews:interviews_csv", REVIEWS, of=own()),
    Row("interviews:interviews_csv", "302 404 404 403 403 403", of=own(code="theirs")),
    Row("interviews:interviews_csv", MISSING, of=own(code="missing")),
    Row("interviews:plan", "302 404 403 200 200 200", of=own()),
    Row("interviews:plan", "302 404 404 403 200 200", of=own(code="theirs")),
    Row("interviews:plan", "302 404 403 302 302 302", "post", own()),
    Row("interviews:plan", MISSING, of=own(code="missing")),
    Row("interviews:stakeholder_new", REVIEWS, of=own()),
    Row("interviews:stakeholder_new", "302 404 403 422 403 403", "post", own()),
    Row("interviews:stakeholder_new", "302 404 404 403 403 403", of=own(code="theirs")),
    Row("interviews:stakeholder", REVIEWED, of=own(pk="person")),
    Row("interviews:stakeholder", "302 404 404 422 404 404", "post", own(pk="person")),
    Row("interviews:stakeholder", MISSING, of=own(pk="person of theirs")),
    Row("interviews:stakeholder", MISSING, of=own(code="theirs", pk="person of theirs")),
    Row("interviews:stakeholder", MISSING, of=own(pk=999999)),
    Row("interviews:stakeholder_delete", REVIEWED, of=own(pk="person")),
    Row("interviews:stakeholder_delete", "302 404 404 302 404 404", "post", own(pk="spare person")),
    Row("interviews:stakeholder_delete", MISSING, "post", own(code="theirs", pk="person of theirs")),
    Row("interviews:reviewer_add", "302 404 403 403 302 302", "post", own()),
    Row("interviews:reviewer_add", MISSING, "post", own(code="missing")),
    Row("interviews:reviewer_remove", "302 404 403 403 200 200", of=own(pk="reviewer")),
    Row("interviews:reviewer_remove", "302 404 403 403 404 404", of=own(pk=999999)),
    Row("interviews:reviewer_remove", "302 404 403 403 404 404", "post", own(pk=999999)),
    Row("interviews:guides", GUIDES),
    Row("interviews:guide", GUIDES, of={"code": "front"}),
    Row("interviews:guide", "302 403 403 404 404 404", of={"code": "missing"}),
    Row("interviews:guide_new", GUIDES),
    Row("interviews:guide_new", "302 403 403 422 422 422", "post"),
    Row("interviews:guide_edit", GUIDES, of={"code": "front"}),
    Row("interviews:guide_edit", "302 403 403 422 422 422", "post", {"code": "front"}),
    Row("interviews:guide_edit", "302 403 403 404 404 404", of={"code": "missing"}),
    Row("interviews:guide_retire", "302 403 403 404 404 404", "post", {"code": "missing"}),
    Row("interviews:guide_retire", "302 403 403 302 404 404", "post", {"code": "front"}),
    Row("interviews:guide_bring_back", "302 403 403 404 404 404", "post", {"code": "missing"}),
    Row("interviews:guide_bring_back", "302 403 403 302 302 302", "post", {"code": "front"}),
    # interviews: the codebook
    Row("interviews:themes", READS_BOOK),
    Row("interviews:themes", READS_BOOK, query="?q=x&level=job&condition=motives&used=yes&sort=-excerpts"),
    Row("interviews:themes", READS_BOOK, query="?level=moon&done=999999999999999999999"),
    Row("interviews:themes_csv", READS_BOOK),
    Row("interviews:codebook_export", READS_BOOK),
    Row("interviews:codebook_history", READS_BOOK),
    Row("interviews:codebook_import", CODES),
    Row("interviews:codebook_import", "302 403 403 422 403 403", "post"),
    Row("interviews:codebook_import_confirm", "302 403 403 302 403 403", "post"),
    Row("interviews:codebook_undo", "302 403 403 404 403 403", "post", of={"pk": 999999}),
    Row("interviews:theme_new", CODES),
    Row("interviews:theme_new", "302 403 403 422 403 403", "post"),
    Row("interviews:theme", READS_BOOK, of={"code": "trust-in-it"}),
    Row("interviews:theme", "302 403 403 404 404 404", of={"code": "missing"}),
    Row("interviews:theme_edit", CODES, of={"code": "trust-in-it"}),
    Row("interviews:theme_edit", "302 403 403 422 403 403", "post", of={"code": "trust-in-it"}),
    Row("interviews:theme_merge", CODES, of={"code": "trust-in-it"}),
    Row("interviews:theme_merge", "302 403 403 422 403 403", "post", of={"code": "trust-in-it"}),
    Row("interviews:theme_split", CODES, of={"code": "trust-in-it"}),
    Row("interviews:theme_split", "302 403 403 422 403 403", "post", of={"code": "trust-in-it"}),
    Row("interviews:theme_retire", CODES, of={"code": "trust-in-it"}),
    Row("interviews:theme_retire", "302 403 403 404 403 403", "post", of={"code": "missing"}),
    Row("interviews:theme_retire", "302 403 403 302 403 403", "post", of={"code": "trust-in-it"}),
    # interviews: import, export, agreement
    Row("interviews:import", "302 404 403 200 403 403", of=own()),
    Row("interviews:import", "302 404 403 422 403 403", "post", own()),
    Row("interviews:import", "302 404 403 422 403 403", "post", own(), query="?kind=json"),
    Row("interviews:import", "302 404 404 403 403 403", of=own(code="theirs")),
    Row("interviews:import", MISSING, "post", own(code="missing")),
    Row("interviews:excerpts", "302 404 403 200 403 403", of=own()),
    Row("interviews:excerpts", "302 404 403 200 403 403", of=own(), query="?theme=x&stance=x&cause=theme:0&sort=-voice&page=9"),
    Row("interviews:excerpts", "302 404 404 403 403 403", of=own(code="theirs")),
    Row("interviews:excerpts", MISSING, of=own(code="missing")),
    Row("interviews:excerpts_csv", "302 404 403 200 403 403", of=own()),
    Row("interviews:excerpts_csv", "302 404 404 403 403 403", of=own(code="theirs")),
    Row("interviews:excerpts_xlsx", "302 404 403 200 403 403", of=own()),
    Row("interviews:excerpts_xlsx", MISSING, of=own(code="missing")),
    Row("interviews:agreement", "302 404 403 200 403 403", of=own()),
    Row("interviews:agreement", "302 404 404 403 403 403", of=own(code="theirs")),
    Row("interviews:agreement", MISSING, of=own(code="missing")),
    # interviews: what has been released, privacy, erasure
    Row("interviews:voices", SEES_CYCLE, of=own()),
    Row("interviews:voices", SEES_CYCLE, of=own(), query="?department=marketing&stance=problem&q=x"),
    Row("interviews:voices", SEES_FOREIGN_TO_HEAD, of=own(code="theirs")),
    Row("interviews:voices", MISSING, of=own(code="missing")),
    Row("interviews:voices_csv", SEES_CYCLE, of=own()),
    Row("interviews:voices_csv", SEES_FOREIGN_TO_HEAD, of=own(code="theirs")),
    Row("interviews:release", "302 404 403 302 302 302", "post", own()),
    Row("interviews:release", "302 404 404 403 302 302", "post", own(code="theirs")),
    Row("interviews:privacy", "302 404 403 403 200 200", of=own()),
    Row("interviews:privacy", MISSING, of=own(code="missing")),
    Row("interviews:privacy", "302 404 403 403 422 422", "post", own()),
    Row("interviews:people", "302 404 403 200 403 403", of=own()),
    Row("interviews:people", "302 404 404 403 403 403", of=own(code="theirs")),
    Row("interviews:person_export", "302 404 404 200 404 404", of=own(pk="person")),
    Row("interviews:person_export", MISSING, of=own(pk="person of theirs")),
    Row("interviews:person_erase", "302 404 404 200 404 404", of=own(pk="person")),
    Row("interviews:person_erase", MISSING, of=own(pk="person of theirs")),
    Row("interviews:person_erase", "302 404 404 422 404 404", "post", own(pk="person")),
    Row("interviews:person_erase", MISSING, "post", own(pk=999999)),
    # the review
    Row("gaps:start", "302 200 302 302 302 302"),
    Row("gaps:clear_demo", ADMIN),
    Row("gaps:clear_demo", "302 403 403 403 403 422", "post"),
    Row("gaps:home", SEES_CYCLE, of=own()),
    Row("gaps:home", MISSING, of=own(code="missing")),
    Row("gaps:home", SEES_FOREIGN_TO_HEAD, of=own(code="theirs")),
    Row("gaps:departments", SEES_CYCLE, of=own()),
    Row("gaps:departments", SEES_FOREIGN_TO_HEAD, of=own(code="theirs")),
    Row("gaps:department", SEES_CYCLE, of=own(department="sales")),
    Row("gaps:department", SEES_FOREIGN_TO_HEAD, of=own(department="marketing")),
    Row("gaps:department", MISSING, of=own(department="missing")),
    Row("gaps:series", SEES_CYCLE, of=own(series="conversion")),
    Row("gaps:series", SEES_FOREIGN_TO_HEAD, of=own(series="lead-quality")),
    Row("gaps:series", MISSING, of=own(series=999999)),
    Row("gaps:series_csv", SEES_CYCLE, of=own(series="conversion")),
    Row("gaps:series_csv", SEES_FOREIGN_TO_HEAD, of=own(series="lead-quality")),
    Row("gaps:series_csv", MISSING, of=own(series=999999)),
    Row("gaps:correct", "302 404 403 403 403 422", "post", own(series="conversion")),
    Row("gaps:correct", "302 404 404 403 403 422", "post", own(series="lead-quality")),
    Row("gaps:correct", MISSING, "post", own(series=999999)),
    Row("gaps:rebase", "302 404 403 422 422 422", "post", own(series="conversion")),
    Row("gaps:rebase", "302 404 404 422 422 422", "post", own(series="lead-quality")),
    Row("gaps:rebase", MISSING, "post", own(series=999999)),
    Row("gaps:rebase_remove", MISSING, "post", own(series="lead-quality", pk="rebase")),
    Row("gaps:rebase_remove", "302 404 403 302 404 404", "post", own(series="conversion", pk="rebase")),
    Row("gaps:rebase_remove", MISSING, "post", own(series="conversion", pk=999999)),
    Row("gaps:health", SEES_CYCLE, of=own()),
    Row("gaps:health", MISSING, of=own(code="missing")),
    Row("gaps:health", SEES_FOREIGN_TO_HEAD, of=own(code="theirs")),
    Row("gaps:health_csv", SEES_CYCLE, of=own(table="freshness")),
    Row("gaps:health_csv", "302 404 404 404 200 200", of=own(table="imports")),
    Row("gaps:health_csv", MISSING, of=own(table="missing")),
    Row("gaps:health_csv", "302 404 404 404 404 404", of=own(code="theirs", table="freshness")),
    Row("gaps:gaps", SEES_CYCLE, of=own()),
    Row("gaps:gaps", SEES_CYCLE, of=own(), query="?grade=3"),
    Row("gaps:report", SEES_CYCLE, of=own()),
    Row("gaps:report", SEES_FOREIGN_TO_HEAD, of=own(code="theirs")),
    Row("gaps:export", "302 404 403 403 200 200", of=own(form="json")),
    Row("gaps:export", "302 404 403 403 200 200", of=own(form="csv")),
    Row("gaps:export", "302 404 403 403 200 200", of=own(form="html")),
    Row("gaps:export", "302 404 403 403 404 404", of=own(form="exe")),
    Row("gaps:export", MISSING, of=own(code="missing", form="json")),
]
SAFE_ONLY = {
    "interviews:themes", "interviews:themes_csv", "interviews:codebook_export", "interviews:codebook_history", "interviews:theme",
    "healthz", "readyz", "departments:job", "metrics:kpis", "metrics:kpis_csv", "metrics:kpi", "metrics:benchmarks",
    "metrics:benchmarks_csv", "metrics:drivers", "metrics:drivers_csv", "metrics:imports", "metrics:import", "metrics:import_original",
    "metrics:import_errors", "metrics:import_template", "gaps:start", "gaps:home", "gaps:departments", "gaps:department",
    "gaps:series", "gaps:series_csv", "gaps:health", "gaps:health_csv", "gaps:gaps", "gaps:report", "gaps:export", "interviews:interviews",
    "interviews:interviews_csv", "interviews:guides", "interviews:guide",
    "interviews:excerpts", "interviews:excerpts_csv", "interviews:excerpts_xlsx", "interviews:agreement",
    "interviews:voices", "interviews:voices_csv", "interviews:people",
    "interviews:editor", "interviews:versions", "interviews:excerpt_list",
}  # fmt: skip


@pytest.fixture
def cast(judged, marketing, admin, manager, reviewer, head, nobody):
    """Clients by role over the judged cycle, a cycle of Marketing alone, an import and a job that are the manager's."""
    theirs = make.CycleFactory(code="theirs")
    theirs.roots.set([marketing])
    make.reviewing(reviewer, judged)
    people = {"nobody": nobody, "head": head, "reviewer": reviewer, "manager": manager, "admin": admin}
    clients = {"anonymous": Client(raise_request_exception=False)}
    for role, person in people.items():
        clients[role] = Client(raise_request_exception=False)
        clients[role].force_login(person)
    return clients


@pytest.fixture
def objects(cast, judged, manager, reviewer, sales):
    from departments.models import Job
    from metrics.models import Rebase, Series

    make.ThemeFactory(code="trust-in-it")
    job = Job.objects.create(kind="tests.nothing", requested_by=manager, created_at=make.AT)
    batch = make.ImportFactory(state="ready", applied_at=None, created_by=manager)
    series = dict(Series.objects.values_list("kpi__code", "pk"))
    rebase = Rebase.objects.create(series_id=series["conversion"], period="2025-01-01", reason="New system", created_at=make.AT)
    return {
        "job": job.pk,
        "batch": batch.pk,
        "rebase": rebase.pk,
        **series,
        **_meanings(),
        **_planned(judged, reviewer, sales),
        **_coded(judged, reviewer, sales),
    }


def _coded(judged, reviewer, sales) -> dict[str, int]:
    """A finished interview of the reviewer with an excerpt, and one of somebody else."""
    own, other = (
        make.InterviewFactory(stakeholder=make.StakeholderFactory(cycle=judged, department=sales), interviewer=interviewer, finished=True)
        for interviewer in (reviewer, make.UserFactory())
    )
    excerpt = make.excerpt(make.answer(own, "Leads come late."), make.ThemeFactory())
    return {"coded": own.pk, "coded by another": other.pk, "excerpt": excerpt.pk, "coded answer": excerpt.answer_id}


def _meanings() -> dict[str, int]:
    """A goal of each department, and a driver that names it, by words."""
    from metrics.models import DriverLink, Series

    found = {}
    driver = make.KPIFactory(code="trust")
    for series in Series.objects.filter(kpi__code__in=["conversion", "lead-quality"]).select_related("kpi", "department"):
        place = series.department.code
        found[f"goal of {place}"] = make.BenchmarkFactory(kpi=series.kpi, department=series.department).pk
        found[f"driver in {place}"] = DriverLink.objects.create(
            driver=driver, driven=series.kpi, driven_department=series.department, reason="x"
        ).pk
    return found


def _planned(cycle, reviewer, sales) -> dict[str, int]:
    """People to interview, here and in the cycle that nobody reviews; a guide "front"; the reviewer."""
    from departments.models import ReviewCycle

    make.GuideFactory(code="front")
    theirs = ReviewCycle.objects.get(code="theirs")
    places = {"person": cycle, "spare person": cycle, "person of theirs": theirs}
    people = {name: make.StakeholderFactory(cycle=of, department=sales).pk for name, of in places.items()}
    return people | {"reviewer": reviewer.pk} | _written(people, reviewer)


def _written(people: dict[str, int], reviewer) -> dict[str, int]:
    """A draft of the reviewer's, another to delete, and somebody's in the cycle that the reviewer does not review, with answers."""
    spoken = {"interview": ("person", reviewer), "spare interview": ("person", reviewer), "interview of theirs": ("person of theirs", None)}
    found = {}
    for name, (person, interviewer) in spoken.items():
        by = {"interviewer": interviewer} if interviewer else {}
        interview = make.InterviewFactory(stakeholder=make.Stakeholder.objects.get(pk=people[person]), **by)
        found[name] = interview.pk
        found[name.replace("interview", "answer")] = make.answer(interview, "Leads come late.").pk
    return found


def names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> set[str]:
    found = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            found |= names(pattern.url_patterns, inner)
        else:
            found.add(f"{prefix}{pattern.name}")
    return found


def test_every_address_has_a_row():
    assert names(get_resolver().url_patterns) == {row.name for row in TABLE}


def address(row: Row, objects: dict[str, int]) -> str:
    of = {key: value if key == "code" else objects.get(value, value) for key, value in row.of.items()}
    return reverse(row.name, kwargs=of) + row.query


def test_access(cast, objects):
    wrong = []
    for row in TABLE:
        got = " ".join(str(getattr(cast[role], row.method)(address(row, objects)).status_code) for role in ROLES)
        if got != row.statuses:
            wrong.append(f"{row}: {got}, not {row.statuses}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("method", ["head", "get"])
def test_foreign_is_like_missing_to_the_byte(cast, objects, method):
    """What somebody may not know of cannot be told from what does not exist, by body, headers or length."""
    ask = getattr(cast["head"], method)
    compared = 0
    for headers in ({}, {"HX-Request": "true"}, {"Accept": "application/json"}, {"Range": "bytes=0-10"}):
        missing = ask("/c/q4/departments/there-is-none/", headers=headers)
        for row in TABLE:
            if row.method == "get" and row.statuses.split()[ROLES.index("head")] == "404":
                answer = ask(address(row, objects), headers=headers)
                assert (answer.status_code, answer.content) == (404, missing.content), row
                assert {**answer.headers, "X-Request-ID": ""} == {**missing.headers, "X-Request-ID": ""}, row
                compared += 1
    assert compared > 40


def test_pages_that_only_show_refuse_to_be_posted_to(cast, objects):
    for name in SAFE_ONLY:
        row = next(row for row in TABLE if row.name == name)
        assert cast["admin"].post(address(row, objects)).status_code == 405, name


def test_nobody_is_shown_another_departments_names(cast, objects):
    """A head's pages hold no word of the departments that are not theirs."""
    for name, of in (
        ("home", {}),
        ("departments", {}),
        ("gaps", {}),
        ("health", {}),
        ("report", {}),
        ("department", {"department": "sales"}),
    ):
        page = cast["head"].get(reverse(f"gaps:{name}", kwargs=own(**of))).content.decode()
        assert "Sales" in page
        assert "Lead quality" not in page
        assert "Marketing" not in page


def test_a_head_reads_only_drivers_and_kpis_that_concern_them(cast, objects, sales, marketing):
    from metrics.models import KPI, DriverLink

    conversion, leads = KPI.objects.get(code="conversion"), KPI.objects.get(code="lead-quality")
    DriverLink.objects.create(driver=leads, driven=conversion, driver_department=marketing, reason="because of Secret Ops")
    DriverLink.objects.create(driver=leads, driven=conversion, driven_department=marketing, reason="elsewhere")
    page = reverse("gaps:series", kwargs=own(series=objects["conversion"]))
    assert "Secret Ops" not in cast["head"].get(page).content.decode()
    assert "Secret Ops" in cast["manager"].get(page).content.decode()
    assert "elsewhere" not in cast["manager"].get(page).content.decode()
    assert "Lead quality" not in cast["head"].get("/metrics/").content.decode()
    assert "Conversion rate" not in cast["nobody"].get("/metrics/").content.decode()
    report = cast["head"].get(reverse("gaps:report", kwargs=own())).content.decode().replace("\u00a0", " ")
    assert "from 2 series" in report


def test_whoever_sees_a_cycle_may_watch_it_being_judged(cast, objects, judged):
    from departments.services.cycles import request_recompute

    job = request_recompute(judged, by=None, at=make.AT)
    for role in ("head", "reviewer", "manager"):
        assert f"/jobs/{job.pk}/" in cast[role].get(reverse("gaps:home", kwargs=own())).content.decode()
        assert cast[role].get(f"/jobs/{job.pk}/", headers={"HX-Request": "true"}).status_code == 200


def test_a_role_taken_away_ends_with_the_next_request(cast, head):
    page = reverse("gaps:department", kwargs=own(department="sales"))
    assert cast["head"].get(page).status_code == 200
    head.memberships.all().delete()
    assert cast["head"].get(page).status_code == 404


def test_a_deactivated_account_is_signed_out(cast, manager):
    manager.is_active = False
    manager.save()
    assert cast["manager"].get(reverse("gaps:home", kwargs=own())).status_code == 302


def test_signed_in_pages_are_not_kept_by_caches(cast):
    assert cast["manager"].get(reverse("gaps:home", kwargs=own()))["Cache-Control"] == "no-store"


def test_the_policy_allows_nothing_from_elsewhere(cast):
    policy = cast["manager"].get(reverse("gaps:home", kwargs=own()))["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
