from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "apps.evaluations"
    label = "evaluations"

    def ready(self) -> None:
        from apps.audit.subscribers import subscribe
        from apps.core.live_topics import allow
        from apps.evaluations import events  # noqa: F401 - declares the events
        from apps.evaluations.queries.runs import heard_runs
        from apps.evaluations.subscribers import run_what_is_asked_for
        from apps.reviews.events import REQUESTED

        allow("run", heard_runs)
        subscribe("evaluations.run_asked_suites", [REQUESTED], run_what_is_asked_for)
