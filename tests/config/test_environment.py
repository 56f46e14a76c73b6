"""The typed environment: good values are taken, bad ones end with one sentence."""

from pathlib import Path

import pytest

from config import environment
from config.environment import BadEnvironment, DatabaseAddress

STRONG = "f3K9-vX2_pQ7w.Zt5R8yB1nM4cJ6hL0sD3gA9eU2iO7kT5xV8r"


def test_nothing_set_gives_the_defaults():
    found = environment.read({})

    assert (found.host, found.port, found.demo) == ("127.0.0.1", 8000, True)
    assert found.data == environment.ROOT / "var"
    assert (found.database, found.process, found.https) == (None, "", False)


def test_database_address_is_taken_apart():
    url = "postgresql://jane:p%40ss%2Fword@db.example.org:6543/galley"

    found = environment.read({"DATABASE_URL": url}).database

    assert found == DatabaseAddress("db.example.org", 6543, "galley", "jane", "p@ss/word")


def test_strong_secret_is_taken():
    assert environment.read({"GALLEY_SECRET_KEY": STRONG}).secret_key == STRONG


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("GALLEY_PORT", "http", "GALLEY_PORT is 'http'; use a number from 1 to 65535."),
        ("GALLEY_PORT", "70000", "GALLEY_PORT is '70000'; use a number from 1 to 65535."),
        ("GALLEY_DEMO", "maybe", "GALLEY_DEMO is 'maybe'; use 1 or 0."),
        (
            "DATABASE_URL",
            "mysql://u:p@h/d",
            "DATABASE_URL is not a PostgreSQL address; "
            "use postgresql://user:password@host:5432/database.",
        ),
        (
            "DATABASE_URL",
            "postgresql://u:p@h:port/d",
            "DATABASE_URL is not a PostgreSQL address; "
            "use postgresql://user:password@host:5432/database.",
        ),
        (
            "DATABASE_URL",
            "postgresql://u:p@h",
            "DATABASE_URL is not a PostgreSQL address; "
            "use postgresql://user:password@host:5432/database.",
        ),
        (
            "GALLEY_SECRET_KEY",
            "a" * 60,
            "GALLEY_SECRET_KEY is too weak; use at least 50 random characters, "
            "or leave it out and Galley makes one.",
        ),
        (
            "GALLEY_PUBLIC_URL",
            "galley.example.org",
            "GALLEY_PUBLIC_URL is 'galley.example.org'; "
            "use an address such as https://galley.example.org.",
        ),
        (
            "GALLEY_MAIL_URL",
            "mail.example.org",
            "GALLEY_MAIL_URL is not a mail server; use smtp://user:password@host:587.",
        ),
    ],
)
def test_bad_value_ends_with_one_sentence(name, value, sentence):
    with pytest.raises(BadEnvironment) as refused:
        environment.read({name: value})

    assert refused.value.code == sentence


def test_a_password_never_stands_in_the_refusal():
    with pytest.raises(BadEnvironment) as refused:
        environment.read({"DATABASE_URL": "mysql://u:geheim@h/d"})

    assert "geheim" not in str(refused.value.code)


def test_data_folder_is_taken_from_where_the_command_stands(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    assert environment.read({"GALLEY_DATA": "data"}).data == Path(tmp_path) / "data"
