from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import Actor
from apps.core.errors import Invalid, require
from apps.core.verdicts import not_possible
from apps.teams import events
from apps.teams.models import Namespace
from apps.teams.paths import check_depth, check_segment, joined, taken_elsewhere
from apps.teams.permissions import can_manage_namespace


@governed
def create_namespace(
    parent: Namespace, *, segment: str, purpose: str = "", actor: Actor
) -> Namespace:
    """Make `parent`/`segment`. The parent's lock keeps the one space of names for prompts too."""
    parent = Namespace.objects.select_for_update().get(pk=parent.pk)
    require(can_manage_namespace(actor, parent))
    path = joined(parent.path, segment.strip())
    _check_free(path, segment.strip())
    pk = _next_id()
    namespace = Namespace.objects.create(
        pk=pk, path=path, parent=parent, lineage=[*parent.lineage, pk], purpose=purpose.strip()
    )
    record(
        events.NAMESPACE_CREATED,
        actor=actor,
        target=namespace,
        namespace=namespace,
        after={"path": path, "purpose": namespace.purpose},
    )
    return namespace


@governed
def change_namespace(namespace: Namespace, *, purpose: str, actor: Actor) -> Namespace:
    namespace = Namespace.objects.select_for_update().get(pk=namespace.pk)
    require(can_manage_namespace(actor, namespace))
    before = namespace.purpose
    namespace.purpose = purpose.strip()
    if namespace.purpose == before:
        require(not_possible("nothing_changed", _("Nothing was changed.")))
    namespace.save()
    record(
        events.NAMESPACE_CHANGED,
        actor=actor,
        target=namespace,
        namespace=namespace,
        before={"purpose": before},
        after={"purpose": namespace.purpose},
    )
    return namespace


def _check_free(path: str, segment: str) -> None:
    wrong = check_segment(segment) or check_depth(path)
    if wrong:
        raise Invalid({"segment": [wrong]})
    if Namespace.objects.filter(path=path).exists() or taken_elsewhere(path):
        words = _("“%(path)s” is taken. Choose another name, or another place for it.")
        raise Invalid({"segment": [words % {"path": path}]})


def _next_id() -> int:
    """The id is known before the row, because the row's lineage ends with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('teams_namespace', 'id'))")
        return int(cursor.fetchone()[0])
