from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

import apps.core.converters  # noqa: F401 - registers "pp", the path of a prompt
from apps.prompts import views

app_name = "prompts"

ONE = "prompts/<pp:path>/-/"
BLOCK = f"{ONE}blocks/<uuid:key>/"


def _route(place: str, view: Any) -> URLPattern:
    """A route has the name of its view."""
    return path(place, view, name=view.__name__)


urlpatterns = [
    _route("prompts/-/create/", views.create_prompt),
    _route("prompts/-/paste/", views.paste_prompt),
    _route("prompts/-/bulk/", views.bulk),
    _route("variables/", views.variable_list),
    _route("snippets/", views.snippets),
    _route("snippets/<int:pk>/", views.snippet),
    _route("snippets/-/create/", views.create_snippet),
    _route("snippets/<int:pk>/change/", views.change_snippet),
    _route("snippets/<int:pk>/propose/", views.propose_snippet),
    _route("snippets/<int:pk>/archive/", views.archive_snippet),
    _route("snippets/<int:pk>/restore/", views.restore_snippet),
    _route(f"{ONE}snippets/pin/", views.pin_snippet),
    _route(f"{BLOCK}share/", views.share_block),
    _route(f"{BLOCK}update-pin/", views.update_pin),
    _route(f"{BLOCK}detach/", views.detach_block),
    _route(f"{ONE}change/", views.change_prompt),
    _route("admin/namespaces/<int:pk>/names/", views.naming_rule),
    _route("admin/namespaces/<int:pk>/names/remove/", views.remove_naming_rule),
    _route(f"{ONE}give/", views.give_prompt),
    _route(f"{ONE}move/", views.move_prompt),
    _route(f"{ONE}deprecate/", views.deprecate_prompt),
    _route(f"{ONE}reactivate/", views.reactivate_prompt),
    _route(f"{ONE}archive/", views.archive_prompt),
    _route(f"{ONE}restore/", views.restore_prompt),
    _route(f"{ONE}blocks/", views.blocks_pane),
    _route(f"{ONE}blocks/add/", views.add_block),
    _route(f"{ONE}blocks/order/", views.order_blocks),
    _route(BLOCK, views.block_pane),
    _route(f"{BLOCK}save/", views.save_block),
    _route(f"{BLOCK}retype/", views.retype_block),
    _route(f"{BLOCK}switch/", views.switch_block),
    _route(f"{BLOCK}title/", views.title_block),
    _route(f"{BLOCK}move/", views.move_block),
    _route(f"{BLOCK}duplicate/", views.duplicate_block),
    _route(f"{BLOCK}remove/", views.remove_block),
    _route(f"{BLOCK}put-back/", views.put_back_block),
    _route(f"{BLOCK}restore-text/", views.restore_text),
    _route(f"{ONE}conflicts/<int:pk>/", views.conflict),
    _route(f"{ONE}draft/beat/", views.beat),
    _route(f"{ONE}draft/presence/", views.presence),
    _route(f"{ONE}variables/", views.variables_pane),
    _route(f"{ONE}variables/declare/", views.declare_variable),
    _route(f"{ONE}variables/declare-found/", views.declare_found_variables),
    _route(f"{ONE}variables/respell/", views.respell_variable),
    _route(f"{ONE}variables/<int:pk>/change/", views.change_variable),
    _route(f"{ONE}variables/<int:pk>/remove/", views.remove_variable),
    _route(f"{ONE}change-settings/", views.change_settings),
    _route(f"{ONE}change-output/", views.change_output),
    _route(f"{ONE}change-schema/", views.change_schema),
    _route(f"{ONE}variants/add/", views.add_variant),
    _route(f"{ONE}variants/change/", views.change_variant),
    _route(f"{ONE}variants/remove/", views.remove_variant),
    _route(f"{ONE}variants/put-back/", views.put_back_variant),
    _route(f"{ONE}variants/first/", views.first_variant),
    _route(f"{BLOCK}override/save/", views.save_override),
    _route(f"{BLOCK}override/skip/", views.skip_override),
    _route(f"{BLOCK}override/remove/", views.remove_override),
    _route(f"{BLOCK}override/put-back/", views.put_back_override),
    _route(f"{ONE}samples/", views.samples_pane),
    _route(f"{ONE}samples/save/", views.save_sample),
    _route(f"{ONE}samples/<int:pk>/change/", views.change_sample),
    _route(f"{ONE}samples/<int:pk>/remove/", views.remove_sample),
    _route(f"{ONE}draft/preview/", views.preview_pane),
    _route(f"{ONE}draft/checks/", views.checks_pane),
    _route(f"{ONE}draft/checks/dismiss/", views.dismiss_finding),
    _route(f"{ONE}draft/checks/show-again/", views.show_finding_again),
    _route(f"{ONE}versions/make/", views.make_version),
    _route(f"{ONE}versions/<int:number>/restore/", views.restore_version),
    _route(f"{ONE}drafts/", views.drafts),
    _route(f"{ONE}drafts/open/", views.open_draft),
    _route(f"{ONE}drafts/merge-latest/", views.merge_latest),
    _route(f"{ONE}drafts/<int:pk>/rename/", views.rename_draft),
    _route(f"{ONE}drafts/<int:pk>/close/", views.close_draft),
    _route(f"{ONE}drafts/<int:pk>/reopen/", views.reopen_draft),
    _route(f"{ONE}drafts/<int:pk>/merge/", views.merge_draft),
    _route(f"{ONE}drafts/<int:pk>/take-over/", views.take_over_draft),
    _route(f"{ONE}drafts/<int:pk>/restore-step/<int:moment>/", views.restore_step),
]
