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
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.audit.subscribers import run_all
from apps.core.actors import SYSTEM
from apps.core.origin import coming_from
from apps.environments.actions import create_key
from apps.environments.models import Environment
from apps.environments.queries import live_release
from apps.evaluations.actions import (
    RunTerms,
    archive_suite,
    cancel_run,
    claim_answers,
    keep_upload,
    make_suite,
    start_run,
    start_trial,
    store_answer,
)
from apps.evaluations.new_case import NewCase
from apps.evaluations.trial_columns import TrialColumn
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
    upload: Any = None  # a spreadsheet that the author has not imported yet
    key: Any = None
    secret: str = ""
    invitation: Any = None
    token: str = ""
    asked: Any = None  # the viewer asks for a right
    line: Any = None  # a connection to a port where nothing listens
    model: Any = None

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
    side.key, side.secret = create_key(
        place("production"), name=f"{canary} desk", kind="read", namespaces=[space],
        owner=admin, actor=admin,
    )  # fmt: skip
    side.line = make_connection(
        Terms(f"{canary} line", "openai", "http://127.0.0.1:9/v1", allow_private=True),
        secret=f"sk-{canary}-0123456789", actor=admin,
    )  # fmt: skip
    side.model = make_model(side.line, terms=ModelTerms(f"{segment}/model"), actor=admin)
    side.invitation, side.token = invite_person(
        email=f"new@{segment}.example", name=f"New {canary}", namespace=space, role="viewer",
        actor=admin,
    )  # fmt: skip
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
    sheet = f"message,expected\n{side.canary},{side.canary}\n".encode()
    side.upload = keep_upload(
        name=f"{side.canary}.csv", content=sheet, suite=None, actor=side.people["author"]
    )


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
