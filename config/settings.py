"""Django's settings. What the environment may change is read in `config.environment`."""

import secrets
from typing import Any

from csp.constants import NONCE, NONE, SELF

from config import databases, environment, mail
from config.data_folder import keep_secret

ENV = environment.read()
BASE_DIR = environment.ROOT
DATA = ENV.data
DEBUG = False
SECRET_KEY = ENV.secret_key or keep_secret(DATA, "secret-key", lambda: secrets.token_urlsafe(64))

PUBLIC_URL = ENV.public_url
ADDRESS = environment.address(ENV)  # where this machine reaches the pages, for one-click links
ALLOWED_HOSTS = environment.allowed_hosts(ENV)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

APPS = [
    *("core", "audit", "accounts", "teams", "llm", "prompts", "environments", "reviews"),
    *("evaluations", "releases", "delivery", "analytics", "experiments", "notifications"),
    *("interchange", "pages", "demo"),
]
INSTALLED_APPS = [
    "apps.accounts",  # first: its `createsuperuser` stands before Django's
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "django_cotton.apps.SimpleAppConfig",
    "guardian",
    "simple_history",
    "axes",
    "csp",
    *(f"apps.{app}" for app in APPS if app != "accounts"),
    # Below our own apps, so that our templates of the same name come first.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "config.apps.ProjectConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.https.to_https",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.common.CommonMiddleware",
    "apps.core.middleware.SameSiteMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "apps.accounts.middleware.TimeZoneMiddleware",
    "apps.accounts.middleware.SignedOutMiddleware",
    "apps.core.middleware.OriginMiddleware",
    "apps.core.middleware.ReadingMiddleware",
    "apps.core.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

# Partials and cotton both wrap the loaders, so the order is written out: a partial is cut out of
# the cached, compiled template, whose source cotton has read first.
LOADERS: list[Any] = [
    (
        "template_partials.loader.Loader",
        [
            (
                "django.template.loaders.cached.Loader",
                [
                    "django_cotton.cotton_loader.Loader",
                    "django.template.loaders.filesystem.Loader",
                    "django.template.loaders.app_directories.Loader",
                ],
            )
        ],
    )
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": LOADERS,
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "django.templatetags.static",
                "django.templatetags.i18n",
                "django_htmx.templatetags.django_htmx",
                "apps.core.templatetags.galley",
                "apps.prompts.templatetags.drafts",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.pages.context.navigation",
            ],
        },
    }
]
COTTON_DIR = "components"

# `default` is the run-time role; `owner` migrates, and is absent where pages are served.
DATABASES = databases.configured(ENV)
DATABASE_ROUTERS = ["config.routers.OwnerMigrates"]
GALLEY_RUNTIME_ROLE = DATABASES["default"]["USER"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    )
]
# Rights are asked through `teams` alone, so guardian's backend stays out of the list above.
SILENCED_SYSTEM_CHECKS = [
    "guardian.W001",
    "security.W008",  # `config.https` redirects
]
ANONYMOUS_USER_NAME = None  # guardian: nobody has rights without signing in
GUARDIAN_MONKEY_PATCH_USER = False  # rights are asked through `teams`, not on the user
GUARDIAN_MONKEY_PATCH_GROUP = False

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "apps.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # people come by invitation, which proves the address
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if ENV.https else "http"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENV.https  # http://localhost
MFA_TOTP_ISSUER = "Galley"
USERSESSIONS_TRACK_ACTIVITY = False
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_TEMPLATE = "429.html"

PREFIX = "__Host-" if ENV.https else ""
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = f"{PREFIX}galley_session"
SESSION_COOKIE_SECURE = ENV.https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{PREFIX}galley_csrf"
CSRF_COOKIE_SECURE = ENV.https
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.https else None
SECURE_HSTS_SECONDS = 31_536_000 if ENV.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENV.https
SECURE_HSTS_PRELOAD = ENV.https
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = (
    8 * 1024 * 1024
)  # a version of 1 MiB, url-encoded, both sides of a merge
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = None  # nothing is collected: files are served from where the build put them
STATICFILES_DIRS = [BASE_DIR / "static" / "dist"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.DatedStaticFiles"},
}
WHITENOISE_USE_FINDERS = True  # straight from static/dist and from django-htmx; nothing is copied
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
TIKTOKEN_CACHE_DIR = BASE_DIR / "static" / "dist" / "tiktoken"

EMAIL_BACKEND, MAIL_OPTIONS = mail.configured(ENV.mail_url)
EMAIL_HOST = MAIL_OPTIONS.host
EMAIL_PORT = MAIL_OPTIONS.port
EMAIL_HOST_USER = MAIL_OPTIONS.user
EMAIL_HOST_PASSWORD = MAIL_OPTIONS.password
EMAIL_USE_SSL = MAIL_OPTIONS.ssl
EMAIL_USE_TLS = MAIL_OPTIONS.tls
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.mail_from

GALLEY_DEMO = ENV.demo
GALLEY_SAMPLE_DATA = ENV.sample_data
GALLEY_CALLS_ENGINE = ENV.calls_engine
GALLEY_CALLS_URL = ENV.calls_url

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {
        "away": {"()": "apps.core.away.OneLine"},
        "outage": {"()": "apps.core.outage.outage"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["away"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "galley": {"level": "INFO"},
        "axes": {"level": "ERROR"},
        "psycopg.pool": {"filters": ["outage"]},
    },
}
