import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "clients" / "python"))

from tests.teams.people import Office, open_office


@pytest.fixture
def office(db: None) -> Office:
    return open_office()
