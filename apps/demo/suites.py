"""A test suite of the demo: eight messages about cards, and the queue that each belongs to."""

from __future__ import annotations

from apps.accounts.models import User
from apps.evaluations.actions import RunTerms, add_check, import_cases, make_suite, start_run
from apps.evaluations.entrance import NewCase
from apps.evaluations.models import Suite
from apps.llm.questions import DEMO_MODEL
from apps.prompts.models import Version
from apps.teams.models import Namespace

QUEUES = ["block now", "dispute", "delivery", "PIN", "limits", "other"]
CASES = (
    ("Stolen bag", "My bag was stolen at the station, the card was in it.", "block now"),
    ("Card found by somebody", "Somebody paid with my card in a shop today.", "block now"),
    ("Unknown shop", "There are 12.99 € from a shop that I do not know.", "dispute"),
    ("Charged twice", "The hotel took the same 240 € twice.", "dispute"),
    ("Not here yet", "The new card should have come two weeks ago.", "delivery"),
    ("Moved house", "We moved to Graz, where did the card go?", "delivery"),
    ("Higher limit", "I fly on Friday and need a higher limit for two weeks.", "limits"),
    ("Forgot the PIN", "I have forgotten my PIN, how do I get it again?", "PIN"),
)


def seed_suite(space: Namespace, version: Version, author: User) -> Suite:
    """The suite and its first run, which a worker takes up with the demo model."""
    suite = make_suite(
        space, name="Card routing", purpose="Each message goes to the right queue",
        variables=["card_last4", "last_country", "message"], actor=author,
    )  # fmt: skip
    cases = [
        NewCase(
            values={"card_last4": "4417", "last_country": "Portugal", "message": message},
            expected=queue,
            name=name,
            tags=(queue,),
        )
        for name, message, queue in CASES
    ]
    import_cases(suite, cases=cases, actor=author)
    add_check(suite, kind="label", settings={"labels": QUEUES}, actor=author)
    start_run(suite, tested=version, terms=RunTerms(models=[DEMO_MODEL]), actor=author)
    return suite
