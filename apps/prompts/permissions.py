"""Who may do what with a prompt: the right, and the state that it is in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.verdicts import ALLOW, Verdict, not_possible
from apps.prompts.models import Draft, Prompt, Snippet, Version
from apps.prompts.states import Lifecycle
from apps.teams.models import Capability, Namespace
from apps.teams.permissions import can


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


def can_archive_prompt(actor: Actor | None, prompt: Prompt) -> Verdict:
    return can_edit_prompt(actor, prompt)


def can_restore_prompt(actor: Actor | None, prompt: Prompt) -> Verdict:
    allowed = can(actor, Capability.EDIT, prompt)
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
