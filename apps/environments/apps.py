from django.apps import AppConfig


class EnvironmentsConfig(AppConfig):
    name = "apps.environments"
    label = "environments"

    def ready(self) -> None:
        from apps.environments import events, key_events  # noqa: F401 - declares the events
        from apps.environments.standing import fetched_by, keeps_its_rules, live_in, locked_types
        from apps.prompts.standing import (
            register_callers,
            register_live,
            register_locks,
            register_move,
        )

        register_live(live_in)
        register_callers(fetched_by)
        register_locks(locked_types)
        register_move(keeps_its_rules)
