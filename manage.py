#!/usr/bin/env python
"""Run a management command, with or without `make run` beside it."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"The database did not answer: {' '.join(str(error).split())}")


if __name__ == "__main__":
    main()
