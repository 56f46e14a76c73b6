from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "apps.audit"
    label = "audit"

    def ready(self) -> None:
        from apps.audit.trail import record_refusal
        from apps.core.actions import register_refusal_recorder

        register_refusal_recorder(record_refusal)
