"""One settings file; the environment says what differs (`.env.example` lists it). Safe when nothing is set."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
import structlog
from celery.schedules import crontab
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from lessonstudy.logs import terse_database_errors, without_secrets

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# Where it runs ----------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
SECRET_KEY = env("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts that serve Lesson Study; '*' would serve any.")
if DEBUG and not LOOPBACK.issuperset(ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        "DEBUG is for this machine alone: switch it off, or take the public host from ALLOWED_HOSTS."
    )
if DEMO and not DEBUG:
    raise ImproperlyConfigured("DEMO opens the sign-in to anyone: it works only with DEBUG and a loopback host.")
if len(SECRET_KEY) < 32 or SECRET_KEY.startswith(("change", "django-insecure")):
    raise ImproperlyConfigured("SECRET_KEY must be a random value of at least 32 characters of your own.")
PUBLIC_URL = env("PUBLIC_URL", default="http://localhost:8000").rstrip("/")
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
if DEBUG and (BEHIND_PROXY or urlsplit(PUBLIC_URL).hostname not in {host.strip("[]") for host in LOOPBACK}):
    raise ImproperlyConfigured("DEBUG and DEMO are for this machine alone: no proxy, and a PUBLIC_URL on localhost.")

# Keys of what is encrypted at rest: Fernet keys, newest first; old ones stay until `rotate_keys` has run.
UPN_KEYS = env.list("UPN_KEYS")
UPN_INDEX_KEY = env("UPN_INDEX_KEY")
TOTP_KEYS = env.list("TOTP_KEYS")
if len(UPN_INDEX_KEY) < 32:
    raise ImproperlyConfigured("UPN_INDEX_KEY must be a random value of at least 32 characters of your own.")
for name, keys in (("UPN_KEYS", UPN_KEYS), ("TOTP_KEYS", TOTP_KEYS)):
    try:
        ready = [Fernet(key) for key in keys]
    except ValueError:
        ready = []
    if not ready:
        raise ImproperlyConfigured(f"{name} must hold at least one key made as .env.example says.")

INSTALLED_APPS = [
    "lessonstudy",
    "reports",
    "lessons",
    "pupils",
    "visits",
    "programmes",
    "funding",  # here, so that money is the last thing that follows from a fold: the visits are cancelled by then
    "desks",
    "accounts",
    "papers",
    "jobs",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_forms_gds",
    "csp",
    "django_htmx",
    "django_structlog",
    "pgtrigger",
    "pghistory",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lessonstudy.middleware.OwnErrorPages",
    "csp.middleware.CSPMiddleware",
    "lessonstudy.logs.Requests",
    "lessonstudy.middleware.PagesAndForms",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.LastSeen",
    "accounts.middleware.SignedIn",
    "accounts.middleware.SecondFactor",
    "accounts.middleware.NoStore",
    "lessonstudy.middleware.FormsOpenedAsPages",
    "accounts.middleware.TablesAsFiles",
]
ROOT_URLCONF = "lessonstudy.urls"
WSGI_APPLICATION = "lessonstudy.wsgi.application"
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
                "lessonstudy.navigation.navigation",
            ],
            "builtins": ["papers.templatetags.plain"],
        },
    }
]
FORM_RENDERER = "accounts.boxes.WholeText"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["gds"]
CRISPY_TEMPLATE_PACK = "gds"
CRISPY_CLASS_CONVERTERS = {
    "numberinput": "govuk-input govuk-input--width-5",
    "fileinput": "govuk-file-upload",
    "schoolinput": "govuk-input",
    "suggestinput": "govuk-input govuk-input--width-20",
    "urlinput": "govuk-input",
    "clockinput": "govuk-input govuk-input--width-5",
    "dayinput": "govuk-input govuk-input--width-10 moj-js-datepicker-input",
}

# Data -------------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
# Rows come with their people and schools in joins of eight to twelve tables. PostgreSQL would try every order of eight,
# and took longer over that than over reading the rows; what narrows them stands among the first five.
# And a row by its index is no dearer than the next one of a table: the disk does not turn any more.
PLANNING = "-c join_collapse_limit=5 -c random_page_cost=1.1"
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", PLANNING)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FILES_ROOT = Path(env("FILES_ROOT", default=str(BASE_DIR / "files")))
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "build" / "static"
STATICFILES_DIRS = [BASE_DIR / "static" / "own", BASE_DIR / "static" / "built"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_ROOT}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Work in the background: the broker is a bell, the truth is in PostgreSQL (docs/decisions/0003) --------------------
CELERY_BROKER_URL = env("REDIS_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_RETRY_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 280
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "reports.tasks.write_digests": {"queue": "default"},
    "reports.tasks.order_weekly_digests": {"queue": "default"},
    "reports.tasks.order_scheduled_reports": {"queue": "default"},
    "reports.tasks.*": {"queue": "pdf"},
    "lessons.tasks.*": {"queue": "pdf"},
    "programmes.tasks.make_heads_letter": {"queue": "pdf"},
    "accounts.tasks.send_mail": {"queue": "mail"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 15,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
# Seconds. A worker has a job for a lease, and renews it while it lives. Every so often a sweeper rings again for what
# was rung for some time ago and not taken, or was taken for a lease that ran out.
JOB_LEASE = 30
JOB_RENEW_EVERY = 10
JOB_RING_AGAIN_AFTER = 15
JOB_SWEEP_EVERY = 10
CELERY_BEAT_SCHEDULE_FILENAME = str(FILES_ROOT / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep jobs": {"task": "jobs.tasks.sweep", "schedule": JOB_SWEEP_EVERY, "options": {"expires": 10}},
    "weekly digests": {
        "task": "reports.tasks.order_weekly_digests",
        "schedule": crontab(minute=0, hour=7, day_of_week="mon"),
    },
    "scheduled reports": {"task": "reports.tasks.order_scheduled_reports", "schedule": crontab(minute=15)},
    "weekly cover mails": {
        "task": "visits.tasks.order_weekly_cover_mails",
        "schedule": crontab(minute=0, hour=12, day_of_week="fri"),
    },
    "sweep files": {"task": "jobs.tasks.sweep_files", "schedule": 3600.0, "options": {"expires": 600}},
    "forget what is old": {"task": "jobs.tasks.forget_old", "schedule": crontab(minute=30, hour=3)},
    "check money": {"task": "funding.tasks.check_money", "schedule": crontab(minute=10, hour=2)},
    "forget lists of pupils": {"task": "pupils.tasks.forget_lists", "schedule": crontab(minute=40, hour=3)},
    "forget answers": {"task": "funding.tasks.forget_answers", "schedule": crontab(minute=50, hour=3)},
}
CELERY_TIMEZONE = "Europe/London"


# How long mails, plans and papers are kept, in days (docs/keeping-times.md) ---------------------------------------
KEEP_MAIL_DAYS = env.int("KEEP_MAIL_DAYS", 365)
KEEP_LETTERS_DAYS = env.int("KEEP_LETTERS_DAYS", 365)
KEEP_PACKS_DAYS = env.int("KEEP_PACKS_DAYS", 30)
KEEP_PLANS_DAYS = env.int("KEEP_PLANS_DAYS", 365)
if min(KEEP_MAIL_DAYS, KEEP_LETTERS_DAYS, KEEP_PACKS_DAYS, KEEP_PLANS_DAYS) < 30:
    raise ImproperlyConfigured(
        "KEEP_MAIL_DAYS, KEEP_LETTERS_DAYS, KEEP_PACKS_DAYS and KEEP_PLANS_DAYS are 30 days or more."
    )

# False takes the service worker off every device that comes again.
SERVICE_WORKER = env.bool("SERVICE_WORKER", True)

# People -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_ADAPTER = "accounts.adapters.InvitedPeopleOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Invitations and codes show whose an address is; one that somebody changes to is theirs with the code sent to it.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Whole schools share one address, so limits by address are wide; limits by account stay as they are.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "300/m/ip,5/5m/key",
    "request_login_code": "200/m/ip,3/m/key",
    "confirm_email": "3/m/key",
    "reset_password": "200/m/ip,5/m/key",
    "reset_password_from_key": "200/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
# The same for pages that are open to anyone.
OPEN_RATE_LIMITS = {"check_letter": "30/5m/ip"}
# Limits by address and the list of sessions mean the visitor's address, not the proxy's.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
MFA_ADAPTER = "accounts.adapters.EncryptedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Lesson Study"
USERSESSIONS_TRACK_ACTIVITY = True
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "rate_limits",
        # With Django's 300 a few hundred failed sign-ins would push the limit of an account out of the table.
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = False

# Mail -------------------------------------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Lesson Study <no-reply@localhost>")

# The wire ---------------------------------------------------------------------------------------------------------
SECURE = not DEBUG
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", SECURE)
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 63_072_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith("https://") else []
CSRF_FAILURE_VIEW = "lessonstudy.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Language and time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"

# Logs: ids, never names; no query strings, no locals --------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(
                    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
                ),
                terse_database_errors,
                without_secrets,
                structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso"),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # The handlers that Django and gunicorn bring along are taken away: they would write the same lines unmasked.
        "django": {"handlers": []},
        "gunicorn.error": {"handlers": ["stderr"], "propagate": False},
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_CELERY_ENABLED = False
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
