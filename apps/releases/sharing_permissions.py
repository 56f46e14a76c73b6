from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from apps.core.verdicts import ALLOW, Verdict, not_possible
from apps.environments.models import Environment, Release
from apps.prompts.models import Version
from apps.prompts.states import Lifecycle
from apps.releases.assignment import weights_fit
from apps.releases.permissions import nothing_shared
from apps.releases.splits import LETTERS


def can_share(live: Release | None, environment: Environment) -> Verdict:
    """Something is live, for everybody, and the prompt is not on its way out."""
    if live is None:
        words = _("Nothing is live in %(place)s to compare with. Release a version first.")
        return not_possible("nothing_live", words % {"place": environment})
    if live.prompt.lifecycle == Lifecycle.DEPRECATED:
        words = _("This prompt is deprecated. Experiment with the one that follows it.")
        return not_possible("deprecated", words)
    return nothing_shared(live, environment)


def shares_fit(live: Release, shares: Sequence[tuple[Version, int]]) -> Verdict:
    """What is live first, each version once, whole percents of at least 1 that make 100."""
    versions = [version for version, _weight in shares]
    weights = [weight for _version, weight in shares]
    if not 2 <= len(versions) <= len(LETTERS):
        words = _("Compare two versions, or up to %(most)s.")
        return not_possible("bad_shares", words % {"most": len(LETTERS)})
    if versions[0].pk != live.version_id:
        words = _("Version A is what is live: %(version)s. Look again.")
        return not_possible("bad_shares", words % {"version": live.version})
    if len({version.pk for version in versions}) < len(versions):
        return not_possible("bad_shares", _("Choose each version once."))
    if not weights_fit(weights) or min(weights) < 1:
        words = _("The shares make %(sum)s %%. They are whole numbers of at least 1 that make 100.")
        return not_possible("bad_shares", words % {"sum": sum(weights)})
    return ALLOW


def can_unshare(live: Release | None, environment: Environment) -> Verdict:
    if live is not None and live.is_experiment:
        return ALLOW
    words = _("No experiment runs in %(place)s now. Look again.") % {"place": environment}
    return not_possible("no_experiment", words)
