from django.utils.http import url_has_allowed_host_and_scheme


def came_from(request) -> str:
    """The page that `next` names, when it is one of ours: where the person came from and goes back to; else ""."""
    given = request.POST.get("next") or request.GET.get("next") or ""
    return given if given.startswith("/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None) else ""
