from accounts.models import Membership, User
from accounts.roles import Role
from programmes.models import AreaConsultant


def people_concerned(partnership) -> list[User]:
    """Whom a change of a partnership concerns and who can sign in, each once: the teachers of both sides, the heads
    of both schools, and the consultants of its area and of its specialist teacher."""
    organisation = partnership.programme.organisation_id
    schools = {partnership.partner_school_id, partnership.specialist.home_school_id}
    live = Membership.objects.live().filter(organisation=organisation)
    heads = live.filter(role=Role.HEADTEACHER, school__in=schools)
    named = set(AreaConsultant.objects.filter(area=partnership.area_id).values_list("user", flat=True))
    consultants = live.filter(role=Role.CONSULTANT, user__in=named | {partnership.specialist.consultant_id} - {None})
    others = User.objects.filter(pk__in=heads.values("user")) | User.objects.filter(pk__in=consultants.values("user"))
    people = [*partnership.teachers, *others.order_by("last_name", "first_name", "pk")]
    return [someone for someone in dict.fromkeys(people) if someone.is_active]
