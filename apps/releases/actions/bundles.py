"""Several prompts go live in one transaction, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.errors import Invalid, Refused, require
from apps.core.verdicts import Verdict, not_possible
from apps.environments.locks import lock_prompt
from apps.environments.models import Environment, Release
from apps.prompts.models import Prompt, Version
from apps.releases.actions.release import release_version
from apps.releases.denied import denied
from apps.releases.events import BUNDLE_MADE, MADE
from apps.releases.models import BundleItem, ReleaseBundle
from apps.releases.permissions import has_right_there
from apps.releases.together import common_namespace
from apps.reviews.queries import review_about

MOST = 50


@dataclass(frozen=True)
class Wanted:
    """One item: a version, and the id of the release that it replaces (None: nothing is live)."""

    version: Version
    expects: int | None

    @property
    def prompt(self) -> Prompt:
        return self.version.prompt


@governed
def release_bundle(
    environment: Environment,
    *,
    items: Sequence[Wanted],
    reason: str = "",
    acknowledged: bool = False,
    actor: User,
) -> ReleaseBundle:
    """Release every item as if alone: its own right, gates and entry. One that is refused, and
    nothing goes live: 409 `bundle_blocked` names each one that is and why."""
    items = _checked(items)
    for item in items:  # in one order, so that two bundles never wait for each other
        lock_prompt(item.prompt)
        refusal = denied(MADE, item.version, environment)
        require(has_right_there(actor, item.prompt, environment), refusal)
    releases, blocked = _released(environment, items, reason, acknowledged, actor)
    if blocked:
        first = denied(MADE, items[blocked[0][0]].version, environment)
        require(_blocked(items, blocked), first)
    bundle = ReleaseBundle.objects.create(environment=environment, reason=reason, made_by=actor)
    BundleItem.objects.bulk_create(BundleItem(bundle=bundle, release=row) for row in releases)
    record(
        BUNDLE_MADE,
        actor=actor,
        target=bundle,
        reason=reason,
        namespace=common_namespace([item.prompt for item in items]),
        environment=environment.name,
        bundle=bundle.pk,
        count=len(items),
        releases=[row.pk for row in releases],
        acknowledged=acknowledged,
    )
    return bundle


def _checked(items: Sequence[Wanted]) -> list[Wanted]:
    if not 2 <= len(items) <= MOST:
        words = _("Choose two prompts or more, and at most %(most)s.")
        raise Invalid(words % {"most": MOST})
    if len({item.prompt.pk for item in items}) < len(items):
        raise Invalid(_("Choose one version of each prompt."))
    return sorted(items, key=lambda item: item.prompt.pk)


def _released(
    environment: Environment,
    items: Sequence[Wanted],
    reason: str,
    acknowledged: bool,
    actor: User,
) -> tuple[list[Release], list[tuple[int, Refused]]]:
    """What went live, and what was refused; the caller undoes the first if there is a second."""
    releases: list[Release] = []
    blocked: list[tuple[int, Refused]] = []
    for place, item in enumerate(items):
        try:
            release = release_version(
                item.prompt,
                version=item.version,
                environment=environment,
                expects=item.expects,
                reason=reason,
                review=review_about(item.version, environment),
                acknowledged=acknowledged,
                actor=actor,
            )
            releases.append(release)
        except Refused as refusal:
            blocked.append((place, refusal))
    return releases, blocked


def _blocked(items: Sequence[Wanted], blocked: Sequence[tuple[int, Refused]]) -> Verdict:
    said = [
        f"{items[place].prompt} {items[place].version}: {refusal.verdict.sentence}"
        for place, refusal in blocked
    ]
    words = _("Nothing went live. %(blocked)s") % {"blocked": " ".join(said)}
    return not_possible("bundle_blocked", words, blocked=said)
