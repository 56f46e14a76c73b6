from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.delivery import keycheck
from apps.delivery.process import STORE
from apps.delivery.sent import SENT
from tests.delivery.story import make_story
from tests.standing import standing


@pytest.fixture(autouse=True)
def empty_memory() -> Iterator[None]:
    """Each test begins as a new process does."""
    STORE.__init__()  # type: ignore[misc]
    keycheck.WRONG_KEYS.__init__()  # type: ignore[misc]
    SENT.__init__()  # type: ignore[misc]
    yield


story = standing(make_story)
