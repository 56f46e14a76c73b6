"""A test suite of the demo: eight messages about cards, and the queue that each belongs to."""

from __future__ import annotations

from apps.accounts.models import User
from apps.environments.models import Environment
from apps.evaluations.actions import (
    RunTerms,
    add_check,
    add_requirement,
    begin_planned,
    finish_update,
    import_cases,
    make_suite,
    start_run,
    start_update,
)
from apps.evaluations.entrance import NewCase
from apps.evaluations.models import ModelUpdate, PlannedRun, Suite
from apps.evaluations.running.slices import work
from apps.evaluations.states import Condition
from apps.llm.questions import DEMO_MODEL, DEMO_SMALL
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


# Each names its queue: a model that reads a message to its end finds it.
PLAIN = (
    ("I have my new card, but the PIN is not accepted.", "PIN"),
    ("At the cash machine it said that my PIN is wrong.", "PIN"),
    ("Where in the app do I change the PIN?", "PIN"),
    ("After three attempts it refuses the PIN.", "PIN"),
    ("The letter with the PIN never came.", "PIN"),
    ("Could you send me another PIN, please?", "PIN"),
    ("I would like to see my limits for online payments.", "limits"),
    ("My daughter turns eighteen, please raise her limits.", "limits"),
    ("For our holiday we need higher limits.", "limits"),
    ("Why were my limits lowered last week?", "limits"),
    ("The machine says I am over my limits.", "limits"),
    ("Please tell me how long the delivery takes.", "delivery"),
    ("I moved last month, can the delivery still be changed?", "delivery"),
    ("Nobody was at home for the delivery.", "delivery"),
    ("Is there a faster delivery to Spain?", "delivery"),
    ("The post says that the delivery failed.", "delivery"),
    ("I was charged twice and want to open a dispute.", "dispute"),
    ("How long does it take to answer a dispute?", "dispute"),
    ("The shop did not send anything, so I start a dispute.", "dispute"),
    ("There is a booking I do not know: a dispute, please.", "dispute"),
    ("What do you need from me for the dispute?", "dispute"),
    ("My purse is gone, please block now.", "block now"),
    ("Somebody is using my card, block now!", "block now"),
    ("I lost it on the train and want to block it now.", "block now"),
)


def seed_suite(space: Namespace, version: Version, author: User) -> Suite:
    """The suite and its first run, with the demo model."""
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


def seed_update(space: Namespace, author: User, actor: User) -> ModelUpdate:
    """What becomes of the prompts of the demo model if a smaller one takes its place: finished."""
    cases = [
        NewCase(
            values={"card_last4": "4417", "last_country": "Portugal", "message": message},
            expected=queue, tags=(queue,),
        )
        for message, queue in PLAIN
    ]  # fmt: skip
    make_suite(
        space, name="Plain words", purpose="Messages that name their queue", cases=cases,
        variables=["card_last4", "last_country", "message"],
        checks=[("label", {"labels": QUEUES})], actor=author,
    )  # fmt: skip
    update = start_update(before=DEMO_MODEL, after=DEMO_SMALL, actor=actor)
    for planned in PlannedRun.objects.filter(update_of=update):
        run = begin_planned(planned.pk)
        if run is not None:
            work(run.pk)
    return finish_update(update)


def seed_required_suite(place: Environment, space: Namespace, author: User, manager: User) -> Suite:
    """A suite that a release into this place must not make worse by more than five in a hundred."""
    suite = make_suite(
        space, name="Mail routing", purpose="Each e-mail goes to the right queue",
        cases=_mails("dispute", "delivery", "limits"), variables=["message"],
        checks=[("label", {"labels": QUEUES})], actor=author,
    )  # fmt: skip
    add_requirement(
        place, namespace=space, suite=suite, condition=Condition.NOT_WORSE, share=0.05,
        reason="A wrong queue costs a customer a day", actor=manager,
    )  # fmt: skip
    return suite


def add_pin_mails(suite: Suite, author: User) -> None:
    """What a new queue will be judged by: the suite changes with the prompt."""
    import_cases(suite, cases=_mails("PIN"), actor=author)


def run_for(place: Environment, suite: Suite, version: Version, author: User) -> None:
    """On this version and on what is live there, to the end."""
    run = start_run(suite, tested=version, terms=RunTerms(environment=place), actor=author)
    work(run.pk)


def _mails(*queues: str) -> list[NewCase]:
    return [
        NewCase(values={"message": message}, expected=queue, tags=(queue,))
        for message, queue in PLAIN
        if queue in queues
    ]
