"""Letters to the heads as the tests make, send and read them."""

import datetime as dt
import re

from django.urls import reverse

from accounts.models import OutgoingMail
from programmes.models import TimetableStep
from programmes.services.letters import order_letters
from programmes.tasks import make_heads_letter


def text(response):
    return " ".join(response.content.decode().split()).replace("&#x27;", "'")


def words_of(html):
    return " ".join(re.sub("<[^>]+>", " ", html).split()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def make_all(person, programme):
    rows = list(programme.partner_schools.filter(stage="joined"))
    ordered = order_letters(person, programme, rows)
    for letter in ordered:
        make_heads_letter(letter.pk)
    return ordered


def timetable(programme):
    for order, (kind, name, start, end, partner, required) in enumerate(
        [
            ("event", "Launch", dt.date(2026, 9, 24), dt.date(2026, 9, 24), 2, True),
            ("visit", "First visit", dt.date(2026, 10, 5), dt.date(2026, 10, 16), 0, True),
            ("visit", "Reciprocal visit", dt.date(2027, 4, 26), dt.date(2027, 5, 14), 1, True),
            ("visit", "Extra visit", dt.date(2026, 12, 14), dt.date(2027, 1, 8), 3, False),
        ],
        1,
    ):
        TimetableStep.objects.create(
            programme=programme,
            order=order,
            type=kind,
            name=name,
            window_start=start,
            window_end=end,
            half_days=1,
            host="partner school",
            funded_specialist_half_days=1,
            funded_partner_half_days=partner,
            required=required,
        )


def begin(partnership, on):
    """Agreed on that day."""
    partnership.steps.all().delete()
    partnership.steps.create(status="proposed", on=dt.date(2026, 9, 1))
    partnership.steps.create(status="agreed", on=on)


def teach_in_own_school(partnership):
    specialist = partnership.specialist
    specialist.home_school = partnership.partner_school
    specialist.save()


def send(client, programme, **given):
    return client.post(reverse("programmes:letters_send", args=[programme.slug]), given, follow=True)


def mails():
    return sorted(OutgoingMail.objects.filter(kind="heads_letter").values_list("to__email", flat=True))
