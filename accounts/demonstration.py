"""Whom a visitor of the demonstration may be."""

from collections import Counter

from accounts.acting import ORDER
from accounts.models import Membership
from accounts.roles import Role

WHERE_TO_BEGIN = {
    Role.HEADTEACHER: "Order a school's impact report: what changed for its pupils, as a PDF to read in four minutes.",
    Role.COORDINATOR: "See who owes what in a whole programme, and what an evaluated year brought.",
    Role.SPECIALIST: "See what is next, book a half-day and look at the target pupils.",
}

FEW = 4


def people():
    """The roles of people who may sign in."""
    rows = Membership.objects.live().filter(user__is_active=True)
    return rows.select_related("user", "organisation", "school")


def in_order(memberships):
    """By organisation, those of the installation last, then by role; teachers and heads of one school stand alike."""

    def place(m):
        organisation = (m.organisation is None, m.organisation and m.organisation.name)
        return organisation, ORDER[m.role], m.pk

    return sorted(memberships, key=place)


def a_few_of_each(memberships):
    """Of each role in an organisation the first ones, so that the page stays one to choose from."""
    seen = Counter()
    few = []
    for m in memberships:
        seen[m.organisation_id, m.role] += 1
        if seen[m.organisation_id, m.role] <= FEW:
            few.append(m)
    return few


def places_to_begin(memberships):
    """The first person of each role that shows most, with what there is to see."""
    first = {m.role: m for m in reversed(memberships)}
    return [(first[role], why) for role, why in WHERE_TO_BEGIN.items() if role in first]
