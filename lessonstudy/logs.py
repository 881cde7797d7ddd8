"""What of an address may stand in a log: no query string, and of an address that holds a secret only its pattern."""

import logging

from django.urls import Resolver404, resolve
from django_structlog.middlewares import RequestMiddleware

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


class NoSecretAddresses(logging.Filter):
    """Takes the secret out of Django's own lines about a request ("Not Found: /invitations/...")."""

    def filter(self, record):
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple):
            shown = address_for_logs(request.path_info)
            record.args = tuple(shown if arg == request.path else arg for arg in record.args)
        return True
