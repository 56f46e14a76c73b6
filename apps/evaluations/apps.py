from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "apps.evaluations"
    label = "evaluations"

    def ready(self) -> None:
        from apps.audit.subscribers import subscribe, sweep_with
        from apps.core.live_topics import allow
        from apps.evaluations import events  # noqa: F401 - declares the events
        from apps.evaluations.queries.runs import heard_runs
        from apps.evaluations.subscribers import (
            finish_what_is_over,
            look_for_drift,
            plan_what_is_due,
            run_what_is_asked_for,
        )
        from apps.reviews.events import REQUESTED

        allow("run", heard_runs)
        subscribe("evaluations.run_asked_suites", [REQUESTED], run_what_is_asked_for)
        sweep_with("evaluations.model_updates", finish_what_is_over)
        sweep_with("evaluations.schedules", plan_what_is_due)
        sweep_with("evaluations.drift", look_for_drift)
