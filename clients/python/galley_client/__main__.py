"""`python -m galley_client bundle --output prompts.json`: all prompts of the key's environment in
one file, to ship with an application (`Galley(bundle="prompts.json")`)."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from galley_client.address import Address
from galley_client.bundle import ADDRESS
from galley_client.errors import GalleyError
from galley_client.fetching import KEYS
from galley_client.signing import BadSignature, PublicKeys
from galley_client.snapshot import write_whole
from galley_client.stored import checked
from galley_client.wire import MAX_BUNDLE, Wire

SECONDS = 120.0


def main(words: list[str] | None = None) -> int:
    """0 when the file is written; 1 with a sentence when it could not be had."""
    asked = _parser().parse_args(words)
    try:
        document = asyncio.run(_fetched(Address(asked.url, asked.key)))
        path = Path(asked.output)
        write_whole(path, json.dumps(document, ensure_ascii=False).encode(), 0o644)
    except (GalleyError, BadSignature, OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"No bundle: {error}\n")
        return 1
    bundle = document["bundle"]
    count = len({answer["prompt"] for answer in bundle["prompts"]})
    sys.stdout.write(f"{path}: {count} prompts of {bundle['environment']}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m galley_client")
    commands = parser.add_subparsers(required=True, metavar="command")
    bundle = commands.add_parser("bundle", help="write all prompts of the key into one file")
    bundle.add_argument("--output", required=True, help="the file, such as prompts.json")
    bundle.add_argument("--url", help="the address of Galley; else GALLEY_URL")
    bundle.add_argument("--key", help="a read key; better in GALLEY_KEY, where nobody sees it")
    return parser


async def _fetched(address: Address) -> dict[str, Any]:
    """The bundle and the public keys that signed it, each answer checked."""
    wire = Wire(address, SECONDS)
    try:
        bundle = await wire.get(ADDRESS, MAX_BUNDLE)
        rows = await wire.get(KEYS)
    finally:
        await wire.close()
    keys = PublicKeys()
    keys.learn(rows)
    keys.check(bundle)
    checked(bundle["prompts"], keys, bundle["environment"])
    return {"bundle": bundle, "keys": keys.document()["keys"]}


if __name__ == "__main__":
    sys.exit(main())
