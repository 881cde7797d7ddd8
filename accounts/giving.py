"""Who gives which role where, and who may end it."""

from accounts.roles import MAY_INVITE, Role


def givers(person, role, organisation, school):
    """The person's memberships of which each gives both this role and this place."""
    return [
        m for m in person.memberships_granting("people.invite") if role in gives(m) and covers(m, organisation, school)
    ]


def gives(membership):
    """The roles that a membership may give. A deputy names no further deputy, who could stay for longer."""
    return {role for role in MAY_INVITE[membership.role] if not (membership.deputy and role == Role.HEADTEACHER)}


def covers(membership, organisation, school):
    if membership.role == Role.ADMINISTRATOR:
        return True
    if organisation is None or membership.organisation_id != organisation.pk:
        return False
    return membership.role != Role.HEADTEACHER or (school is not None and membership.school_id == school.pk)


def may_end(person, membership):
    """Nobody ends a role of their own. In a school the head ends deputies and the office, not the teachers."""
    if membership.user_id == person.pk:
        return False
    return any(
        m.role != Role.HEADTEACHER or membership.role == Role.OFFICE or (membership.deputy and not m.deputy)
        for m in person.memberships_granting("people.invite")
        if covers(m, membership.organisation, membership.school)
    )
