"""The mail to the heads of a school whose report is ready: a link that ends, and neither a file nor a pupil's name."""

import datetime as dt

from django.core import signing
from django.db import transaction
from django.utils import timezone

from accounts.mail import post_all
from accounts.models import Membership, User
from accounts.roles import Role
from reports.mails import REPORT_READY
from reports.models import Report, RoundReport

LASTS = dt.timedelta(days=30)
SALT = "report that a head was told of"


def heads_of(organisation, school):
    heads = Membership.objects.live().filter(role=Role.HEADTEACHER, organisation=organisation, school=school)
    return User.objects.filter(pk__in=heads.values("user"), is_active=True).order_by("pk")


@transaction.atomic
def tell_heads(part) -> list:
    """Each head of the school who can sign in has one mail, once the report is there; called twice it is one."""
    ready = RoundReport.objects.filter(pk=part.pk, told_at=None, report__state=Report.State.DONE)
    if not ready.update(told_at=timezone.now()):
        return []
    part.refresh_from_db(fields=["report"])
    programme = part.round.programme
    context = {
        "school": part.school,
        "programme": programme,
        "kind_of_report": part.report.get_kind_display(),
        "data_point": part.round.data_point,
        "token": token_of(part.report),
        "until": timezone.localdate() + LASTS,
    }
    letters = [(head, context) for head in heads_of(programme.organisation_id, part.school_id)]
    return post_all(REPORT_READY, letters, about=part.report, organisation=programme.organisation)


def token_of(report) -> str:
    return signing.dumps(report.pk, salt=SALT)


def told_of(token) -> int | None:
    """The report that a link leads to; None when the link has ended, or was never one of ours."""
    try:
        return signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
