"""Who may do what with interviews. Rows are fetched through `visible_to` first; these say who may do what with a row that they see."""

from __future__ import annotations

import rules

from departments.core.roles import Role
from departments.models import ReviewCycle, User
from departments.rules import has, is_leading
from interviews.models import Interview

is_reviewer = has(Role.REVIEWER)


@rules.predicate
def reviews_cycle(user: User, cycle: ReviewCycle | None = None) -> bool:
    """Is a reviewer and assigned to the cycle."""
    return cycle is not None and user.standing.is_reviewer and cycle.reviewers.filter(user=user).exists()


@rules.predicate
def is_interviewer(user: User, interview: Interview | None = None) -> bool:
    return interview is not None and interview.interviewer_id == user.pk


rules.add_perm("interviews.review", reviews_cycle)  # of a cycle: hold, read and code its interviews, plan them
rules.add_perm("interviews.plan", reviews_cycle | is_leading)  # of a cycle: scope, numbers and who reviews; no names
rules.add_perm("interviews.assign_reviewers", is_leading)
rules.add_perm("interviews.edit_interview", is_reviewer & is_interviewer)
rules.add_perm("interviews.edit_guides", is_reviewer | is_leading)
rules.add_perm("interviews.edit_codebook", is_reviewer)
rules.add_perm("interviews.see_codebook", is_reviewer | is_leading)  # what themes mean; counts and excerpts are for reviewers
rules.add_perm("interviews.release", is_leading | reviews_cycle)
rules.add_perm("interviews.set_privacy", is_leading)
rules.add_perm("interviews.erase_person", reviews_cycle | has(Role.ADMIN))
