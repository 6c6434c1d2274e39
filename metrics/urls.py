from django.urls import path

from metrics.views import imports, kpis

app_name = "metrics"
urlpatterns = [
    path("metrics/", kpis.kpis, name="kpis"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/template.csv", imports.import_template, name="import_template"),
    path("imports/<int:pk>/", imports.import_, name="import"),
    path("imports/<int:pk>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<int:pk>/answer/", imports.import_answer, name="import_answer"),
    path("imports/<int:pk>/cancel/", imports.import_cancel, name="import_cancel"),
    path("imports/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<int:pk>/rejects.csv", imports.import_rejects, name="import_rejects"),
    path("imports/<int:pk>/original/", imports.import_original, name="import_original"),
    path("imports/<int:pk>/errors.csv", imports.import_errors, name="import_errors"),
]
