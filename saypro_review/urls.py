"""Every address of the product. Each needs a row in tests/test_access.py."""

from allauth.account import views as account
from django.urls import include, path

from saypro_review.lib import probes

# Of allauth's pages only these: nobody changes the address that an admin gave them, or signs up.
accounts = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("password/reset/key/<str:uidb36>-<str:key>/", account.password_reset_from_key, name="account_reset_password_from_key"),
]

urlpatterns = [
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("account/", include(accounts)),
    path("", include("departments.urls")),
    path("", include("metrics.urls")),
    path("", include("interviews.urls")),
    path("", include("gaps.urls")),
]
handler403 = "saypro_review.lib.requests.forbidden"
handler404 = "saypro_review.lib.requests.not_found"
handler500 = "saypro_review.lib.requests.fault"
