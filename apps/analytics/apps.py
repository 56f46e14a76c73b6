from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "apps.analytics"
    label = "analytics"

    def ready(self) -> None:
        from apps.analytics.watching import keep
        from apps.audit.subscribers import sweep_with

        sweep_with("analytics.figures", keep)
