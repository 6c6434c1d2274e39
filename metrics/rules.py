"""Who may do what with figures."""

from __future__ import annotations

import rules

from departments.rules import is_admin, is_leading

rules.add_perm("metrics.import_kpis", is_admin)
rules.add_perm("metrics.see_imports", is_leading)
