from __future__ import annotations

from django.db import models

from apps.core.states import Transitions


class ConnectionKind(models.TextChoices):
    OPENAI = "openai", "OpenAI, or any server that speaks its protocol"
    ANTHROPIC = "anthropic", "Anthropic"


class ModelUse(models.TextChoices):
    CHAT = "chat", "Answers"
    EMBEDDING = "embedding", "Compares meanings (embeddings)"


class Standing(models.TextChoices):
    ACTIVE = "active", "Active"
    RETIRED = "retired", "Retired"


STANDING: Transitions = {
    Standing.ACTIVE: {Standing.RETIRED},
    Standing.RETIRED: {Standing.ACTIVE},
}
