from apps.delivery.actions.intake import note_names, take_events

__all__ = ["note_names", "take_events"]
