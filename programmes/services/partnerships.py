from django.db.models import Exists, OuterRef, Q

from accounts.models import Invitation, Membership
from accounts.roles import Role
from programmes.models import Partnership


def actions_on(person, partnership, actions) -> set[str]:
    """Which of these actions the person may take on this partnership."""
    rows = {
        f"may_{number}": Exists(Partnership.objects.allowed(person, action).filter(pk=OuterRef("pk")))
        for number, action in enumerate(actions)
    }
    found = Partnership.objects.filter(pk=partnership.pk).annotate(**rows).values_list(*rows).get()
    return {action for action, may in zip(actions, found, strict=True) if may}


def who_can_sign_in(partnership):
    """The people of a partnership and the heads of its schools: each with the membership behind it, or None.

    Someone loaded from a file has a membership and cannot sign in before an invitation; a head whom nobody has invited
    has no membership. `invitation` is the open one, where there is one.
    """
    organisation = partnership.programme.organisation_id
    schools = [partnership.partner_school]
    if not partnership.is_in_own_school:
        schools.append(partnership.specialist.home_school)
    people = [partnership.specialist.user, *partnership.current_partner_teachers]
    live = list(
        Membership.objects.live()
        .filter(organisation=organisation)
        .filter(user__in=people)
        .select_related("user", "school")
    ) + list(
        Membership.objects.live()
        .filter(organisation=organisation, role=Role.HEADTEACHER, school__in=schools)
        .select_related("user", "school")
    )
    invitations = Invitation.objects.open().filter(organisation=organisation)
    invitations = list(
        invitations.filter(
            Q(email__in=[user.email for user in people]) | Q(role=Role.HEADTEACHER, school__in=schools)
        ).order_by("invited_at")
    )
    found = []
    for user in people:
        role = Role.SPECIALIST if user == partnership.specialist.user else Role.PARTNER
        school = partnership.specialist.home_school if role == Role.SPECIALIST else partnership.partner_school
        membership = next((m for m in live if m.user_id == user.pk and m.role == role), None)
        invitation = next((i for i in invitations if i.email == user.email and i.role == role), None)
        found.append(
            {
                "role": role.label,
                "name": str(user),
                "membership": membership,
                "school": school,
                "invitation": invitation,
            }
        )
    for school in schools:
        heads = {m.pk: m for m in live if m.role == Role.HEADTEACHER and m.school_id == school.pk}
        invited = [i for i in invitations if i.role == Role.HEADTEACHER and i.school_id == school.pk]
        found += [
            {
                "role": m.role_label,
                "name": str(m.user),
                "membership": m,
                "school": school,
                "invitation": next((i for i in invited if i.email == m.user.email), None),
            }
            for m in heads.values()
        ] or [
            {
                "role": Role.HEADTEACHER.label,
                "name": school.head_name,
                "membership": None,
                "school": school,
                "invitation": next(iter(invited), None),
            }
        ]
    return found


def grades_so_far(returns, today) -> dict:
    """Of one partnership's returns, in order of their days: which are late, which comes next, whether all are in."""
    owing = [row for row in returns if row.expected]
    return {
        "none": not owing,
        "all_in": bool(owing) and all(row.is_in for row in owing),
        "late": [row for row in owing if row.is_owed and row.data_point.due_on < today],
        "next": next((row for row in owing if row.is_owed and row.data_point.due_on >= today), None),
    }
