from django.db.models import Q, QuerySet

from accounts.roles import FROM_THE_START

EVERYTHING = ~Q(pk__in=[])  # an empty Q would vanish when it is joined to another by "or"


class ScopedQuerySet(QuerySet):
    """Rows that a person may act on. A role missing from `reach` reaches nothing.

    `reach` maps a role to a rule: membership -> Q. Rules do not join a to-many relation; they use `pk__in=` subqueries,
    so that no row comes twice. An action that reaches fewer rows than seeing them does has rules of its own in
    `narrower`. `started` says which rows are in force already: people at schools reach no others.
    """

    reach = {}
    narrower = {}
    started = Q()

    def allowed(self, user, action):
        rows, reach = Q(pk__in=[]), self.narrower.get(action, self.reach)
        for membership in user.memberships_granting(action):
            if rule := reach.get(membership.role):
                rows |= rule(membership) & self.started if membership.role in FROM_THE_START else rule(membership)
        return self.filter(rows)
