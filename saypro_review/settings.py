"""All settings, from the environment. A wrong value is refused at start with a sentence that says what to write.

With DATABASE_URL and REDIS_URL set, the product uses those servers and SECRET_KEY is required. With neither, it uses the
embedded ones in the state folder (SAYPRO_STATE, default var/), whose passwords and key are made there.
"""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from saypro_review.lib import env
from saypro_review.lib.embedded import State

BASE_DIR = Path(__file__).resolve().parent.parent
env.refuse_unknown(os.environ)

DEBUG = env.boolean("SAYPRO_DEBUG", default=False)
EXTERNAL_SERVERS = env.external_servers(os.environ)
STATE = State.at(os.environ.get("SAYPRO_STATE") or BASE_DIR / "var")
ORGANISATION = os.environ.get("SAYPRO_ORGANISATION") or "SayPro"

if EXTERNAL_SERVERS:
    DATABASES = {"default": env.database(os.environ["DATABASE_URL"])}
    BROKER_URL = env.broker(os.environ["REDIS_URL"])
    SECRET_KEY = os.environ.get("SECRET_KEY", "")
    if len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("SECRET_KEY must be set to at least 50 random characters.")
else:
    DATABASES = {"default": STATE.database()}
    BROKER_URL = STATE.redis_url()
    SECRET_KEY = os.environ.get("SECRET_KEY") or STATE.secret_key()
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

HTTPS = env.boolean("SAYPRO_HTTPS", default=EXTERNAL_SERVERS)
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = LOOPBACK + [name.strip() for name in os.environ.get("SAYPRO_ALLOWED_HOSTS", "").split(",") if name.strip()]
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("SAYPRO_ALLOWED_HOSTS must name the hosts: * would let anyone forge links in mails.")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host not in LOOPBACK]

# Order of apps: upper before lower, so that an upper app's templates win.
INSTALLED_APPS = [
    "gaps",
    "interviews",
    "metrics",
    "departments",
    "saypro_review.lib",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "rules.apps.AutodiscoverRulesConfig",
]

MIDDLEWARE = [
    "saypro_review.lib.requests.RequestIdMiddleware",
    "saypro_review.lib.requests.NulMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "saypro_review.lib.requests.PartOfSignedOutMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "saypro_review.lib.requests.NoStoreMiddleware",
]

ROOT_URLCONF = "saypro_review.urls"
WSGI_APPLICATION = "saypro_review.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "departments.context.shell",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Accounts. Throttles live in the database: a dead broker must not stop anyone from signing in.
AUTH_USER_MODEL = "departments.User"
AUTHENTICATION_BACKENDS = ["rules.permissions.ObjectPermissionBackend", "allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "saypro_review.lib.accounts.ClosedAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("SAYPRO_TRUSTED_PROXIES", default=0, low=0, high=5)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "saypro_cache"}}
SESSION_COOKIE_AGE = 12 * 3600
CSRF_FAILURE_VIEW = "saypro_review.lib.requests.csrf_failure"

# Work in the background. See "Jobs in the database" in docs/architecture.md: the database holds what is to be done, messages only hurry it.
CELERY_BROKER_URL = BROKER_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_timeout": 2,
    "socket_connect_timeout": 1,
    "retry_on_timeout": False,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "health_check_interval": 10,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SOFT_TIME_LIMIT = 780
CELERY_TASK_TIME_LIMIT = 840
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "departments.sweep", "schedule": 5.0, "options": {"expires": 5}},
    # Hourly, though it is due once a day: beat counts from its start, and a machine that is switched off every night would never get there.
    "retire": {"task": "interviews.retire", "schedule": 3600.0, "options": {"expires": 3600}},
}

# Files
MAX_UPLOAD_MB = env.integer("SAYPRO_MAX_UPLOAD_MB", default=200, low=1, high=2000)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "saypro_review.lib.uploads.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles" if EXTERNAL_SERVERS else STATE.path / "static"
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
WHITENOISE_MAX_AGE = 31_536_000

# What the browser may do with our pages
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Language, time, mail
LANGUAGE_CODE = "en-za"
USE_TZ = True
TIME_ZONE = env.time_zone("SAYPRO_TIME_ZONE", default="Africa/Johannesburg")
FISCAL_YEAR_START = env.integer("SAYPRO_FISCAL_YEAR_START", default=4, low=1, high=12)
vars().update(env.email(os.environ.get("SAYPRO_EMAIL_URL") or "consolemail://"))
DEFAULT_FROM_EMAIL = os.environ.get("SAYPRO_FROM_EMAIL") or "review@localhost"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "saypro_review.lib.requests.RequestIdFilter"}},
    "formatters": {
        "line": {"()": "saypro_review.lib.logs.QuietFormatter", "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Without handlers of its own: Django's would mail a traceback with the values of its variables to ADMINS.
    "loggers": {"saypro": {"level": "INFO"}, "django": {"handlers": [], "level": "INFO"}},
}
