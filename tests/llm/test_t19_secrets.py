"""T19: the key of a provider is nowhere but in its own column, encrypted."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection as database

from apps.core.origin import coming_from
from apps.llm.actions import change_connection, rotate_secrets
from apps.llm.asking import Unanswered
from apps.llm.models import Connection
from apps.llm.queries import line_for
from apps.llm.secrets import Keys, Unreadable, keys
from tests.llm.lines import CANARY, asker_to, question, run
from tests.llm.provided import connect, connected_model, terms
from tests.llm.provider import Provider
from tests.teams.people import Office


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keys of this test alone."""
    ring = Keys(tmp_path)
    for module in ("apps.llm.queries", "apps.llm.actions.connections"):
        monkeypatch.setattr(f"{module}.keys", lambda: ring)
    return tmp_path


def dump() -> str:
    """Every row of every table, as text; bytes as they would be read by eye and as hexadecimal."""
    found = []
    with database.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy:
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
                found += [repr([_shown(value) for value in row]) for row in cursor.fetchall()]
    return "\n".join(found)


def _shown(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def test_t19_a_canary_is_in_no_row_no_log_and_no_text(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    model = connected_model(office.admin)
    change_connection(model.connection, terms=terms(), secret=f"{CANARY}2", actor=office.admin)
    rows, line = dump(), line_for(model.name)[0]

    shown = "\n".join([rows, caplog.text, repr(line), str(line), repr(vars(model))])
    assert CANARY not in shown
    assert CANARY.encode().hex() not in shown
    assert line.secret == f"{CANARY}2"  # the control: it is there for who asks
    assert "Example" in rows


def test_t19_the_clients_log_no_key_however_much_they_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)

    async def asked() -> list[str]:
        async with Provider() as provider, asker_to(provider, attempts=1) as asker:
            await asker.ask(question("hello"))
            with pytest.raises(Unanswered):
                await asker.ask(question("[[fault:401]]"))
            return [call.headers["authorization"] for call in provider.calls]

    sent = run(asked())

    assert sent == [f"Bearer {CANARY}"] * 2  # the control: it did go where it belongs
    assert caplog.text != ""
    assert CANARY not in caplog.text


def test_t19_the_control_finds_a_secret_that_is_kept_as_it_is(office: Office) -> None:
    connection = connect(office.admin)
    Connection.objects.filter(pk=connection.pk).update(secret=CANARY.encode())

    assert CANARY in dump()


def test_t19_keys_lie_in_a_file_that_nobody_else_reads(data: Path, office: Office) -> None:
    connect(office.admin)

    path = data / "secrets" / "model-keys"

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_t19_rotation_reads_on_with_the_old_key_gone(data: Path, office: Office) -> None:
    model = connected_model(office.admin)
    before = bytes(Connection.objects.get().secret)
    first = (data / "secrets" / "model-keys").read_text()

    assert rotate_secrets(actor=office.admin) == 1
    assert len(Keys(data).all()) == 2
    rotate_secrets(forget=True, actor=office.admin)

    row = Connection.objects.get()
    assert line_for(model.name)[0].secret == CANARY
    assert Keys(data).all() != [first]
    assert len(Keys(data).all()) == 1
    assert bytes(row.secret) != before
    with pytest.raises(Unreadable):
        Keys(data).decrypt(before)


def test_t19_another_process_reads_while_keys_rotate(tmp_path: Path) -> None:
    """A ring that read the file long ago opens what was encrypted before and after a rotation."""
    writer, reader = Keys(tmp_path), Keys(tmp_path)
    read: list[str] = []

    for _time in range(20):
        before, _id = writer.encrypt(CANARY)
        read.append(reader.decrypt(before))
        writer.rotate()
        after, _id = writer.encrypt(CANARY)
        read += [reader.decrypt(after), reader.decrypt(before)]

    assert read == [CANARY] * 60


def test_t19_a_wrong_key_is_a_sentence_and_no_crash(data: Path, office: Office) -> None:
    model = connected_model(office.admin)
    (data / "secrets" / "model-keys").write_text(Fernet.generate_key().decode())

    with pytest.raises(Unanswered) as lost:
        line_for(model.name)

    assert lost.value.code == "bad_secret"
    assert lost.value.sentence == (
        "The key of this connection cannot be read any more. An admin can enter it again."
    )
    with coming_from("command"), pytest.raises(CommandError, match="enter it again"):
        call_command("rotate_keys")
    change_connection(model.connection, terms=terms(), secret=CANARY, actor=office.admin)
    assert line_for(model.name)[0].secret == CANARY


def test_t19_keys_of_the_environment_come_first_and_the_file_s_still_open(tmp_path: Path) -> None:
    of_the_file, _id = Keys(tmp_path).encrypt(CANARY)
    new, old = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    of_the_old, _id = Keys(tmp_path / "other", old).encrypt(CANARY)

    ring = Keys(tmp_path, f"{new}, {old}")

    kept, _id = ring.encrypt(CANARY)
    assert [ring.decrypt(each) for each in (kept, of_the_file, of_the_old)] == [CANARY] * 3
    assert Fernet(new).decrypt(kept).decode() == CANARY
    assert not (tmp_path / "other").exists()


def test_t19_rotate_keys_says_how_many(data: Path, office: Office) -> None:
    connect(office.admin)
    connect(office.admin, name="Without a key", secret="")
    out = io.StringIO()

    with coming_from("command"):
        call_command("rotate_keys", stdout=out)

    assert out.getvalue() == "1 keys of model connections are encrypted with a new key.\n"


def test_t19_the_trail_says_that_a_key_was_entered_and_not_which(office: Office) -> None:
    from apps.audit.models import AuditEntry

    connect(office.admin)

    entry = AuditEntry.objects.get(event="llm.connection.made")
    assert entry.data["secret"] is True
    assert CANARY not in json.dumps(entry.data | (entry.after or {}))
    assert keys() is keys()
