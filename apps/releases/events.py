"""Events of releases. The target is the prompt; `release` is an id, `version` a number."""

from __future__ import annotations

from apps.audit.registry import declare

_KEYS = (
    "release", "version", "revision", "replaced", "how", "review", "acknowledged", "share",
    "evidence",
)  # fmt: skip

MADE = declare(
    "releases.release.made",
    "{actor} released {target} v{version} to {environment}",
    *_KEYS,
    denied="{actor} tried to release {target} v{version} to {environment}",
)
ROLLED_BACK = declare(
    "releases.release.rolled_back",
    "{actor} rolled {target} back to v{version} in {environment}",
    *_KEYS,
    denied="{actor} tried to roll {target} back to v{version} in {environment}",
)
STEPPED = declare(
    "releases.release.stepped",
    "{actor} gave {target} v{version} {share} % of the traffic in {environment}",
    *_KEYS,
    denied="{actor} tried to give {target} v{version} another share of {environment}",
)
_SHARED_KEYS = (*_KEYS, "arms", "split")

SHARED = declare(
    "releases.split.begun",
    "{actor} shared the traffic of {target} in {environment} between versions",
    *_SHARED_KEYS,
    "audience",
    denied="{actor} tried to share the traffic of {target} in {environment}",
)
UNSHARED = declare(
    "releases.split.ended",
    "{actor} gave {target} v{version} all the traffic of {environment} again",
    *_SHARED_KEYS,
    denied="{actor} tried to end the sharing of {target} in {environment}",
)
_LABEL_KEYS = ("label", "release", "version", "replaced", "acknowledged")

LABEL_MOVED = declare(
    "releases.label.moved",
    "{actor} put the label “{label}” of {target} on v{version} in {environment}",
    *_LABEL_KEYS,
    denied="{actor} tried to put the label “{label}” of {target} on v{version} in {environment}",
)
LABEL_REMOVED = declare(
    "releases.label.removed",
    "{actor} removed the label “{label}” of {target} from {environment}",
    *_LABEL_KEYS,
    denied="{actor} tried to remove the label “{label}” of {target} from {environment}",
)
_SCHEDULE_KEYS = ("schedule", "version", "at")

SCHEDULED = declare(
    "releases.schedule.made",
    "{actor} planned the release of {target} v{version} to {environment} for {at}",
    *_SCHEDULE_KEYS,
    denied="{actor} tried to plan the release of {target} v{version} to {environment}",
)
SCHEDULE_REFUSED = declare(
    "releases.schedule.refused",
    "The planned release of {target} v{version} to {environment} did not happen",
    *_SCHEDULE_KEYS,
)
SCHEDULE_WITHDRAWN = declare(
    "releases.schedule.withdrawn",
    "{actor} withdrew the planned release of {target} v{version} to {environment}",
    *_SCHEDULE_KEYS,
    denied="{actor} tried to withdraw the planned release of {target} v{version} to {environment}",
)
BUNDLE_MADE = declare(
    "releases.bundle.made",
    "{actor} released {count} prompts together to {environment}",
    "bundle", "count", "releases", "acknowledged",
)  # fmt: skip
GLASS_BROKEN = declare(
    "releases.release.glass_broken",
    "{actor} broke the glass: {target} v{version} is live in {environment} without its gates",
    *_KEYS, "follow_up", "gates",
    denied="{actor} tried to break the glass for {target} v{version} in {environment}",
)  # fmt: skip
FOLLOW_UP_CLOSED = declare(
    "releases.follow_up.closed",
    "{actor} closed the review of the broken glass of {target} v{version} in {environment}",
    "follow_up", "release", "version",
    denied="{actor} tried to close the review of the broken glass of {target} in {environment}",
)  # fmt: skip
FOLLOW_UP_OVERDUE = declare(
    "releases.follow_up.overdue",
    "Nobody has looked at the broken glass of {target} v{version} in {environment} in time",
    "follow_up", "release", "version",
)  # fmt: skip
_WAIVER_KEYS = ("waiver", "version", "gate")

WAIVER_PROPOSED = declare(
    "releases.waiver.proposed",
    "{actor} proposed to waive a finding about {target} v{version} for {environment}",
    *_WAIVER_KEYS,
    denied="{actor} tried to waive a finding about {target} v{version} for {environment}",
)
WAIVER_CONFIRMED = declare(
    "releases.waiver.confirmed",
    "{actor} confirmed: a finding about {target} v{version} is waived for {environment}",
    *_WAIVER_KEYS,
    denied="{actor} tried to confirm a waiver for {target} v{version} in {environment}",
)
WAIVER_WITHDRAWN = declare(
    "releases.waiver.withdrawn",
    "{actor} took back a waiver for {target} v{version} in {environment}",
    *_WAIVER_KEYS,
    denied="{actor} tried to take back a waiver for {target} v{version} in {environment}",
)
