from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.environments.key_permissions import can_create_key
from apps.environments.models import Environment
from apps.environments.standing import live_in
from apps.environments.uses import callers, recorded_since
from apps.pages.queries.code import in_code
from apps.pages.views.prompt import frame
from apps.prompts.editing import editor
from apps.prompts.forms import (
    ArchiveForm,
    DeprecateForm,
    OwnerForm,
    PromptDetailsForm,
    ReactivateForm,
)
from apps.prompts.models import Prompt
from apps.prompts.permissions import (
    can_archive_prompt,
    can_change_prompt,
    can_deprecate_prompt,
    can_give_prompt,
    can_move_prompt,
    can_restore_prompt,
)
from apps.prompts.queries.paths import former_paths_of


@require_safe
@login_required
def prompt_settings(request: HttpRequest, path: str) -> HttpResponse:
    """Name, purpose, owner, tags; how it is sent; how an application reads it; the archive."""
    context = frame(request, path, "prompt_settings")
    prompt, head = context["prompt"], context["head"]
    places = [place.environment for place in head.places]
    context |= {
        "details": PromptDetailsForm(prompt=prompt),
        "may_change": can_change_prompt(person_of(request), prompt),
        "owner_form": OwnerForm(prompt=prompt),
        "may_give": can_give_prompt(person_of(request), prompt, None),
        "may_move": can_move_prompt(person_of(request), prompt, prompt.namespace),
        "former": former_paths_of(prompt),
        "archive_form": ArchiveForm(),
        "deprecate_form": DeprecateForm(actor=person_of(request), prompt=prompt),
        "reactivate_form": ReactivateForm(),
        "may_deprecate": can_deprecate_prompt(person_of(request), prompt),
        "callers": callers(prompt),
        "uses_since": recorded_since(),
        "live_in": live_in(prompt),
        "may_archive": can_archive_prompt(person_of(request), prompt),
        "may_restore": can_restore_prompt(person_of(request), prompt),
        "editor": editor(person_of(request), prompt),
        "code": in_code(
            prompt, head.document, _asked(request, places), request.build_absolute_uri("/")
        ),
        "places": places,
        "may_make_key": can_create_key(person_of(request), [prompt.namespace]),
        "new_key": _new_key(prompt, _asked(request, places)),
    }
    return render(request, "pages/settings.html", context)


def _new_key(prompt: Prompt, place: Environment) -> str:
    """The form of a key that reads this prompt there."""
    chosen = urlencode({"environment": place.name, "namespace": prompt.namespace.path})
    return f"{reverse('environments:create_key')}?{chosen}"


def _asked(request: HttpRequest, places: list[Environment]) -> Environment:
    """The environment that an address names; without a word the last in the order."""
    wanted = request.GET.get("environment")
    return next((place for place in places if place.name == wanted), places[-1])
