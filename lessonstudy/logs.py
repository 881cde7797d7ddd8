"""What of an address may stand in a log: no query string, and of an address that holds a secret only its pattern."""

import logging
import re

import psycopg.errors
from django.urls import Resolver404, resolve
from django_structlog.middlewares import RequestMiddleware

# Django's names of them, and psycopg's with all its classes for single SQLSTATEs.
DATABASE_ERRORS = {cls.__name__ for cls in vars(psycopg.errors).values() if isinstance(cls, type)}
SECRET_PARTS = {"token", "key", "uidb36"}


def address_for_logs(path: str) -> str:
    """The path; or its pattern where a part of it lets its holder in (an invitation, a new password)."""
    try:
        match = resolve(path)
    except Resolver404:
        return path
    return f"/{match.route}" if SECRET_PARTS & match.kwargs.keys() else path


class Requests(RequestMiddleware):
    @staticmethod
    def format_request(request):
        return f"{request.method} {address_for_logs(request.path_info)}"


def terse_database_errors(logger, name, event):
    """Cut what PostgreSQL adds to an error (DETAIL with the row, CONTEXT with the values): it would name pupils."""
    for exception in event.get("exception") or []:
        if isinstance(exception, dict):
            first_line = str(exception.get("exc_value", "")).partition("\n")[0]
            if exception.get("exc_type") in DATABASE_ERRORS:
                exception["exc_value"] = re.sub(r': ".*', "", first_line)
                exception["exc_notes"] = []
    return event


class NoSecretAddresses(logging.Filter):
    """Takes the secret out of Django's own lines about a request ("Not Found: /invitations/...")."""

    def filter(self, record):
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple):
            shown = address_for_logs(request.path_info)
            record.args = tuple(shown if arg == request.path else arg for arg in record.args)
        return True
