"""The page on which conversations stand: that of a review, or the draft's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from apps.accounts.models import User
from apps.core.verdicts import Verdict
from apps.prompts.addresses import draft_address
from apps.prompts.models import Draft, Prompt
from apps.prompts.permissions import can_edit_prompt
from apps.prompts.queries import draft_document
from apps.reviews.mentions import people_with_access, teams_with_access, unknown_in
from apps.reviews.models import Review
from apps.reviews.permissions import can_comment_prompt
from apps.reviews.places import block_of, label_of
from apps.reviews.queries import threads_of, threads_on_draft
from apps.reviews.queries.threads import Threads
from apps.teams.permissions import can_manage_namespace


@dataclass(frozen=True)
class About:
    key: str
    label: str


@dataclass
class Home:
    person: User
    prompt: Prompt
    review: Review | None = None
    draft: Draft | None = None

    @cached_property
    def threads(self) -> Threads:
        if self.review:
            return self.marked(threads_of(self.review))
        assert self.draft is not None
        return self.marked(threads_on_draft(self.draft))

    def marked(self, threads: Threads) -> Threads:
        """Each comment knows who is named in it and is not told: `outside` to who may give access,
        `unknown` (words, no names) to its writer."""
        comments = [c for t in threads for c in t.comments.all() if "@" in c.body]
        inside = people_with_access(self.prompt) if comments else {}
        teams = teams_with_access(self.prompt) if comments else []
        for comment in comments:
            named = [m.person for m in comment.mentions.all() if m.person]
            comment.outside = [p for p in named if p.pk not in inside]  # type: ignore[attr-defined]
            if comment.author_id == self.person.pk:
                known = [*inside.values(), *teams, *named]
                comment.unknown = unknown_in(comment.body, known)  # type: ignore[attr-defined]
        return threads

    def about(self, key: str) -> About | None:
        """The block that a new comment is on."""
        assert self.draft is not None
        block = block_of(draft_document(self.draft), key) if key else None
        return About(block["key"], label_of(block)) if block else None

    @property
    def url(self) -> str:
        if self.review:
            return reverse("pages:review", args=[self.review.pk])
        assert self.draft is not None
        return draft_address("pages:write", self.draft, self.prompt.path, pane="comments")

    @property
    def query(self) -> str:
        """Goes along with every act, so that its answer is this page's list."""
        return f"?review={self.review.pk}" if self.review else ""

    @property
    def start_url(self) -> str:
        if self.review:
            return reverse("reviews:start_thread", args=[self.review.pk])
        return self._of_draft("reviews:start_draft_thread")

    @property
    def suggest_url(self) -> str:
        if self.review:
            return reverse("reviews:suggest", args=[self.review.pk]) + "?"
        address = self._of_draft("reviews:suggest_in_draft")
        return address + ("&" if "?" in address else "?")

    @property
    def suggest_post_url(self) -> str:
        return self.suggest_url.rstrip("?&")

    @property
    def list_url(self) -> str:
        """Where the list is read anew, when somebody said something."""
        return self.url if self.review else self._of_draft("reviews:draft_threads")

    @property
    def topic(self) -> str:
        if self.review:
            return f"touch-review-{self.review.pk}"
        assert self.draft is not None
        return f"touch-comments-{self.draft.pk}"

    @property
    def names_url(self) -> str:
        return reverse("reviews:mentionable", args=[self.prompt.path])

    def _of_draft(self, name: str) -> str:
        assert self.draft is not None
        return draft_address(name, self.draft, self.prompt.path)

    @cached_property
    def may_comment(self) -> Verdict:
        return can_comment_prompt(self.person, self.prompt)

    @cached_property
    def may_accept(self) -> Verdict:
        return can_edit_prompt(self.person, self.prompt)

    @cached_property
    def may_give_access(self) -> Verdict:
        return can_manage_namespace(self.person, self.prompt.namespace)
