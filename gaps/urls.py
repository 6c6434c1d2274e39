from django.urls import path

from gaps import views

app_name = "gaps"
urlpatterns = [
    path("", views.start, name="start"),
    path("demo/clear/", views.clear_demo, name="clear_demo"),
    path("c/<str:code>/", views.home, name="home"),
    path("c/<str:code>/departments/", views.departments, name="departments"),
    path("c/<str:code>/departments/<str:department>/", views.department, name="department"),
    path("c/<str:code>/series/<int:series>/", views.series, name="series"),
    path("c/<str:code>/series/<int:series>/figures.csv", views.series_csv, name="series_csv"),
    path("c/<str:code>/series/<int:series>/correct/", views.correct, name="correct"),
    path("c/<str:code>/series/<int:series>/rebase/", views.rebase, name="rebase"),
    path("c/<str:code>/series/<int:series>/rebase/<int:pk>/remove/", views.rebase_remove, name="rebase_remove"),
    path("c/<str:code>/health/", views.health, name="health"),
    path("c/<str:code>/health/<str:table>.csv", views.health_csv, name="health_csv"),
    path("c/<str:code>/gaps/", views.gaps, name="gaps"),
    path("c/<str:code>/report/", views.report, name="report"),
    path("c/<str:code>/summary.<str:form>", views.export, name="export"),
]
