from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    name = "apps.releases"
    label = "releases"

    def ready(self) -> None:
        from apps.audit.subscribers import subscribe, sweep_with
        from apps.evaluations.events import RATINGS_DONE, RUN_FINISHED
        from apps.releases import events  # noqa: F401 - declares the events
        from apps.releases.subscribers import (
            release_what_passed,
            release_what_was_approved,
            run_what_is_due,
            tell_what_is_overdue,
        )
        from apps.reviews.events import APPROVED

        subscribe("releases.release_when_approved", [APPROVED], release_what_was_approved)
        subscribe("releases.release_when_passed", [RUN_FINISHED, RATINGS_DONE], release_what_passed)
        sweep_with("releases.schedules", run_what_is_due)
        sweep_with("releases.follow_ups", tell_what_is_overdue)
