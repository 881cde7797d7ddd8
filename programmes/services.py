from accounts.models import Membership
from accounts.roles import Role


def who_can_sign_in(partnership):
    """The people of a partnership and the heads of its schools: each with the membership behind it, or None.

    A list of (what they are here, name, membership, school). Someone loaded from a file has a membership and cannot
    sign in before an invitation; a head whom nobody has invited has no membership.
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
    found = []
    for user in people:
        role = Role.SPECIALIST if user == partnership.specialist.user else Role.PARTNER
        school = partnership.specialist.home_school if role == Role.SPECIALIST else partnership.partner_school
        membership = next((m for m in live if m.user_id == user.pk and m.role == role), None)
        found.append({"role": role.label, "name": str(user), "membership": membership, "school": school})
    for school in schools:
        heads = [m for m in live if m.role == Role.HEADTEACHER and m.school_id == school.pk]
        found += [{"role": m.role_label, "name": str(m.user), "membership": m, "school": school} for m in heads] or [
            {"role": Role.HEADTEACHER.label, "name": school.head_name, "membership": None, "school": school}
        ]
    return found
