"""The product's settings, with what only tests need: plain static files, and a password hasher that costs nothing."""

import os

from saypro_review.settings import *  # noqa: F403
from saypro_review.settings import DATABASES, LOGGING

# A worker that a test starts works on that test's database and listens to its queue alone.
if name := os.environ.get("TEST_DATABASE_NAME"):
    DATABASES["default"]["NAME"] = name
CELERY_TASK_DEFAULT_QUEUE = os.environ.get("TEST_QUEUE") or f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LOGGING = LOGGING | {"root": {"handlers": ["console"], "level": "CRITICAL"}}
