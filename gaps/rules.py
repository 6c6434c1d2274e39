"""Who may do what with the result of a review."""

from __future__ import annotations

import rules

from departments.rules import is_leading, sees_everything

rules.add_perm("gaps.see_whole_summary", sees_everything)
rules.add_perm("gaps.export_summary", is_leading)
