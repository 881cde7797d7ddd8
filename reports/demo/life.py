"""What happened in the partnerships of a demo programme since it began: a pause with its reason, people who left."""

import datetime as dt

from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import Role
from programmes.models import Partnership, PartnerTeacher, SpecialistTeacher
from programmes.services import life, people
from programmes.services.held import earliest, last_held

FEW_DAYS = dt.timedelta(days=7)


def live_through(programme, today):
    """One partnership is paused for a reason, one partner teacher replaced; some specialist teachers have room."""
    coordinator = User.objects.get(
        memberships__in=Membership.objects.filter(role=Role.COORDINATOR, organisation=programme.organisation)
    )
    SpecialistTeacher.objects.filter(programme=programme, ref__in=["S03", "S06", "S09"]).update(partnerships_wanted=2)
    on = min(today, timezone.localdate()) - FEW_DAYS
    on = max(programme.starts_on, on - dt.timedelta(days=max(0, on.weekday() - 4)))
    pause(coordinator, programme, on)
    replace(coordinator, programme, on)


def pause(coordinator, programme, on):
    paused = programme.partnerships.filter(status=Partnership.Status.PAUSED).with_people().first()
    if paused is None:
        return
    on = earliest(on, last_held(paused), same_day=False)
    paused.steps.filter(status=Partnership.Status.PAUSED).delete()
    Partnership.objects.filter(pk=paused.pk).update(status=Partnership.Status.ACTIVE)
    paused.status = Partnership.Status.ACTIVE
    life.move(
        coordinator,
        paused,
        Partnership.Status.PAUSED,
        on=on,
        reason="Staff change",
        note="The class has a supply teacher until a new colleague starts. The school wants to go on then.",
    )


def replace(coordinator, programme, on):
    rows = PartnerTeacher.objects.filter(partnership__programme=programme, partnership__ref="P05", until=None)
    row = rows.select_related("user", "partnership__programme__organisation", "partnership__partner_school").first()
    if row:
        on = earliest(on, last_held(row.partnership, row.user), same_day=False)
        people.replace_partner_teacher(
            coordinator,
            row,
            on=on,
            because="Parental leave",
            email=f"nell.hartley@{row.partnership.partner_school.urn}.schools.example",
            first_name="Nell",
            last_name="Hartley",
        )
