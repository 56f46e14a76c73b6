from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "apps.evaluations"
    label = "evaluations"

    def ready(self) -> None:
        from apps.core.live_topics import allow
        from apps.evaluations import events  # noqa: F401 - declares the events
        from apps.evaluations.queries.runs import heard_runs

        allow("run", heard_runs)
