"""Names of environments that no environment can have."""

from __future__ import annotations

import pytest

from apps.core.errors import NotVisible
from apps.environments.queries import environment_for


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "nowhere", "production\0", "\0", "p" * 10_000])
def test_name_that_no_environment_has_is_not_found(name):
    with pytest.raises(NotVisible):
        environment_for(name)

    assert environment_for("production").name == "production"
