from __future__ import annotations

from typing import Any

from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.evaluations.models import SheetUpload


def upload_for(actor: Any, pk: int) -> SheetUpload:
    """One's own upload, or 404."""
    rows = SheetUpload.objects.select_related("suite__namespace")
    found = rows.filter(pk=pk, person=actor).first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found
