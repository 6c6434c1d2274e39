from django.urls import path

from metrics.views import benchmarks, drivers, imports, kpis, library

app_name = "metrics"
urlpatterns = [
    path("metrics/", kpis.kpis, name="kpis"),
    path("metrics/kpis.csv", kpis.kpis_csv, name="kpis_csv"),
    path("metrics/kpis/new/", kpis.kpi_new, name="kpi_new"),
    path("metrics/kpis/file/", kpis.kpi_file, name="kpi_file"),
    path("metrics/kpis/file/confirm/", kpis.kpi_file_confirm, name="kpi_file_confirm"),
    path("metrics/kpi/<str:code>/", kpis.kpi, name="kpi"),
    path("metrics/kpi/<str:code>/edit/", kpis.kpi_edit, name="kpi_edit"),
    path("metrics/kpi/<str:code>/delete/", kpis.kpi_delete, name="kpi_delete"),
    path("metrics/benchmarks/", benchmarks.benchmarks, name="benchmarks"),
    path("metrics/benchmarks.csv", benchmarks.benchmarks_csv, name="benchmarks_csv"),
    path("metrics/benchmarks/new/", benchmarks.benchmark_new, name="benchmark_new"),
    path("metrics/benchmarks/<int:pk>/", benchmarks.benchmark_edit, name="benchmark_edit"),
    path("metrics/benchmarks/<int:pk>/end/", benchmarks.benchmark_end, name="benchmark_end"),
    path("metrics/benchmarks/<int:pk>/delete/", benchmarks.benchmark_delete, name="benchmark_delete"),
    path("metrics/drivers/", drivers.drivers, name="drivers"),
    path("metrics/drivers.csv", drivers.drivers_csv, name="drivers_csv"),
    path("metrics/drivers/new/", drivers.driver_new, name="driver_new"),
    path("metrics/drivers/<int:pk>/", drivers.driver_edit, name="driver_edit"),
    path("metrics/drivers/<int:pk>/delete/", drivers.driver_delete, name="driver_delete"),
    path("metrics/library/", library.library, name="library"),
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
