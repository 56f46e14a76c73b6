"""Every page of Galley: those of the table of rights, of sign-in, and of each refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from tests.browser.pages import OTHER_MODEL, Sight
from tests.browser.people import PASSWORD
from tests.permissions import routes
from tests.permissions.routes import ROUTES, Args, Route
from tests.permissions.world import PEOPLE, World

# Pieces of a page and files: no pages of their own.
NO_PAGES = {
    "prompts:block_pane",
    "prompts:blocks_pane",
    "prompts:variables_pane",
    "prompts:samples_pane",
    "prompts:preview_pane",
    "prompts:checks_pane",
    "prompts:presence",
    "reviews:commented_words",
    "reviews:draft_threads",
    "reviews:mentionable",
    "pages:audit_export",
    "evaluations:export_run",
    "evaluations:export_update",
    "pages:rule_today",
    "evaluations:cell",
    "evaluations:trial_answer",
    "notifications:counts",
}
# Whoever sees most on a page opens it.
ORDER = ("author", "reviewer", "releaser", "admin", "viewer", "outsider", "anonymous")
FIRST = {"pages:review": "reviewer", "pages:board": "releaser", "pages:prompt_releases": "releaser"}
# Pages of the sign-in package, and who opens them. The releaser has a second factor.
OWN = {
    "account_login": "anonymous",
    "account_reset_password": "anonymous",
    "account_reset_password_done": "anonymous",
    "account_reset_password_from_key_done": "anonymous",
    "account_inactive": "anonymous",
    "account_logout": "author",
    "account_change_password": "author",
    "account_reauthenticate": "author",
    "account_set_password": "newcomer",
    "mfa_index": "author",
    "mfa_activate_totp": "author",
    "mfa_add_webauthn": "author",
    "mfa_list_webauthn": "author",
    "mfa_deactivate_totp": "releaser",
    "mfa_view_recovery_codes": "releaser",
    "mfa_generate_recovery_codes": "releaser",
    "mfa_reauthenticate": "releaser",
    "usersessions_list": "author",
    "delivery:docs": "anonymous",
}
LONG = "x" * 270_000


def _at(name: str, args: Args = routes.nothing, **query: Any) -> Callable[[World], str]:
    def address(world: World) -> str:
        return reverse(name, args=args(world)) + (f"?{urlencode(query)}" if query else "")

    return address


def _address(route: Route) -> Callable[[World], str]:
    def address(world: World) -> str:
        query = urlencode(route.data(world), doseq=True)
        return reverse(route.name, args=route.args(world)) + (f"?{query}" if query else "")

    return address


def who_opens(route: Route) -> str:
    """Whoever sees most of those who may; of a form that refuses everybody, the author."""
    letters = dict(zip(PEOPLE, route.who, strict=True))
    wanted = (FIRST.get(route.name, ""), *ORDER)
    return next((name for name in wanted if letters.get(name) == "Y"), "author")


def of_the_table() -> list[Sight]:
    """Every GET route that draws a whole page, for who may see it."""
    return [
        Sight(route.name, who_opens(route), _address(route))
        for route in ROUTES
        if route.method == "GET"
        and "Y" in route.who
        and route.plain == 200
        and route.name not in NO_PAGES
    ]


def of_sign_in() -> list[Sight]:
    own = [Sight(name, who, _at(name)) for name, who in OWN.items()]
    return [
        *own,
        Sight("passkeys", "reviewer", _at("mfa_list_webauthn")),
        Sight("mfa_edit_webauthn", "reviewer", _at("mfa_edit_webauthn", _passkey)),
        Sight("mfa_remove_webauthn", "reviewer", _at("mfa_remove_webauthn", _passkey)),
        Sight(
            "mfa_authenticate", "anonymous, half in", _at("account_login"),
            lambda world: {"login": world.ours.people["releaser"].email, "password": PASSWORD},
            lands="mfa_authenticate",
        ),
        Sight(
            "account_login, wrong", "anonymous", _at("account_login"),
            lambda world: {"login": "a@b.example", "password": "no"},
        ),
    ]  # fmt: skip


def _passkey(world: World) -> tuple[Any, ...]:
    return (world.ours.people["reviewer"].authenticator_set.get(type="webauthn").pk,)


def _of_ours(attribute: str) -> Args:
    return lambda world: (getattr(world.ours, attribute).path,)


def _commenting(world: World) -> str:
    query = urlencode({"pane": "comments", **routes.block_query(world)})
    return f"{reverse('pages:write', args=routes.prompt(world))}?{query}"


def other_states() -> list[Sight]:
    """The same pages with something else on them, and pages with no row of their own."""
    prompt, review = routes.prompt, routes.row("review")
    return [
        Sight("home, all", "reviewer", _at("pages:home", tab="all")),
        Sight("home, snoozed", "reviewer", _at("pages:home", tab="snoozed")),
        Sight("home, done", "reviewer", _at("pages:home", tab="done")),
        Sight("home, empty", "newcomer", _at("pages:home")),
        Sight("registry, found", "author", _at("pages:registry", q="Never harm")),
        Sight("search, found", "author", _at("pages:search", q="a")),
        Sight("search, nothing", "author", _at("pages:search", q="zzzzz")),
        Sight("registry, nothing", "author", _at("pages:registry", q="zzzzz")),
        Sight("registry, empty", "newcomer", _at("pages:registry")),
        Sight("board as table", "releaser", _at("pages:board", view="table")),
        Sight("board, empty", "newcomer", _at("pages:board")),
        Sight("reviews, empty", "newcomer", _at("pages:reviews")),
        Sight(
            "audit, nothing", "admin", _at("pages:audit", since="2001-01-01", until="2001-01-02")
        ),
        Sight("write, variables", "author", _at("pages:write", prompt, pane="variables")),
        Sight("write, samples", "author", _at("pages:write", prompt, pane="samples")),
        Sight("write, checks", "author", _at("pages:write", prompt, pane="checks")),
        Sight("write, comments", "author", _at("pages:write", prompt, pane="comments")),
        Sight("write, comment on a block", "author", _commenting),
        Sight(
            "a wording refused",
            "reviewer",
            _at("reviews:suggest", review),
            lambda world: routes.suggestion_data(world) | {"text": "a\x00b"},
            422,
        ),
        Sight("write, reading only", "viewer", _at("pages:write", prompt)),
        Sight("write, archived", "author", _at("pages:write", _of_ours("archived"))),
        Sight("settings, archived", "author", _at("pages:prompt_settings", _of_ours("archived"))),
        Sight("review, its author", "author", _at("pages:review", review)),
        Sight("review, together", "reviewer", _at("pages:review", review, view="together")),
        Sight("review, side", "reviewer", _at("pages:review", review, view="side")),
        Sight("review, since", "reviewer", _at("pages:review", review, since="1")),
        Sight("review, final", "reviewer", _at("pages:review", review, view="final")),
        Sight("releases, approved", "releaser", _at("pages:prompt_releases", routes.ready)),
        Sight("history, kept drafts", "author", _at("pages:history", routes.moved)),
        Sight("reviews:request_review", "author", _at("reviews:request_review", prompt)),
        Sight("reviews:withdraw_review", "author", _at("reviews:withdraw_review", review)),
        Sight("reviews:start_thread", "reviewer", _at("reviews:start_thread", review)),
        Sight("password link, old", "anonymous", lambda world: "/account/password/reset/key/1-x/"),
        Sight("unknown page", "author", lambda world: "/no/such/page/", status=404),
    ]


def _form(
    name: str, who: str, args: Args = routes.prompt, status: int = 422, /, **data: Any
) -> Sight:
    return Sight(f"{name} {status}", who, _at(name, args), lambda world: data, status)


def _many(world: World) -> dict[str, Any]:
    """What is live is refused, so nothing becomes of it."""
    return {"act": "archive", "prompt": str(world.ours.prompt.pk)}


def of_forms() -> list[Sight]:
    """What a form answers when it cannot take what was typed, or took it and shows more."""
    nothing, review = routes.nothing, routes.row("review")
    return [
        _form("prompts:create_prompt", "author", nothing, name=""),
        _form("prompts:change_prompt", "author", name=""),
        _form("prompts:paste_prompt", "author", nothing, text=""),
        _form("prompts:paste_prompt", "author", nothing, 200, text="# Role\nYou.\n# Rules\nBe."),
        _form("prompts:archive_prompt", "author", reason="x" * 5000),
        Sight("prompts:bulk, confirm", "author", _at("prompts:bulk"), _many, 200),
        Sight(
            "prompts:bulk, done", "author", _at("prompts:bulk"),
            lambda world: {**_many(world), "step": "do", "reason": "Old"}, 200,
        ),
        _form("prompts:save_block", "author", routes.block, revision=1, body=LONG),
        _form("prompts:declare_variable", "author", name="1st", type="text"),
        _form("prompts:change_settings", "author", headings="loud"),
        _form("prompts:change_output", "author", format="poem"),
        _form("prompts:add_variant", "author", name=""),
        Sight(
            "prompts:save_override 422", "author",
            _at("prompts:save_override", routes.block, model=OTHER_MODEL),
            lambda world: {"body": "a\x00b"}, 422,
        ),
        Sight(
            "prompts:dismiss_finding 422", "author", _at("prompts:dismiss_finding", routes.prompt),
            lambda world: {**routes.finding_data(world), "reason": ""}, 422,
        ),
        _form("prompts:share_block", "author", routes.block, name=""),
        _form("prompts:save_sample", "author", name=""),
        _form("prompts:make_version", "author", reason=""),
        _form("reviews:request_review", "author", environment="staging", reason=""),
        Sight(
            "reviews:finish_review 422", "reviewer", _at("reviews:finish_review", review),
            lambda world: {**routes.finish_data(world), "outcome": "request_changes"}, 422,
        ),
        Sight(
            "reviews:finish_review 409", "reviewer", _at("reviews:finish_review", review),
            lambda world: {**routes.finish_data(world), "content_hash": "sha256:0"}, 409,
        ),
        _form("reviews:start_thread", "reviewer", review, body=""),
        Sight(
            "releases:release_version 409", "releaser",
            _at("releases:release_version", routes.ready),
            lambda world: {**routes.release_data(world), "expects": 1}, 409,
        ),
        Sight(
            "releases:roll_back 422", "releaser", _at("releases:roll_back", routes.moved),
            lambda world: {**routes.roll_back_data(world), "reason": ""}, 422,
        ),
        Sight(
            "releases:break_glass", "second",
            _at("releases:break_glass", routes.ready, version=2, environment="production"),
        ),
        Sight(
            "releases:break_glass 422", "second", _at("releases:break_glass", routes.ready),
            lambda world: {**routes.glass_data(world), "reason": "Short"}, 422,
        ),
        Sight(
            "releases:move_label 422", "releaser", _at("releases:move_label", routes.moved),
            lambda world: {**routes.label_data(world), "name": "staging", "expects": ""}, 422,
        ),
        Sight(
            "releases:schedule_release 422", "releaser",
            _at("releases:schedule_release", routes.ready),
            lambda world: {**routes.schedule_data(world), "at": "2020-01-01T10:00"}, 422,
        ),
        Sight(
            "releases:release_together 422", "releaser", _at("releases:release_together"),
            lambda world: {**routes.together_data(world), "item": []}, 422,
        ),
        Sight(
            "releases:propose_waiver 422", "author", _at("releases:propose_waiver"),
            lambda world: {**routes.waiver_query(world), "reason": ""}, 422,
        ),
        _form("teams:create_team", "admin", nothing, name=""),
        _form("teams:create_namespace", "admin", nothing, segment="No Good"),
        _form("teams:invite_person", "admin", nothing, email="no address"),
        _form(
            "teams:invite_person", "admin", nothing, 200, email="n@x.example", name="N",
        ),
        _form("environments:create_key", "admin", nothing, name=""),
        Sight(
            "environments:create_key 200", "admin", _at("environments:create_key"),
            routes.key_data, 200,
        ),
        _form("accounts:profile", "author", nothing, name="", theme="system", time_zone="UTC"),
    ]  # fmt: skip


def of_refusals() -> list[Sight]:
    """Not allowed, not there, not possible now, not understood."""
    return [
        Sight("403", "viewer", _at("pages:admin"), status=403),
        Sight(
            "403, no token", "viewer", _at("accounts:set_theme"),
            lambda world: {"theme": "ink", "csrfmiddlewaretoken": "x" * 64}, 403,
        ),
        Sight("404", "outsider", _at("pages:write", routes.prompt), status=404),
        _form("prompts:make_version", "author", routes.ready, 409, reason="Again"),
        _form("prompts:save_block", "anonymous", routes.block, 401, revision=1, body="Typed."),
        _form("accounts:set_theme", "author", routes.nothing, 422, theme="loud"),
        Sight(
            "an invitation that is over", "anonymous",
            _at("teams:accept_invitation", lambda world: ("not-a-token",)), status=404,
        ),
    ]  # fmt: skip


def all_sights() -> list[Sight]:
    return [*of_the_table(), *of_sign_in(), *other_states(), *of_forms(), *of_refusals()]
