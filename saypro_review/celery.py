"""The Celery application. Its settings are the CELERY_ ones of settings.py."""

import os
import warnings

from celery import Celery
from celery.platforms import SecurityWarning

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saypro_review.settings")

# It warns of running as root because of pickled messages; ours are JSON only, and hold ids.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("saypro_review")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
