"""How live answers are checked, in words. Pure."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def live_words(live: Any) -> str:
    """ "10 % of the answers that are kept, at most 200 a day, by the checks of “Refunds”." """
    most = ngettext("at most %(n)s a day", "at most %(n)s a day", live.most_a_day)
    share = _("Every answer that is kept")
    if live.share < 100:
        share = _("%(share)s %% of the answers that are kept") % {"share": live.share}
    return _("%(share)s, %(most)s, by the checks of “%(suite)s”.") % {
        "share": share, "most": most % {"n": f"{live.most_a_day:,}"}, "suite": live.suite.name,
    }  # fmt: skip
