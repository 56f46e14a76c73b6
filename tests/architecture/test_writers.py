"""T6, static part: who writes. Every write of a row is in a file of actions; what decides over
what is live is written by the actions of one app alone. The lists below are by hand: a new writer
fails here until somebody has looked at it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import APPS, python_files, tree

WRITES = {
    "create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "save", "delete",
    "update", "acreate", "asave", "adelete", "aupdate", "set_password", "raw",
}  # fmt: skip
STATEMENT = re.compile(r"\b(INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|TRUNCATE)\b", re.I)

# What is governed → the one place whose actions may make or change it.
OWNERS = {
    "AuditEntry": "audit/trail.py",
    "AuditLabel": "audit/trail.py",
    "Team": "teams/actions",
    "Membership": "teams/actions",
    "Namespace": "teams/actions",
    "NamespaceUserObjectPermission": "teams/actions",
    "NamespaceGroupObjectPermission": "teams/actions",
    "Invitation": "teams/actions",
    "AccessRequest": "teams/actions",
    "Prompt": "prompts/actions",
    "NamingRule": "prompts/actions",
    "PromptFormerPath": "prompts/actions",
    "Version": "prompts/actions",
    "VersionContributor": "prompts/actions",
    "Environment": "",  # seeded by a migration; no action changes one yet
    "Rule": "environments/actions",
    "RuleChange": "environments/actions",
    "ApiKey": "environments/actions",
    "Release": "releases/actions",
    "Deployment": "releases/actions",
    "Label": "releases/actions",
    "Schedule": "releases/actions",
    "FollowUp": "releases/actions",
    "Waiver": "releases/actions",
    "ReleaseBundle": "releases/actions",
    "BundleItem": "releases/actions",
    "Review": "reviews/actions",
    "Round": "reviews/actions",
    "Decision": "reviews/actions",
    "Connection": "llm/actions",
    "ConnectedModel": "llm/actions",
    "ModelPermit": "llm/actions",
    "Budget": "llm/actions",
    "Suite": "evaluations/actions",
    "Check": "evaluations/actions",
    "SuiteVersion": "evaluations/actions",
    "TrialAnswer": "evaluations/actions",
    "Run": "evaluations/actions",
    "KeepingRule": "delivery/actions",
    "Result": "evaluations/actions",
    "Experiment": "experiments/actions",
    "RolloutPlan": "experiments/actions",
    "Shadow": "experiments/actions",
    "ShadowAnswer": "experiments/actions",
    "ModelUpdate": "evaluations/actions",
    "PlannedRun": "evaluations/actions",
    "Rating": "evaluations/actions",
    "RatingRequest": "evaluations/actions",
    "RatingTask": "evaluations/actions",
    "RatingDecision": "evaluations/actions",
    "SuiteSchedule": "evaluations/actions",
    "DriftAlarm": "evaluations/actions",
    "Alarm": "analytics/actions",
    "LiveCheck": "analytics/actions",
    "LiveLook": "analytics/actions",
    "LiveWork": "analytics/actions",
    "HourFigure": "analytics/actions",
    "DayFigure": "analytics/actions",
    "FeedbackHour": "analytics/actions",
    "PartHour": "analytics/actions",
    "TagHour": "analytics/actions",
}
# Writers of a governed model outside its own place, each with its reason.
ELSEWHERE = {
    ("Suite", "evaluations/locks.py"),  # `changed_at`, for the order of lists
    ("Review", "reviews/locks.py"),  # `changed_at`, for the order of lists
    ("AuditLabel", "audit/actions.py"),  # erases names on request; the chain keeps their hashes
}
# Files outside actions that write rows at all, each with its reason.
NOT_ACTIONS = {
    "accounts/people.py",  # makes the account row for the actions of teams
    "audit/subscribers.py",  # makes a subscriber's cursor
    "audit/trail.py",  # record(), inside the transaction of an action
    "core/grants.py",  # no rows: what the run-time role may not do
    "delivery/calls/postgres.py",  # an engine of calls: actions hand it what to keep
    "delivery/calls/postgres_single.py",
    "delivery/calls/columnar.py",
    "core/states.py",  # move(), the only writer of a status column
    "evaluations/locks.py",
    "reviews/locks.py",
}


def in_actions(path: Path) -> bool:
    return path.name == "actions.py" or "actions" in path.parent.parts[len(APPS.parts) :]


def place(path: Path) -> str:
    return str(path.relative_to(APPS))


def root_name(node: ast.expr) -> str:
    """What a chain of attributes and calls begins with: `Rule.objects.filter(x)` → Rule."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def is_row_write(call: ast.Call) -> bool:
    """A method that writes, on a model, a query of one or a row; not `update` of a dict or set."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES:
        return False
    on = ast.unparse(call.func.value)
    if call.func.attr == "update":
        return ".objects" in on or ".filter(" in on or ".all()" in on
    if call.func.attr == "create":
        return ".objects" in on or "_set" in on or ".contributors" in on
    return call.func.attr != "save" or not on.endswith("form")


def written(path: Path) -> Iterator[tuple[str, int]]:
    """("Model" or "a row" or "SQL", line) of every write in a file."""
    names = set(OWNERS)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and is_row_write(node):
            root = root_name(node.func.value)  # type: ignore[attr-defined]  # is_row_write looked
            yield (root if root in names else "a row"), node.lineno
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
            yield ast.unparse(node.func), node.lineno  # the making of a row that is saved later
        elif isinstance(node, ast.Constant) and STATEMENT.search(str(node.value)):
            yield "SQL", node.lineno


def test_t06_rows_are_written_in_actions_and_nowhere_else():
    found = {place(p) for p in python_files() if not in_actions(p) and list(written(p))}

    assert found == NOT_ACTIONS


def test_t06_what_is_governed_is_written_by_its_own_app_alone():
    found = set()
    for path in python_files():
        for model, _line in written(path):
            owner = OWNERS.get(model)
            if owner is not None and not (owner and place(path).startswith(owner)):
                found.add((model, place(path)))

    assert found == ELSEWHERE


def test_t06_every_governed_model_has_its_writer():
    """A name in the list that nobody writes would hide a moved one."""
    writers = {model for path in python_files() for model, _line in written(path)}

    assert {model for model, owner in OWNERS.items() if owner} - writers == NEVER_BY_NAME


# Given and taken by guardian's assign_perm and remove_perm, in teams/actions alone.
NEVER_BY_NAME = {"NamespaceUserObjectPermission", "NamespaceGroupObjectPermission"}


def test_t06_no_admin_site_and_no_serializer_writes():
    """Side doors that Django brings along are not there."""
    doors = re.compile(r"admin\.site|ModelAdmin|ModelForm\b|loaddata|deserialize\(")
    found = {place(p) for p in python_files() if doors.search(p.read_text(encoding="utf-8"))}

    assert found == set()


def test_t06_the_scan_sees_each_kind_of_writing(tmp_path):
    file = tmp_path / "views.py"
    file.write_text(
        "Release.objects.create(prompt=p)\n"
        "Deployment.objects.filter(pk=1).update(revision=2)\n"
        "row.save()\n"
        "rule = Rule(environment=e)\n"
        "cursor.execute('UPDATE environments_deployment SET revision = 2')\n"
        "words.update({'a': 1})\n"
        "Release.objects.filter(prompt=p)\n"
    )

    assert sorted(written(file), key=lambda found: found[1]) == [
        ("Release", 1), ("Deployment", 2), ("a row", 3), ("Rule", 4), ("SQL", 5),
    ]  # fmt: skip
