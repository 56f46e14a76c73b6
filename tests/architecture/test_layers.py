"""Between apps, imports and foreign keys point down. import-linter reads imports; it is blind to
foreign keys named by a string, so this reads the models."""

from __future__ import annotations

import ast

from django.apps import apps

from tests.architecture.source import APPS, LAYER, python_files, tree


def upward_keys(models, layer):
    found = []
    for model in models:
        for field in model._meta.get_fields():
            if not (field.is_relation and field.related_model and not field.auto_created):
                continue
            here, there = model._meta.app_label, field.related_model._meta.app_label
            if there in layer and layer[here] < layer[there]:
                found.append(f"{model.__name__}.{field.name} → {there}")
    return found


def ours():
    return [m for m in apps.get_models(include_auto_created=True) if m._meta.app_label in LAYER]


def histories(model):
    return model.__name__.startswith("Historical")


def test_foreign_keys_point_down():
    # History rows name the person who changed something: the one key that simple-history adds.
    assert upward_keys([m for m in ours() if not histories(m)], LAYER) == []


def test_foreign_keys_point_down_finds_an_upward_key():
    upside_down = {app: -number for app, number in LAYER.items()}

    assert upward_keys(ours(), upside_down) != []


def test_every_app_has_a_place_in_the_layers():
    folders = {path.name for path in APPS.iterdir() if (path / "apps.py").exists()}

    assert folders == set(LAYER)


def test_subscribers_and_tasks_import_actions_inside_the_body():
    """They are entries: what they need is loaded when they run (architecture.md, Enforced)."""
    found = []
    for path in python_files():
        if path.name != "tasks.py":
            continue
        for node in tree(path).body:
            if isinstance(node, ast.ImportFrom) and "actions" in (node.module or ""):
                found.append(str(path.relative_to(APPS)))

    assert found == []
