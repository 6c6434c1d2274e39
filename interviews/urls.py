"""Addresses of the interviews, by area. Each needs a row in tests/test_access.py."""

from django.urls import URLPattern, path

from interviews.views import codebook as book
from interviews.views import codebook_file as exchange
from interviews.views import coding, guides, listing, people
from interviews.views import editor as held
from interviews.views import excerpts as said
from interviews.views import interchange as taken
from interviews.views import planning as plans
from interviews.views import voices as said_out

app_name = "interviews"

# The editor: one interview, its answers and excerpts
editor: list[URLPattern] = [
    path("c/<str:code>/interviews/new/", held.new, name="new"),
    path("c/<str:code>/interviews/<int:pk>/", held.editor, name="editor"),
    path("c/<str:code>/interviews/<int:pk>/versions/", held.versions, name="versions"),
    path("c/<str:code>/interviews/<int:pk>/answers/<int:answer>/", held.answer, name="answer"),
    path("c/<str:code>/interviews/<int:pk>/finish/", held.finish, name="finish"),
    path("c/<str:code>/interviews/<int:pk>/reopen/", held.reopen, name="reopen"),
    path("c/<str:code>/interviews/<int:pk>/details/", held.details, name="details"),
    path("c/<str:code>/interviews/<int:pk>/delete/", held.delete, name="delete"),
]

# Coding: excerpts of one interview, and a second coder's page
coded = [
    path("c/<str:code>/interviews/<int:pk>/excerpts/", coding.excerpt_new, name="excerpt_new"),
    path("c/<str:code>/interviews/<int:pk>/answers/<int:answer>/excerpts/", coding.excerpt_list, name="excerpt_list"),
    path("c/<str:code>/interviews/<int:pk>/excerpts/<int:excerpt>/", coding.excerpt, name="excerpt"),
    path("c/<str:code>/interviews/<int:pk>/excerpts/<int:excerpt>/remove/", coding.excerpt_remove, name="excerpt_remove"),
    path("c/<str:code>/interviews/<int:pk>/excerpts/<int:excerpt>/restore/", coding.excerpt_restore, name="excerpt_restore"),
    path("c/<str:code>/interviews/<int:pk>/suggest/", coding.suggest, name="suggest"),
    path("c/<str:code>/interviews/<int:pk>/coding/", coding.coding, name="coding"),
    path("c/<str:code>/interviews/<int:pk>/coding/finish/", coding.coding_finish, name="coding_finish"),
]

# Planning, guides and the list of interviews
planning: list[URLPattern] = [
    path("c/<str:code>/interviews/", listing.interviews, name="interviews"),
    path("c/<str:code>/interviews/list.csv", listing.interviews_csv, name="interviews_csv"),
    path("c/<str:code>/interviews/plan/", plans.plan, name="plan"),
    path("c/<str:code>/interviews/plan/people/new/", plans.stakeholder_new, name="stakeholder_new"),
    path("c/<str:code>/interviews/plan/people/<int:pk>/", plans.stakeholder, name="stakeholder"),
    path("c/<str:code>/interviews/plan/people/<int:pk>/delete/", plans.stakeholder_delete, name="stakeholder_delete"),
    path("c/<str:code>/interviews/plan/reviewers/", plans.reviewer_add, name="reviewer_add"),
    path("c/<str:code>/interviews/plan/reviewers/<int:pk>/remove/", plans.reviewer_remove, name="reviewer_remove"),
    path("guides/", guides.guides, name="guides"),
    path("guides/new/", guides.guide_new, name="guide_new"),
    path("guides/<str:code>/", guides.guide, name="guide"),
    path("guides/<str:code>/edit/", guides.guide_edit, name="guide_edit"),
    path("guides/<str:code>/retire/", guides.guide_retire, name="guide_retire"),
    path("guides/<str:code>/bring-back/", guides.guide_bring_back, name="guide_bring_back"),
]

# The codebook
codebook: list[URLPattern] = [
    path("themes/", book.themes, name="themes"),
    path("themes.csv", book.themes_csv, name="themes_csv"),
    path("codebook.qdc", exchange.codebook_export, name="codebook_export"),
    path("themes/new/", book.theme_new, name="theme_new"),
    path("themes/history/", book.history, name="codebook_history"),
    path("themes/import/", exchange.codebook_import, name="codebook_import"),
    path("themes/import/confirm/", exchange.codebook_import_confirm, name="codebook_import_confirm"),
    path("themes/changes/<int:pk>/undo/", book.change_undo, name="codebook_undo"),
    path("themes/<str:code>/", book.theme, name="theme"),
    path("themes/<str:code>/edit/", book.theme_edit, name="theme_edit"),
    path("themes/<str:code>/merge/", book.theme_merge, name="theme_merge"),
    path("themes/<str:code>/split/", book.theme_split, name="theme_split"),
    path("themes/<str:code>/retire/", book.theme_retire, name="theme_retire"),
]

# Import, export, agreement of coders
interchange: list[URLPattern] = [
    path("c/<str:code>/interviews/import/", taken.import_, name="import"),
    path("c/<str:code>/excerpts/", said.excerpts, name="excerpts"),
    path("c/<str:code>/excerpts.csv", said.excerpts_file, {"form": "csv"}, name="excerpts_csv"),
    path("c/<str:code>/excerpts.xlsx", said.excerpts_file, {"form": "xlsx"}, name="excerpts_xlsx"),
    path("c/<str:code>/agreement/", said.agreement, name="agreement"),
]

# What has been released, privacy, erasure
voices: list[URLPattern] = [
    path("c/<str:code>/voices/", said_out.voices, name="voices"),
    path("c/<str:code>/voices.csv", said_out.voices_csv, name="voices_csv"),
    path("c/<str:code>/voices/release/", said_out.release, name="release"),
    path("c/<str:code>/privacy/", said_out.privacy, name="privacy"),
    path("c/<str:code>/interviews/people/", people.people, name="people"),
    path("c/<str:code>/interviews/people/<int:pk>/person.json", people.person_export, name="person_export"),
    path("c/<str:code>/interviews/people/<int:pk>/erase/", people.person_erase, name="person_erase"),
]

urlpatterns = [*editor, *coded, *planning, *codebook, *interchange, *voices]
