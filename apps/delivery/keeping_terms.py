"""What a keeping rule says, as one value."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.core.errors import Invalid
from apps.delivery.models import KeepingRule

MOST_DAYS = 90
FEWEST_CALL_DAYS = 31  # calls come up to 30 days late, and then all their hour is counted anew


@dataclass(frozen=True)
class Terms:
    """`sample_share`: percent of the calls."""

    keep_values: bool = False
    keep_days: int = 30
    mask: bool = True
    sample_share: int = 100
    call_days: int = MOST_DAYS

    def check(self) -> None:
        wrong: dict[str, list[str]] = {}
        if not 1 <= self.keep_days <= MOST_DAYS:
            wrong["keep_days"] = [_("Use a number from 1 to %(most)s.") % {"most": MOST_DAYS}]
        if not 1 <= self.sample_share <= 100:
            wrong["sample_share"] = [_("Use a number from 1 to 100.")]
        if not FEWEST_CALL_DAYS <= self.call_days <= MOST_DAYS:
            words = _("Use a number from %(fewest)s to %(most)s.")
            wrong["call_days"] = [words % {"fewest": FEWEST_CALL_DAYS, "most": MOST_DAYS}]
        elif self.keep_values and self.keep_days > self.call_days:
            words = _("What calls say goes with them: at most the %(days)s days of the calls.")
            wrong["keep_days"] = [words % {"days": self.call_days}]
        if wrong:
            raise Invalid(wrong)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def words(self) -> str:
        calls = _("Single calls are kept for %(days)s days, their sums for ever.")
        return f"{self._values_words} {calls % {'days': self.call_days}}"

    @property
    def _values_words(self) -> str:
        if not self.keep_values:
            return _("Figures alone are kept of a call: no values, no answers, no error texts.")
        share = (
            _("every call")
            if self.sample_share == 100
            else _("%(share)s %% of the calls") % {"share": self.sample_share}
        )
        masked = _("with personal data masked") if self.mask else _("as they were sent")
        sentence = _(
            "Of %(share)s the values, the answer and the error text are kept for %(days)s days, "
            "%(masked)s."
        )
        return sentence % {"share": share, "days": self.keep_days, "masked": masked}


def terms_of(rule: KeepingRule | None) -> Terms:
    """Of no rule: nothing is kept."""
    if rule is None:
        return Terms()
    return Terms(rule.keep_values, rule.keep_days, rule.mask, rule.sample_share, rule.call_days)
