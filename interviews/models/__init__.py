"""Who is to be interviewed about what, what they said, how it was coded, and what of it has been released."""

from interviews.models.codebook import CodebookChange, Theme
from interviews.models.guides import Guide, Question
from interviews.models.interviews import Answer, Coding, Excerpt, Interview, SuggestionChoice
from interviews.models.planning import Scope, Stakeholder
from interviews.models.release import PrivacyPolicy, Release, ReleasedFigure, ReleasedQuote

__all__ = [
    "Answer",
    "CodebookChange",
    "Coding",
    "Excerpt",
    "Guide",
    "Interview",
    "PrivacyPolicy",
    "Question",
    "Release",
    "ReleasedFigure",
    "ReleasedQuote",
    "Scope",
    "Stakeholder",
    "SuggestionChoice",
    "Theme",
]
