"""Live answers are judged: a few calls that were not looked at yet, and what was said of each."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.analytics.actions import Looked, keep_looks, leave_live, take_live
from apps.analytics.models import LiveCheck
from apps.analytics.queries.live_checks import unlooked
from apps.core.errors import Refused, require
from apps.core.verdicts import ALLOW, not_possible
from apps.core.verdicts import Verdict as Allowed
from apps.delivery import queries as delivery
from apps.delivery.calls.engine import Call, Feedback
from apps.delivery.checked import EVERY, name_of
from apps.delivery.intake.kept import NOTHING, Keeping, kept_text
from apps.evaluations.checks import Answered, CaseValues, Verdict, weigh
from apps.evaluations.queries.documents import checks_alone
from apps.evaluations.queries.paying import paying_team
from apps.evaluations.running.grading import Sample, grade, grading_of
from apps.evaluations.running.judging import Judged
from apps.evaluations.running.paid import Payer
from apps.llm.questions import DEMO_MODEL

log = logging.getLogger("galley.analytics")
FEW = 20  # calls in one turn
LONGEST = 500  # characters of a reason


def look(pk: int) -> bool:
    """One turn; whether there may be more to do at once. What stands in the way is kept as a
    sentence, and looked at again later."""
    live = take_live(pk)
    if live is None:
        return False
    held, looked = "", 0
    try:
        looked = _look(live)
    except Refused as refusal:
        held = str(refusal)
    except Exception:
        log.exception("the live answers of %s could not be judged", live.pk)
        held = _("Judging broke off with an error. Galley tries again in ten minutes.")
    finally:
        leave_live(live, held=held)
    return looked == FEW


def _look(live: LiveCheck) -> int:
    calls = unlooked(live, FEW)
    return keep_looks(live, judged(live, calls)) if calls else 0


def judged(live: LiveCheck, calls: Sequence[Call]) -> list[Looked]:
    """What the checks say of these answers; nothing is kept yet."""
    checks = checks_alone(live.suite)
    require(_can_judge(live, checks))
    payer = Payer(
        live.prompt.namespace, paying_team(live.prompt, live.set_by), "live check",
        f"live:{live.pk}",
    )  # fmt: skip
    grading = grading_of(
        checks, [_sample(call) for call in calls], payer=payer, judge=live.judge,
        embedding=DEMO_MODEL,
    )  # fmt: skip
    found = zip(calls, grade(grading), strict=True)
    rule = delivery.keeping_rules({live.prompt_id}).get(live.prompt_id, NOTHING)
    return [_looked(live, checks, call, one, rule) for call, one in found]


def _can_judge(live: LiveCheck, checks: Sequence[Any]) -> Allowed:
    """What was so when it was set may be so no more."""
    if live.suite.is_archived:
        words = _("“%(suite)s” is archived. Choose another suite, or take it into use again.")
        return not_possible("suite_archived", words % {"suite": live.suite})
    if not checks:
        words = _("No check of “%(suite)s” can judge a live answer any more. Add one that can.")
        return not_possible("no_live_check", words % {"suite": live.suite})
    return ALLOW


def _sample(call: Call) -> Sample:
    answer = Answered(
        call.output or "", round(call.latency_ms), call.cost, call.input_tokens,
        call.output_tokens,
    )  # fmt: skip
    return Sample(answer, CaseValues(call.variables or {}, "", tuple(call.tags)))


def _looked(
    live: LiveCheck, checks: Sequence[Any], call: Call, judged: Judged, rule: Keeping
) -> Looked:
    """What could not run says nothing: neither good nor bad."""
    said, unsaid = [], {}
    verdicts = {name_of(key): one for key, one in judged.verdicts.items() if one.applies}
    whole = weigh(checks, judged.verdicts, live.suite.threshold)
    verdicts[EVERY] = Verdict(whole.state, whole.score, whole.reason)
    for name, verdict in verdicts.items():
        reason = kept_text(verdict.reason, rule)[:LONGEST]
        if verdict.state == "could_not_run":
            unsaid[name] = reason
        else:
            said.append(opinion(call, name, verdict.state == "pass", reason))
    return Looked(call, said, unsaid, judged.cost)


def opinion(call: Call, name: str, passes: bool, reason: str) -> Feedback:
    """On the call, so that it counts where the call does; the reason goes when the answer goes."""
    mark = hashlib.blake2b(f"{call.ident}\n{name}".encode(), digest_size=16).hexdigest()
    return Feedback(
        environment_id=call.environment_id, prompt_id=call.prompt_id, version_id=call.version_id,
        key_id=call.key_id, started_at=call.started_at, value=float(passes), day=call.day,
        ident=f"of-check:{mark}", log_ident=call.ident, arm=call.arm, split_id=call.split_id,
        name=name, kind="yes_no", unit_hash=call.unit_hash, comment=reason,
    )  # fmt: skip
