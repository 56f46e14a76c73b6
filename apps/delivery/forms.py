from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import GalleyForm
from apps.delivery.keeping_terms import FEWEST_CALL_DAYS, MOST_DAYS


class KeepingForm(GalleyForm):
    keep_values = forms.BooleanField(
        label=_("Keep what calls say: values, answers, error texts, comments"),
        required=False,
        help_text=_("Without it only figures are kept: how long, how many tokens, what it cost."),
    )
    sample_share = forms.IntegerField(
        label=_("Of how many calls, in percent"), min_value=1, max_value=100, initial=100
    )
    keep_days = forms.IntegerField(
        label=_("For how many days"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=30,
        help_text=_("Then they are erased; the figures stay."),
    )
    mask = forms.BooleanField(
        label=_("Mask personal data"),
        required=False,
        initial=True,
        help_text=_(
            "E-mail addresses, telephone, card and account numbers are replaced before anything is "
            "written down. Names of people are not recognised."
        ),
    )
    call_days = forms.IntegerField(
        label=_("Keep single calls for how many days"),
        min_value=FEWEST_CALL_DAYS,
        max_value=MOST_DAYS,
        initial=MOST_DAYS,
        help_text=_(
            "Then they are dropped, with all that is known of single customers; sums by hour and "
            "day stay. Experiments count what is still there."
        ),
    )
