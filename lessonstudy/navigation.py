"""The frame of every page: who is signed in, as what, and where they can go."""

from django.conf import settings
from django.urls import reverse

from accounts.roles import GRANTS, Role

# label, URL name, the action that opens it, the path under which it counts as current
MENU = [
    ("Today", "today", None),
    ("Programmes", "programmes:list", "programmes.view"),
    ("Partnerships", "programmes:partnerships", "partnerships.view"),
    ("Visits", "visits:list", "visits.view"),
    ("Pupils", "pupils:list", "pupils.view"),
    ("Reports", "reports:list", "reports.view"),
    ("People", "accounts:people", "people.view"),
    ("Organisations", "accounts:organisations", "system.view"),
    ("System", "system", "system.view"),
]
# Teachers and heads have one or two programmes: theirs are a link away on Today.
HIDDEN = {"Programmes": {Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER}}


def navigation(request):
    """What base.html needs. Anonymous people get the frame without a menu."""
    frame = {"demo": settings.DEMO}
    acting = getattr(request, "acting", None)
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return frame
    frame |= {"person": user.get_full_name(), "account_url": reverse("accounts:account"), "acting": acting}
    if acting is None:
        return frame | {"role_label": "No role at present", "place_label": "", "nav": []}
    return frame | {
        "role_label": acting.role_label,
        "place_label": acting.place_label,
        "nav": [
            entry(request.path, label, reverse(name)) for label, name, action in MENU if opens(acting, label, action)
        ],
    }


def opens(acting, label, action):
    return action is None or (acting.role in GRANTS[action] and acting.role not in HIDDEN.get(label, ()))


def entry(path, label, url):
    return {"label": label, "url": url, "current": path == url or (url != "/" and path.startswith(url))}
