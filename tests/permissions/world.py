"""Two teams with mirrored data: every kind of row once for each, each text with that team's canary.

Names of people and teams carry none: they are the installation's directory, which whoever gives
rights has to read (docs/rights.md).

Seven people look at the first team's rows: its admin (of the installation), releaser, reviewer,
author and viewer, an outsider who has as much of their own in the second team, and nobody.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.analytics.actions import (
    LiveTerms,
    Looked,
    drain_touched,
    keep_looks,
    leave_live,
    make_alarm,
    set_live_check,
    take_live,
)
from apps.analytics.actions import Terms as AlarmTerms
from apps.analytics.looking import opinion
from apps.analytics.models import LiveCheck
from apps.analytics.queries.live_checks import unlooked
from apps.audit.subscribers import run_all
from apps.core.actors import SYSTEM
from apps.core.clock import database_now
from apps.core.origin import coming_from
from apps.delivery.actions import remove_keeping_rule, set_keeping_rule, take_calls, take_feedback
from apps.delivery.bins import bin_of
from apps.delivery.calls.engine import Call, Feedback
from apps.delivery.checked import EVERY
from apps.delivery.keeping_terms import Terms as KeepingTerms
from apps.environments.actions import create_key
from apps.environments.models import Environment
from apps.environments.queries import live_release
from apps.evaluations.actions import (
    RatingTerms,
    RunTerms,
    ScheduleTerms,
    archive_suite,
    ask_for_ratings,
    begin_planned,
    cancel_run,
    claim_answers,
    claim_schedule,
    keep_upload,
    make_schedule,
    make_suite,
    pause_schedule,
    raise_alarm,
    rate_answer,
    start_run,
    start_trial,
    start_update,
    store_answer,
)
from apps.evaluations.models import DriftAlarm, Run, SuiteSchedule
from apps.evaluations.new_case import NewCase
from apps.evaluations.queries.drift import Drift
from apps.evaluations.running.slices import work
from apps.evaluations.statistics import compare
from apps.evaluations.trial_columns import TrialColumn
from apps.experiments.actions import (
    Design,
    make_experiment,
    pause_shadow,
    start_experiment,
    start_shadow,
)
from apps.experiments.actions.shadow_answers import Answer as Answered
from apps.experiments.actions.shadow_answers import keep_answers, take_for_shadow
from apps.experiments.metrics import ERRORS, LATENCY, Guard
from apps.experiments.models import Shadow, ShadowAnswer
from apps.experiments.shadow_terms import ShadowTerms
from apps.experiments.states import PairState
from apps.llm.actions import ModelTerms, Terms, make_connection, make_model
from apps.prompts.actions import (
    create_prompt,
    create_snippet,
    declare_variable,
    make_version,
    pin_snippet,
    remove_block,
    save_block,
    save_sample,
    write_document,
)
from apps.prompts.content import new_block, new_content, new_variable
from apps.prompts.models import Draft, DraftBlock, Prompt, Version
from apps.prompts.queries import draft_of
from apps.releases.actions import (
    break_glass,
    move_label,
    propose_waiver,
    release_version,
    schedule_release,
)
from apps.releases.gates import gates
from apps.reviews.actions import (
    approve_review,
    request_review,
    resolve_thread,
    start_thread,
    suggest,
)
from apps.reviews.models import Review
from apps.teams.actions import (
    add_member,
    add_person,
    create_first_admin,
    create_namespace,
    create_team,
    deactivate_person,
    grant,
    invite_person,
    request_access,
)
from apps.teams.models import Namespace, Team
from apps.teams.queries import root_namespace
from tests.experiments.scene import past_calls
from tests.releases.world import shown

PASSWORD = "a long pass phrase 42"
ROLES = ("releaser", "reviewer", "author", "viewer")
PEOPLE = ("admin", *ROLES, "outsider", "anonymous")


@dataclass
class Side:
    """One team's everything."""

    canary: str
    admin: User
    space: Namespace
    team: Team
    people: dict[str, User] = field(default_factory=dict)
    prompt: Any = None  # v1 live everywhere, v2 in review for production
    ready: Any = None  # v1 live, v2 approved for production
    moved: Any = None  # v1 and v2 were both live in production
    rolling: Any = None  # v1 live, v2 gets a tenth of production
    compared: Any = None  # v1 live, v2 gets half of production in an experiment
    experiment: Any = None  # that one
    shadow: Any = None  # v2 of the prompt answers its calls of production
    pair: Any = None  # one of them
    tried: Any = None  # another one on "ready", not started
    archived: Any = None
    broken: Any = None  # v1 live in production, v2 put there by breaking the glass
    follow_up: Any = None
    waiver: Any = None  # one of two findings about v3 of "broken"
    planned: Any = None  # v1 live in production, v2 planned for it
    plan: Any = None
    label: Any = None  # of "moved" in production, on v1
    review: Any = None
    thread: Any = None
    resolved: Any = None
    suggestion: Any = None  # of the reviewer's, on a block that "second" wrote
    sample: Any = None
    conflict: Any = None
    kept: Any = None  # a draft with a name
    removed: Any = None  # a block that can be put back
    snippet: Any = None
    pin: Any = None  # a block of "moved" that says what the snippet says
    suite: Any = None  # of tests, with a case and two checks
    case: Any = None
    check: Any = None
    shelved: Any = None  # a suite in the archive
    trial: Any = None  # of the playground, answered
    run: Any = None  # of the suite, waiting
    result: Any = None  # of that run
    cancelled: Any = None  # a run that was cancelled
    rated: Any = None  # a run that is over, of which the author is asked to rate the answer
    answer: Any = None  # that answer, on which the releaser and the reviewer disagree
    asking: Any = None  # the request for ratings
    watch: Any = None  # of "prompt" in production
    live: Any = None  # the check of its live answers there
    upload: Any = None  # a spreadsheet that the author has not imported yet
    key: Any = None
    secret: str = ""
    invitation: Any = None
    token: str = ""
    asked: Any = None  # the viewer asks for a right
    line: Any = None  # a connection to a port where nothing listens
    model: Any = None
    schedule: Any = None  # of the suite, on what is live in production
    halted: Any = None  # a schedule that is paused
    alarm: Any = None  # of drift, that a run of the schedule showed
    update: Any = None  # of a demo model by that one, asked for by the author; nothing is begun

    @property
    def draft(self) -> Draft:
        return draft_of(self.prompt)

    @property
    def block(self) -> DraftBlock:
        return self.draft.blocks.get(key=self.draft.order[0])

    def version(self, prompt: Prompt, number: int) -> Version:
        return prompt.versions.get(number=number)


@dataclass
class World:
    admin: User
    ours: Side
    theirs: Side

    def person(self, name: str) -> User | None:
        if name == "anonymous":
            return None
        if name == "admin":
            return self.admin
        if name == "outsider":
            return self.theirs.people["author"]
        return self.ours.people[name]


@transaction.atomic
def make_world() -> World:
    admin = create_first_admin(
        email="admin@test.example", name="Installation admin", password=PASSWORD, actor=SYSTEM
    )
    ours = _side(admin, "alpha", "alphacanary")
    theirs = _side(admin, "beta", "betacanary")
    # An outsider has every role where they belong, so that a leak cannot hide behind a missing one.
    for role in ("reviewer", "releaser", "admin"):
        grant(theirs.space, role=role, to=theirs.people["author"], actor=admin)
    run_all()
    return World(admin, ours, theirs)


def place(name: str) -> Environment:
    return Environment.objects.get(name=name)


def _document(canary: str, body: str) -> dict[str, Any]:
    def key(slot: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{canary}/{slot}"))

    rows = [{"input": f"{canary} asks", "output": f"{canary} answers"}]
    content = new_content()
    content["blocks"] = [
        new_block("role", body=f"You serve {canary}. {body}", key=key("role"), title=canary),
        new_block("guardrails", body=f"Never harm {canary}.", key=key("guard")),
        new_block("examples", rows=rows, key=key("examples")),
        new_block("output_format", body=f"As {canary} likes it.", key=key("output")),
        new_block("note", body=f"{canary} note", key=key("note")),
        new_block("input", body="{{message}}", key=key("input")),
    ]
    content["variables"] = [new_variable("message", type="long_text", description=canary)]
    return content


def _side(admin: User, segment: str, canary: str) -> Side:
    space = create_namespace(root_namespace(), segment=segment, purpose=canary, actor=admin)
    team = create_team(name=f"Team {segment}", purpose="", actor=admin)
    side = Side(canary=canary, admin=admin, space=space, team=team)
    for role in (*ROLES, "second", "gone"):
        person = add_person(
            email=f"{role}@{segment}.example", name=f"{role} of {segment}", password=PASSWORD,
            actor=admin,
        )  # fmt: skip
        grant(space, role=role if role in ROLES else "author", to=person, actor=admin)
        side.people[role] = person
    add_member(team, person=side.people["viewer"], actor=admin)
    deactivate_person(side.people["gone"], reason=canary, actor=admin)
    _prompts(side)
    _drafts(side)
    _reviews(side)
    _suites(side)
    _trials(side)
    _experiments(side)
    side.key, side.secret = create_key(
        place("production"), name=f"{canary} desk", kind="read", namespaces=[space],
        owner=admin, actor=admin,
    )  # fmt: skip
    side.line = make_connection(
        Terms(f"{canary} line", "openai", "http://127.0.0.1:9/v1", allow_private=True),
        secret=f"sk-{canary}-0123456789", actor=admin,
    )  # fmt: skip
    side.model = make_model(side.line, terms=ModelTerms(f"{segment}/model"), actor=admin)
    _updates(side)
    side.invitation, side.token = invite_person(
        email=f"new@{segment}.example", name=f"New {canary}", namespace=space, role="viewer",
        actor=admin,
    )  # fmt: skip
    _told(side)
    side.shadow, side.pair = shadowed(side, side.prompt, side.suite, text=side.canary)
    side.asked = request_access(space, capability="edit", note=canary, actor=side.people["viewer"])
    return side


def _prompt(side: Side, segment: str) -> Prompt:
    prompt = create_prompt(
        side.space, segment=segment, name=f"{segment} {side.canary}", purpose=side.canary,
        owner=side.team, tags=[side.canary], document=_document(side.canary, "First."),
        actor=side.people["second"],
    )  # fmt: skip
    make_version(draft_of(prompt), reason=f"{side.canary} one", actor=side.people["second"])
    return prompt


def _next(side: Side, prompt: Prompt, body: str = "Second.") -> Version:
    author = side.people["second"]
    write_document(draft_of(prompt), document=_document(side.canary, body), actor=author)
    return make_version(draft_of(prompt), reason=f"{side.canary} {body}", actor=author)


def _asked(side: Side, prompt: Prompt, number: int) -> Review:
    return request_review(
        prompt, environment=place("production"), version=side.version(prompt, number),
        reason=f"{side.canary} asks", actor=side.people["second"],
    )  # fmt: skip


def _approved(side: Side, prompt: Prompt, number: int) -> Review:
    review = _asked(side, prompt, number)
    approve_review(review, **shown(review), reason=side.canary, actor=side.people["reviewer"])
    return review


def _live(side: Side, prompt: Prompt, number: int, **more: Any) -> None:
    _approved(side, prompt, number)
    live = live_release(prompt, place("production"))
    release_version(
        prompt, version=side.version(prompt, number), environment=place("production"),
        expects=live.pk if live else None, reason=side.canary, actor=side.people["releaser"],
        **more,
    )  # fmt: skip


def _prompts(side: Side) -> None:
    from apps.prompts.actions import archive_prompt

    side.prompt, side.ready, side.moved, side.rolling, side.archived = (
        _prompt(side, segment) for segment in ("reply", "ready", "moved", "rolling", "archived")
    )
    side.planned, side.broken = _prompt(side, "planned"), _prompt(side, "broken")
    for prompt in (side.prompt, side.ready, side.moved, side.rolling, side.planned, side.broken):
        _live(side, prompt, 1)
        _next(side, prompt)
    _live(side, side.moved, 2)
    side.label = move_label(
        side.moved, environment=place("production"), name="stable", expects=None,
        version=side.version(side.moved, 1), reason=side.canary, actor=side.people["releaser"],
    )  # fmt: skip
    _live(side, side.rolling, 2, share=10)
    _break_glass(side)
    archive_prompt(side.archived, reason=side.canary, actor=side.people["second"])


def _experiments(side: Side) -> None:
    side.compared = _prompt(side, "compared")
    _live(side, side.compared, 1)
    _next(side, side.compared)
    _approved(side, side.compared, 2)
    side.experiment, side.tried = (
        make_experiment(
            prompt, environment=place("production"), design=_design(side, prompt),
            actor=side.people["author"],
        )
        for prompt in (side.compared, side.ready)
    )  # fmt: skip
    live = live_release(side.compared, place("production"))
    side.experiment = start_experiment(
        side.experiment, expects=live.pk, actor=side.people["releaser"]
    )


def _design(side: Side, prompt: Prompt) -> Design:
    """Of what every call says; there are some, so that it can start."""
    first = side.version(prompt, 1)
    past_calls(first, place("production"))
    shares = [(first, 50), (side.version(prompt, 2), 50)]
    guards = [Guard(LATENCY, 0.1)]
    return Design(f"{side.canary} words", f"{side.canary} wins.", shares, ERRORS, 0.05, guards)


def _break_glass(side: Side) -> None:
    """ "second" may, where nobody of the seven may."""
    second = side.people["second"]
    grant(side.space, capabilities=["break_glass"], to=second, actor=side.admin)
    live = live_release(side.broken, place("production"))
    with coming_from("web", confirmed_at=time.time):
        release = break_glass(
            side.broken, version=side.version(side.broken, 2), environment=place("production"),
            expects=live.pk if live else None, reason=f"{side.canary} is rude to everybody.",
            actor=second,
        )  # fmt: skip
    side.follow_up = release.follow_up
    version = _next(side, side.broken, "{{nobody}} declares {{neither}}.")
    gate = next(gate for gate in gates(version, place("production")) if gate.waive)
    side.waiver = propose_waiver(
        version, environment=place("production"), gate=gate.code, subject=gate.subject,
        reason=side.canary, actor=second,
    )  # fmt: skip


def _drafts(side: Side) -> None:
    author = side.people["second"]
    draft, block = side.draft, side.block
    declare_variable(
        draft, name="shop", type="text", required=False, default="the shop",
        description=side.canary, max_length=None, choices=[], actor=author,
    )  # fmt: skip
    side.sample = save_sample(
        side.prompt, name=side.canary, values={"message": side.canary}, actor=author
    )
    first = block.revision
    save_block(block, revision=first, body=f"{side.canary} wrote this instead.", actor=author)
    saved = save_block(
        side.block, revision=first, body=f"Quite another {side.canary} text.", actor=author
    )
    side.conflict = saved.conflict
    side.removed = draft.blocks.get(type="note")
    remove_block(side.removed, actor=author)
    _keep_a_draft(side)
    _snippet(side)


def _keep_a_draft(side: Side) -> None:
    from apps.prompts.actions import restore_version

    restore_version(side.version(side.moved, 1), reason=side.canary, actor=side.people["second"])
    write_document(
        draft_of(side.moved), document=_document(side.canary, "Third."),
        actor=side.people["second"],
    )  # fmt: skip
    restore_version(side.version(side.moved, 1), reason=side.canary, actor=side.people["second"])
    side.kept = side.moved.drafts.exclude(name="").order_by("pk").last()


def _snippet(side: Side) -> None:
    author = side.people["second"]
    side.snippet = create_snippet(
        side.space, name=f"{side.canary} rule", type="guardrails", body=side.canary,
        purpose=side.canary, actor=author,
    )  # fmt: skip
    side.pin = pin_snippet(draft_of(side.moved), snippet=side.snippet, actor=author)


DEMO_RUN = RunTerms(models=["galley/demo"])
DEMO_VARIANT = {"model": "galley/demo", "parameters": {}, "overrides": {}}


def _suites(side: Side) -> None:
    author, name = side.people["second"], f"{side.canary} suite"
    case = NewCase(values={"message": side.canary}, expected=side.canary, tags=(side.canary,))
    contains = ("contains", {"texts": [side.canary]})
    side.suite = make_suite(
        side.space, name=name, purpose=side.canary, cases=[case], checks=[contains, ("equals", {})],
        actor=author,
    )  # fmt: skip
    side.case, side.check = side.suite.cases.get(), side.suite.checks.order_by("position")[0]
    side.shelved = make_suite(side.space, name=f"{side.canary} shelved", actor=author)
    archive_suite(side.shelved, reason=side.canary, actor=author)
    tested = draft_of(side.prompt)
    side.run = start_run(side.suite, tested=tested, terms=DEMO_RUN, actor=author)
    side.result = side.run.results.get()
    side.cancelled = start_run(side.suite, tested=tested, terms=DEMO_RUN, actor=author)
    cancel_run(side.cancelled, actor=author)
    _ratings(side)
    sheet = f"message,expected\n{side.canary},{side.canary}\n".encode()
    side.upload = keep_upload(
        name=f"{side.canary}.csv", content=sheet, suite=None, actor=side.people["author"]
    )


def _updates(side: Side) -> None:
    """A prompt that names its model, and what the change of that model would do."""
    author = side.people["author"]
    document = {**_document(side.canary, "First."), "models": [DEMO_VARIANT]}
    prompt = create_prompt(
        side.space, segment="named", name=f"{side.canary} named", document=document, actor=author
    )
    make_version(draft_of(prompt), reason=side.canary, actor=author)
    side.update = start_update(before="galley/demo", after=side.model.name, actor=author)
    terms = ScheduleTerms([side.prompt], place("production"), "galley/demo", 3, "UTC")
    side.schedule = make_schedule(side.suite, terms=terms, actor=author)
    side.halted = make_schedule(side.suite, terms=terms, actor=author)
    pause_schedule(side.halted, actor=author)
    side.alarm = _drifted(side)


def _drifted(side: Side) -> DriftAlarm:
    """As if it had found something: two runs of a schedule, the second much worse."""
    planned = []
    for _night in range(2):
        with transaction.atomic():  # no other change of a schedule is without its entry
            SuiteSchedule.objects.filter(pk=side.schedule.pk).update(next_at=database_now())
            claim_schedule(side.schedule, actor=SYSTEM)
        planned.append(side.schedule.planned.order_by("pk").last())
        begin_planned(planned[-1].pk)
    found = compare([1.0] * 30, [0.0] * 30)
    earlier = Run.objects.get(planned=planned[0])
    return raise_alarm(planned[1], drift=Drift(earlier, found), actor=SYSTEM)


def _ratings(side: Side) -> None:
    second = side.people["second"]
    side.rated = start_run(side.suite, tested=draft_of(side.prompt), terms=DEMO_RUN, actor=second)
    work(side.rated.pk)
    side.answer = side.rated.results.get()
    for name, value in (("releaser", True), ("reviewer", False)):
        rate_answer(side.answer, value=value, note=side.canary, actor=side.people[name])
    terms = RatingTerms(raters=(side.people["author"],), note=side.canary)
    side.asking = ask_for_ratings(side.rated, terms=terms, actor=second)


def _told(side: Side) -> None:
    """A call and a feedback with "prompt" in production, and an alarm on it."""
    tell(side, side.prompt, name=side.canary, model=f"{side.canary}/large", tag=side.canary)
    drain_touched()
    side.watch = make_alarm(
        side.space, prompt=side.prompt, actor=side.people["second"],
        terms=AlarmTerms(place("production"), "errors", 5.0, 24),
    )  # fmt: skip
    terms = LiveTerms(place("production"), side.suite, "galley/demo", 100, 100)
    side.live = set_live_check(side.prompt, terms=terms, actor=side.people["second"])
    judge(side.live, side.canary)


def judge(live: LiveCheck, words: str) -> None:
    """One answer fails every check, one says nothing, for these reasons."""
    first, *more = unlooked(live, 2)
    looks = [Looked(first, [opinion(first, EVERY, False, words)], {"check:gone": words})]
    take_live(live.pk)
    leave_live(live, held=words)
    keep_looks(live, [*looks, *(Looked(call, (), {"check:gone": words}) for call in more)])


def tell(side: Side, prompt: Prompt, *, name: str, model: str, tag: str) -> None:
    """Of one call with v1 in production and one feedback, as an application does."""
    start, version = timezone.now(), side.version(prompt, 1)
    where: dict[str, Any] = {
        "environment_id": place("production").pk, "prompt_id": prompt.pk,
        "version_id": version.pk, "key_id": side.key.pk, "started_at": start,
        "day": start.astimezone(UTC).date(), "arm": "", "split_id": "", "unit_hash": None,
        "ident": uuid.uuid4().hex,
    }  # fmt: skip
    call = Call(
        **where, latency_ms=900.0, latency_bin=bin_of(900.0), input_tokens=90, output_tokens=20,
        model=model, status="ok", cost=Decimal("0.01"), error="", tags=[tag],
        variables={"message": tag}, output=tag,
    )  # fmt: skip
    take_calls([call])
    take_feedback(
        [Feedback(**where, log_ident=None, name=name, kind="score", value=1.0, comment=None)]
    )


def shadowed(side: Side, prompt: Prompt, suite: Any, *, text: str) -> tuple[Shadow, ShadowAnswer]:
    """v1 answered a call, and v2 does so in the shadow; afterwards nothing is kept any more."""
    author = side.people["second"]
    set_keeping_rule(side.space, terms=KeepingTerms(keep_values=True, mask=False), actor=side.admin)
    shadow = start_shadow(
        side.version(prompt, 2), environment=place("production"), suite=suite,
        terms=ShadowTerms("galley/demo", share=100), since=timezone.now() - timedelta(days=1),
        actor=author,
    )  # fmt: skip
    [pair] = take_for_shadow(shadow)[:1]
    verdicts = {check["key"]: {"state": "fail", "score": 0, "reason": text, "data": {}}
                for check in shadow.checks}  # fmt: skip
    answer = Answered(
        PairState.DONE, text=text, latency_ms=5, passed=False, live_passed=True, error=text,
        verdicts=verdicts, live_verdicts=verdicts,
    )  # fmt: skip
    keep_answers(shadow, answers={pair.pk: answer})
    pause_shadow(shadow, reason=text, actor=author)
    remove_keeping_rule(side.space, actor=side.admin)
    shadow.refresh_from_db()
    return shadow, ShadowAnswer.objects.get(pk=pair.pk)


def _trials(side: Side) -> None:
    author = side.people["author"]
    side.trial = start_trial(
        side.prompt, columns=[TrialColumn("draft", "galley/demo")],
        values={"message": side.canary}, actor=author,
    )  # fmt: skip
    [answer] = claim_answers(side.trial, actor=author)
    store_answer(
        answer, state="done", text=f"{side.canary} answers", input_tokens=9, output_tokens=2,
        latency_ms=40,
    )  # fmt: skip


def _reviews(side: Side) -> None:
    side.review = _asked(side, side.prompt, 2)
    _approved(side, side.ready, 2)
    _approved(side, side.planned, 2)
    live = live_release(side.planned, place("production"))
    side.plan = schedule_release(
        side.planned, version=side.version(side.planned, 2), environment=place("production"),
        expects=live.pk if live else None, at=timezone.now() + timedelta(days=1),
        reason=side.canary, actor=side.people["releaser"],
    )  # fmt: skip
    key = side.version(side.prompt, 2).contributors and uuid.uuid5(
        uuid.NAMESPACE_URL, f"{side.canary}/role"
    )
    for name in ("thread", "resolved"):
        thread = start_thread(
            side.review, block_key=key, body=f"{side.canary} says", quote=side.canary,
            actor=side.people["reviewer"],
        )  # fmt: skip
        setattr(side, name, thread)
    resolve_thread(side.resolved, actor=side.people["reviewer"])
    side.suggestion = suggest(
        side.review, block_key=key, text=f"You serve {side.canary} better.",
        actor=side.people["reviewer"],
    )  # fmt: skip
