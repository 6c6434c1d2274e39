from django.apps import AppConfig


class LibConfig(AppConfig):
    name = "saypro_review.lib"
    label = "lib"

    def ready(self) -> None:
        from saypro_review.lib import checks  # noqa: F401  registers the system checks
