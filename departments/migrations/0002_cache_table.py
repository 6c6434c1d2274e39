"""The table of the database cache, where login throttles live: what `createcachetable` would make, but at `migrate`."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("departments", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE saypro_cache (
                cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
            );
            CREATE INDEX saypro_cache_expires ON saypro_cache (expires);
            """,
            "DROP TABLE saypro_cache",
        )
    ]
