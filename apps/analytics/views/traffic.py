from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.accounts.signed_in import person_of
from apps.analytics.permissions import can_read_calls
from apps.analytics.queries.calls import call_at, sample_of
from apps.analytics.traffic import cases_of
from apps.core.errors import Invalid, require
from apps.core.navigation import back
from apps.core.numbers import whole
from apps.delivery.calls.engine import Call
from apps.environments.models import Environment
from apps.environments.queries import environment_for
from apps.evaluations import actions
from apps.evaluations.permissions import can_change_suite
from apps.evaluations.queries import suite_for
from apps.evaluations.states import CaseSource
from apps.prompts.models import Prompt
from apps.prompts.queries import prompt_for, versions_of

MOST = 200
USUAL = 20


@require_POST
@login_required
def take_calls(request: HttpRequest, path: str) -> HttpResponse:
    """`suite`, and either `call` (one) or `many` (a sample of last week) of an `environment`."""
    person = person_of(request)
    prompt = prompt_for(person, path)
    require(can_read_calls(person, prompt.namespace))
    suite = suite_for(person, whole(request.POST.get("suite")) or 0)
    require(can_change_suite(person, suite))
    place = environment_for(request.POST.get("environment", ""))
    numbers = dict(versions_of(prompt).values_list("pk", "number"))
    cases = cases_of(_chosen(request, prompt, place), numbers)
    page = reverse("pages:prompt_calls", args=[prompt.path])
    if not cases:
        messages.error(
            request, _("No values are kept of these calls, so there is no case in them.")
        )
        return back(request, page)
    try:
        brought = actions.import_cases(suite, cases=cases, source=CaseSource.TRAFFIC, actor=person)
    except Invalid as error:
        messages.error(request, error.sentence)
        return back(request, page)
    words = ngettext("%(n)s case is added", "%(n)s cases are added", brought) % {"n": brought}
    messages.success(request, words)
    return redirect(f"{reverse('evaluations:suite', args=[suite.pk])}#cases")


def _chosen(request: HttpRequest, prompt: Prompt, place: Environment) -> list[Call]:
    """The sample of one day is the same however often it is drawn."""
    if named := request.POST.get("call", ""):
        call = call_at(prompt, place, named)
        return [call] if call else []
    many = min(whole(request.POST.get("many")) or USUAL, MOST)
    return sample_of(prompt, place, many, seed=timezone.now().toordinal())
