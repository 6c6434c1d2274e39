"""Who may do what with figures."""

from __future__ import annotations

import rules

from departments.models import Department, User
from departments.rules import is_admin, is_leading, sees_everything
from metrics.models import Series


@rules.predicate
def heads_it(user: User, series: Series | None = None) -> bool:
    """Heads the series' department or one above it: whoever is judged by a baseline does not move it, whatever else they are."""
    heads = user.standing.heads
    return series is not None and bool(heads) and Department.objects.under(heads).filter(pk=series.department_id).exists()


rules.add_perm("metrics.import_kpis", is_admin)
rules.add_perm("metrics.see_imports", is_leading)
rules.add_perm("metrics.rebase", sees_everything & ~heads_it)
rules.add_perm("metrics.edit_kpis", is_admin)
rules.add_perm("metrics.edit_benchmarks", is_admin)
rules.add_perm("metrics.edit_drivers", is_admin)
