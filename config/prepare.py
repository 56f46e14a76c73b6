"""Before anything serves: tables as this code needs them, and the demo where nobody is yet."""

import io
import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.management import CommandError, call_command
    from django.db import DatabaseError

    try:
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        empty = not get_user_model().objects.exists()
    except (CommandError, DatabaseError) as error:
        sys.exit(f"The database could not be brought up to date: {' '.join(str(error).split())}")
    if settings.GALLEY_DEMO and empty:
        print("  Filling in the demo …", flush=True)
        call_command("seed_demo", verbosity=0, stdout=io.StringIO())


if __name__ == "__main__":
    main()
