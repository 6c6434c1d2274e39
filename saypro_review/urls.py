"""Every address of the product. Each needs a row in tests/test_access.py."""

from django.urls import include, path

from saypro_review.lib import probes

urlpatterns = [
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("account/", include("allauth.account.urls")),
    path("", include("departments.urls")),
    path("", include("metrics.urls")),
    path("", include("gaps.urls")),
]
handler403 = "saypro_review.lib.requests.forbidden"
handler404 = "saypro_review.lib.requests.not_found"
handler500 = "saypro_review.lib.requests.fault"
