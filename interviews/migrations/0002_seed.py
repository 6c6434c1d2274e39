"""The codebook and the question guides that a new installation begins with."""

from django.db import migrations
from django.utils import timezone

from interviews.services.seeding import seed


def forwards(apps, schema_editor):
    seed(*(apps.get_model("interviews", name) for name in ("Theme", "Guide", "Question")), timezone.now())


class Migration(migrations.Migration):
    dependencies = [("interviews", "0001_initial")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
