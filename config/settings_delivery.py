"""The settings of a process that delivers and has no pages."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "config.urls_delivery"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # its app does not load without
    "apps.core.middleware.OriginMiddleware",
]
