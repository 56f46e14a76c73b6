"""Live answers and what they are judged by."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from apps.analytics.actions import LiveTerms, set_live_check
from apps.delivery.actions import set_keeping_rule
from apps.delivery.keeping_terms import Terms as Keeping
from apps.evaluations.actions import add_check, make_suite
from apps.llm.questions import DEMO_MODEL

NOW = timezone.now().astimezone(dt.UTC) - dt.timedelta(minutes=5)


def make_live_suite(told, name="Live basics"):
    """Two checks that can judge a live answer, and one that needs an expected one."""
    author = told.world["author"]
    suite = make_suite(told.world.desk, name=name, actor=author)
    add_check(suite, kind="word_count", settings={"most": 3}, actor=author)
    add_check(suite, kind="contains", settings={"texts": ["refund"]}, actor=author)
    add_check(suite, kind="equals", settings={}, actor=author)
    return suite


def keep_answers(told, **terms):
    given = Keeping(**{"keep_values": True, "keep_days": 30, **terms})
    set_keeping_rule(told.world.desk, terms=given, actor=told.world.admin)


def check_live(told, suite, by="author", **more):
    terms = {"environment": told.world.places["production"], "suite": suite, "judge": DEMO_MODEL,
             "share": 100, "most_a_day": 100} | more  # fmt: skip
    return set_live_check(told.prompt, terms=LiveTerms(**terms), actor=told.world[by])
