"""Ratings of the demo's first run: two people read its answers and differ on one."""

from __future__ import annotations

from collections.abc import Mapping

from apps.accounts.models import User
from apps.evaluations.actions import RatingTerms, ask_for_ratings, rate_task
from apps.evaluations.models import RatingTask, Run, Suite
from apps.evaluations.running.slices import work

# Case → what each says of its answer, and why.
SAID: Mapping[str, Mapping[str, tuple[bool, str]]] = {
    "Stolen bag": {"priya": (True, ""), "jonas": (True, "")},
    "Unknown shop": {"priya": (True, ""), "jonas": (True, "")},
    "Charged twice": {
        "priya": (True, "A dispute, as the routing table says."),
        "jonas": (False, "The hotel can correct it: no dispute before they were asked."),
    },
    "Not here yet": {"priya": (True, "")},
    "Moved house": {"priya": (False, "It must ask for the new address first.")},
}


def seed_ratings(suite: Suite, people: Mapping[str, User]) -> None:
    """The run is worked on at once, so that there are answers to rate; part of the queue waits."""
    run = Run.objects.get(suite_version__suite=suite)
    work(run.pk)
    terms = RatingTerms(
        raters=(people["priya"], people["jonas"]), each=2, seed=4417,
        note="Would this queue be the right one for the customer?",
    )  # fmt: skip
    request = ask_for_ratings(run, terms=terms, actor=people["sara"])
    names = [case["name"] for case in run.suite_version.document["cases"]]
    for case, said in SAID.items():
        for name, (good, note) in said.items():
            task = RatingTask.objects.get(
                request=request, rater=people[name], result__case_index=names.index(case)
            )
            rate_task(task, value=good, note=note, seconds=20 + 7 * len(note), actor=people[name])
