"""R4: a case that kills its worker each time is parked after three tries; the others go on."""

from __future__ import annotations

import os

import pytest

from apps.evaluations.actions import work
from apps.evaluations.models import Result
from tests.brokers import broker
from tests.evaluations.running import connect_to, make_lab, rows
from tests.evaluations.test_r03_killed_workers import killing
from tests.llm.provider import running
from tests.standing import standing, standing_alone

GOOD = int(os.environ.get("GALLEY_R04_GOOD", "20"))

alone = standing_alone(make_lab)
lab = standing(make_lab)


def test_r04_poison_is_parked_after_three_tries_and_the_others_are_answered(alone, tmp_path):
    alone.more_cases(GOOD - 2)
    with running() as provider, broker("files", tmp_path) as environment:
        connect_to(alone, provider.url, at_once=4)
        run = alone.start()
        deaths = killing(run, "--poison", "Case 7 ", environment=environment)

    [parked] = [row for row in rows(run) if row.state != "done"]
    assert (run.state, deaths, len(rows(run))) == ("partial", 3, GOOD + 1)
    assert (parked.error_code, parked.attempts, parked.passed) == ("parked", 3, None)
    assert parked.error.startswith("The worker died three times over this case.")


@pytest.mark.parametrize("counted", [True, False], ids=["counted", "not counted"])
def test_r04_without_the_count_a_poison_would_be_tried_for_ever(lab, counted):
    """The control: the same deaths, with the count kept or not."""
    run, tries = lab.start(models=["galley/demo"]), 0
    held = work.take_run(run.pk, by="w", seconds=0.0)

    for _life in range(6):
        if not counted:
            Result.objects.filter(run=run).update(attempts=0)
        leased = work.lease_rows(held, by="w", many=1, seconds=-1.0, alone=True)
        tries += any(row.case_index == 0 for row in leased)
        Result.objects.filter(run=run).exclude(case_index=0).update(state="cancelled")
        work.keep_leases(held, by="w", seconds=-1.0)

    first = Result.objects.get(run=run, case_index=0)
    assert (tries, first.error_code) == ((3, "parked") if counted else (6, ""))
