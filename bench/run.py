"""Runs the asked figures, each a function marked with `figure` in a module of `bench/figures`."""

import importlib
import json
import os
import pkgutil
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

SEED = 20_250_101


@dataclass(frozen=True)
class Measured:
    """What a figure function returns. `against` says what it is compared with, in words."""

    value: float
    unit: str
    n: int
    against: str = ""
    ratio: float | None = None
    seed: int = SEED


Figure = Callable[[], Measured]
_figures: dict[str, Figure] = {}


def figure(name: str) -> Callable[[Figure], Figure]:
    """Mark a function as the figure of this name."""

    def mark(function: Figure) -> Figure:
        if name in _figures:
            raise ValueError(f"two figures are called {name}: one of them would never be measured")
        _figures[name] = function
        return function

    return mark


def run(names: list[str]) -> int:
    """Print a line for each asked figure (all without a name); 1 when one of them failed."""
    _load()
    unknown = [name for name in names if name not in _figures]
    if unknown:
        known = ", ".join(sorted(_figures))
        print(f"No such figure: {', '.join(unknown)}. There are: {known}.", file=sys.stderr)
        return 2
    failed = [name for name in names or list(_figures) if _failed(name)]
    return 1 if failed else 0


def _failed(name: str) -> bool:
    try:
        measured = _figures[name]()
    except Exception as error:
        print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return True
    line = {"figure": name, **asdict(measured), "machine": machine()}
    order = ("figure", "value", "unit", "n", "seed", "machine", "against", "ratio")
    print(json.dumps({key: line[key] for key in order}), flush=True)
    return False


def machine() -> str:
    """Cores, memory and system: a figure means nothing without them."""
    return f"{os.cpu_count()} cores, {_gibibytes()} GiB, {platform.system()} {platform.machine()}"


def _gibibytes() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def _load() -> None:
    for module in _modules():
        importlib.import_module(module)


def _modules() -> Iterator[str]:
    package = importlib.import_module("bench.figures")
    for found in pkgutil.iter_modules(package.__path__, "bench.figures."):
        yield found.name
