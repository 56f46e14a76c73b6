"""The conditions of a release. Each says in one sentence what is the case and what is missing.

Calls down for approvals and text. A higher app adds its own with `register_gate()` in its ready().
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.clock import database_now
from apps.core.text import listing
from apps.environments.freeze_words import moment_words
from apps.environments.freezes import frozen_until, next_begin
from apps.environments.models import Environment, Rule
from apps.environments.queries import (
    earlier_than,
    freezes_for,
    live_release,
    live_version,
    rule_for,
    went_through,
)
from apps.environments.rules import Lock, type_words
from apps.evaluations.queries import SuiteGate, suite_gates
from apps.prompts.findings import digest_of
from apps.prompts.lint import Finding, lint
from apps.prompts.models import Version
from apps.prompts.queries import version_document
from apps.releases.models import Waiver
from apps.releases.waiving import waived
from apps.reviews.models import Review
from apps.reviews.queries import (
    approvals_for,
    changes_asked_for,
    locks_touched,
    reviewers_of_version,
    running_review,
    signatures,
    too_old,
    who_can_sign,
)

RED = "red"
MOST_ADVICE = 3  # sentences beside a gate that is open
FREEZE = "freeze"
INVISIBLE = "invisible_characters"
SIGNED = frozenset({"approvals", "order", "locked"})  # gates that people opened with their names


@dataclass(frozen=True)
class Gate:
    """`open`: met. `review` is where something can be done about it."""

    code: str
    open: bool
    sentence: str
    detail: str = ""
    review: Review | None = None
    acknowledge: bool = False  # opens when the releaser says that they have seen it
    subject: str = ""  # by what a finding is known, where two people may waive it
    waiver: Waiver | None = None  # proposed, or confirmed: then the gate is open
    waive: str = ""  # the question of the address where a waiver is proposed
    suite: SuiteGate | None = None  # what was run, and where it can be read


ExtraGate = Callable[[Version, Environment], Gate | None]
_extra: list[ExtraGate] = []


def register_gate(gate: ExtraGate) -> None:
    _extra.append(gate)


def gates(version: Version, environment: Environment, *, acknowledged: bool = False) -> list[Gate]:
    """All gates of a version for an environment, those of the environments before it included."""
    found = [
        *own_gates(version, environment),
        *_order_gates(version, environment),
        *text_gates(version, acknowledged),
    ]
    return waived(found, version, environment)


def step_gates(version: Version, environment: Environment) -> list[Gate]:
    """What a larger share of a running rollout must meet: all that can have changed since it began.
    The approvals that it began with stand."""
    return [gate for gate in gates(version, environment, acknowledged=True) if not _signed(gate)]


def _signed(gate: Gate) -> bool:
    return gate.code in SIGNED


def earlier_without(version: Version, environment: Environment) -> list[Environment]:
    """The environments before it that this version never went through: their gates are asked."""
    if not rule_for(environment, version.prompt.namespace).in_order:
        return []
    return [place for place in earlier_than(environment) if not went_through(version, place)]


def on_the_way(version: Version, environment: Environment) -> list[Environment]:
    """Those of them where it is released too: where it is live by the glass or a roll back, it
    stays as it is."""
    found = earlier_without(version, environment)
    return [place for place in found if live_version(version.prompt, place) != version]


def own_gates(version: Version, environment: Environment) -> list[Gate]:
    """What this environment asks itself: approvals, and what higher apps have added."""
    extra = [gate(version, environment) for gate in _extra]
    added = waived([gate for gate in extra if gate is not None], version, environment)
    return [
        _approvals(version, environment),
        *_locked(version, environment),
        *_freeze(version, environment),
        *waived(_suites(version, environment), version, environment),
        *added,
    ]


def _suites(version: Version, environment: Environment) -> list[Gate]:
    return [
        Gate("suite", one.open, one.sentence, one.detail, subject=one.subject, suite=one)
        for one in suite_gates(version, environment)
    ]


def roll_back_gates(version: Version, environment: Environment) -> list[Gate]:
    """What a roll back must meet: nothing, unless the rule asks for its approvals."""
    if not rule_for(environment, version.prompt.namespace).roll_back_approved:
        return []
    return [_approvals(version, environment), *_locked(version, environment)]


def _freeze(version: Version, environment: Environment) -> list[Gate]:
    """None where no freeze is planned. A roll back passes it, and so does breaking the glass."""
    freezes = freezes_for(environment, version.prompt.namespace)
    if freezes:
        now = database_now()
        if frozen := frozen_until(freezes, now):
            words = _("Frozen until %(when)s: %(name)s")
            said = {"when": moment_words(frozen), "name": frozen.freeze.name}
            return [Gate(FREEZE, False, words % said, _("A roll back is possible all the same."))]
        if coming := next_begin(freezes, now):
            words = _("No freeze. The next one starts on %(when)s: %(name)s")
            said = {"when": moment_words(coming), "name": coming.freeze.name}
            return [Gate(FREEZE, True, words % said)]
    return []


def _locked(version: Version, environment: Environment) -> list[Gate]:
    """One for each locked type of block that differs from what is live."""
    return [_signature(version, environment, lock) for lock in locks_touched(version, environment)]


def _signature(version: Version, environment: Environment, lock: Lock) -> Gate:
    said = {"type": type_words(lock.type), "team": lock.name}
    given = signatures(version, environment, lock)
    if given:
        words = _("%(who)s signed the change of %(type)s for %(team)s")
        who = listing([str(decision.person) for decision in given])
        return Gate("locked", True, words % {**said, "who": who}, review=given[0].round.review)
    words = _("The %(type)s changed: they are locked, and nobody of %(team)s has signed")
    able = [str(person) for person in who_can_sign(version, environment, lock)]
    detail = _("Nobody of %(team)s who may review here is left: an admin can add somebody.") % said
    if able:
        detail = _("%(who)s can sign by approving it.") % {"who": listing(able[:4], _("or"))}
    review = running_review(version.prompt, environment)
    return Gate("locked", False, words % said, detail, review)


def _approvals(version: Version, environment: Environment) -> Gate:
    rule = rule_for(environment, version.prompt.namespace)
    if rule.approvals == 0:
        return Gate("approvals", True, _("No approval is needed"))
    against = changes_asked_for(version, environment)
    if against:
        refusers = listing([str(decision.person) for decision in against])
        words = _("%(who)s asked for changes of this version") % {"who": refusers}
        return Gate("approvals", False, words, review=against[0].round.review)
    given = approvals_for(version, environment)
    names = [str(decision.person) for decision in given]
    missing = rule.approvals - len(given)
    if missing <= 0:
        words = _("%(who)s approved this version") % {"who": listing(names)}
        return Gate("approvals", True, words, review=given[0].round.review)
    detail = f"{_grown_old(version, rule)} {_who_can(version, rule, names)}".strip()
    review = running_review(version.prompt, environment)
    return Gate("approvals", False, _missing(missing), detail, review)


def _grown_old(version: Version, rule: Rule) -> str:
    names = [str(decision.person) for decision in too_old(version, rule.environment)]
    if not names:
        return ""
    return _("What %(who)s approved is older than %(n)s days: ask for the review again.") % {
        "who": listing(names),
        "n": rule.approval_days,
    }


def _missing(number: int) -> str:
    if number == 1:
        return _("One approval is missing")
    return ngettext("%(n)s approval is missing", "%(n)s approvals are missing", number) % {
        "n": number
    }


def _who_can(version: Version, rule: Rule, given: list[str]) -> str:
    names = [str(person) for person in reviewers_of_version(version, rule.environment)]
    left = [name for name in names if name not in given]
    if not left:
        return _("Nobody who may approve is left: an admin can add reviewers.")
    return _("%(who)s can approve it.") % {"who": listing(left[:4], _("or"))}


def _order_gates(version: Version, environment: Environment) -> list[Gate]:
    return [_order(version, place) for place in earlier_without(version, environment)]


def _order(version: Version, place: Environment) -> Gate:
    live = live_release(version.prompt, place)
    here = live is not None and live.version_id == version.pk
    if live is not None and here and live.split:
        words = _("%(version)s gets only %(share)s %% of the traffic in %(place)s")
        said = {"version": version, "share": live.share, "place": place}
        return Gate("order", False, words % said, _("Give it all of it there first."))
    closed = [gate for gate in own_gates(version, place) if not gate.open]
    if closed:
        words = _("%(place)s comes first") % {"place": place}
        return Gate("order", False, words, f"{closed[0].sentence}.", closed[0].review)
    if here:
        words = _("%(version)s is live in %(place)s, and its gates are open now")
        return Gate("order", True, words % {"version": version, "place": place})
    words = _("It goes to %(place)s as well") % {"place": place}
    return Gate("order", True, words, _("This version never went through its gates there."))


def text_gates(version: Version, acknowledged: bool) -> list[Gate]:
    document = version_document(version)
    findings = lint(document)
    found = [_stop(one, digest_of(one, document)) for one in findings if one.level == RED]
    hidden = [finding for finding in findings if finding.code == INVISIBLE]
    if hidden:
        found.append(
            Gate(
                "invisible",
                acknowledged,
                _("The text holds characters that cannot be seen"),
                hidden[0].sentence,
                acknowledge=True,
            )
        )
    return found or [_passes(findings)]


def _passes(findings: list[Finding]) -> Gate:
    """Advice stops nothing, and whoever releases reads it all the same."""
    if not findings:
        return Gate("text", True, _("Nothing found in the text"))
    said = [finding.sentence for finding in findings[:MOST_ADVICE]]
    if left := len(findings) - len(said):
        said.append(_("And %(n)s more.") % {"n": left})
    return Gate("text", True, _("Nothing in the text stops it"), " ".join(said))


def _stop(finding: Finding, digest: str) -> Gate:
    words = _("Change the text and make a new version.")
    return Gate("text", False, finding.sentence, words, subject=digest)
