"""Reading the project's own source, for the tests that hold the house together."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ROOT / "apps"
ORDER = (
    "core", "audit", "accounts", "teams", "llm", "prompts", "environments", "reviews",
    "evaluations",
    "releases", "delivery", "analytics", "experiments", "notifications", "interchange", "pages",
    "demo",
)  # fmt: skip
LAYER = {app: number for number, app in enumerate(ORDER)} | {
    "experiments": 12, "notifications": 12, "interchange": 12, "pages": 13, "demo": 14,
}  # fmt: skip


def python_files(app: str | None = None) -> Iterator[Path]:
    """Source files of one app or of all, without migrations."""
    for path in sorted((APPS / app if app else APPS).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def action_files() -> Iterator[Path]:
    """Files that hold actions; core has only their decorators."""
    for path in python_files():
        if path.is_relative_to(APPS / "core"):
            continue
        if path.name == "actions.py" or "actions" in path.parent.parts[len(APPS.parts) :]:
            yield path


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def public_functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def decorators(function: ast.FunctionDef) -> set[str]:
    return {ast.unparse(node) for node in function.decorator_list}


def calls(node: ast.AST) -> list[str]:
    """Names of everything called below a node, `a.b.c()` as "c"."""
    names = []
    for child in ast.walk(node):
        if isinstance(child, ast.Call):
            called = child.func
            names.append(called.attr if isinstance(called, ast.Attribute) else ast.unparse(called))
    return names


def place(path: Path, function: ast.FunctionDef) -> str:
    return f"{path.relative_to(APPS)}:{function.name}"
