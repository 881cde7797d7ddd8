"""The doors to scoped rows: `Allowed` for class-based views, `get_allowed` and `allowed_rows` for functions."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts import audit
from papers.page_tables import on_a_page


def require(user, action):
    """Pass a person one of whose roles grants the action; refuse anyone else, and record it."""
    if not user.memberships_granting(action):
        audit.record(user, "refused", about=action)
        raise PermissionDenied


def allowed_rows(model, user, action):
    """The rows in reach; 403 when no role of the person's grants the action."""
    require(user, action)
    return model.objects.allowed(user, action)


def get_allowed(model, user, action, **lookup):
    """The row; 403 when no role of the person's grants the action, 404 when this row is out of reach."""
    return get_object_or_404(allowed_rows(model, user, action), **lookup)


class Allowed:
    """The door for class-based views: the role opens the page, the reach chooses its rows."""

    action = None
    http_method_names = ["get", "post", "head", "options"]  # Django's forms would take a PUT for a POST

    def dispatch(self, request, *args, **kwargs):
        require(request.user, self.action)
        return super().dispatch(request, *args, **kwargs)

    def get_paginate_by(self, queryset):
        return on_a_page(self.request.GET, super().get_paginate_by(queryset))

    def get_queryset(self):
        return super().get_queryset().allowed(self.request.user, self.action)
