"""What a shadow asks for, as one value, and its bounds. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.utils.translation import gettext as _

MOST_ANSWERS, MOST_DAYS = 2000, 90


@dataclass(frozen=True)
class ShadowTerms:
    """`share`: percent of the calls whose values are kept. `a_day` and `most`: calls at most.
    `judge` answers for checks that name no model of their own; empty: `model` does."""

    model: str
    share: int = 10
    a_day: int = 100
    most: int = 200
    days: int = 14
    judge: str = ""

    @property
    def judged_by(self) -> str:
        return self.judge or self.model

    def wrong(self) -> dict[str, list[str]]:
        """Field → what is wrong with it."""
        bounds = {
            "share": (self.share, 100),
            "a_day": (self.a_day, MOST_ANSWERS),
            "most": (self.most, MOST_ANSWERS),
            "days": (self.days, MOST_DAYS),
        }
        return {
            name: [_("Use a number from 1 to %(most)s.") % {"most": f"{most:,}"}]
            for name, (value, most) in bounds.items()
            if not 1 <= value <= most
        }


def is_chosen(shadow: int, ident: str, share: int) -> bool:
    """Whether a call is in the share: the same answer whenever it is asked."""
    digest = hashlib.blake2b(f"{shadow}:{ident}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") * 100 < share * 2**32
