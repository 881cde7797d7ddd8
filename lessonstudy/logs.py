"""What of an address may stand in a log: no query string, and of an address that holds a secret only its pattern."""

import re

import psycopg.errors
from django.urls import Resolver404, resolve
from django_structlog.middlewares import RequestMiddleware

# Django's names of them, and psycopg's with all its classes for single SQLSTATEs.
DATABASE_ERRORS = {cls.__name__ for cls in vars(psycopg.errors).values() if isinstance(cls, type)}
SECRET_PARTS = {"token", "key", "uidb36"}
# What follows these is a secret, though nothing (or nothing any more) answers there; and what looks like one, anywhere.
SECRET_ADDRESS = re.compile(r"(/calendars/|(?<!/people)/invitations/|/password/reset/)[^\s/\"'?<>()\[\]]{12,}")
SECRET_TEXT = re.compile(r"[A-Za-z0-9_-]{40,}")


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
        """Worked out once: the line at the end of a request says the same as the one at its beginning."""
        if not hasattr(request, "line_for_logs"):
            request.line_for_logs = f"{request.method} {address_for_logs(request.path_info)}"
        return request.line_for_logs


def terse_database_errors(logger, name, event):
    """Cut what PostgreSQL adds to an error (DETAIL with the row, CONTEXT with the values): it would name pupils."""
    for exception in event.get("exception") or []:
        if isinstance(exception, dict):
            first_line = str(exception.get("exc_value", "")).partition("\n")[0]
            if exception.get("exc_type") in DATABASE_ERRORS:
                exception["exc_value"] = re.sub(r': ".*', "", first_line)
                exception["exc_notes"] = []
    return event


def without_secrets(logger, name, event):
    """Whatever is logged, by us, Django or the web server, a line or a traceback, holds no address that lets in."""
    return {key: masked(value) for key, value in event.items()}


def masked(value):
    if isinstance(value, str):
        return SECRET_TEXT.sub("…", SECRET_ADDRESS.sub(r"\1…", value))
    if isinstance(value, dict):
        return {key: masked(inner) for key, inner in value.items()}
    return [masked(inner) for inner in value] if isinstance(value, list | tuple) else value
