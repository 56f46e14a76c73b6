"""What the page of one review shows: all that changes, or only what changed since a version."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.prompts.compare import Comparison, compare
from apps.prompts.models import Version
from apps.prompts.queries import version_document
from apps.reviews.queries import ReviewFacts
from apps.reviews.queries.looks import News
from apps.reviews.reading import Reading, read


@dataclass(frozen=True)
class Shown:
    """`since` None: everything."""

    since: Version | None
    comparison: Comparison
    reading: Reading

    @property
    def everything(self) -> bool:
        return self.since is None


def shown(known: ReviewFacts, *, since: int | None, news: News | None, view: str) -> Shown:
    """Only what changed since version `since`, an earlier one of this review; everything where it
    is none of those, or where what is live moved since this person was here."""
    version = _of_review(known, since)
    if version is None or (news and news.moved and news.version == version):
        return Shown(None, known.comparison, _all(known, view))
    found = compare(version_document(version), version_document(known.version))
    seen = news is not None and news.version == version
    label = _("%(version)s, which you saw") if seen else _("%(version)s, asked for before")
    reading = read(
        found, view=view, old_label=label % {"version": version}, new_label=_asked(known)
    )
    return Shown(version, found, reading)


def _of_review(known: ReviewFacts, number: int | None) -> Version | None:
    return next((r.version for r in known.rounds if r.version.number == number), None)


def _all(known: ReviewFacts, view: str) -> Reading:
    old = known.base.version if known.base else None
    is_live = known.base is not None and known.base == known.live
    before = _("%(version)s, live") if is_live else _("%(version)s, live before")
    return read(
        known.comparison,
        view=view,
        old_label=before % {"version": old} if old else str(known.review.environment),
        new_label=_asked(known),
    )


def _asked(known: ReviewFacts) -> str:
    return _("%(version)s, asked for") % {"version": known.version}
