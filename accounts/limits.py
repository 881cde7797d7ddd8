"""How often one address may try something without being signed in: counted as the tries of signing in are."""

from allauth.core.internal.ratelimit import consume, respond_429
from django.conf import settings


def too_many(request, action):
    """The page that says so once this address has had its share of the action, else None."""
    used = consume(request, app="accounts", action=action, config=settings.OPEN_RATE_LIMITS, limit_get=True)
    return None if used else respond_429(request)
