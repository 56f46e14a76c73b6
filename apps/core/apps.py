from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "apps.core"
    label = "core"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from apps.core.outage import OUTAGE

        connection_created.connect(OUTAGE.over, dispatch_uid="core.outage")
