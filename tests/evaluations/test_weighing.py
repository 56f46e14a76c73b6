from __future__ import annotations

import pytest

from apps.evaluations.checks import Verdict, weigh
from apps.evaluations.checks.verdict import could_not_run, judged, skipped

YES, NO, OPEN, SKIP = judged(True, "ok"), judged(False, "no"), could_not_run("?"), skipped("-")


def check(key, weight=1.0, required=False):
    return {"key": key, "weight": weight, "required": required}


def weighed(*parts, threshold=None):
    """Parts: (verdict, weight, required)."""
    checks = [check(str(at), weight, required) for at, (_, weight, required) in enumerate(parts)]
    verdicts = {str(at): verdict for at, (verdict, _, _) in enumerate(parts)}
    return weigh(checks, verdicts, threshold)


@pytest.mark.parametrize(
    ("parts", "threshold", "state"),
    [
        ([(YES, 1, False), (YES, 1, False)], None, "pass"),
        ([(YES, 1, False), (NO, 1, False)], None, "fail"),
        ([(YES, 1, False), (NO, 1, False)], 0.5, "pass"),
        ([(YES, 1, False), (NO, 2, False)], 0.5, "fail"),
        ([(YES, 3, False), (NO, 1, True)], 0.5, "fail"),
        ([(YES, 1, False), (OPEN, 1, False)], None, "could_not_run"),
        ([(NO, 1, False), (OPEN, 1, False)], None, "could_not_run"),
        ([(NO, 1, True), (OPEN, 1, False)], None, "fail"),
        ([(YES, 1, False), (SKIP, 1, True)], None, "pass"),
        ([(SKIP, 1, False)], None, "could_not_run"),
        ([(YES, 0, True)], 0.9, "pass"),
        ([], None, "could_not_run"),
    ],
)
def test_weigh_makes_one_verdict_of_a_case(parts, threshold, state):
    assert weighed(*parts, threshold=threshold).state == state


def test_weigh_waits_for_every_check():
    checks = [check("a"), check("b")]

    assert weigh(checks, {"a": YES}).state == "could_not_run"
    assert weigh(checks, {"a": YES, "b": YES}).state == "pass"


def test_score_is_the_mean_by_weight_and_share_what_passes():
    near = Verdict("fail", 0.6, "near")

    given = weighed((YES, 1, False), (near, 3, False), threshold=0.2)

    assert (given.state, given.score, given.share) == ("pass", pytest.approx(0.7), 0.25)
