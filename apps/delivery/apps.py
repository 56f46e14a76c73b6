from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "apps.delivery"
    label = "delivery"

    def ready(self) -> None:
        from apps.delivery.contract_gate import contract_gate
        from apps.delivery.hearing import allow_topics
        from apps.releases.gates import register_gate

        allow_topics()
        register_gate(contract_gate)
