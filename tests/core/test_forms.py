from __future__ import annotations

from collections import defaultdict

import pytest
from django import forms
from django.urls import get_resolver

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


def all_forms(of=GalleyForm):
    """Those that the pages know: every view is read for it."""
    assert get_resolver().reverse_dict
    for one in of.__subclasses__():
        yield one
        yield from all_forms(one)


def broken(form):
    """Names of the fields with a sentence that Django cannot put a limit into."""
    for name, field in form.base_fields.items():
        for sentence in field.error_messages.values():
            try:
                str(sentence) % defaultdict(str)
            except (TypeError, ValueError):
                yield name


def test_every_sentence_of_a_form_can_be_said():
    """Django puts limits into a sentence as `%(limit_value)s`: a bare % in it breaks the page."""
    forms_known = set(all_forms())

    assert len(forms_known) > 60
    assert {one.__name__: found for one in forms_known if (found := list(broken(one)))} == {}


def test_a_sentence_that_cannot_be_said_is_seen():
    class Bare(forms.Form):
        share = forms.IntegerField(min_value=1, error_messages={"min_value": "From 1 %."})
        hour = forms.IntegerField(
            min_value=1, error_messages={"min_value": "From %(limit_value)s."}
        )

    assert list(broken(Bare)) == ["share"]
