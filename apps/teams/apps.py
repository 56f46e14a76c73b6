from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "apps.teams"
    label = "teams"

    def ready(self) -> None:
        from apps.core.actors import register_person_rights
        from apps.teams.rights import holds

        register_person_rights(holds)
