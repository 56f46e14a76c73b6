from __future__ import annotations

from django.db import models

from apps.core.states import Transitions


class SuiteState(models.TextChoices):
    ACTIVE = "active", "Active"
    ARCHIVED = "archived", "Archived"


SUITE: Transitions = {
    SuiteState.ACTIVE: {SuiteState.ARCHIVED},
    SuiteState.ARCHIVED: {SuiteState.ACTIVE},
}


class CaseSource(models.TextChoices):
    HAND = "hand", "Written by hand"
    SHEET = "sheet", "From a spreadsheet"
    TRAFFIC = "traffic", "From real traffic"
    PLAYGROUND = "playground", "From the playground"
