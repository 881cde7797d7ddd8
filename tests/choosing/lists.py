"""What a teacher does on the pages on which target pupils are chosen."""

import html
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pupils.models import Place, PupilList, TargetPupil

FIELDS = ("first_name", "last_name", "year_group", "sex", "pupil_premium", "sen", "eal")


def text(response):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


class Choosing:
    def __init__(self, client, corner):
        self.client, self.corner, self.partnership = client, corner, corner.partnership
        self.page = reverse("pupils:choose", args=[self.partnership.pk])
        self.before = set(TargetPupil.objects.values_list("pk", flat=True))

    def paste(self, rows):
        return self.client.post(self.page, {"pasted": rows}, follow=True)

    def send(self, data, name="list.csv"):
        data = data.encode() if isinstance(data, str) else data
        return self.client.post(self.page, {"pasted": "", "file": SimpleUploadedFile(name, data)}, follow=True)

    @property
    def waiting(self):
        return PupilList.objects.waiting().get()

    def check(self, **typed):
        """Pupils without a day were there from the beginning, where nothing else is said."""
        typed = {"joined": "beginning"} | typed
        return self.client.post(self.waiting.get_absolute_url(), typed, follow=True)

    def take(self, **typed):
        return self.check(save="on", **typed)

    def by_hand(self, follow=True, query="", **typed):
        given = {
            "first_name": "Una",
            "last_name": "Byrne",
            "year_group": 5,
            "pupil_premium": "U",
            "sen": "N",
            "eal": "U",
            "joined": "" if typed.get("since") else "beginning",
        }
        address = reverse("pupils:add", args=[self.partnership.pk]) + query
        return self.client.post(address, given | typed, follow=follow)

    def added(self, *fields):
        """What was kept of the pupils who came since, as values of these fields."""
        rows = TargetPupil.objects.exclude(pk__in=self.before).order_by("pk")
        return list(rows.values_list(*(fields or FIELDS)))

    def places(self):
        rows = Place.objects.filter(partnership=self.partnership).order_by("pk")
        return [(place.pupil.full_name, place.class_name, place.since) for place in rows]


def problems(response):
    """The problems that the page of a list names above, as (where, what)."""
    found = re.findall(r'<li><a href="#r[^"]+">(.*?)</a>: (.*?)</li>', response.content.decode())
    return [(html.unescape(where), html.unescape(what)) for where, what in found]
