"""Live answers of the demo: what some calls said is kept, and a share of it is judged."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.analytics.actions import LiveTerms, Terms, keep_looks, make_alarm, set_live_check
from apps.analytics.looking import judged
from apps.analytics.queries.live_checks import in_share
from apps.environments.models import Environment
from apps.evaluations.actions import add_check, make_suite
from apps.llm.questions import DEMO_MODEL
from apps.prompts.models import Prompt

PATH = "support/disputes/summary"
SEED = 20_261_122
MOST = 600
SHOPS = ("Hotel Miramar", "Fonoteca", "a petrol station in Faro", "Nordlicht Optik", "Velo24")
STORIES = (
    "I was charged twice for one night.",
    "I sent the shoes back and nothing came.",
    "I have never been there.",
    "The amount is not what I signed.",
)


def words_of(path: str, ident: str, newer: bool) -> tuple[dict[str, Any] | None, str | None]:
    """What a call sent and got; of other prompts nothing is kept."""
    if path != PATH:
        return None, None
    dice = random.Random(f"{SEED}/{ident}")  # noqa: S311 - the same for everybody
    shop, story, amount = dice.choice(SHOPS), dice.choice(STORIES), dice.randrange(12, 480)
    lines = [f"Paid: {amount} € to {shop}, {dice.randrange(2, 40)} days ago.", f"Says: {story}"]
    if dice.random() < (0.95 if newer else 0.81):
        lines.append("Missing: the receipt and the answer of the shop.")
    if dice.random() < (0.05 if newer else 0.09):
        lines.append("The customer seems upset about how long this takes and asks to be told. " * 3)
    return {"message": f"{shop} took {amount} € from my account. {story}"}, "\n".join(lines)


def seed_live(place: Environment, author: User, releaser: User) -> None:
    """A month of a share of the answers, judged without asking a model."""
    prompt = Prompt.objects.get(path=PATH)
    suite = make_suite(
        prompt.namespace, name="Dispute summaries",
        purpose="What an agent needs, and no more", variables=["message"], actor=author,
    )  # fmt: skip
    for kind, settings in (
        ("contains", {"texts": ["Paid:", "Missing:"]}),
        ("word_count", {"most": 45}),
        ("no_personal_data", {}),
        ("equals", {}),
    ):
        add_check(suite, kind=kind, settings=settings, actor=author)
    terms = LiveTerms(place, suite, DEMO_MODEL, share=30, most_a_day=200)
    live = set_live_check(prompt, terms=terms, actor=author)
    calls = in_share(live, MOST, timezone.now() - timedelta(days=30))
    keep_looks(live, [replace(one, at=one.call.started_at) for one in judged(live, calls)])
    alarm = Terms(place, "quality", 60.0, 168)
    make_alarm(prompt.namespace, prompt=prompt, terms=alarm, actor=releaser)
