"""The export under the server that serves it: chunk by chunk, not collected first."""

from __future__ import annotations

import io

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient

from apps.audit.chain import read_lines, walk
from apps.audit.models import AuditEntry
from tests.teams.people import open_office


@pytest.mark.filterwarnings("error")
def test_export_streams_under_asgi(own_database):
    office = open_office()

    async def fetch():
        client = AsyncClient()
        await client.aforce_login(office.admin)
        answer = await client.get("/audit/export.jsonl")
        return b"".join([part async for part in answer])

    text = async_to_sync(fetch)()

    assert walk(read_lines(io.BytesIO(text))).entries == AuditEntry.objects.count()
