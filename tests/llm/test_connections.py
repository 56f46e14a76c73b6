from __future__ import annotations

from decimal import Decimal

import pytest

from apps.audit.models import AuditEntry
from apps.core.errors import Invalid, NotAllowed, NotPossible
from apps.llm.actions import (
    ModelTerms,
    change_connection,
    change_model,
    make_connection,
    make_model,
    restore_connection,
    retire_connection,
    retire_model,
    set_permits,
)
from apps.llm.asking import DEMO_MODEL, Line, Unanswered
from apps.llm.models import Connection
from apps.llm.permissions import can_ask_model
from apps.llm.queries import line_for, models_for, price_of
from tests.llm.lines import CANARY
from tests.llm.provided import ADDRESS, PRICES, connect, connected_model, terms
from tests.teams.people import Office


def test_make_connection_keeps_its_key_for_the_worker_alone(office: Office) -> None:
    connection = connect(office.admin)
    connected_model(office.admin, connection=connection)

    line, name = line_for("example/small")

    assert (line, name) == (Line("openai", ADDRESS, CANARY, False, 60.0, 8), "small")
    assert connection.secret_last4 == CANARY[-4:]
    assert "secret" not in [f.name for f in Connection.history.model._meta.get_fields()]


def test_make_connection_is_for_an_installation_admin(office: Office) -> None:
    with pytest.raises(NotAllowed):
        make_connection(terms(), secret=CANARY, actor=office.ana)
    assert not Connection.objects.exists()

    make_connection(terms(), secret=CANARY, actor=office.admin)

    assert Connection.objects.get().name == "Example"
    assert AuditEntry.objects.filter(event="llm.connection.made").count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"kind": "demo"}, "kind"),
        ({"base_url": "http://models.example"}, "base_url"),
        ({"base_url": "https://me@models.example"}, "base_url"),
        ({"base_url": "https://127.1/v1"}, "base_url"),
        ({"max_parallel": 0}, "max_parallel"),
        ({"timeout_s": 100_000}, "timeout_s"),
        ({"secret": "two words"}, "secret"),
        ({"secret": "schlüssel"}, "secret"),
    ],
)
def test_make_connection_says_what_is_wrong(office: Office, wrong: dict, field: str) -> None:
    secret = wrong.pop("secret", CANARY)

    with pytest.raises(Invalid) as refused:
        make_connection(terms(**wrong), secret=secret, actor=office.admin)

    assert list(refused.value.errors) == [field]
    make_connection(terms(), secret=CANARY, actor=office.admin)


def test_change_connection_keeps_the_key_unless_the_address_moves(office: Office) -> None:
    connection = connect(office.admin)
    change_connection(connection, terms=terms(max_parallel=3), actor=office.admin)
    connected_model(office.admin, connection=connection)
    assert line_for("example/small")[0].secret == CANARY
    elsewhere = terms(base_url="https://other.example/v1")

    with pytest.raises(Invalid) as refused:
        change_connection(connection, terms=elsewhere, actor=office.admin)
    assert list(refused.value.errors) == ["secret"]

    change_connection(connection, terms=elsewhere, secret="sk-new-0123456789", actor=office.admin)
    line = line_for("example/small")[0]
    assert (line.base_url, line.secret) == ("https://other.example/v1", "sk-new-0123456789")


def test_retired_connections_and_models_are_not_asked(office: Office) -> None:
    model = connected_model(office.admin)
    retire_connection(model.connection, reason="Moved away", actor=office.admin)
    with pytest.raises(Unanswered) as gone:
        line_for(model.name)
    assert gone.value.code == "not_connected"
    with pytest.raises(NotPossible):
        change_connection(model.connection, terms=terms(), actor=office.admin)

    restore_connection(model.connection, actor=office.admin)
    assert line_for(model.name)[1] == "small"

    retire_model(model, actor=office.admin)
    with pytest.raises(Unanswered):
        line_for(model.name)


def test_models_for_always_offers_the_demo_model(office: Office) -> None:
    before = models_for(office.admin, office.support)
    connected_model(office.admin, **PRICES)
    connected_model(
        office.admin, "example/numbers", connection=Connection.objects.get(), use="embedding"
    )

    after = models_for(office.admin, office.support)

    assert [(choice.name, choice.is_demo) for choice in before] == [(DEMO_MODEL, True)]
    assert [choice.name for choice in after] == ["example/small", DEMO_MODEL]
    assert after[0].price == "$2.00 in, $8.00 out"


def test_price_of_is_the_set_one_else_the_list_s_else_unknown(office: Office) -> None:
    connection = connect(office.admin)
    connected_model(office.admin, "openai/gpt-4o-mini", connection=connection)
    connected_model(office.admin, "house/mini", connection=connection, remote_name="gpt-4o-mini")
    connected_model(office.admin, "house/own", connection=connection, **PRICES)
    connected_model(office.admin, "house/none", connection=connection)

    found = {
        name: price_of(name, 1_000_000, 1_000_000)
        for name in ("openai/gpt-4o-mini", "house/mini", "house/own", "house/none", DEMO_MODEL)
    }

    assert found == {
        "openai/gpt-4o-mini": Decimal("0.75"),
        "house/mini": Decimal("0.75"),
        "house/own": Decimal(10),
        "house/none": None,
        DEMO_MODEL: Decimal(0),
    }


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "with space"}, "name"),
        ({"name": DEMO_MODEL}, "name"),
        ({"name": "example/small"}, "name"),
        ({"name": "a/b", "use": "other"}, "use"),
        ({"name": "a/b", "input_price": Decimal(1)}, "output_price"),
        ({"name": "a/b", "input_price": Decimal(-1), "output_price": Decimal(1)}, "input_price"),
        ({"name": "a/b", "input_price": Decimal("NaN"), "output_price": Decimal(1)}, "input_price"),
    ],
)
def test_make_model_says_what_is_wrong(office: Office, wrong: dict, field: str) -> None:
    model = connected_model(office.admin)

    with pytest.raises(Invalid) as refused:
        make_model(model.connection, terms=ModelTerms(**wrong), actor=office.admin)

    assert list(refused.value.errors) == [field]
    make_model(model.connection, terms=ModelTerms("a/b"), actor=office.admin)


def test_change_model_keeps_its_own_name(office: Office) -> None:
    model = connected_model(office.admin)

    changed = change_model(model, terms=ModelTerms(model.name, **PRICES), actor=office.admin)

    assert (changed.name, changed.input_price) == ("example/small", Decimal(2))
    assert changed.history.count() == 2


def test_permits_hold_below_until_a_nearer_namespace_has_its_own(office: Office) -> None:
    small = connected_model(office.admin)
    large = connected_model(office.admin, "example/large", connection=small.connection)

    def names() -> list[list[str]]:
        places = (office.root, office.support, office.refunds)
        return [[c.name for c in models_for(office.admin, place)] for place in places]

    everything = ["example/large", "example/small", DEMO_MODEL]
    assert names() == [everything] * 3

    set_permits(office.support, models=[small], actor=office.admin)
    below = ["example/small", DEMO_MODEL]
    assert names() == [everything, below, below]

    set_permits(office.refunds, models=[large], actor=office.admin)
    assert names() == [everything, below, ["example/large", DEMO_MODEL]]

    set_permits(office.support, models=[], actor=office.admin)
    assert names() == [everything, everything, ["example/large", DEMO_MODEL]]


def test_can_ask_model_says_which_ones_are_allowed(office: Office) -> None:
    small = connected_model(office.admin)
    connected_model(office.admin, "example/large", connection=small.connection)
    set_permits(office.support, models=[small], actor=office.admin)

    verdicts = {
        name: can_ask_model(name, office.refunds).code
        for name in ("example/small", "example/large", "example/gone", DEMO_MODEL)
    }

    assert verdicts == {
        "example/small": "ok",
        "example/large": "model_not_allowed",
        "example/gone": "model_not_connected",
        DEMO_MODEL: "ok",
    }


def test_set_permits_is_for_an_installation_admin(office: Office) -> None:
    small = connected_model(office.admin)

    with pytest.raises(NotAllowed):
        set_permits(office.support, models=[small], actor=office.ana)

    set_permits(office.support, models=[small], actor=office.admin)
