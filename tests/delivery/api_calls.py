"""Every call of the API with good data, for the tests that walk over all of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from apps.environments.actions import create_key
from apps.environments.models import ApiKey
from apps.environments.queries import live_revision
from apps.evaluations.actions import RunTerms, add_case, add_check, make_suite, start_run
from apps.evaluations.entrance import NewCase
from apps.evaluations.models import Run, Suite
from apps.llm.questions import DEMO_MODEL
from apps.prompts.queries import draft_document, draft_of
from apps.reviews.models import Review
from tests.delivery.story import Story, bearer

Build = Callable[[Story], Any]
API = "/api/v1"


@dataclass(frozen=True)
class Call:
    """`who`: the kinds of key that it is for; `status` is what they get."""

    method: str
    template: str  # as the OpenAPI document names it
    who: tuple[str, ...]
    status: int = 200
    path: Build = lambda story: ""
    body: Build = lambda story: None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.method} {self.template}"

    def address(self, story: Story) -> str:
        return f"{API}{self.path(story)}" if self.path(story) else f"{API}{self.template}"

    def send(self, client: Any, story: Story, key: str, body: Any = None, **headers: str) -> Any:
        headers = {**(bearer(key) if key else {}), **headers}
        if self.method == "GET":
            return client.get(self.address(story), headers=headers)
        data = json.dumps(self.body(story) if body is None else body)
        return client.post(self.address(story), data, "application/json", headers=headers)


def event(story: Story) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    one = {
        "id": "call-1", "prompt": "desk/reply", "version": 1, "environment": "production",
        "model": "openai/gpt-5", "started_at": now, "latency_ms": 8.5, "input_tokens": 1,
        "output_tokens": 1, "status": "ok",
    }  # fmt: skip
    return {"events": [one]}


def opinion(story: Story) -> dict[str, Any]:
    return {"feedback": [{"unit": "u-1", "prompt": "desk/reply", "name": "thumbs", "value": 1}]}


def traces(story: Story) -> dict[str, Any]:
    told = {"gen_ai.prompt.name": "desk/reply", "gen_ai.prompt.version": "1"}
    began = int(datetime.now(UTC).timestamp() * 1e9)
    span = {
        "traceId": "5B8EFFF798038103D269B633813FC60C", "spanId": "EEE19B7EC3C1B174",
        "startTimeUnixNano": str(began), "endTimeUnixNano": str(began + 812_500_000),
        "attributes": [{"key": k, "value": {"stringValue": v}} for k, v in told.items()],
    }  # fmt: skip
    return {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}


def written(story: Story) -> dict[str, Any]:
    draft = draft_of(story.prompt)
    document = draft_document(draft)
    document["blocks"][0]["body"] = "You write quite otherwise for {{shop}}."
    return {"prompt": "desk/reply", "revision": draft.revision, "document": document}


def block(story: Story) -> dict[str, Any]:
    one = draft_of(story.prompt).blocks.get(type="role")
    return {
        "prompt": "desk/reply", "key": str(one.key), "revision": one.revision,
        "body": "You write for {{shop}}, kindly.",
    }  # fmt: skip


def variables(story: Story) -> dict[str, Any]:
    draft = draft_of(story.prompt)
    shown = [{"name": "shop", "required": False}, {"name": "message", "type": "long_text"}]
    return {"prompt": "desk/reply", "revision": draft.revision, "variables": shown}


def next_version(story: Story) -> dict[str, Any]:
    from tests.releases.world import edit

    edit(story.prompt, "Words of another person.", story.world["author2"])
    return {"prompt": "desk/reply", "reason": "Kinder"}


def proposed(story: Story) -> dict[str, Any]:
    return {**next_version(story), "version": None}


def ready(story: Story) -> dict[str, Any]:
    """v2 approved for production, and live in staging already."""
    world = story.world
    made = story.version("Better words.")
    world.approved(story.prompt, made, "production")
    world.release(story.prompt, made, "staging")
    return _going(story, 2)


def unready(story: Story) -> dict[str, Any]:
    story.version("Other words.")
    return _going(story, 2)


def _going(story: Story, number: int) -> dict[str, Any]:
    revision = live_revision(story.prompt, story.world.places["production"])
    return {
        "prompt": "desk/reply", "version": number, "replaces": revision, "reason": "Better",
    }  # fmt: skip


def back(story: Story) -> dict[str, Any]:
    story.world.put_live(story.prompt, story.version("Worse words."), "production")
    return _going(story, 1)


def asked(story: Story) -> Review:
    found = Review.objects.filter(prompt=story.prompt, state="open").first()
    return found or story.world.review(story.prompt, story.version("Asked."), "production")


def suite(story: Story) -> Suite:
    """One on the desk with a case and a check, made at the first call."""
    found = Suite.objects.filter(namespace=story.world.desk).first()
    if found is None:
        author = story.world["author"]
        found = make_suite(story.world.desk, name="Desk", variables=["message"], actor=author)
        case = NewCase(values={"message": "Where is my money?"}, expected="money")
        add_case(found, case=case, actor=author)
        add_check(found, kind="contains", settings={}, actor=author)
    return found


def run(story: Story) -> Run:
    found = Run.objects.filter(prompt=story.prompt).first()
    return found or start_run(
        suite(story), tested=story.versions[0], terms=RunTerms(models=[DEMO_MODEL]),
        actor=story.world["author"],
    )  # fmt: skip


def to_run(story: Story) -> dict[str, Any]:
    return {
        "suite": suite(story).pk, "prompt": "desk/reply", "version": 1, "models": [DEMO_MODEL],
    }  # fmt: skip


READ, WRITE, RELEASE = ("read",), ("write",), ("release",)
BOTH = ("write", "release")
CALLS = [
    Call("GET", "/prompts", READ),
    Call("GET", "/prompts/{prompt}", READ, path=lambda s: "/prompts/desk/reply"),
    Call(
        "POST", "/prompts/{prompt}/render", READ, path=lambda s: "/prompts/desk/reply/render",
        body=lambda s: {"variables": {"message": "Hello"}},
    ),
    Call("POST", "/logs", READ, 202, body=event),
    Call("POST", "/feedback", READ, 202, body=opinion),
    Call("POST", "/otlp/v1/traces", READ, body=traces),
    Call("GET", "/bundle", READ),
    Call("GET", "/manage/prompts", BOTH),
    Call(
        "POST", "/manage/prompts", WRITE, 201,
        body=lambda s: {"namespace": "desk", "segment": "fresh", "name": "Fresh"},
    ),
    Call("GET", "/manage/prompts/{prompt}", BOTH, path=lambda s: "/manage/prompts/desk/reply"),
    Call("GET", "/manage/drafts/{prompt}", BOTH, path=lambda s: "/manage/drafts/desk/reply"),
    Call("POST", "/manage/drafts", WRITE, body=written),
    Call("POST", "/manage/blocks", WRITE, body=block),
    Call("POST", "/manage/variables", WRITE, body=variables),
    Call("POST", "/manage/versions", WRITE, 201, body=next_version),
    Call("GET", "/manage/versions/{prompt}", BOTH, path=lambda s: "/manage/versions/desk/reply"),
    Call(
        "GET", "/manage/compare/{prompt}", BOTH,
        path=lambda s: "/manage/compare/desk/reply?old=1&new=1",
    ),
    Call("POST", "/manage/reviews", WRITE, 201, body=proposed),
    Call(
        "GET", "/manage/reviews/{review}", BOTH, path=lambda s: f"/manage/reviews/{asked(s).pk}"
    ),
    Call(
        "POST", "/manage/reviews/{review}/withdraw", WRITE,
        path=lambda s: f"/manage/reviews/{asked(s).pk}/withdraw", body=lambda s: {},
    ),
    Call("GET", "/manage/releases/{prompt}", BOTH, path=lambda s: "/manage/releases/desk/reply"),
    Call("POST", "/manage/releases", RELEASE, 201, body=ready),
    Call("POST", "/manage/roll-backs", RELEASE, 201, body=back),
    Call("GET", "/manage/suites", BOTH),
    Call("GET", "/manage/suites/{suite}", BOTH, path=lambda s: f"/manage/suites/{suite(s).pk}"),
    Call(
        "POST", "/manage/suites/{suite}/cases", WRITE, 201,
        path=lambda s: f"/manage/suites/{suite(s).pk}/cases",
        body=lambda s: {"cases": [{"values": {"message": "My card is gone"}, "expected": "card"}]},
    ),
    Call("POST", "/manage/runs", WRITE, 202, body=to_run),
    Call("GET", "/manage/runs/{run}", BOTH, path=lambda s: f"/manage/runs/{run(s).pk}"),
    Call(
        "GET", "/manage/runs/{run}/results", BOTH,
        path=lambda s: f"/manage/runs/{run(s).pk}/results",
    ),
    Call(
        "POST", "/manage/runs/{run}/cancel", WRITE,
        path=lambda s: f"/manage/runs/{run(s).pk}/cancel", body=lambda s: {},
    ),
    Call("GET", "/manage/audit", BOTH),
]  # fmt: skip


def robot(story: Story, kind: str, place: str = "production", **more: Any) -> tuple[ApiKey, str]:
    """A key of that kind, for somebody who may do everything on the desk."""
    from apps.teams.actions import grant

    world, owner = story.world, story.world["author"]
    if not owner.holds("publish", world.desk):
        everything = ("view", "comment", "edit", "review", "release", "publish")
        grant(world.desk, capabilities=everything, to=owner, actor=world.admin)
    options = {"namespaces": [world.desk], "owner": owner, **more}
    return create_key(
        world.places[place], name=f"{kind} robot", kind=kind, actor=world.admin, **options
    )
