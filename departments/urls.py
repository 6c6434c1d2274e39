from django.urls import path

from departments import views

app_name = "departments"
urlpatterns = [
    path("cycles/new/", views.cycle_new, name="cycle_new"),
    path("c/<str:code>/recompute/", views.cycle_recompute, name="cycle_recompute"),
    path("jobs/<int:pk>/", views.job, name="job"),
]
