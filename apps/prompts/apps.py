from django.apps import AppConfig


class PromptsConfig(AppConfig):
    name = "apps.prompts"
    label = "prompts"

    def ready(self) -> None:
        from apps.prompts import events  # noqa: F401 - declares what may be recorded
        from apps.prompts.queries.paths import is_prompt
        from apps.teams.paths import register_taken

        register_taken(is_prompt)
