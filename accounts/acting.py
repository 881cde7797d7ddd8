"""As what a person works at the moment. It chooses the first page and the menu, and widens or narrows no reach."""

from accounts.roles import Role

SESSION_KEY = "acting_as"
ORDER = {role: place for place, role in enumerate(Role)}


def current(request):
    """The live membership chosen in this session, else the first by role; None for whoever has none."""
    if not request.user.is_authenticated:
        return None
    live = request.user.live_memberships
    chosen = request.session.get(SESSION_KEY)
    return next((m for m in live if m.pk == chosen), None) or min(live, key=lambda m: ORDER[m.role], default=None)
