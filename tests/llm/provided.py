"""Connections and models of tests, made through the actions that the pages use."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from apps.accounts.models import User
from apps.llm.actions import ModelTerms, Terms, make_connection, make_model
from apps.llm.models import ConnectedModel, Connection
from tests.llm.lines import CANARY

ADDRESS = "https://models.example/v1"


def terms(**more: Any) -> Terms:
    return Terms(**({"name": "Example", "kind": "openai", "base_url": ADDRESS} | more))


def connect(admin: User, *, secret: str = CANARY, **more: Any) -> Connection:
    return make_connection(terms(**more), secret=secret, actor=admin)


def connected_model(
    admin: User, name: str = "example/small", *, connection: Connection | None = None, **more: Any
) -> ConnectedModel:
    line = connection or connect(admin)
    return make_model(line, terms=ModelTerms(name, **more), actor=admin)


PRICES = {"input_price": Decimal(2), "output_price": Decimal(8)}
