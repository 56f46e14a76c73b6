from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "apps.delivery"
    label = "delivery"

    def ready(self) -> None:
        from apps.audit.subscribers import sweep_with
        from apps.delivery.actions import forget_answers
        from apps.delivery.contract_gate import contract_gate
        from apps.delivery.hearing import allow_topics
        from apps.releases.gates import register_gate

        allow_topics()
        register_gate(contract_gate)
        sweep_with("delivery.kept_answers", forget_answers)
