"""The real settings, in a data folder of the tests' own."""

import os
import tempfile

if "GALLEY_DATA" not in os.environ:
    os.environ["GALLEY_DATA"] = tempfile.mkdtemp(prefix="galley-tests-")
    os.environ["GALLEY_TEST_DATA"] = os.environ["GALLEY_DATA"]  # removed when the tests are over
for name in ("DATABASE_URL", "DATABASE_RUNTIME_URL", "CELERY_BROKER_URL", "GALLEY_PUBLIC_URL"):
    os.environ.pop(name, None)

from config import postgres

# A power cut may take a run with it: its commits wait for the processor, not for the disk.
postgres.OPTIONS |= {"fsync": "off", "full_page_writes": "off"}

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # slow ones cost minutes
