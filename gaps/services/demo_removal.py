"""Takes the demo organisation away again and leaves everything else.

What a load made is named by ids in its audit event, which nobody can change: that is what a removal goes by. Figures that came in
with a demo login go with the demo's departments that they are about. Whatever else was done with a demo login stays: it may well
be somebody's first real data. Where real data hangs on the demo nothing is removed. Histories of benchmarks and memberships stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from departments.core.lifecycle import JobState
from departments.core.roles import Role
from departments.models import AuditEvent, Department, Job, Membership, ReviewCycle, User
from departments.services import audit, cycles, people
from gaps.core.demo_story import EMAIL_DOMAIN
from gaps.models import Comparison, Gap, SeriesVerdict
from gaps.services import demo_interviews
from gaps.services.mixed import Mixed
from metrics.core.kpi import ImportState
from metrics.models import KPI, Import, Observation, ObservationChange, Rebase, Series
from metrics.services import rollup

LOADED = "demo.load"  # the audit event that names, by their ids, everything a load made
CLEARED = "demo.clear"
UNDER_WAY = [ImportState.CHECKING, ImportState.UNDECIDED, ImportState.READY, ImportState.APPLYING]


@dataclass(frozen=True)
class Made:
    """Ids of what the load made."""

    departments: list[int]
    kpis: list[int]
    imports: list[int]
    cycles: list[int]


@transaction.atomic
def clear_demo(*, by: User | None, at: datetime, email: str = "", name: str = "", password: str | None = None) -> bool:
    """Remove the demo and, where an `email` is given, make the first admin; False when there is no demo.

    Its accounts cannot be deleted, as the audit log names them: they lose name, address, password, roles and may not sign in.
    Raises Mixed where real data hangs on the demo, ValidationError where the admin's account cannot be made: nothing is done then.
    """
    made = _made()
    if made is None:
        return False
    list(ReviewCycle.objects.select_for_update().order_by("pk"))  # no run is being stored meanwhile
    empty = ~Exists(Observation.objects.filter(series=OuterRef("pk")))
    doomed = Series.objects.filter(Q(department__in=made.departments) | Q(empty, kpi__in=made.kpis))
    _refuse_mixed(made, doomed)
    gone = [*made.cycles, *_tried_cycles(made)]
    demo_interviews.remove(departments=made.departments, cycles=gone)
    ReviewCycle.objects.filter(pk__in=gone).delete()
    touched = _remove_verdicts(doomed)
    kpis = set(doomed.values_list("kpi", flat=True))
    _remove_figures(doomed)
    _remove_imports(made)
    KPI.objects.filter(pk__in=made.kpis).delete()
    rollup.refresh(kpis=kpis - set(made.kpis))
    _remove_departments(made)
    accounts = _close_accounts()
    for cycle in touched:
        cycles.request_recompute(cycle, by=by, at=at)
    audit.record(CLEARED, by=by, at=at, departments=len(made.departments), kpis=len(made.kpis), accounts=accounts)
    if email:
        people.grant(people.create_user(email=email, name=name, password=password, by=by, at=at), Role.ADMIN, by=by, at=at)
    return True


def _made() -> Made | None:
    """What the last load made, unless it was removed."""
    event = AuditEvent.objects.filter(act__in=[LOADED, CLEARED]).order_by("-pk").first()
    if event is None or event.act == CLEARED:
        return None
    return Made(**{name: event.details[name] for name in ("departments", "kpis", "imports", "cycles")})


def _refuse_mixed(made: Made, doomed: QuerySet[Series]) -> None:
    figures = Observation.objects.filter(series__in=doomed).exclude(batch__created_by__is_demo=True)
    if foreign := figures.select_related("series__department", "batch").order_by("series_id", "period").first():
        raise Mixed(
            f"The demo's department {foreign.series.department} holds figures of your own, from {foreign.batch}. "
            "Import them under a department of your own first; the demo stays until then."
        )
    if borrowed := Series.objects.filter(kpi__in=made.kpis).exclude(pk__in=doomed).first():
        raise Mixed(f"Your department {borrowed.department} has figures of the demo's KPI {borrowed.kpi}. Rename the KPI first.")
    if child := Department.objects.filter(parent__in=made.departments).exclude(pk__in=made.departments).first():
        raise Mixed(f"Your department {child} is placed below the demo's {child.parent}. Move it elsewhere first.")
    tried = [*made.cycles, *_tried_cycles(made)]
    if review := ReviewCycle.objects.filter(roots__in=made.departments).exclude(pk__in=tried).first():
        raise Mixed(f"Your review {review} covers departments of the demo. Take them out of it first.")
    demo_interviews.refuse_mixed(departments=made.departments, kpis=made.kpis, cycles=tried)


def _tried_cycles(made: Made) -> list[int]:
    """Reviews of nothing but the demo's departments that somebody set up with a demo login."""
    own = AuditEvent.objects.filter(act="cycle.create", actor__is_demo=True).values("object_id")
    others = Department.objects.exclude(pk__in=made.departments)
    about = ReviewCycle.objects.filter(pk__in=own, roots__in=made.departments).exclude(roots__in=others)
    return list(about.distinct().values_list("pk", flat=True))


def _remove_verdicts(doomed: QuerySet[Series]) -> list[ReviewCycle]:
    """Forget what remaining cycles say of the series; the open ones that must be judged again."""
    about = [SeriesVerdict.objects.filter(series__in=doomed), Comparison.objects.filter(series__in=doomed)]
    touched = set(about[0].values_list("run__cycle", flat=True))
    for rows in [Gap.objects.filter(series__in=doomed), *about]:
        rows.delete()
    return list(ReviewCycle.objects.open().filter(pk__in=touched).order_by("pk"))


def _remove_figures(doomed: QuerySet[Series]) -> None:
    ids = list(doomed.values_list("pk", flat=True))
    Rebase.objects.filter(series__in=ids).delete()
    ObservationChange.objects.filter(series__in=ids).delete()
    Observation.objects.filter(series__in=ids).delete()
    Series.objects.filter(pk__in=ids).delete()


def _remove_imports(made: Made) -> None:
    """The demo's files, those tried out with its logins of which no figure is left, and what was asked for with its logins."""
    kept = Observation.objects.filter(batch=OuterRef("pk"))
    tried = Q(created_by__is_demo=True) & ~Q(state__in=UNDER_WAY) & ~Exists(kept)
    files = list(Import.objects.filter(Q(pk__in=made.imports) | tried).values_list("pk", flat=True))
    Job.objects.filter(requested_by__is_demo=True).filter(
        Q(state__in=[JobState.DONE, JobState.FAILED]) | Q(cycle=None, subject_id__in=files)
    ).delete()
    Import.objects.filter(pk__in=files).delete()


def _remove_departments(made: Made) -> None:
    Membership.objects.filter(department__in=made.departments).delete()
    departments = Department.objects.filter(pk__in=made.departments)
    departments.update(parent=None)
    departments.delete()


def _close_accounts() -> int:
    """Make nobodies of the demo's accounts; how many."""
    users = list(User.objects.filter(is_demo=True))
    Membership.objects.filter(user__in=users).delete()
    EmailAddress.objects.filter(user__in=users).delete()
    for user in users:
        user.email, user.name = f"removed-{user.pk}@{EMAIL_DOMAIN}", "Demo account (removed)"
        user.is_active = user.is_demo = user.is_superuser = False
        user.set_unusable_password()
        user.save()
    return len(users)
