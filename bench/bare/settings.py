"""The real settings, with a bare view in the place of all pages."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.bare.urls"
