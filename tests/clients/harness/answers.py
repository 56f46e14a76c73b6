"""Answers as Galley gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apps.releases.splits import as_told

PATH = "support/reply"
KEY = "gly_production_read_sel_sec_sum"


def variable(name: str, type: str = "text", **more: Any) -> dict[str, Any]:
    plain = {"required": True, "default": None, "description": "", "max_length": 20, "choices": []}
    return {"name": name, "type": type, **plain, **more}


def answer(text: str = "Hello {{name}}.", **fields: Any) -> dict[str, Any]:
    return {
        "prompt": PATH,
        "version": 3,
        "environment": "production",
        "revision": 7,
        "content_hash": "sha256:abc",
        "released_at": "2025-01-01T00:00:00Z",
        "messages": [{"role": "system", "content": text}],
        "variables": [variable("name")],
        "model": {"id": "openai/gpt-5", "parameters": {"temperature": 0.2}},
        "output": {"format": "text", "json_schema": None},
        "tools": [],
        "split": None,
        "deprecated": None,
        **fields,
    }


def split(weights: Sequence[int], *, salt: str = "salt", id: str = "s1") -> dict[str, Any]:
    """Arms a, b, … with versions 3, 4, …"""
    arms = [
        {"arm": "abcdef"[i], "version": 3 + i, "weight": weight} for i, weight in enumerate(weights)
    ]
    return {"id": id, "salt": salt, "arm": None, "arms": arms}


def for_some(told: Mapping[str, Any], *conditions: Mapping[str, Any]) -> dict[str, Any]:
    """The same split, as told of one for an audience."""
    return as_told({**told, "audience": {"all": list(conditions)}})


def arms_of(told: Mapping[str, Any], **fields: Any) -> list[dict[str, Any]]:
    """The answers of a split: first the one without an arm, then each arm's."""
    first = answer("Version 3 for {{name}}.", version=3, split=dict(told), **fields)
    more = [
        answer(
            f"Version {arm['version']} for {{{{name}}}}.",
            version=arm["version"],
            split={**told, "arm": arm["arm"]},
            **fields,
        )
        for arm in told["arms"]
    ]
    return [first, *more]
