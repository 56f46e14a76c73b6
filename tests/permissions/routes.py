"""Every route and who may use it: the table of rights, written by hand from domain.md.

`who` has a letter for each of PEOPLE (admin, releaser, reviewer, author, viewer, outsider,
anonymous): Y may, N sees it and may not (403), - does not see it (404), L is asked to sign in,
F is told by the form that there is no such choice (422): it offers only what the person may use.
A route without a row here fails the build (test_matrix.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.environments.actions import override_rule, propose_change
from apps.environments.models import Rule, RuleChange
from apps.environments.queries import live_release, rule_for, terms_of
from apps.evaluations.actions import add_requirement, make_suite
from apps.evaluations.models import Suite, SuiteRequirement
from apps.llm.actions import retire_connection, retire_model
from apps.notifications.kinds import SUGGESTED
from apps.notifications.models import InboxItem
from apps.notifications.tokens import sign
from apps.prompts.actions import add_variant, dismiss_finding, remove_variant
from apps.prompts.queries import draft_document
from apps.prompts.queries.findings import found_in
from apps.prompts.queries.sessions import moment_of
from apps.releases.gates import gates
from apps.reviews.actions import start_draft_thread, suggest_in_draft
from tests.permissions.world import PEOPLE, World, place
from tests.releases.world import shown

Args = Callable[[World], tuple[Any, ...]]
Data = Callable[[World], Mapping[str, Any]]


def nothing(_world: World) -> tuple[Any, ...]:
    return ()


def no_data(_world: World) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Route:
    """`plain` and `htmx` are the statuses that a Y gets, without and with HX-Request."""

    name: str
    method: str
    who: str
    args: Args = nothing
    data: Data = no_data
    plain: int = 200
    htmx: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.method} {self.name} {self.who}"


# --- who, by capability --------------------------------------------------------------------
#           admin releaser reviewer author viewer outsider anonymous
MEMBER = "YYYYYYL"  # everyone signed in, with what they may see
SEE = "YYYYY-L"
EDIT = "NNNYN-L"
COMMENT = "YYYYN-L"
REVIEW = "NNYNN-L"
PUBLISH = "NYNNN-L"
SET_UP = "NYNYN-L"  # an experiment: whoever edits or releases
MANAGE = "YNNNN-L"
MANAGER = "YNNNNYL"  # manages some namespace: the outsider manages their own
ROOT = "YNNNNNL"  # manages everything
PUBLIC = "YYYYYYY"


def prompt(world: World) -> tuple[Any, ...]:
    return (world.ours.prompt.path,)


def block(world: World) -> tuple[Any, ...]:
    return (world.ours.prompt.path, world.ours.block.key)


def of_prompt(attribute: str) -> Args:
    """The prompt's path and the id of one of our side's rows."""

    def args(world: World) -> tuple[Any, ...]:
        return (world.ours.prompt.path, getattr(world.ours, attribute).pk)

    return args


def row(attribute: str) -> Args:
    def args(world: World) -> tuple[Any, ...]:
        return (getattr(world.ours, attribute).pk,)

    return args


def kept(world: World) -> tuple[Any, ...]:
    """A draft with a name, and its prompt's path."""
    return (world.ours.moved.path, world.ours.kept.pk)


def variable(world: World) -> tuple[Any, ...]:
    return (world.ours.prompt.path, world.ours.draft.variables.get(name="shop").pk)


def read(name: str, who: str, args: Args = nothing, data: Data = no_data, **more: Any) -> Route:
    return Route(name, "GET", who, args, data, **more)


def write(
    name: str, who: str, args: Args = nothing, data: Data = no_data, plain: int = 302,
    htmx: int = 302, **more: Any,
) -> Route:  # fmt: skip
    return Route(name, "POST", who, args, data, plain, htmx, **more)


def edit(name: str, args: Args = prompt, data: Data = no_data, htmx: int = 200) -> Route:
    """A change of the draft: a form comes back to the page, htmx gets the piece."""
    return write(name, EDIT, args, data, 302, htmx)


# --- data of the forms ---------------------------------------------------------------------


def save_data(world: World) -> dict[str, Any]:
    return {"revision": world.ours.block.revision, "body": "New words."}


def model_data(world: World) -> dict[str, Any]:
    """A model that the draft has, since the first row that asks."""
    draft = world.ours.draft
    if "acme/small" not in [model["model"] for model in draft.settings.get("models", [])]:
        add_variant(draft, model="acme/small", actor=world.ours.people["second"])
    return {"model": "acme/small", "name": "acme/large", "since": "1"}


def gone_model_data(world: World) -> dict[str, Any]:
    found = model_data(world)
    draft, model = world.ours.draft, found["model"]
    since = draft.revision
    remove_variant(draft, model=model, actor=world.ours.people["second"])
    return {**found, "since": since}


def step_data(world: World) -> dict[str, Any]:
    return {"step": str(world.ours.block.history.latest().history_id)}


def step(world: World) -> tuple[Any, ...]:
    draft = world.ours.draft
    return (world.ours.prompt.path, draft.pk, moment_of(draft.changed_at) + 10**6)


def wished(world: World) -> tuple[Any, ...]:
    """A right that nobody of our side has."""
    return (world.ours.space.pk, "break_glass")


def order_data(world: World) -> dict[str, Any]:
    return {"order": [str(key) for key in reversed(world.ours.draft.order)]}


def variable_data(_world: World) -> dict[str, Any]:
    return {"name": "city", "type": "text", "description": "Where"}


def new_prompt_data(world: World) -> dict[str, Any]:
    return {"namespace": "alpha", "name": "New", "segment": "new-one"}


def paste_data(world: World) -> dict[str, Any]:
    return {"text": "# ROLE\nYou help."}


def finding_data(world: World) -> dict[str, Any]:
    """Something that is found in the draft."""
    draft = world.ours.draft
    found = found_in(world.ours.prompt, draft_document(draft))
    return {"finding": found[0].digest, "reason": "Known"}


def dismissed_data(world: World) -> dict[str, Any]:
    given = finding_data(world)
    author = world.ours.people["second"]
    dismiss_finding(
        world.ours.draft, digest=given["finding"], reason="Known", actor=author
    )  # fmt: skip
    return {"finding": given["finding"]}


def details_data(_world: World) -> dict[str, Any]:
    return {"name": "Renamed", "purpose": "", "tags": ""}


def still_live_data(_world: World) -> dict[str, Any]:
    return {"reason": "Old", "still_live": "on"}


def move_data(world: World) -> dict[str, Any]:
    """Live, so whoever manages the namespace may."""
    return {"namespace": world.ours.space.path, "segment": "renamed", "reason": "Clearer"}


def finish_data(world: World) -> dict[str, Any]:
    return {"outcome": "approve", "text": "", **shown(world.ours.review)}


def ask_data(_world: World) -> dict[str, Any]:
    return {"environment": "staging", "reason": "Better", "version": "2"}


def thread_data(_world: World) -> dict[str, Any]:
    return {"body": "Is this right?"}


def comment(world: World) -> tuple[Any, ...]:
    """What our reviewer said first."""
    return (world.ours.thread.comments.order_by("pk")[0].pk,)


def keeping_data(_world: World) -> dict[str, Any]:
    return {
        "keep_values": "on",
        "sample_share": "50",
        "keep_days": "7",
        "mask": "on",
        "call_days": "60",
    }


def naming(world: World) -> tuple[Any, ...]:
    """A comment that names somebody without access."""
    outsider, text = world.theirs.people["author"], world.ours.draft
    thread = start_draft_thread(text, block_key=None, body=f"@{outsider}", actor=world.admin)
    return (thread.comments.get().pk,)


def wording(world: World) -> tuple[Any, ...]:
    """A suggestion for what the draft says now."""
    given = suggestion_data(world) | {"block_key": world.ours.block.key}
    reviewer = world.ours.people["reviewer"]
    return (suggest_in_draft(world.ours.draft, **given, actor=reviewer).pk,)


def named_data(world: World) -> dict[str, Any]:
    return {"person": world.theirs.people["author"].pk}


def role_query(world: World) -> dict[str, Any]:
    return {"block": str(world.ours.thread.block_key)}


def block_query(world: World) -> dict[str, Any]:
    return {"block": str(world.ours.block.key)}


def suggestion_data(world: World) -> dict[str, Any]:
    key, revision = world.ours.thread.block_key, world.ours.block.revision
    return {"block_key": str(key), "revision": revision, "text": "Quite other words."}


def release_data(world: World) -> dict[str, Any]:
    live = live_release(world.ours.ready, place("production"))
    return {"version": 2, "environment": "production", "expects": live.pk if live else ""}


def release_query(_world: World) -> dict[str, Any]:
    return {"version": 2, "environment": "production"}


def together_data(world: World) -> dict[str, Any]:
    """ "ready" and "planned": both have v2 approved for production."""
    items = []
    for prompt in (world.ours.ready, world.ours.planned):
        live = live_release(prompt, place("production"))
        items.append(f"{prompt.pk}:2:{live.pk if live else ''}")
    return {"environment": "production", "item": items}


def glass_data(world: World) -> dict[str, Any]:
    """No role of the seven has the right for it."""
    return {**release_data(world), "reason": "The live version insults our customers."}


def waiver_query(world: World) -> dict[str, Any]:
    """A finding about v3 of "broken", of which another one is proposed to be waived already."""
    found = [gate for gate in gates(world.ours.waiver.version, place("production")) if gate.waive]
    gate = next(gate for gate in found if gate.waiver is None)
    where = {"version": world.ours.waiver.version.pk, "environment": "production"}
    return {**where, "gate": gate.code, "subject": gate.subject}


def schedule_data(world: World) -> dict[str, Any]:
    return {**release_data(world), "at": f"{timezone.now() + timedelta(days=2):%Y-%m-%dT%H:%M}"}


def roll_back_data(world: World) -> dict[str, Any]:
    live = live_release(world.ours.moved, place("production"))
    return {
        "version": 1, "environment": "production", "expects": live.pk if live else "",
        "reason": "It was better",
    }  # fmt: skip


def label_query(world: World) -> dict[str, Any]:
    return {"environment": "production", "name": world.ours.label.name}


def label_data(world: World) -> dict[str, Any]:
    """It is on v1, and goes to v2, or away."""
    seen = {"expects": world.ours.label.release_id, "version": 2, "reason": "Newer"}
    return {**label_query(world), **seen}


def rolling(world: World) -> tuple[Any, ...]:
    return (world.ours.rolling.path,)


def share_data(world: World) -> dict[str, Any]:
    live = live_release(world.ours.rolling, place("production"))
    return {"environment": "production", "expects": live.pk, "share": 25}


def ready(world: World) -> tuple[Any, ...]:
    return (world.ours.ready.path,)


def moved(world: World) -> tuple[Any, ...]:
    return (world.ours.moved.path,)


def space_query(_world: World) -> dict[str, Any]:
    return {"in": "alpha"}


def holder(world: World) -> tuple[Any, ...]:
    return (world.ours.space.pk, "user", world.ours.people["viewer"].pk)


def person(world: World) -> tuple[Any, ...]:
    return (world.ours.people["viewer"].pk,)


def gone(world: World) -> tuple[Any, ...]:
    """Somebody whose account is switched off."""
    return (world.ours.people["gone"].pk,)


def member(world: World) -> tuple[Any, ...]:
    return (world.ours.team.pk, world.ours.people["viewer"].pk)


def pin(world: World) -> tuple[Any, ...]:
    return (world.ours.moved.path, world.ours.pin.key)


def snippet_words(world: World) -> dict[str, Any]:
    return {"seen": "1", "body": "New words.", "reason": "Better"}


def new_snippet(_world: World) -> dict[str, Any]:
    return {"namespace": "alpha", "name": "Fresh", "type": "role", "body": "New words."}


def rule(world: World) -> tuple[Any, ...]:
    return (Rule.objects.get(environment__name="staging", namespace__path="").pk,)


def rule_data(_world: World) -> dict[str, Any]:
    return {
        "approvals": 2, "on_last_approval": "release", "in_order": "on", "approval_days": 14,
        "reason": "Safer",
    }  # fmt: skip


def override_data(_world: World) -> dict[str, Any]:
    return {"namespace": "alpha", **rule_data(_world)}


def own_rule(world: World) -> tuple[Any, ...]:
    """The rule that our space has for itself in development."""
    rule = Rule.objects.filter(namespace=world.ours.space, environment=place("development"))
    if not rule.exists():
        terms = terms_of(rule_for(place("development"), world.ours.space))
        override_rule(
            place("development"), namespace=world.ours.space, terms=terms, reason="Own",
            actor=world.admin,
        )  # fmt: skip
    return (rule.get().pk,)


def looser(world: World) -> tuple[Any, ...]:
    """A looser rule of our space that waits for a second person."""
    here = {"namespace": world.ours.space, "environment": place("production")}
    if not RuleChange.objects.filter(**here).exists():
        terms = replace(terms_of(rule_for(place("production"), world.ours.space)), approvals=0)
        propose_change(
            place("production"), namespace=world.ours.space, kind="override", terms=terms,
            reason="Slow", actor=world.admin,
        )  # fmt: skip
    return (RuleChange.objects.filter(**here).latest("pk").pk,)


def ours_asked(world: World) -> dict[str, Any]:
    return {"namespace": world.ours.space.path}


def suite_of(world: World) -> Suite:
    """A test suite of our space."""
    found = Suite.objects.filter(namespace=world.ours.space, name="Basics").first()
    return found or make_suite(world.ours.space, name="Basics", actor=world.person("author"))


def tried(world: World) -> dict[str, Any]:
    return {
        "prompt": world.ours.prompt.path, "source": "draft", "model": "galley/demo",
        "value-message": "Hi",
    }  # fmt: skip


def first_answer(world: World) -> tuple[Any, ...]:
    return (world.ours.trial.pk, 0)


def requirement_data(world: World) -> dict[str, Any]:
    suite = suite_of(world).pk
    return {**ours_asked(world), "suite": suite, "condition": "must_pass", "percent": "90"}


def requirement(world: World) -> tuple[Any, ...]:
    """What a release of our space into production asks for."""
    suite, here = suite_of(world), place("production")
    found = SuiteRequirement.objects.filter(suite=suite, environment=here, state="active").first()
    made = found or add_requirement(
        here, namespace=world.ours.space, suite=suite, condition="must_pass", share=1,
        actor=world.admin,
    )  # fmt: skip
    return (made.pk,)


def ask_less(_world: World) -> dict[str, Any]:
    return {"outcome": "ask", "reason": "Slow"}


def key_data(world: World) -> dict[str, Any]:
    return {
        "name": "Desk", "kind": "read", "environment": place("production").pk,
        "namespaces": [world.ours.space.pk], "expires_in_days": 30,
    }  # fmt: skip


def connection_data(_world: World) -> dict[str, Any]:
    return {"name": "Acme too", "kind": "openai", "max_parallel": 4, "timeout_s": 30,
            "base_url": "http://127.0.0.1:9/v1", "allow_private": "on"}  # fmt: skip


def retired_line(world: World) -> tuple[Any, ...]:
    line = world.ours.line
    line.refresh_from_db()
    if line.state == "active":
        retire_connection(line, actor=world.admin)
    return (line.pk,)


def retired_model(world: World) -> tuple[Any, ...]:
    model = world.ours.model
    model.refresh_from_db()
    if model.state == "active":
        retire_model(model, actor=world.admin)
    return (model.pk,)


def inbox_item(world: World) -> tuple[Any, ...]:
    """An item of our author's: nobody else's."""
    return (InboxItem.objects.filter(person=world.ours.people["reviewer"]).latest("pk").pk,)


def suggested_item(world: World) -> tuple[Any, ...]:
    items = InboxItem.objects.filter(event=SUGGESTED, person=world.ours.people["second"])
    return (items.latest("pk").pk,)


def muted_thread(world: World) -> tuple[Any, ...]:
    return ("mute", world.ours.thread.pk)


def ways_data(_world: World) -> dict[str, Any]:
    return {"inbox-mention": "on", "email-mention": "digest"}


def mute_token(world: World) -> tuple[Any, ...]:
    return (sign(world.ours.people["reviewer"], "kind:review"),)


def check_query(world: World) -> dict[str, Any]:
    """Each asks about their own side: whoever manages nothing there is refused before."""
    return {"person": world.ours.people["viewer"].pk, "right": "edit", "on": world.ours.prompt.path}


# --- the table -----------------------------------------------------------------------------

PAGES = [
    read("pages:home", MEMBER),
    read("pages:search", MEMBER),
    read("pages:registry", MEMBER),
    read("pages:new_prompt", MEMBER),
    read("pages:reviews", MEMBER),
    read("pages:board", MEMBER),
    read("pages:help", MEMBER),
    read("pages:review", SEE, row("review")),
    read("pages:prompt", SEE, prompt, plain=302, htmx=302),
    read("pages:write", SEE, prompt),
    read("pages:preview", SEE, prompt),
    read("pages:prompt_reviews", SEE, prompt),
    read("pages:prompt_releases", SEE, prompt),
    read("pages:card", SEE, prompt, lambda _w: {"environment": "production"}),
    read("pages:blame", SEE, block),
    read("pages:history", SEE, prompt),
    read("pages:step", SEE, step),
    read("pages:version", SEE, lambda w: (w.ours.prompt.path, 1)),
    read("pages:compare", SEE, prompt, lambda w: {"old": "1", "new": "2"}),
    read("pages:prompt_settings", SEE, prompt),
    read("pages:audit", MEMBER),
    read("pages:audit_export", MEMBER, lambda w: ("csv",)),
    read("pages:admin", MANAGER),
    read("pages:admin_people", MANAGER),
    read("pages:admin_teams", MANAGER),
    read("pages:admin_team", MANAGER, row("team")),
    read("pages:admin_namespaces", MANAGER),
    read("pages:admin_rules", MANAGER),
    read("pages:rule_today", MANAGE, lambda w: ("staging",), lambda w: {"namespace": "alpha"}),
    read("pages:admin_keys", MANAGER),
    read("pages:admin_mail", ROOT),
    read("pages:admin_models", ROOT),
    read("pages:admin_budgets", ROOT),
    read("pages:check_access", MANAGER),
    Route("pages:check_access", "GET", "YNNNNFL", data=check_query),
]

PROMPTS = [
    write("prompts:create_prompt", "FFFYFFL", data=new_prompt_data),
    read("prompts:paste_prompt", MEMBER),
    write("prompts:paste_prompt", MEMBER, data=paste_data, plain=200, htmx=200),
    edit("prompts:change_prompt", data=details_data, htmx=302),
    write("prompts:give_prompt", MANAGE, prompt, lambda _w: {"owner": "", "reason": "Free"}),
    read("prompts:move_prompt", SEE, prompt),
    write("prompts:move_prompt", MANAGE, prompt, move_data),
    write("prompts:deprecate_prompt", MANAGE, prompt, lambda _w: {"reason": "Old"}),
    write("prompts:reactivate_prompt", MANAGE, prompt, lambda _w: {"reason": "New"}, 409, 409),
    write("prompts:archive_prompt", MANAGE, prompt, still_live_data),
    write("prompts:restore_prompt", "YNNYN-L", lambda w: (w.ours.archived.path,)),
    read("prompts:blocks_pane", SEE, prompt),
    read("prompts:block_pane", SEE, block),
    read("prompts:variables_pane", SEE, prompt),
    read("prompts:samples_pane", SEE, prompt),
    read("prompts:preview_pane", SEE, prompt),
    read("prompts:checks_pane", SEE, prompt),
    edit("prompts:dismiss_finding", data=finding_data),
    edit("prompts:show_finding_again", data=dismissed_data),
    read("prompts:presence", SEE, prompt),
    write("prompts:beat", SEE, prompt, lambda w: {"tab": "one"}, plain=200, htmx=200),
    read("prompts:conflict", EDIT, of_prompt("conflict")),
    edit("prompts:add_block", data=lambda w: {"type": "role"}),
    edit("prompts:order_blocks", data=order_data),
    edit("prompts:save_block", block, save_data, htmx=302),
    edit("prompts:retype_block", block, lambda w: {"type": "context"}),
    edit("prompts:switch_block", block, lambda w: {"enabled": "no"}),
    edit("prompts:title_block", block, lambda w: {"title": "Named"}),
    edit("prompts:move_block", block, lambda w: {"direction": "down"}),
    edit("prompts:duplicate_block", block),
    edit("prompts:remove_block", block),
    edit("prompts:put_back_block", lambda w: (w.ours.prompt.path, w.ours.removed.key)),
    edit("prompts:declare_variable", data=variable_data),
    edit("prompts:declare_found_variables"),
    edit("prompts:respell_variable", data=lambda w: {"name": "zz", "to": "message"}, htmx=302),
    edit("prompts:change_variable", variable, variable_data),
    edit("prompts:remove_variable", variable),
    edit("prompts:change_settings", data=lambda w: {"headings": "markdown"}),
    edit("prompts:change_output", data=lambda w: {"format": "text"}),
    read("prompts:change_schema", EDIT, prompt),
    edit("prompts:change_schema", data=lambda w: {"schema": "{}"}, htmx=302),
    edit("prompts:add_variant", data=lambda w: {"name": "acme/new"}),
    edit("prompts:change_variant", data=model_data),
    edit("prompts:remove_variant", data=model_data),
    edit("prompts:first_variant", data=model_data),
    edit("prompts:put_back_variant", data=gone_model_data),
    edit("prompts:save_override", block, model_data),
    edit("prompts:skip_override", block, model_data),
    edit("prompts:remove_override", block, model_data),
    edit("prompts:put_back_override", block, model_data),
    edit("prompts:save_sample", data=lambda w: {"name": "Angry", "value-message": "What?!"}),
    edit("prompts:change_sample", of_prompt("sample"), lambda w: {"name": "Calm"}),
    edit("prompts:remove_sample", of_prompt("sample")),
    edit("prompts:make_version", data=lambda w: {"reason": "Better"}, htmx=302),
    edit("prompts:restore_text", block, step_data, htmx=302),
    edit("prompts:restore_step", step, htmx=302),
    edit("prompts:restore_version", lambda w: (w.ours.prompt.path, 1), htmx=302),
    read("prompts:drafts", SEE, prompt),
    edit("prompts:open_draft", data=lambda w: {"name": "Shorter tone"}, htmx=302),
    edit("prompts:rename_draft", kept, lambda w: {"name": "Longer tone"}, htmx=302),
    edit("prompts:close_draft", kept, htmx=302),
    edit("prompts:reopen_draft", kept, htmx=302),
    read("prompts:merge_draft", EDIT, kept),
    Route("prompts:merge_draft", "POST", "NNNFN-L", kept),  # nothing was chosen, nothing was seen
    read("prompts:merge_latest", EDIT, moved, plain=302, htmx=302),
    edit("prompts:merge_latest", moved, htmx=302),
    edit("prompts:take_over_draft", lambda w: (w.ours.moved.path, w.ours.kept.pk), htmx=302),
]

REVIEWS = [
    write("reviews:request_review", "NYNYN-L", prompt, ask_data),
    write("reviews:withdraw_review", EDIT, row("review"), lambda w: {"reason": "Not now"}),
    write("reviews:finish_review", REVIEW, row("review"), finish_data),
    write("reviews:start_thread", COMMENT, row("review"), thread_data, htmx=200),
    write("reviews:reply_thread", COMMENT, row("thread"), thread_data, htmx=200),
    write("reviews:resolve_thread", COMMENT, row("thread"), htmx=200),
    write("reviews:reopen_thread", COMMENT, row("resolved"), htmx=200),
    read("reviews:thread", SEE, row("thread"), plain=302, htmx=302),
    read("reviews:edit_comment", "NNYNN-L", comment),
    write("reviews:edit_comment", "NNYNN-L", comment, thread_data, htmx=200),
    write("reviews:give_access", MANAGE, naming, named_data, htmx=200),
    read("reviews:start_draft_thread", COMMENT, prompt),
    write("reviews:start_draft_thread", COMMENT, prompt, thread_data, htmx=200),
    read("reviews:draft_threads", SEE, prompt),
    read("reviews:commented_words", SEE, prompt),
    read("reviews:mentionable", COMMENT, prompt),
    read("reviews:suggest", COMMENT, row("review"), role_query),
    write("reviews:suggest", COMMENT, row("review"), suggestion_data, htmx=200),
    read("reviews:suggest_in_draft", COMMENT, prompt, block_query),
    write("reviews:suggest_in_draft", COMMENT, prompt, suggestion_data, htmx=200),
    write("reviews:accept_suggestion", EDIT, wording, htmx=200),
    write("reviews:dismiss_suggestion", EDIT, row("suggestion"), htmx=200),
    # It is open already: who may is told so.
    write("reviews:reopen_suggestion", EDIT, row("suggestion"), plain=409, htmx=409),
]


def shadow_data(world: World) -> dict[str, Any]:
    """Nothing is kept there, so only the estimate is asked for."""
    suite = world.ours.suite  # the infested world has none
    return {
        "version": "2", "suite": str(suite.pk if suite else 0), "model": "galley/demo",
        "judge": "galley/demo", "share": "10", "a_day": "10", "most": "20", "days": "7",
        "estimate": "1",
    }  # fmt: skip


def experiment_data(world: World) -> dict[str, Any]:
    return {
        "environment": "production", "name": "Words", "hypothesis": "Better.", "metric": "errors",
        "smallest": 5, "days": 14, "weight_a": 50, "version_b": 2, "weight_b": 50,
    }  # fmt: skip


def expects_ready(world: World) -> dict[str, Any]:
    live = live_release(world.ours.ready, place("production"))
    return {"expects": live.pk if live else ""}


def end_data(world: World) -> dict[str, Any]:
    live = live_release(world.ours.compared, place("production"))
    return {"expects": live.pk if live else "", "outcome": "stop", "reason": "Enough"}


def plan_data(world: World) -> dict[str, Any]:
    live = live_release(world.ours.rolling, place("production"))
    return {
        "environment": "production", "expects": live.pk if live else "", "steps": "25, 100",
        "hold": "time", "amount": 24, "on_harm": "roll_back",
    }  # fmt: skip


def by_itself_data(world: World) -> dict[str, Any]:
    return release_data(world) | {
        "steps": "5, 100", "hold": "time", "amount": 24, "on_harm": "roll_back",
    }  # fmt: skip


RELEASES = [
    read("releases:release_version", PUBLISH, ready, release_query),
    write("releases:release_version", PUBLISH, ready, release_data),
    read("releases:move_label", PUBLISH, moved, label_query),
    write("releases:move_label", PUBLISH, moved, label_data),
    read("releases:remove_label", PUBLISH, moved, label_query),
    write("releases:remove_label", PUBLISH, moved, label_data),
    read("releases:release_together", MEMBER),
    write("releases:release_together", PUBLISH, data=together_data),
    read("releases:break_glass", "NNNNN-L", ready, release_query),
    write("releases:break_glass", "NNNNN-L", ready, glass_data),
    read("releases:close_follow_up", "YNYNN-L", row("follow_up")),
    write("releases:close_follow_up", "YNYNN-L", row("follow_up"), lambda w: {"words": "Right"}),
    read("releases:propose_waiver", "NYNYN-L", data=waiver_query),
    write(
        "releases:propose_waiver", "NYNYN-L", data=lambda w: waiver_query(w) | {"reason": "Known"}
    ),
    read("releases:decide_waiver", SEE, row("waiver")),
    write("releases:decide_waiver", REVIEW, row("waiver"), lambda w: {"act": "confirm"}),
    read("releases:schedule_release", PUBLISH, ready, release_query),
    write("releases:schedule_release", PUBLISH, ready, schedule_data),
    read("releases:withdraw_schedule", PUBLISH, row("plan")),
    write("releases:withdraw_schedule", PUBLISH, row("plan"), lambda w: {"reason": "Later"}),
    read("releases:roll_back", PUBLISH, moved, lambda w: {"environment": "production"}),
    write("releases:roll_back", PUBLISH, moved, roll_back_data),
    read("releases:step_rollout", PUBLISH, rolling, lambda w: {"environment": "production"}),
    write("releases:step_rollout", PUBLISH, rolling, share_data),
]

EXPERIMENTS = [
    read("experiments:experiments", MEMBER),
    read("experiments:experiment", SEE, row("experiment")),
    read("pages:prompt_experiments", SEE, lambda w: (w.ours.compared.path,)),
    read("experiments:make_experiment", SET_UP, ready),
    write("experiments:make_experiment", SET_UP, ready, experiment_data),
    read("experiments:change_experiment", SET_UP, row("tried")),
    write("experiments:change_experiment", SET_UP, row("tried"), experiment_data),
    read("experiments:start_experiment", PUBLISH, row("tried")),
    write("experiments:start_experiment", PUBLISH, row("tried"), expects_ready),
    write("experiments:abandon_experiment", "NYNYN-L", row("tried")),
    read("experiments:end_experiment", PUBLISH, row("experiment")),
    write("experiments:end_experiment", PUBLISH, row("experiment"), end_data),
    read("experiments:make_shadow", EDIT, prompt),
    write("experiments:make_shadow", EDIT, prompt, shadow_data, 200, 200),
    read("experiments:shadow", SEE, row("shadow")),
    read("experiments:shadow_answer", COMMENT, row("pair")),
    write("experiments:act_shadow", EDIT, row("shadow"), lambda _w: {"outcome": "stop"}),
    read("experiments:release_by_itself", PUBLISH, ready, release_query),
    write("experiments:release_by_itself", PUBLISH, ready, by_itself_data),
    read("experiments:guard_rollout", PUBLISH, rolling, lambda w: {"environment": "production"}),
    write("experiments:guard_rollout", PUBLISH, rolling, plan_data),
]

TEAMS = [
    read("teams:create_team", ROOT),
    write("teams:create_team", ROOT, data=lambda w: {"name": "New team"}),
    read("teams:change_team", ROOT, row("team")),
    write("teams:change_team", ROOT, row("team"), lambda w: {"name": "Other name"}),
    read("teams:add_member", ROOT, row("team")),
    write(
        "teams:add_member", ROOT, row("team"), lambda w: {"person": w.ours.people["author"].pk}
    ),
    write("teams:remove_member", ROOT, member),
    read("teams:create_namespace", MANAGER),
    write(
        "teams:create_namespace", "YNNNNFL", data=lambda w: {
            "parent": w.ours.space.pk, "segment": "deeper",
        },
    ),
    read("teams:change_namespace", MANAGE, row("space")),
    read("prompts:variable_list", MEMBER),
    write("prompts:bulk", MEMBER, no_data),
    read("prompts:naming_rule", MANAGE, row("space")),
    write("prompts:naming_rule", MANAGE, row("space"), lambda _w: {"pattern": "*-reply"}),
    write("prompts:remove_naming_rule", MANAGE, row("space"), no_data, 409, 409),
    read("delivery:keeping_rule", MANAGE, row("space")),
    write("delivery:keeping_rule", MANAGE, row("space"), keeping_data),
    write("delivery:remove_keeping_rule", MANAGE, row("space"), no_data, 409, 409),
    write("teams:change_namespace", MANAGE, row("space"), lambda w: {"purpose": "Else"}),
    read("teams:give_rights", MANAGE, row("space")),
    write(
        "teams:give_rights", MANAGE, row("space"),
        lambda w: {"to": f"user:{w.ours.people['viewer'].pk}", "role": "author"},
    ),
    write(
        "teams:change_rights", MANAGE, holder, lambda w: {"capability": ["view", "comment"]},
        htmx=200,
    ),
    read("teams:invite_person", MANAGER),
    write(
        "teams:invite_person", "YNNNNFL",
        data=lambda w: {
            "email": "n@x.example", "name": "N", "role": "viewer", "namespace": w.ours.space.pk,
        },
        plain=200, htmx=200,
    ),
    read("teams:request_access", SEE, wished),
    write("teams:request_access", SEE, wished, lambda w: {"note": "For Monday"}),
    write("teams:grant_request", MANAGE, row("asked")),
    read("teams:decline_request", MANAGE, row("asked")),
    write("teams:decline_request", MANAGE, row("asked"), lambda w: {"reason": "Not yet"}),
    write("teams:withdraw_invitation", "YNNNN-L", row("invitation")),
    read("teams:deactivate_person", ROOT, person),
    write("teams:deactivate_person", ROOT, person, lambda w: {"reason": "Left"}),
    write("teams:reactivate_person", ROOT, gone),
    read("teams:erase_person", ROOT, gone),
    write("teams:erase_person", ROOT, gone, lambda w: {"reason": "Asked for it"}),
    read("teams:accept_invitation", PUBLIC, lambda w: (w.ours.token,)),
    read("teams:first_admin", "NNNNNNN", lambda w: ("not-a-token",)),
    write("teams:check_trail", ROOT),
    # Nothing was put back: whoever might acknowledge it is told so.
    read("teams:acknowledge_restore", ROOT, plain=409, htmx=409),
    write(
        "teams:acknowledge_restore", ROOT, data=lambda w: {"reason": "Meant"}, plain=409, htmx=409
    ),
]  # fmt: skip

ENVIRONMENTS = [
    # The rules of everything lie on the root namespace, which members of one namespace do not see.
    read("environments:change_rule", "Y-----L", rule),
    write("environments:change_rule", "Y-----L", rule, rule_data),
    read(
        "environments:override_rule",
        MANAGE,
        lambda w: ("staging",),
        lambda w: {"namespace": "alpha"},
    ),
    write("environments:override_rule", MANAGE, lambda w: ("staging",), override_data),
    read("environments:remove_rule", MANAGE, own_rule),
    write("environments:remove_rule", MANAGE, own_rule, lambda w: {"reason": "Why"}),
    read("environments:rule_change", MANAGE, looser),
    write("environments:rule_change", MANAGE, looser, lambda w: {"outcome": "withdraw"}),
    read("evaluations:add_requirement", MANAGE, lambda w: ("staging",), ours_asked),
    write("evaluations:add_requirement", MANAGE, lambda w: ("staging",), requirement_data),
    read("evaluations:requirement", SEE, requirement),
    write(
        "evaluations:requirement",
        MANAGE,
        requirement,
        lambda w: {"outcome": "ask", "reason": "Slow"},
    ),
    read("environments:create_key", MANAGER),
    write("environments:create_key", "YNNNNFL", data=key_data, plain=200, htmx=200),
    # A key is seen by who manages all that it reads.
    read("environments:rotate_key", "Y-----L", row("key")),
    write(
        "environments:rotate_key",
        "Y-----L",
        row("key"),
        lambda w: {"overlap_days": 7, "expires_in_days": 90},
        plain=200,
        htmx=200,
    ),
    read("environments:revoke_key", "Y-----L", row("key")),
    write("environments:revoke_key", "Y-----L", row("key"), lambda w: {"reason": "Lost"}),
]

MODELS = [
    read("llm:make_connection", ROOT),
    write("llm:make_connection", ROOT, data=connection_data),
    read("llm:change_connection", ROOT, row("line")),
    write("llm:change_connection", ROOT, row("line"), connection_data),
    write("llm:test_connection", ROOT, row("line"), plain=200, htmx=200),
    read("llm:retire_connection", ROOT, row("line")),
    write("llm:retire_connection", ROOT, row("line"), lambda w: {"reason": "Old"}),
    write("llm:restore_connection", ROOT, retired_line),
    read("llm:make_model", ROOT, row("line")),
    write("llm:make_model", ROOT, row("line"), lambda w: {"name": "acme/tiny", "use": "chat"}),
    read("llm:change_model", ROOT, row("model")),
    write("llm:change_model", ROOT, row("model"), lambda w: {"name": "acme/big", "use": "chat"}),
    read("llm:retire_model", ROOT, row("model")),
    write("llm:retire_model", ROOT, row("model"), lambda w: {"reason": "Old"}),
    write("llm:restore_model", ROOT, retired_model),
    read("llm:set_permits", ROOT),
    write(
        "llm:set_permits", ROOT,
        data=lambda w: {"namespace": w.ours.space.pk, "models": [w.ours.model.pk]},
    ),
    read("llm:set_budget", ROOT, row("team")),
    write("llm:set_budget", ROOT, row("team"), lambda w: {"month_limit": "50"}),
]  # fmt: skip

ACCOUNTS = [
    read("accounts:profile", MEMBER),
    write(
        "accounts:profile", MEMBER,
        data=lambda w: {"name": "Me", "theme": "system", "time_zone": "UTC"},
    ),
    write("accounts:set_theme", PUBLIC, data=lambda w: {"theme": "ink"}, htmx=204),
    read("accounts:sign_in_link", "NNNNNNN", lambda w: (1, "not-a-token")),
    read("accounts:email_closed", PUBLIC, plain=302, htmx=302),
    read("accounts:signup_closed", PUBLIC, plain=302, htmx=302),
    write("notifications:mark_done", "--Y---L", inbox_item, htmx=200),
    write("notifications:mark_undone", "--Y---L", inbox_item, htmx=200),
    write("notifications:snooze", "--Y---L", inbox_item, lambda w: {"until": "later"}, htmx=200),
    # The item is of who wrote the block: none of these people.
    write("notifications:accept_suggestion", "------L", suggested_item, htmx=200),
    read("notifications:counts", MEMBER),
    read("notifications:settings", MEMBER),
    write("notifications:settings", MEMBER, data=ways_data, htmx=200),
    write("notifications:send_test_letter", MEMBER),
    write("notifications:stop_following", MEMBER, lambda w: (1,)),
    write(
        "notifications:follow_path", "YYYYYFL",
        data=lambda w: {"path": w.ours.prompt.path, "level": "watch"},
    ),
    write("notifications:try_letter_again", ROOT, lambda w: (1,)),
    write("notifications:drop_letter", ROOT, lambda w: (1,)),
    # The signed address is the right to mute, and to nothing else.
    read("notifications:mute_by_letter", PUBLIC, mute_token),
    write("notifications:mute_by_letter", PUBLIC, mute_token, plain=200, htmx=200),
    write("notifications:follow_prompt", SEE, lambda w: ("mute", *prompt(w)), htmx=200),
    write("notifications:follow_thread", SEE, muted_thread, htmx=200),
    write("notifications:follow_namespace", SEE, lambda w: ("watch", "alpha"), htmx=200),
]  # fmt: skip

SNIPPETS = [
    read("prompts:snippets", MEMBER),
    read("prompts:snippet", SEE, row("snippet")),
    write("prompts:change_snippet", EDIT, row("snippet"), snippet_words),
    read("prompts:create_snippet", MEMBER),
    write("prompts:create_snippet", "FFFYFFL", data=new_snippet),
    write("prompts:propose_snippet", SEE, row("snippet")),
    read("prompts:archive_snippet", SEE, row("snippet")),
    write("prompts:archive_snippet", EDIT, row("snippet"), lambda _w: {"reason": "Old"}),
    write("prompts:restore_snippet", EDIT, row("snippet")),
    read("pages:compare_snippet", SEE, row("snippet")),
    read("pages:newer_snippet", SEE, pin),
    edit("prompts:pin_snippet", data=lambda w: {"snippet": str(w.ours.snippet.pk)}),
    edit("prompts:share_block", block, lambda _w: {"name": "Shared words"}),
    edit("prompts:detach_block", pin),
    edit("prompts:update_pin", pin),
]


def upload_data(_world: World) -> dict[str, Any]:
    return {"pasted": "message\texpected\nHi\tgreeting"}


def import_data(_world: World) -> dict[str, Any]:
    return {
        "act": "import", "name": "Fresh", "namespace": "alpha", "judge": "",
        "column-0": "variable:message", "column-1": "expected",
    }  # fmt: skip


def ask_data(world: World) -> dict[str, Any]:
    return {
        "people": [world.ours.people["author"].pk], "way": "rate", "sample": "all", "many": 5,
        "each": 1, "check": "",
    }  # fmt: skip


def task_data(world: World) -> dict[str, Any]:
    return {"task": world.ours.asking.tasks.get().pk, "value": "n", "do": "rate"}


def start_run_data(world: World) -> dict[str, Any]:
    return {
        "prompt": world.ours.prompt.path, "version": "draft", "models": "galley/demo",
        "environment": "", "repeats": 1,
    }  # fmt: skip


def suite_schedule_data(world: World) -> dict[str, Any]:
    return {
        "environment": "production", "prompts": world.ours.prompt.path, "model": "galley/demo",
        "every": "day", "hour": 3, "repeats": 1, "tolerance": 5,
    }  # fmt: skip


def update_data(world: World) -> dict[str, Any]:
    return {"before": "galley/demo", "after": world.ours.model.name, "repeats": 1}


TESTS = [
    read("pages:prompt_tests", SEE, prompt),
    read("pages:prompt_analytics", SEE, prompt),
    read("pages:prompt_calls", COMMENT, prompt),
    read("evaluations:playground", MEMBER),
    read("evaluations:playground", SEE, data=tried),
    write(
        "evaluations:playground", SEE, data=lambda w: {**tried(w), "do": "add"}, plain=200,
        htmx=200,
    ),
    write("evaluations:start_trial", COMMENT, data=tried, htmx=200),
    read("evaluations:trial", SEE, row("trial")),
    read("evaluations:trial_answer", SEE, first_answer),
    write(
        "evaluations:keep_case", EDIT, first_answer, lambda w: {"suite": w.ours.suite.pk},
        htmx=200,
    ),
    write("evaluations:use_as_example", EDIT, first_answer, htmx=200),
    write("evaluations:save_to_draft", EDIT, first_answer, htmx=200),
    read("evaluations:suites", MEMBER),
    read("evaluations:make_suite", MEMBER),
    write(
        "evaluations:make_suite", "FFFYFFL",
        data=lambda _w: {"name": "Fresh", "namespace": "alpha", "variables": "message"},
    ),
    write("evaluations:upload_sheet", "NNNYNYL", data=upload_data),
    read("evaluations:upload", "---Y--L", row("upload")),
    write("evaluations:upload", "---Y--L", row("upload"), import_data),
    read("evaluations:suite", SEE, row("suite")),
    read("evaluations:change_suite", SEE, row("suite")),
    write("evaluations:change_suite", EDIT, row("suite"), lambda _w: {"name": "Other"}),
    read("evaluations:archive_suite", SEE, row("suite")),
    write("evaluations:archive_suite", EDIT, row("suite"), lambda _w: {"reason": "Old"}),
    write("evaluations:restore_suite", EDIT, row("shelved")),
    write("evaluations:add_case", EDIT, row("suite"), lambda _w: {"value-message": "Hi"}),
    write("evaluations:add_difficult_cases", EDIT, row("suite")),
    write(
        "evaluations:remove_cases", EDIT, row("suite"),
        lambda w: {"case": str(w.ours.case.key)},
    ),
    read("evaluations:case", SEE, row("case")),
    write("evaluations:case", EDIT, row("case"), lambda _w: {"value-message": "Hi"}),
    read("evaluations:cell", SEE, row("case"), lambda _w: {"field": "expected", "edit": "1"}),
    write(
        "evaluations:cell", EDIT, row("case"), lambda _w: {"field": "expected", "text": "x"},
        htmx=200,
    ),
    write("evaluations:switch_case", EDIT, row("case"), lambda _w: {"enabled": "0"}),
    write("evaluations:move_case", EDIT, row("case"), lambda _w: {"to": "1"}),
    read("evaluations:add_check", SEE, row("suite")),
    write("evaluations:add_check", EDIT, row("suite"), lambda _w: {"kind": "equals", "weight": 1}),
    read("evaluations:check", SEE, row("check")),
    write(
        "evaluations:check", EDIT, row("check"),
        lambda _w: {"how": "any", "texts": "Hi", "weight": 2},
    ),
    write("evaluations:switch_check", EDIT, row("check"), lambda _w: {"enabled": "0"}),
    write("evaluations:move_check", EDIT, row("check"), lambda _w: {"way": "down"}),
    write("evaluations:remove_check", EDIT, row("check")),
    read("evaluations:start_run", SEE, row("suite")),
    write("evaluations:start_run", EDIT, row("suite"), start_run_data),
    read("evaluations:run", SEE, row("run")),
    read("evaluations:export_run", SEE, row("run")),
    read("evaluations:result", SEE, row("result")),
    write("evaluations:cancel_run", EDIT, row("run")),
    read("evaluations:make_schedule", SEE, row("suite")),
    write("evaluations:make_schedule", EDIT, row("suite"), suite_schedule_data),
    read("evaluations:change_schedule", SEE, row("schedule")),
    write("evaluations:change_schedule", EDIT, row("schedule"), suite_schedule_data),
    write("evaluations:pause_schedule", EDIT, row("schedule")),
    write("evaluations:resume_schedule", EDIT, row("halted")),
    write("evaluations:end_schedule", EDIT, row("schedule")),
    write("evaluations:acknowledge_drift", EDIT, row("alarm")),
    read("evaluations:model_updates", MEMBER, data=update_data),
    write("evaluations:model_updates", "NNNYNYL", data=update_data),
    read("evaluations:model_update", SEE, row("update")),
    read("evaluations:export_update", SEE, row("update")),
    write("evaluations:cancel_update", "YNNYN-L", row("update")),
    write("evaluations:rerun_failed", EDIT, row("cancelled")),
    write(
        "evaluations:rate_answer", COMMENT, row("answer"), lambda _w: {"value": "y"}, htmx=200
    ),
    read("evaluations:decide_rating", SEE, row("answer")),
    write(
        "evaluations:decide_rating", EDIT, row("answer"), lambda _w: {"value": "y", "reason": "x"}
    ),
    read("evaluations:ratings", SEE, row("rated")),
    read("evaluations:ask_for_ratings", SEE, row("rated")),
    write("evaluations:ask_for_ratings", EDIT, row("rated"), ask_data),
    read("evaluations:try_check", SEE, row("check")),
    write(
        "evaluations:try_check", EDIT, row("check"),
        lambda w: {"run": w.ours.rated.pk, "many": 3, "seed": 1}, plain=200, htmx=200,
    ),
    read("evaluations:rating_queue", MEMBER),
    read("evaluations:rate_next", "---Y--L", row("asking")),
    write("evaluations:rate_next", "---Y--L", row("asking"), task_data, htmx=200),
    write("evaluations:close_rating_request", EDIT, row("asking")),
    write(
        "evaluations:drop_rater", EDIT, row("asking"),
        lambda w: {"person": w.ours.people["author"].pk},
    ),
]  # fmt: skip


def alarm_data(world: World) -> dict[str, Any]:
    about = world.ours.moved.path
    return {"about": about, "environment": "production", "measure": "cost", "bound": "5",
            "hours": "24"}  # fmt: skip


def take_data(world: World) -> dict[str, Any]:
    suite = world.ours.suite  # the infested world has none
    return {"suite": str(suite.pk if suite else 0), "environment": "production", "many": "5"}


def live_data(world: World) -> dict[str, Any]:
    suite = world.ours.suite
    return {
        "environment": "production", "suite": str(suite.pk if suite else 0),
        "judge": "galley/demo", "share": "20", "most_a_day": "50",
    }  # fmt: skip


def replay_data(world: World) -> dict[str, Any]:
    suite = world.ours.suite
    return {
        "suite": str(suite.pk if suite else 0), "version": "1", "many": "5",
        "models": "galley/demo",
    }  # fmt: skip


ANALYTICS = [
    read("analytics:dashboard", MEMBER),
    read("analytics:alarms", MEMBER),
    read("analytics:make_alarm", COMMENT, data=lambda w: {"about": w.ours.prompt.path}),
    write("analytics:make_alarm", COMMENT, data=alarm_data),
    write("analytics:take_calls", EDIT, prompt, take_data),
    read("analytics:replay", EDIT, prompt),
    write("analytics:replay", EDIT, prompt, replay_data),
    read("analytics:live_check", EDIT, prompt),
    write("analytics:live_check", EDIT, prompt, live_data),
    write("analytics:switch_live", EDIT, row("live"), lambda _w: {"act": "pause"}),
    write("analytics:alarm", COMMENT, row("watch"), lambda _w: {"act": "pause"}),
]

ROUTES = [
    *ANALYTICS,
    *TESTS,
    *SNIPPETS,
    *PAGES,
    *PROMPTS,
    *REVIEWS,
    *RELEASES,
    *EXPERIMENTS,
    *TEAMS,
    *ENVIRONMENTS,
    *MODELS,
    *ACCOUNTS,
]

# Routes that answer keys, not people (tests/delivery holds their rights), and those of the sign-in
# package, which act on nobody but the person who is signed in.
OTHERS = ("delivery:", "account_", "mfa_", "usersessions_", "account:")


def who_may(route: Route) -> list[str]:
    """Two of those whom it answers: the one with most rights, and the one with fewest."""
    may = [name for name, said in zip(PEOPLE, route.who, strict=True) if said not in "N-L"]
    return list(dict.fromkeys((may[0], may[-1]))) if may else []
