"""Where a review can be asked for, and what it would say there."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.text import listing
from apps.environments.models import Environment, Rule
from apps.environments.queries import live_version, rule_sentence, rules_for
from apps.prompts.compare import Comparison, compare, summary_sentences
from apps.prompts.content import Document
from apps.prompts.models import Prompt, Version
from apps.prompts.queries import (
    contributors_between,
    draft_contributors,
    draft_document,
    draft_of,
    latest_version,
    version_document,
)
from apps.reviews.queries.approvals import may_approve_own, qualified
from apps.reviews.queries.lists import requested_environments


@dataclass(frozen=True)
class Place:
    """`live`: what it would replace there. `reviewers`: who could approve it, by name."""

    environment: Environment
    rule: str
    live: Version | None
    comparison: Comparison
    reviewers: list[User]

    @property
    def same(self) -> bool:
        return self.live is not None and self.comparison.same

    @property
    def who(self) -> str:
        return listing([str(person) for person in self.reviewers[:4]], _("or"))

    @property
    def summary(self) -> str:
        """What changes there, a sentence a line."""
        return "\n".join(summary_sentences(self.comparison)) if self.live else ""


def places_to_ask(prompt: Prompt, version: Version | None) -> list[Place]:
    """For a version, or for what the shared draft says now; in the order of the environments."""
    document = version_document(version) if version else draft_document(draft_of(prompt))
    rules = rules_for(prompt.namespace)
    places = requested_environments(prompt.namespace)
    return [_place(prompt, version, document, rules[place.pk]) for place in places]


def _place(prompt: Prompt, version: Version | None, document: Document, rule: Rule) -> Place:
    live = live_version(prompt, rule.environment)
    return Place(
        environment=rule.environment,
        rule=rule_sentence(rule),
        live=live,
        comparison=compare(version_document(live) if live else None, document),
        reviewers=_reviewers(prompt, version, live, rule),
    )


def _reviewers(
    prompt: Prompt, version: Version | None, live: Version | None, rule: Rule
) -> list[User]:
    ids = qualified(prompt.namespace, rule)
    if not may_approve_own(rule):
        ids -= _wrote(prompt, version, live)
    return list(User.objects.filter(pk__in=ids).order_by("name", "pk"))


def _wrote(prompt: Prompt, version: Version | None, live: Version | None) -> set[int]:
    """Who changed anything since what is live; of a draft also those whose words no version has."""
    last = version or latest_version(prompt)
    number = last.number if last else 0
    after = live.number if live and live.number < number else 0
    if version is None and live and live.number == number:
        after = number
    wrote = contributors_between(prompt, after, number)
    return wrote if version else wrote | draft_contributors(draft_of(prompt))
