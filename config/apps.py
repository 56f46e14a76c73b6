from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Loads the Celery application, so that every process finds its broker."""

    name = "config"
    label = "project"

    def ready(self) -> None:
        from config import celery  # noqa: F401
