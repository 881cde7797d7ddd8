"""The frame of every page: who is signed in, as what, and where they can go."""

from django.conf import settings

from accounts.addresses import page_at
from accounts.roles import GRANTS, Role

OF_PROGRAMMES = ("/pairing/", "/actions/", "/partner-schools/", "/specialists/")
# label, URL name, the action that opens it, other paths under which it counts as current
MENU = [
    ("Today", "today", None, ()),
    ("Roster", "reports:roster", "roster.view", ("/partnerships/", "/agreements/")),
    (
        "Programmes",
        "programmes:list",
        "programmes.view",
        ("/pairing/", "/actions/", "/partner-schools/", "/specialists/"),
    ),
    ("Partnerships", "programmes:partnerships", "partnerships.view", ("/agreements/",)),
    ("Year planner", "planner:year", "planner.view", ()),
    ("Visits", "visits:list", "visits.view", ()),
    ("Studies", "lessons:studies", "studies.follow", ("/lessons/",)),
    ("Events", "events:list", "events.view", ()),
    ("Findings", "lessons:findings", "findings.view", ()),
    ("Grades", "pupils:returns", "returns.enter", ()),
    ("Pupils", "pupils:list", "pupils.view", ()),
    ("Money", "funding:home", "money.school", ()),
    ("Schools", "accounts:schools", "register.import", ("/register/",)),
    ("Reports", "reports:list", "reports.view", ()),
    ("People", "accounts:people", "people.view", ()),
    ("Messages", "accounts:mails", "mail.view", ()),
    ("Organisations", "accounts:organisations", "system.view", ()),
    ("System", "system", "system.view", ()),
]
HIDDEN = {
    # Teachers and heads have one or two programmes: theirs are a link away on Today.
    "Programmes": {Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER},
    # The roster is the list of whoever looks after many.
    "Partnerships": {Role.COORDINATOR, Role.CONSULTANT},
}


def navigation(request):
    """What base.html needs. Anonymous people get the frame without a menu."""
    frame = {"demo": settings.DEMO}
    acting = getattr(request, "acting", None)
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return frame
    frame |= {
        "person": user.get_full_name(),
        "person_id": user.pk,
        "account_url": page_at("accounts:account"),
        "acting": acting,
    }
    if acting is None:
        return frame | {"role_label": "No role at present", "place_label": "", "nav": []}
    return frame | {
        "role_label": acting.role_label,
        "place_label": acting.place_label,
        "nav": [
            entry(request.path, label, page_at(name), others)
            for label, name, action, others in MENU
            if opens(acting, label, action)
        ],
    }


def opens(acting, label, action):
    return action is None or (acting.role in GRANTS[action] and acting.role not in HIDDEN.get(label, ()))


def entry(path, label, url, others):
    current = path == url or path.startswith(others) or (url != "/" and path.startswith(url))
    return {"label": label, "url": url, "current": current}
