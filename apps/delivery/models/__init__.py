from apps.delivery.models.answers import KeptAnswer
from apps.delivery.models.events import (
    FeedbackEvent,
    LogEvent,
    TouchedHour,
    Unmatched,
    WaitingFeedback,
)
from apps.delivery.models.keeping import KeepingRule
from apps.delivery.models.names import SentName

__all__ = [
    "FeedbackEvent",
    "KeepingRule",
    "KeptAnswer",
    "LogEvent",
    "SentName",
    "TouchedHour",
    "Unmatched",
    "WaitingFeedback",
]
