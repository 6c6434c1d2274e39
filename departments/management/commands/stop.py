"""`manage.py stop`: end what `manage.py up` runs."""

import sys

from django.conf import settings
from django.core.management.base import BaseCommand

from saypro_review.lib.embedded import session


class Command(BaseCommand):
    help = "Stop the product that `up` runs in this state directory."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        sys.exit(session.stop(settings.STATE))
