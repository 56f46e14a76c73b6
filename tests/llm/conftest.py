from __future__ import annotations

import pytest

from tests.teams.people import Office, open_office


@pytest.fixture
def office(db: None) -> Office:
    return open_office()
