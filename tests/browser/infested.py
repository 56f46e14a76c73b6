"""An installation whose every field for words holds payloads, made through the actions."""

from __future__ import annotations

import json
import uuid
from typing import Any

from apps.accounts.models import User
from apps.analytics.actions import LiveTerms, drain_touched, make_alarm, set_live_check
from apps.analytics.actions import Terms as AlarmTerms
from apps.audit.subscribers import run_all
from apps.core.actors import SYSTEM
from apps.environments.actions import create_key, override_rule, revoke_key
from apps.environments.queries import live_release
from apps.environments.rules import Terms
from apps.evaluations.actions import make_suite
from apps.notifications.models import Letter
from apps.prompts.actions import (
    ImportedVersion,
    add_variant,
    archive_prompt,
    change_schema,
    change_settings,
    change_snippet,
    create_prompt,
    create_snippet,
    dismiss_finding,
    import_prompt,
    make_version,
    pin_snippet,
    remove_block,
    restore_version,
    save_block,
    save_override,
    save_sample,
    write_document,
)
from apps.prompts.content import BLOCK_TYPES, new_block, new_content, new_variable
from apps.prompts.models import Prompt
from apps.prompts.queries import draft_document, draft_of
from apps.prompts.queries.findings import found_in
from apps.releases.actions import release_version, roll_back
from apps.reviews.actions import (
    approve_review,
    reply,
    request_changes,
    request_review,
    resolve_thread,
    start_draft_thread,
    start_thread,
    suggest_in_draft,
    withdraw_review,
)
from apps.reviews.models import Review
from apps.reviews.queries import current_round
from apps.teams.actions import (
    add_member,
    add_person,
    change_team,
    create_first_admin,
    create_namespace,
    create_team,
    deactivate_person,
    grant,
    invite_person,
    request_access,
)
from apps.teams.queries import root_namespace
from tests.browser.infested_releases import Releases
from tests.browser.infested_tests import Proofs
from tests.browser.payloads import MARKER, Poison
from tests.permissions.world import PASSWORD, ROLES, Side, World, judge, place, tell
from tests.releases.world import shown

# Quoted, nearly anything may stand before the @.
EMAIL = '"<img/data-xss/src=x/onerror=alert(1)>"@alpha.example'


def make_infested() -> World:
    return Infested(Poison()).world()


class Infested:
    """Builds one side of the world of the permission matrix, with payloads for names and words."""

    def __init__(self, poison: Poison) -> None:
        self.poison = poison
        self.admin = create_first_admin(
            email="admin@test.example", name=poison.some(120), password=PASSWORD, actor=SYSTEM
        )
        self.side = self._space()

    def world(self) -> World:
        side = self.side
        self._people()
        self._keys()
        self._rule()
        side.prompt, side.moved, side.archived = (
            self._prompt(segment) for segment in ("reply", "moved", "archived")
        )
        self._main(side.prompt)
        self._live_and_back(side.moved)
        archive_prompt(side.archived, reason=self.reason(), actor=self.author)
        self._imported()
        self._releases()
        run_all()
        Proofs(side, self.poison).all()
        run_all()
        return World(self.admin, side, side)

    @property
    def author(self) -> User:
        return self.side.people["second"]

    def reason(self) -> str:
        return self.poison.some(500)

    def _space(self) -> Side:
        space = create_namespace(
            root_namespace(), segment="alpha", purpose=self.poison.some(200), actor=self.admin
        )
        team = create_team(
            name=self.poison.one(80), purpose=self.poison.some(200), actor=self.admin
        )
        return Side(canary="", admin=self.admin, space=space, team=team)

    # --- people, keys, rules -----------------------------------------------------------------

    def _people(self) -> None:
        side, poison = self.side, self.poison
        for role in (*ROLES, "second", "gone"):
            person = add_person(
                email=f"{role}@alpha.example", name=poison.some(120), password=PASSWORD,
                actor=self.admin,
            )  # fmt: skip
            grant(
                side.space, role=role if role in ROLES else "author", to=person,
                reason=self.reason(), actor=self.admin,
            )  # fmt: skip
            side.people[role] = person
        add_member(side.team, person=side.people["viewer"], actor=self.admin)
        deactivate_person(side.people["gone"], reason=self.reason(), actor=self.admin)
        side.invitation, side.token = invite_person(
            email=EMAIL, name=poison.some(120), namespace=side.space, role="viewer",
            actor=self.admin,
        )  # fmt: skip
        side.asked = request_access(
            side.space, capability="edit", note=self.reason(), actor=side.people["viewer"]
        )
        for _ in range(20):
            team = create_team(name=poison.one(80), purpose=poison.some(200), actor=self.admin)
        change_team(team, name=poison.one(80), purpose=poison.some(200), actor=self.admin)

    def _keys(self) -> None:
        keys = []
        for _ in range(20):
            key, secret = create_key(
                place("production"), name=self.poison.one(80), kind="read",
                namespaces=[self.side.space], owner=self.admin, actor=self.admin,
            )  # fmt: skip
            keys.append(key)
        self.side.key, self.side.secret = keys[0], secret
        revoke_key(keys[-1], reason=self.reason(), actor=self.admin)

    def _rule(self) -> None:
        terms = Terms(1, frozenset(), "release", False, True, False)
        override_rule(
            place("staging"), namespace=self.side.space, terms=terms, reason=self.reason(),
            actor=self.admin,
        )  # fmt: skip

    # --- prompts -----------------------------------------------------------------------------

    def _document(self, first: str = "") -> dict[str, Any]:
        poison = self.poison
        content = new_content()
        content["blocks"] = [
            new_block(
                type_, key=str(uuid.uuid5(uuid.NAMESPACE_URL, type_)),
                title=poison.some(200), body=first + poison.some(800),
                rows=[{"input": poison.some(200), "output": poison.some(200)} for _ in range(3)]
                if type_ == "examples" else (),
            )
            for type_ in BLOCK_TYPES
        ]  # fmt: skip
        content["variables"] = [
            new_variable(
                name, required=False, default=poison.some(200), description=poison.some(200)
            )
            for name in (*(f"v{number}" for number in range(10)), "x", "request")
        ]
        content["variables"].append(
            new_variable(
                "shop",
                type="choice",
                required=False,
                default=(one := poison.one()),
                choices=[one, poison.one()],
            )
        )
        return content

    def _prompt(self, segment: str) -> Prompt:
        prompt = create_prompt(
            self.side.space, segment=segment, name=self.poison.some(120),
            purpose=self.poison.some(200), owner=self.side.team,
            tags=[self.poison.one(40) for _ in range(3)], document=self._document(),
            actor=self.author,
        )  # fmt: skip
        make_version(draft_of(prompt), reason=self.reason(), actor=self.author)
        return prompt

    def _next(self, prompt: Prompt) -> None:
        write_document(draft_of(prompt), document=self._document("Second. "), actor=self.author)
        make_version(draft_of(prompt), reason=self.reason(), actor=self.author)

    def _ask(self, prompt: Prompt, number: int, environment: str = "production") -> Review:
        return request_review(
            prompt, environment=place(environment), version=prompt.versions.get(number=number),
            reason=self.reason(), summary=self.poison.some(2000), actor=self.author,
        )  # fmt: skip

    def _approve(self, prompt: Prompt, number: int) -> Review:
        review = self._ask(prompt, number)
        approve_review(
            review, **shown(review), reason=self.reason(), actor=self.side.people["reviewer"],
        )  # fmt: skip
        return review

    def _release(self, prompt: Prompt, number: int) -> None:
        self._approve(prompt, number)
        live = live_release(prompt, place("production"))
        release_version(
            prompt, version=prompt.versions.get(number=number), environment=place("production"),
            expects=live.pk if live else None, reason=self.reason(), acknowledged=True,
            actor=self.side.people["releaser"],
        )  # fmt: skip

    def _live_and_back(self, prompt: Prompt) -> None:
        self._release(prompt, 1)
        self._next(prompt)
        self._release(prompt, 2)
        live = live_release(prompt, place("production"))
        assert live is not None
        roll_back(
            prompt, environment=place("production"), version=prompt.versions.get(number=1),
            expects=live.pk, reason=self.reason(), actor=self.side.people["releaser"],
        )  # fmt: skip
        restore_version(prompt.versions.get(number=1), reason=self.reason(), actor=self.author)
        write_document(draft_of(prompt), document=self._document("Third. "), actor=self.author)
        restore_version(prompt.versions.get(number=1), reason=self.reason(), actor=self.author)
        self.side.kept = prompt.drafts.exclude(name="").order_by("pk").last()

    def _releases(self) -> None:
        side, releases = self.side, Releases(self.side, self.poison)
        segments = ("ready", "rolling", "planned", "compared")
        waiting = [self._prompt(segment) for segment in segments]
        side.ready, side.rolling, side.planned, side.compared = waiting
        side.broken = self._prompt("broken")
        for prompt in (*waiting, side.broken):
            self._approve(prompt, 1)
        releases.first_live()
        for prompt in (*waiting, side.broken):
            self._next(prompt)
        for prompt in waiting:
            self._approve(prompt, 2)
        releases.all()

    def _imported(self) -> None:
        version = ImportedVersion(self._document(), self.reason(), self.poison.one(200), None)
        import_prompt(
            self.side.space, segment="brought", name=self.poison.some(120), versions=[version],
            tags=[self.poison.one(40)], actor=self.admin,
        )  # fmt: skip

    # --- the prompt that most pages show -------------------------------------------------------

    def _main(self, prompt: Prompt) -> None:
        side, reviewer = self.side, self.side.people["reviewer"]
        self._release(prompt, 1)
        self._next(prompt)
        self._told(prompt)
        self._dismissals(prompt)
        self._settings(prompt)
        self._draft(prompt)
        side.review = self._ask(prompt, 2)
        key = uuid.uuid5(uuid.NAMESPACE_URL, "role")
        for name in ("thread", "resolved"):
            thread = start_thread(
                side.review, block_key=key, body=self.poison.every()[:9000],
                quote=self._quote(prompt, 2), actor=reviewer,
            )  # fmt: skip
            reply(thread, body=self.poison.some(2000), actor=self.author)
            setattr(side, name, thread)
        resolve_thread(side.resolved, actor=reviewer)
        self._talk(prompt, key)
        self._snippet(side.moved)
        self._letter()
        other = self._ask(prompt, 2, "staging")
        request_changes(
            other, content_hash=current_round(other).version.content_hash, reason=self.reason(),
            actor=reviewer,
        )  # fmt: skip
        withdraw_review(other, reason=self.reason(), actor=self.author)

    def _told(self, prompt: Prompt) -> None:
        """Calls with payloads for what applications name: models, tags, feedback."""
        poison = self.poison
        for _ in range(8):
            model, tag, name = poison.one(200), poison.one(40), poison.one(64)
            tell(self.side, prompt, name=name, model=model, tag=tag)
        drain_touched()
        terms = AlarmTerms(place("production"), "errors", 5.0, 24)
        self.side.watch = make_alarm(self.side.space, prompt=prompt, terms=terms, actor=self.author)
        checks = [("contains", {"texts": [poison.one(60)]}), ("equals", {})]
        suite = make_suite(
            self.side.space, name=poison.one(120), checks=checks, actor=self.author
        )  # fmt: skip
        live = LiveTerms(place("production"), suite, "galley/demo", 100, 100)
        self.side.live = set_live_check(prompt, terms=live, actor=self.author)
        judge(self.side.live, poison.one(200))

    def _quote(self, prompt: Prompt, number: int) -> str:
        """Words of the block itself, so that payloads stand before and after them."""
        content = json.loads(bytes(prompt.versions.get(number=number).content))
        role = next(block for block in content["blocks"] if block["type"] == "role")
        parts = role["body"].split(MARKER)
        half = len(parts) // 2
        return MARKER.join(parts[half : half + 2])

    def _talk(self, prompt: Prompt, key: uuid.UUID) -> None:
        """On the draft: a comment on words, and a wording that is suggested."""
        draft, reviewer = draft_of(prompt), self.side.people["reviewer"]
        start_draft_thread(
            draft, block_key=key, body=self.poison.every()[:9000], quote=self.poison.some(500),
            actor=reviewer,
        )  # fmt: skip
        self.side.suggestion = suggest_in_draft(
            draft, block_key=key, revision=draft.blocks.get(key=key).revision,
            text=self.poison.some(3000), body=self.poison.some(500), actor=reviewer,
        )  # fmt: skip

    def _snippet(self, prompt: Prompt) -> None:
        """Pinned twice, once behind its newest version; its name stands in no path."""
        rows = [{"input": self.poison.some(500), "output": self.poison.some(500)}]
        words: dict[str, Any] = {"title": self.poison.one(1000), "rows": rows}
        side = self.side
        side.snippet = create_snippet(
            prompt.namespace, name=self.poison.one(100).replace("/", " "), type="examples",
            purpose=self.poison.one(200), body=self.poison.some(3000), actor=self.author, **words,
        )  # fmt: skip
        side.pin = pin_snippet(draft_of(prompt), snippet=side.snippet, actor=self.author)
        change_snippet(
            side.snippet, seen=1, body=self.poison.some(3000), reason=self.reason(),
            actor=self.author, **words,
        )  # fmt: skip
        pin_snippet(draft_of(prompt), snippet=side.snippet, actor=self.author)

    def _dismissals(self, prompt: Prompt) -> None:
        """Half of what is found in the version that is reviewed, of the draft's words as well."""
        draft = draft_of(prompt)
        for found in found_in(prompt, draft_document(draft))[::2]:
            dismiss_finding(draft, digest=found.digest, reason=self.reason(), actor=self.author)

    def _letter(self) -> None:
        """What a mail server said stands on a page of the admins."""
        letter = Letter.objects.create(person=self.author, kind=Letter.Kind.NOW)
        problem = Letter.objects.filter(pk=letter.pk)
        problem.update(problem=self.poison.one(300), attempts=1)

    def _settings(self, prompt: Prompt) -> None:
        draft = draft_of(prompt)
        change_settings(
            draft, headings="xml", model=self.poison.one(100), temperature=0.5, actor=self.author
        )
        add_variant(draft, model=(other := self.poison.one(100)), actor=self.author)
        for block in draft.blocks.filter(removed_at=None)[:2]:
            save_override(block, model=other, body=self.poison.some(2000), actor=self.author)
        schema = {"type": "object", "properties": {self.poison.one(60): {
            "type": "string", "description": self.poison.some(500)}},
            "$comment": self.poison.some(500)}  # fmt: skip
        change_schema(draft, schema=json.dumps(schema), actor=self.author)

    def _draft(self, prompt: Prompt) -> None:
        side, draft = self.side, draft_of(prompt)
        for _ in range(20):
            values = {f"v{number}": self.poison.some(500) for number in range(10)}
            side.sample = save_sample(
                prompt, name=self.poison.one(80), values=values, actor=self.author
            )
        block = side.block
        first = block.revision
        save_block(block, revision=first, body=self.poison.every(), actor=self.author)
        saved = save_block(
            side.block, revision=first, body=self.poison.some(5000), actor=self.author
        )
        side.conflict = saved.conflict
        side.removed = draft.blocks.get(type="note")
        remove_block(side.removed, actor=self.author)
