"""The tables are those of the models; a database of older migrations goes on as it is."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def test_migrations_make_what_the_models_say(own_database):
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_database_of_the_older_migrations_goes_on_as_it_is(own_database):
    owner = connections["owner"]
    merged = {key for key, one in MigrationLoader(owner).disk_migrations.items() if one.replaces}
    rows = MigrationRecorder(owner).migration_qs
    for app, name in merged:  # the names of the older ones stay, as such a database has them
        rows.filter(app=app, name=name).delete()

    call_command("migrate", verbosity=0)

    assert len(merged) > 12
    assert merged <= set(rows.values_list("app", "name"))


def test_database_that_has_only_some_of_the_older_migrations_is_left_alone(own_database):
    owner = connections["owner"]
    rows = MigrationRecorder(owner).migration_qs
    rows.filter(app="prompts", name__in=["0001_tables", "0012_deprecation"]).delete()
    before = set(rows.values_list("app", "name"))

    with pytest.raises(CommandError, match="some of the migrations of prompts"):
        call_command("migrate", verbosity=0)

    assert set(rows.values_list("app", "name")) == before
