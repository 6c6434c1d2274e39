from django.apps import AppConfig


class LibConfig(AppConfig):
    name = "saypro_review.lib"
    label = "lib"

    def ready(self) -> None:
        # Not in the package's __init__: the supervisor and other small processes need no Celery.
        from saypro_review import celery  # noqa: F401  the application that tasks and senders belong to
        from saypro_review.lib import checks  # noqa: F401  registers the system checks
