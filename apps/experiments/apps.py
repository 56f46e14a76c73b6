from collections.abc import Collection
from datetime import datetime

from django.apps import AppConfig


class ExperimentsConfig(AppConfig):
    name = "apps.experiments"
    label = "experiments"

    def ready(self) -> None:
        from apps.delivery.erasing import register_eraser
        from apps.experiments import events  # noqa: F401 - declares the events

        register_eraser(_erase_pairs)


def _erase_pairs(prompts: Collection[int], before: datetime) -> int:
    """Loaded at its first use: deliveries never need it."""
    from apps.experiments.actions.shadow_answers import erase_pairs

    return erase_pairs(prompts, before)
