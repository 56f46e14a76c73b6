"""Who may do what with a prompt: the right, and the state that it is in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.text import listing
from apps.core.verdicts import ALLOW, Verdict, not_possible
from apps.prompts.models import Draft, Prompt, Snippet, Version
from apps.prompts.standing import callers_of, live_in, may_move_there
from apps.prompts.states import Lifecycle
from apps.teams.models import Capability, Namespace, Team
from apps.teams.permissions import can, refuse, team_holds


def can_view_prompt(actor: Actor | None, prompt: Prompt) -> Verdict:
    return can(actor, Capability.VIEW, prompt)


def can_create_prompt(actor: Actor | None, namespace: Namespace) -> Verdict:
    allowed = can(actor, Capability.EDIT, namespace)
    if allowed and namespace.is_root:
        sentence = _("A prompt needs a namespace. Choose one, or ask an admin to make one.")
        return not_possible("needs_namespace", sentence)
    return allowed


def can_import_prompt(actor: Actor | None, namespace: Namespace) -> Verdict:
    """`edit`, or `manage`: an admin brings prompts in, and cannot change them afterwards."""
    allowed = can(actor, Capability.EDIT, namespace)
    return allowed if allowed else _or_manage(actor, namespace, allowed)


def _or_manage(actor: Actor | None, namespace: Namespace, refusal: Verdict) -> Verdict:
    managed = can(actor, Capability.MANAGE, namespace)
    return managed if managed else refusal


def can_edit_prompt(actor: Actor | None, prompt: Prompt) -> Verdict:
    allowed = can(actor, Capability.EDIT, prompt)
    return is_in_use(prompt) if allowed else allowed


def can_edit_draft(actor: Actor | None, draft: Draft) -> Verdict:
    allowed = can_edit_prompt(actor, draft.prompt)
    if allowed and draft.closed_at is not None:
        sentence = _("“%(draft)s” was closed. Open it again to change it.")
        return not_possible("draft_closed", sentence % {"draft": draft})
    return allowed


def is_in_use(prompt: Prompt) -> Verdict:
    """Whoever it is: nothing is added to a prompt in the archive."""
    if prompt.lifecycle == Lifecycle.ARCHIVED:
        sentence = _("“%(prompt)s” is archived. Take it out of the archive to change it.")
        return not_possible("archived", sentence % {"prompt": prompt})
    return ALLOW


def can_change_prompt(actor: Actor | None, prompt: Prompt) -> Verdict:
    return can_edit_prompt(actor, prompt)


def can_steer_prompt(actor: Actor | None, prompt: Prompt) -> Verdict:
    """What reaches the applications that fetch it: its path, a deprecation, the archive. `manage`
    once something is live; until then who edits may too."""
    managed = can(actor, Capability.MANAGE, prompt)
    if managed or live_in(prompt):
        return managed
    return can(actor, Capability.EDIT, prompt)


def can_move_prompt(actor: Actor | None, prompt: Prompt, namespace: Namespace) -> Verdict:
    """Within its namespace it is only renamed; to another one it takes `manage` on both sides,
    and protected environments must not ask less there."""
    if prompt.namespace_id == namespace.pk:
        allowed = can_steer_prompt(actor, prompt)
        return is_in_use(prompt) if allowed else allowed
    for place in (prompt.namespace, namespace):
        managed = can(actor, Capability.MANAGE, place)
        if not managed:
            return managed
    if namespace.is_root:
        sentence = _("A prompt needs a namespace. Choose one, or ask an admin to make one.")
        return not_possible("needs_namespace", sentence)
    kept = is_in_use(prompt)
    return may_move_there(prompt, namespace) if kept else kept


def can_give_prompt(actor: Actor | None, prompt: Prompt, owner: Team | None) -> Verdict:
    """Who manages the namespace; who edits, if no team has it yet or they are in the team that
    has it. The team that gets it must be able to see it."""
    allowed = can(actor, Capability.MANAGE, prompt)
    if not allowed:
        allowed = can(actor, Capability.EDIT, prompt)
        if allowed and not _is_of_owner(actor, prompt):
            return refuse(Capability.MANAGE, prompt.namespace)
    if allowed and owner is not None and not team_holds(owner, Capability.VIEW, prompt.namespace):
        sentence = _("Nobody in %(team)s can see %(place)s. Give the team rights there first.")
        words = {"team": owner, "place": prompt.namespace}
        return not_possible("team_sees_nothing", sentence % words)
    return is_in_use(prompt) if allowed else allowed


def _is_of_owner(actor: Actor | None, prompt: Prompt) -> bool:
    if prompt.owner is None:
        return True
    return prompt.owner.memberships.filter(person_id=getattr(actor, "pk", None)).exists()


def can_deprecate_prompt(actor: Actor | None, prompt: Prompt) -> Verdict:
    allowed = can_steer_prompt(actor, prompt)
    return is_in_use(prompt) if allowed else allowed


def can_reactivate_prompt(actor: Actor | None, prompt: Prompt) -> Verdict:
    allowed = can_steer_prompt(actor, prompt)
    if allowed and prompt.lifecycle != Lifecycle.DEPRECATED:
        sentence = _("“%(prompt)s” is not deprecated.")
        return not_possible("not_deprecated", sentence % {"prompt": prompt})
    return allowed


def can_set_naming_rule(actor: Actor | None, namespace: Namespace) -> Verdict:
    return can(actor, Capability.MANAGE, namespace)


def can_archive_prompt(actor: Actor | None, prompt: Prompt) -> Verdict:
    return can_deprecate_prompt(actor, prompt)


def is_out_of_use(prompt: Prompt) -> Verdict:
    """Nothing of it is live, and no key fetched it lately."""
    live, callers = live_in(prompt), callers_of(prompt)
    if not live and not callers:
        return ALLOW
    words = {"prompt": prompt, "live": listing(live), "keys": listing(callers[:5])}
    parts = [_("“%(prompt)s” is live in %(live)s.") % words] if live else []
    parts += [_("Keys that fetched it lately: %(keys)s.") % words] if callers else []
    parts.append(_("Deprecate it first, or say that you archive it although applications use it."))
    return not_possible("still_live", " ".join(parts))


def can_restore_prompt(actor: Actor | None, prompt: Prompt) -> Verdict:
    allowed = can_steer_prompt(actor, prompt)
    if allowed and prompt.lifecycle != Lifecycle.ARCHIVED:
        sentence = _("“%(prompt)s” is not archived.")
        return not_possible("not_archived", sentence % {"prompt": prompt})
    return allowed


def can_make_version(actor: Actor | None, draft: Draft) -> Verdict:
    return can_edit_draft(actor, draft)


def can_restore_version(actor: Actor | None, version: Version) -> Verdict:
    return can_edit_prompt(actor, version.prompt)


def can_view_snippet(actor: Actor | None, snippet: Snippet) -> Verdict:
    return can(actor, Capability.VIEW, snippet.namespace)


def can_create_snippet(actor: Actor | None, namespace: Namespace) -> Verdict:
    return can_create_prompt(actor, namespace)


def can_change_snippet(actor: Actor | None, snippet: Snippet) -> Verdict:
    allowed = can(actor, Capability.EDIT, snippet.namespace)
    return _is_kept(snippet) if allowed else allowed


def can_restore_snippet(actor: Actor | None, snippet: Snippet) -> Verdict:
    return can(actor, Capability.EDIT, snippet.namespace)


def can_pin_snippet(actor: Actor | None, snippet: Snippet) -> Verdict:
    """Who may see it may use it, in prompts that they may edit."""
    allowed = can_view_snippet(actor, snippet)
    return _is_kept(snippet) if allowed else allowed


def _is_kept(snippet: Snippet) -> Verdict:
    if snippet.archived_at is not None:
        sentence = _("The snippet “%(name)s” is archived. Take it out of the archive first.")
        return not_possible("snippet_archived", sentence % {"name": snippet})
    return ALLOW
