"""One PostgreSQL for all tests of a run; each worker and each race test has its own database."""

import gc
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.database import Databases
from tests.rooms import leave_room, rooms
from tests.standing import lead_the_latest, lead_to_what_stands, stands_alone

# These make a world for all their tests (people, pages, a running Galley), which takes longer than
# any of the tests: one worker makes it, not each of them.
ONE_WORKER = {
    "tests/browser/test_accessibility.py",
    "tests/browser/test_find.py",
    "tests/browser/test_shown_differences.py",
    "tests/browser/test_xss.py",
    "tests/config/test_supervisor.py",
    "tests/permissions/test_api_matrix.py",
    "tests/permissions/test_matrix.py",
    "tests/permissions/test_sweeps.py",
}
# These judge the same answers, which are asked for once.
AS_ONE = {"tests/permissions/test_sweeps.py": "tests/permissions/test_matrix.py"}
pytest_plugins = ["tests.live", "tests.browsing"]

# A busy machine is slow, which is no fault of the code; growth has tests of its own.
settings.register_profile(
    "galley", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("galley")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        mark = item.get_closest_marker("django_db")
        if mark and mark.kwargs.get("transaction"):
            raise pytest.UsageError(
                f"{item.nodeid}: no test may rely on flushing tables; use the own_database fixture."
            )
    # Playwright's loop stays in the thread where it began, and no other loop can run there: each
    # worker takes its tests in this order, so the browser's come last. In each part whole files
    # come first: the single tests fill the gaps at the end.
    items.sort(key=lambda item: (_in_a_browser(item), _file(item.nodeid) not in ONE_WORKER))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _in_a_browser(item: pytest.Item) -> bool:
    """Whole files too: one of them goes to a worker with the first of its tests."""
    uses = {"browser", "new_page"} & set(item.fixturenames)  # type: ignore[attr-defined]
    return bool(uses) or item.nodeid.startswith("tests/browser/")


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Tests go to whoever is free, but a file of `ONE_WORKER` goes as a whole."""

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = _file(nodeid)
            return AS_ONE.get(file, file) if file in ONE_WORKER else nodeid

    config.option.loadscopereorder = False  # the order above is meant
    return Scheduling(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """Sweep up after runs that were killed: their servers would stay for ever."""
    from config.postgres import server

    if hasattr(config, "workerinput"):
        return
    for folder in (found for room in rooms() for found in Path(room).glob("galley-tests-*")):
        users = folder / "postgres.users"
        if users.exists() and not server(folder).in_use():
            server(folder).stop()
            shutil.rmtree(folder, ignore_errors=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        leave_room()


@pytest.fixture(scope="session")
def databases(django_test_environment: None) -> Iterator[Databases]:
    from django.conf import settings

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)[:10]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "only")
    found = Databases(settings.DATA, run, worker)
    yield found
    if "GALLEY_TEST_DATA" not in os.environ:  # all of that goes at the end
        found.leave()


@pytest.fixture(scope="session")
def django_db_setup(
    databases: Databases, django_db_blocker, pytestconfig: pytest.Config
) -> Iterator[None]:
    """The database of tests inside a transaction: a clone of the migrated template."""
    with django_db_blocker.unblock():
        databases.make_template()
        with databases.pointed_at(databases.empty()):
            lead_the_latest(pytestconfig, databases)
            yield


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    lead_to_what_stands(item)


@pytest.fixture
def own_database(
    request: pytest.FixtureRequest,
    databases: Databases,
    django_db_setup: None,
    django_db_blocker,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """A database of this test alone, for threads, processes and browsers; yields its name.

    Every connection of this process, and of children through the environment, leads to it. It is
    empty, or holds the world of the test's `standing_alone`.
    """
    make = stands_alone(request.node)
    with django_db_blocker.unblock():
        name = databases.clone_of(make)[0] if make else databases.clone()
        monkeypatch.setenv("GALLEY_DATABASE_NAME", name)
        with databases.pointed_at(name):
            yield name
    databases.drop(name)
