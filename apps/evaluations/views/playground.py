"""The playground: a prompt tried on models, before anybody else sees it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, NotPossible, NotVisible
from apps.core.navigation import back
from apps.core.numbers import whole
from apps.evaluations import actions
from apps.evaluations.models import TrialAnswer
from apps.evaluations.playground import (
    Playground,
    cards,
    columns_in,
    values_in,
    values_of,
)
from apps.evaluations.queries import suite_for
from apps.evaluations.queries.trials import answer_for, own_trials, trial_for
from apps.evaluations.trial_columns import TrialColumn, source_of
from apps.prompts.models import Draft
from apps.prompts.queries import draft_at, prompt_for
from apps.prompts.queries.prompts import visible_prompts

OFFERED = 200


def _is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def playground(request: HttpRequest) -> HttpResponse:
    """With a prompt to try, and one's last trials. A POST changes the columns or takes a sample's
    values, and keeps everything that was typed."""
    person = person_of(request)
    sent = request.POST if request.method == "POST" else request.GET
    path = sent.get("prompt", "").strip().strip("/")
    if not path:
        return _choose(request)
    try:
        prompt = prompt_for(person, path)
    except NotVisible:
        return _choose(request, path, 404)
    begun = draft_at(prompt, sent.get("draft"))
    tried = _left(request, Playground(person, prompt, draft=begun))
    if _is_htmx(request) and request.method == "POST":
        return render(request, "evaluations/_try_form.html", {"tried": tried})
    return _page(request, tried)


def _choose(request: HttpRequest, wanted: str = "", status: int = 200) -> HttpResponse:
    person = person_of(request)
    rows = list(visible_prompts(person).order_by("-changed_at")[:OFFERED])
    context = {"prompts": rows, "wanted": wanted, "trials": own_trials(person)}
    return render(request, "evaluations/playground.html", context, status=status)


def _left(request: HttpRequest, fresh: Playground) -> Playground:
    """As the form was left, and one step on."""
    form = request.POST if request.method == "POST" else request.GET
    columns, do = columns_in(form) or fresh.columns, form.get("do", "")
    if do == "add" and len(columns) < 4:
        columns = [*columns, fresh.beside(columns)]
    elif do.startswith("remove-") and len(columns) > 1:
        gone = whole(do.removeprefix("remove-"))
        columns = [one for place, one in enumerate(columns, 1) if place != gone]
    sample = None
    if do == "sample" or request.method != "POST":
        wanted = whole(form.get("sample"))
        sample = next((one for one in fresh.samples if one.pk == wanted), None)
    return Playground(
        fresh.person, fresh.prompt, columns, values_in(form), sample, draft=fresh.draft
    )


def _page(request: HttpRequest, tried: Playground, status: int = 200) -> HttpResponse:
    context = {"tried": tried, "trials": own_trials(tried.person)}
    return render(request, "evaluations/playground.html", context, status=status)


@require_POST
@login_required
def start_trial(request: HttpRequest) -> HttpResponse:
    """With htmx the answers stream into the page; without, a worker asks and the page waits."""
    person = person_of(request)
    tried = _left(request, Playground(person, prompt_for(person, request.POST.get("prompt", ""))))
    values = dict(tried.typed)
    sample = next((o for o in tried.samples if str(o.pk) == request.POST.get("sample")), None)
    if not values and sample is not None:
        values = values_of(sample, tried.variables)
    try:
        trial = actions.start_trial(
            tried.prompt, columns=tried.columns, values=values, later=not _is_htmx(request),
            actor=person,
        )  # fmt: skip
    except (Invalid, NotPossible) as error:
        return _refused(request, tried, error)
    if not _is_htmx(request):
        return redirect("evaluations:trial", trial.pk)
    tried.trial = trial
    return render(request, "evaluations/_answers.html", {"tried": tried, "streaming": True})


def _refused(request: HttpRequest, tried: Playground, error: Invalid | NotPossible) -> HttpResponse:
    """Everything typed stays; htmx puts the sentences where the answers would stand."""
    if isinstance(error, Invalid):
        tried.errors = [text for texts in error.errors.values() for text in texts]
    else:
        tried.errors = [error.verdict.sentence]
    if _is_htmx(request):
        return render(request, "evaluations/_answers.html", {"tried": tried}, status=error.status)
    return _page(request, tried, error.status)


@require_safe
@login_required
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """A trial at its own address, for whoever sees the prompt; the form begins where it did."""
    person = person_of(request)
    found = trial_for(person, pk)
    columns = [
        TrialColumn(_source(one), one.model)
        for one in found.answers.select_related("version", "draft")
    ]
    return _page(request, Playground(person, found.prompt, columns, found.values, trial=found))


def _source(answer: TrialAnswer) -> str:
    return source_of(
        version=answer.version.number if answer.version else None, draft=answer.draft_id
    )


@require_safe
@login_required
def trial_answer(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """One column as it stands now."""
    return _card(request, answer_for(person_of(request), pk, position))


@require_POST
@login_required
def keep_case(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    person = person_of(request)
    answer = answer_for(person, pk, position)
    suite = suite_for(person, whole(request.POST.get("suite")) or 0)
    actions.keep_as_case(answer, suite=suite, actor=person)
    return _done(request, answer, _("Saved as a case of “%(suite)s”") % {"suite": suite})


@require_POST
@login_required
def use_as_example(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    answer = answer_for(person_of(request), pk, position)
    shared = _goes_into_shared(request)
    block = actions.use_as_example(answer, shared=shared, actor=person_of(request))
    return _done(request, answer, _("An example of %(draft)s now") % _called(block.draft))


@require_POST
@login_required
def save_to_draft(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    answer = answer_for(person_of(request), pk, position)
    shared = _goes_into_shared(request)
    draft = actions.save_to_draft(answer, shared=shared, actor=person_of(request))
    said = _("What %(column)s was asked with stands in %(draft)s now")
    return _done(request, answer, said % {"column": answer.label, **_called(draft)})


def _goes_into_shared(request: HttpRequest) -> bool:
    return request.POST.get("into") == "shared"


def _called(draft: Draft) -> dict[str, str]:
    return {"draft": f"“{draft.name}”" if draft.name else _("the shared draft")}


def _done(request: HttpRequest, answer: TrialAnswer, said: str) -> HttpResponse:
    if _is_htmx(request):
        return _card(request, answer, said=said)
    messages.success(request, said)
    return back(request, reverse("evaluations:trial", args=[answer.trial_id]))


def _card(request: HttpRequest, answer: TrialAnswer, **more: Any) -> HttpResponse:
    [card] = cards(person_of(request), answer.trial.prompt, [answer])
    return render(
        request, "evaluations/_answer.html", {"card": card, "prompt": answer.trial.prompt, **more}
    )
