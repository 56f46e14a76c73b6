"""A spreadsheet waits here while its person looks at what it would become."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.core.actions import working
from apps.core.actors import person_behind
from apps.core.errors import require
from apps.evaluations.models import SheetUpload, Suite
from apps.evaluations.permissions import can_change_suite, can_upload_sheet

KEPT = timedelta(days=1)
MOST = 3  # of one person


@working
def keep_upload(*, name: str, content: bytes, suite: Suite | None, actor: Any) -> SheetUpload:
    """The file as it came. Older ones of the person, and everybody's of yesterday, go."""
    person = person_behind(actor)
    require(can_change_suite(actor, suite) if suite else can_upload_sheet(actor))
    upload = SheetUpload(person=person, suite=suite, name=_short(name), content=content)
    upload.save()
    SheetUpload.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    kept = SheetUpload.objects.filter(person=person).values_list("pk", flat=True)[:MOST]
    SheetUpload.objects.filter(person=person).exclude(pk__in=list(kept)).delete()
    return upload


@working
def drop_upload(upload: SheetUpload, *, actor: Any) -> None:
    """After its import, or when its person let it be."""
    SheetUpload.objects.filter(pk=upload.pk, person=person_behind(actor)).delete()


def _short(name: str) -> str:
    return name.replace("\0", "").rpartition("/")[2].rpartition("\\")[2][-200:] or "pasted"
