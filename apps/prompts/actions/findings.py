"""A finding is put aside with a reason. Working: a release asks for it all the same, and whoever
reviews the text reads the reason."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.core.actions import working
from apps.core.errors import Invalid
from apps.core.live import touch
from apps.prompts.actions.desk import Desk
from apps.prompts.entrance import clean_line
from apps.prompts.models import Dismissal, Draft
from apps.prompts.queries.documents import draft_document
from apps.prompts.queries.findings import Judged, found_in

MAX_REASON = 500


@working
def dismiss_finding(draft: Draft, *, digest: str, reason: str, actor: Any) -> Dismissal:
    """Invalid without a reason, or where the words that the finding is about changed meanwhile.
    What somebody else dismissed first stays theirs."""
    cleaned = clean_line("reason", reason, MAX_REASON, required=True)
    desk = Desk.at(draft, actor)
    found = _found(desk, digest)
    if found.dismissal is not None:
        return found.dismissal
    row = Dismissal.objects.create(
        prompt=desk.prompt,
        digest=digest,
        code=found.about.code,
        reason=cleaned,
        person=desk.person_of(actor),
    )
    touch("draft", desk.draft.pk, f":{desk.draft.revision}")
    return row


@working
def show_finding_again(draft: Draft, *, digest: str, actor: Any) -> None:
    """It counts as before; that it was dismissed, by whom and why, is kept."""
    desk = Desk.at(draft, actor)
    rows = Dismissal.objects.filter(prompt=desk.prompt, digest=digest, shown_again_at=None)
    if rows.update(shown_again_at=desk.now, shown_again_by=desk.person_of(actor)):
        touch("draft", desk.draft.pk, f":{desk.draft.revision}")


def _found(desk: Desk, digest: str) -> Judged:
    known = found_in(desk.prompt, draft_document(desk.draft))
    found = next((one for one in known if one.digest == digest), None)
    if found is None:
        sentence = _("The text changed meanwhile. Look at what is found in it now.")
        raise Invalid(sentence)
    return found
