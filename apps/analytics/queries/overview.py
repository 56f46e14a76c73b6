"""The report of many prompts: of the installation, a team, a namespace."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.analytics.charts import Chart, Line, Report, drawing
from apps.analytics.models import HourFigure
from apps.analytics.queries.lists import (
    Mover,
    cost_by_team,
    movers,
    tokens_by_model,
    unused,
)
from apps.analytics.queries.parts import part
from apps.analytics.queries.report import cost_by_model, latency, traffic
from apps.analytics.queries.tiles import tiles
from apps.analytics.scopes import Scope
from apps.analytics.words import cost, number, percent
from apps.prompts.models import Prompt

Builder = Callable[[], Chart]


def overview(actor: Any, scope: Scope, only: str = "") -> Report:
    """Every part by itself. `only`: no more than the chart of this name."""
    builders: dict[str, Builder] = {
        "calls": partial(traffic, scope),
        "cost": partial(cost_by_model, scope),
        "latency": partial(latency, scope),
        "movers": partial(movers_chart, scope),
        "unused": partial(unused_chart, actor, scope),
        "teams": partial(teams_chart, scope),
        "models": partial(models_chart, scope),
    }
    return built(scope, builders, only)


def built(scope: Scope, builders: dict[str, Builder], only: str = "") -> Report:
    if only in builders:
        return Report(charts={only: part(builders[only])})
    return Report(tiles(scope), {name: part(build) for name, build in builders.items()})


def has_calls(prompts: tuple[int, ...]) -> bool:
    """Whether any call with one of them was ever told of."""
    return HourFigure.objects.filter(prompt__in=prompts).exists()


def analytics_page(prompt: Prompt) -> str:
    return reverse("pages:prompt_analytics", args=[prompt.path])


def movers_chart(scope: Scope) -> Chart:
    found = movers(scope)
    return Chart(
        ident="movers",
        title=_("Top movers"),
        sentence=_movers_words(found),
        head=[_("Prompt"), _("Calls"), _("Before"), _("Change")],
        rows=[
            [mover.prompt.name, number(mover.now.calls), number(mover.before.calls), _more(mover)]
            for mover in found
        ],
        links=[analytics_page(mover.prompt) for mover in found],
        plain=[
            [mover.prompt.path, mover.now.calls, mover.before.calls, mover.more] for mover in found
        ],
    )


def _more(mover: Mover) -> str:
    if mover.share is None:
        return _("new")
    if not mover.now.calls:
        return _("none any more")
    return f"{'+' if mover.share > 0 else '−'}{percent(abs(mover.share), 0)}"


def _movers_words(found: list[Mover]) -> str:
    if not found:
        return _("No prompt is called much more or less than in the time before.")
    first = found[0]
    words = _("%(prompt)s moved most: %(n)s calls more than in the time before.")
    if first.more < 0:
        words = _("%(prompt)s moved most: %(n)s calls less than in the time before.")
    return words % {"prompt": first.prompt.name, "n": number(abs(first.more))}


def unused_chart(actor: Any, scope: Scope) -> Chart:
    found = unused(actor, scope)
    words = _("Every prompt that is live is used.")
    if found:
        words = ngettext(
            "%(n)s prompt is live, and nothing fetched or called it for 30 days.",
            "%(n)s prompts are live, and nothing fetched or called them for 30 days.",
            len(found),
        ) % {"n": len(found)}
    return Chart(
        ident="unused",
        title=_("Unused prompts"),
        sentence=words,
        head=[_("Prompt"), _("Path")],
        rows=[[prompt.name, prompt.path] for prompt in found],
        links=[analytics_page(prompt) for prompt in found],
    )


def teams_chart(scope: Scope) -> Chart:
    found = [(row.team or _("No team"), row.sums) for row in cost_by_team(scope)]
    words = _("Nothing that is known was spent in this time.")
    if found and found[0][1].cost:
        words = _("%(team)s spent most: %(cost)s.") % {
            "team": found[0][0], "cost": cost(found[0][1].cost),
        }  # fmt: skip
    bars = Line(_("Cost"), [float(sums.cost) for _team, sums in found], unit="$")
    return Chart(
        ident="teams",
        title=_("Cost by team"),
        sentence=words,
        head=[_("Team"), _("Cost"), _("Calls"), _("A call")],
        rows=[
            [team, cost(sums.cost), number(sums.calls), cost(sums.cost_a_call)]
            for team, sums in found
        ],
        drawn=drawing([team for team, _sums in found], [bars], alt=_("Cost by team")),
        plain=[[team, sums.cost, sums.calls, sums.cost_a_call] for team, sums in found],
    )


def models_chart(scope: Scope) -> Chart:
    found = tokens_by_model(scope)
    words = _("No tokens in this time.")
    if found:
        words = _("%(model)s took most: %(n)s tokens, %(share)s of them answers.") % {
            "model": found[0][0], "n": number(found[0][1].tokens),
            "share": percent(found[0][1].output_tokens / max(found[0][1].tokens, 1), 0),
        }  # fmt: skip
    lines = [
        Line(_("Input"), [sums.input_tokens for _model, sums in found]),
        Line(_("Answers"), [sums.output_tokens for _model, sums in found]),
    ]
    return Chart(
        ident="models",
        title=_("Tokens by model"),
        sentence=words,
        head=[_("Model"), _("Input"), _("Answers"), _("Calls"), _("Cost")],
        rows=[
            [model, number(one.input_tokens), number(one.output_tokens), number(one.calls),
             cost(one.cost)]
            for model, one in found
        ],
        drawn=drawing([model for model, _sums in found], lines, stacked=True,
                      alt=_("Tokens by model")),
        plain=[
            [model, one.input_tokens, one.output_tokens, one.calls, one.cost]
            for model, one in found
        ],
    )  # fmt: skip
