"""Moving the pointer: the one place that writes Release and Deployment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.audit.restored import can_release_at_all
from apps.core.actors import Actor, person_behind
from apps.core.errors import require
from apps.core.live import touch
from apps.environments.models import Deployment, Environment, Release, Rule
from apps.environments.queries import deployment, rule_for
from apps.environments.states import How
from apps.prompts.models import Prompt, Version
from apps.releases.denied import denied
from apps.releases.events import MADE
from apps.releases.splits import Split
from apps.reviews.actions import close_released, overtake_review
from apps.reviews.models import Review
from apps.reviews.queries import current_round
from apps.reviews.states import ReviewState

WITHOUT_APPROVAL = (
    How.ROLL_BACK,
    How.STEP,
    How.BREAK_GLASS,
)  # a roll back, unless the rule asks for some


@dataclass(frozen=True)
class Move:
    """One step of a prompt's pointer in an environment. The prompt is locked, all was asked."""

    prompt: Prompt
    version: Version
    environment: Environment
    how: How
    reason: str
    review: Review | None
    actor: Actor
    split: Split | None = None

    def write(self) -> Release:
        """The release, the pointer, and what it means for the reviews of this place. Refused while
        the record is not the one that was signed: an older database was put back."""
        require(can_release_at_all(), denied(MADE, self.version, self.environment))
        pointer = deployment(self.prompt, self.environment)
        release = self._release(pointer)
        if pointer is None:
            Deployment.objects.create(
                prompt=self.prompt, environment=self.environment, release=release, revision=1
            )
        else:
            pointer.release, pointer.revision = release, release.revision
            pointer.save(update_fields=["release", "revision"])
        touch("prompt", self.prompt.pk)
        touch("release", release.pk)
        self._settle_review(release)
        return release

    def _release(self, pointer: Deployment | None) -> Release:
        rule = rule_for(self.environment, self.prompt.namespace)
        return Release.objects.create(
            prompt=self.prompt,
            environment=self.environment,
            version=self.version,
            replaced=pointer.release if pointer else None,
            revision=pointer.revision + 1 if pointer else 1,
            how=self.how,
            reason=self.reason,
            split=self.split,
            approvals_needed=self._approvals_needed(rule),
            made_by_kind=self.actor.kind,
            made_by=person_behind(self.actor),
        )

    def _approvals_needed(self, rule: Rule) -> int:
        if self.how == How.ROLL_BACK and rule.roll_back_approved:
            return rule.approvals
        ends = self.how == How.EXPERIMENT and self.split is None
        return 0 if ends or self.how in WITHOUT_APPROVAL else rule.approvals

    def _settle_review(self, release: Release) -> None:
        """The review of this place ends when its version is live, also one that still waits: the
        approvals of a later place may have sufficed. An approved one ends when another is."""
        rows = Review.objects.select_for_update(of=("self",)).select_related("environment")
        running = rows.filter(
            prompt=self.prompt,
            environment=self.environment,
            state__in=(ReviewState.OPEN, ReviewState.APPROVED),
        ).first()
        if running is None:
            return
        running.prompt = self.prompt
        if current_round(running).version_id == self.version.pk:
            close_released(running, release=release, actor=self.actor)
        elif (
            self.how != How.EXPERIMENT  # no other version is live than before
            and running.state == ReviewState.APPROVED
            and not rule_for(self.environment, self.prompt.namespace).approvals_survive
        ):
            overtake_review(running, release=release, actor=self.actor)

    def entry(
        self, release: Release, *, acknowledged: bool = False, on_behalf: Sequence[Actor] = ()
    ) -> dict[str, Any]:
        """What the trail says of it."""
        before = release.replaced
        return {
            "actor": self.actor,
            "target": self.prompt,
            "reason": self.reason,
            "namespace": self.prompt.namespace,
            "environment": self.environment.name,
            "before": _state(before) if before else None,
            "after": _state(release),
            "on_behalf": on_behalf,
            "release": release.pk,
            "version": self.version.number,
            "revision": release.revision,
            "replaced": before.version.number if before else None,
            "how": str(self.how),
            "review": self.review.pk if self.review else None,
            "acknowledged": acknowledged,
            "share": release.share,
        }


def _state(release: Release) -> dict[str, Any]:
    return {
        "version": release.version.number,
        "revision": release.revision,
        "content_hash": release.version.content_hash,
        "share": release.share,
    }
