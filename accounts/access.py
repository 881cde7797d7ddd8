"""The two doors to scoped rows: `Allowed` for class-based views, `get_allowed` for functions."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts import audit


def require(user, action):
    """Pass a person one of whose roles grants the action; refuse anyone else, and record it."""
    if not user.memberships_granting(action):
        audit.record(user, "refused", about=action)
        raise PermissionDenied


def get_allowed(model, user, action, **lookup):
    """The row; 403 when no role of the person's grants the action, 404 when this row is out of reach.

    `model` may be a queryset too, with its joins already on it.
    """
    require(user, action)
    rows = model.objects.all() if isinstance(model, type) else model
    return get_object_or_404(rows.allowed(user, action), **lookup)


class Allowed:
    action = None

    def dispatch(self, request, *args, **kwargs):
        require(request.user, self.action)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self):
        return super().get_queryset().allowed(self.request.user, self.action)
