from django.urls import path

from metrics import views

app_name = "metrics"
urlpatterns = [
    path("metrics/", views.kpis, name="kpis"),
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.import_new, name="import_new"),
    path("imports/template.csv", views.import_template, name="import_template"),
    path("imports/<int:pk>/", views.import_, name="import"),
    path("imports/<int:pk>/confirm/", views.import_confirm, name="import_confirm"),
    path("imports/<int:pk>/original/", views.import_original, name="import_original"),
    path("imports/<int:pk>/errors.csv", views.import_errors, name="import_errors"),
]
