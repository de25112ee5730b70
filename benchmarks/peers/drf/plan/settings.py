"""Tuned: no middleware, JSON alone, connections kept, SQLite in WAL and as durable as the service's."""

import os

SECRET_KEY = "measured-on-loopback-only"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["plan"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "plan.views"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
_kind, _, _where = os.environ["PEER_DATABASE"].partition(":")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": _where,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
    if _kind == "sqlite"
    else {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        **dict(zip(("USER", "PASSWORD", "HOST", "PORT", "NAME"), _where.split(","), strict=True)),
    }
}
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["plan.callers.Bearer"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
}
