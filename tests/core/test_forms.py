from __future__ import annotations

import pytest
from django import forms

from apps.core.forms import GalleyForm


class Asked(GalleyForm):
    hour = forms.IntegerField(min_value=0, max_value=23)
    prompts = forms.MultipleChoiceField(choices=[("a", "A")])
    own = forms.IntegerField(
        max_value=9, error_messages={"max_value": "One digit."}, required=False
    )


GOOD = {"hour": "3", "prompts": ["a"]}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, {}),
        ({"hour": "99"}, {"hour": ["Give at most 23."]}),
        ({"hour": "-1"}, {"hour": ["Give at least 0."]}),
        ({"prompts": []}, {"prompts": ["Choose at least one."]}),
        ({"own": "10"}, {"own": ["One digit."]}),
    ],
)
def test_a_form_says_in_plain_words_what_does_not_fit(typed, said):
    form = Asked(GOOD | typed)

    assert form.errors == said
