"""A shadow of the demo that is over: the version in review answered what live calls asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone

from apps.accounts.models import User
from apps.delivery.actions import set_keeping_rule, take_calls
from apps.delivery.bins import bin_of
from apps.delivery.calls.engine import Call
from apps.delivery.keeping_terms import Terms
from apps.environments.models import ApiKey, Environment
from apps.evaluations.actions import make_suite
from apps.evaluations.models import Suite
from apps.experiments.actions import start_shadow
from apps.experiments.models import Shadow
from apps.experiments.shadow_terms import ShadowTerms
from apps.experiments.shadowing import work
from apps.experiments.states import ShadowState
from apps.llm.questions import DEMO_MODEL
from apps.prompts.models import Version
from apps.teams.models import Namespace

ASKED = (
    ("Lena Vogt", "48.00 €", "Hello, when will I see the refund for the lamp?"),
    ("Marco Silva", "120.00 €", "Three weeks! Where is my money? I want to speak to someone."),
    ("Ines Duarte", "15.90 €", "The shop says that it sent the refund. I cannot see it."),
    ("Jan Kowal", "310.00 €", "Is the refund for my flight approved?"),
    ("Mia Berg", "64.50 €", "Where is my money? It has been a week."),
    ("Tomás Rey", "9.99 €", "How long does a refund take with you?"),
)
GIVEN = (
    "Thank you for writing. Your refund is approved and will be in the account within 3 days.",
    "Your refund was approved. Banks usually need 5 to 10 bank days to show it.",
    "I am sorry about the wait. The money will be in your account within 3 days.",
)
CALLS = 24


def seed_shadow(
    live: Version, candidate: Version, place: Environment, key: ApiKey, author: User, admin: User
) -> Shadow:
    """Four days of calls whose values are kept, and what the candidate said to each."""
    space = candidate.prompt.namespace
    set_keeping_rule(space, terms=Terms(keep_values=True, keep_days=30), actor=admin)
    now = timezone.now().astimezone(dt.UTC)
    take_calls([_call(live, place, key, number, now) for number in range(CALLS)])
    shadow = start_shadow(
        candidate, environment=place, suite=_suite(space, author),
        terms=ShadowTerms(DEMO_MODEL, share=100, a_day=CALLS, most=CALLS),
        since=now - dt.timedelta(days=5), actor=author,
    )  # fmt: skip
    for _look in range(CALLS):
        if shadow.state != ShadowState.RUNNING:
            break
        work(shadow)
        shadow.refresh_from_db(fields=["state"])
    return shadow


def _suite(space: Namespace, author: User) -> Suite:
    checks: Sequence[tuple[str, dict[str, object]]] = (
        ("contains", {"texts": ["within 3 days", "tomorrow"], "how": "none"}),
        ("contains", {"texts": ["bank days"], "how": "any"}),
        ("word_count", {"most": 120}),
    )
    return make_suite(
        space, name="Refund answers", purpose="What no answer about a refund may say",
        checks=checks, actor=author,
    )  # fmt: skip


def _call(live: Version, place: Environment, key: ApiKey, number: int, now: dt.datetime) -> Call:
    name, amount, message = ASKED[number % len(ASKED)]
    at = now - dt.timedelta(hours=4 * number + 1)
    latency = 1400.0 + 137.0 * (number % 7)
    return Call(
        environment_id=place.pk, prompt_id=live.prompt_id, version_id=live.pk, key_id=key.pk,
        started_at=at, latency_ms=latency, day=at.date(), input_tokens=520 + number,
        output_tokens=24, latency_bin=bin_of(latency), ident=f"demo-kept-{number}", arm="",
        split_id="", model="openai/gpt-5", status="ok", unit_hash=None, cost=Decimal("0.00089"),
        error="", tags=["e-mail"], output=GIVEN[number * 5 % 7 % len(GIVEN)],
        variables={
            "customer_name": name, "shop_name": "Nordhaus", "refund_amount": amount,
            "message": message,
        },
    )  # fmt: skip
