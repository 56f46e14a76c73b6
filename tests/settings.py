"""The real settings, in a data folder of the tests' own."""

import os
import tempfile

from tests.rooms import room_for_tests

ROOM = room_for_tests()
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", ROOM)  # the folder of each test: tmp_path
if "GALLEY_DATA" not in os.environ:
    os.environ["GALLEY_DATA"] = tempfile.mkdtemp(prefix="galley-tests-", dir=ROOM)
    os.environ["GALLEY_TEST_DATA"] = os.environ["GALLEY_DATA"]  # removed when the tests are over
for name in ("DATABASE_URL", "DATABASE_RUNTIME_URL", "CELERY_BROKER_URL", "GALLEY_PUBLIC_URL"):
    os.environ.pop(name, None)

from config import postgres
from config.bootstrap import keep_compiled

keep_compiled()  # for the processes that tests start

# A power cut may take a run with it: its commits wait for the processor, not for the disk. Nothing
# sweeps hundreds of databases that live for seconds, and a copy of one is a copy of files.
NOT_DURABLE = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
if "GALLEY_DURABLE" not in os.environ:  # figures are those of a database that keeps its word
    postgres.OPTIONS |= NOT_DURABLE
postgres.OPTIONS |= {
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "io_method": "sync",
    "jit": "off",
    "scram_iterations": "1",  # a connection is asked for its password, thousands of times
}

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # slow ones cost minutes
