from apps.delivery.actions.intake import note_names, take_events
from apps.delivery.actions.keeping import answer_once, forget_answers

__all__ = ["answer_once", "forget_answers", "note_names", "take_events"]
