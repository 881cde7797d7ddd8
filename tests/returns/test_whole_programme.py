"""A programme's year through the pages: teachers choose the pupils, the coordinator collects the grades, the teachers
submit them; the results are those of the folder that says the same."""

import csv
import datetime as dt
import io
import json

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from programmes.models import DataReturn, Partnership, Programme
from programmes.services import life
from pupils.collecting.template import COLUMNS
from pupils.models import Place
from pupils.results import as_json
from tests.factories import MembershipFactory
from tests.folders import ASSESSMENTS, ESSEX, PARTNERSHIPS, PUPILS, TOML
from tests.loads import load
from tests.reading import text_of
from tests.returns.entering import address
from tests.world import person

ROW, GRADE = COLUMNS.index, COLUMNS.index("Grade")
ENDED = "partnership ended"
LISTED = ["first_name", "last_name", "year_group", "sex", "pupil_premium", "sen", "eal", "upn"]


def table(folder, name):
    return list(csv.DictReader(io.StringIO((folder / name).read_text(encoding="utf-8"))))


def without_pupils(folder, target):
    """The same folder while its year runs, and nobody has chosen a pupil."""
    target.mkdir()
    for file in folder.iterdir():
        if file.suffix in {".csv", ".toml"}:
            (target / file.name).write_bytes(file.read_bytes())
    for name in (PUPILS, ASSESSMENTS):
        (target / name).write_text((target / name).read_text(encoding="utf-8").splitlines()[0] + "\n")
    rows = table(folder, PARTNERSHIPS)
    with (target / PARTNERSHIPS).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(row | {"status": "active", "ended_on": "", "reason": ""} for row in rows)
    toml = (target / TOML).read_text(encoding="utf-8")
    (target / TOML).write_text(toml.replace('status = "closed"', 'status = "active"'), encoding="utf-8")
    return target


class Year:
    """What people do on the pages in a programme that `folder` describes."""

    def __init__(self, folder, tmp_path):
        self.folder = folder
        load(without_pupils(folder, tmp_path / "running"))
        self.programme = Programme.objects.get()
        User.objects.update(is_active=True)
        self.coordinator = person("Amira", Role.COORDINATOR)
        MembershipFactory(
            user=self.coordinator,
            role=Role.COORDINATOR,
            organisation=self.programme.organisation,
            starts_on=dt.date(2000, 1, 1),
        )
        self.given = {
            (row["pupil"], row["partnership"], row["data_point"]): row["grade"] or row["not_assessed_reason"]
            for row in table(folder, ASSESSMENTS)
            if row["not_assessed_reason"] != ENDED  # which comes with the fold
        }

    def as_(self, user):
        client = Client()
        client.force_login(user)
        return client

    def teacher(self, partnership, turn):
        """Now one of the two, now the other."""
        return partnership.teachers[turn % len(partnership.teachers)]

    def choose_pupils(self):
        rows = table(self.folder, PUPILS)
        for turn, partnership in enumerate(Partnership.objects.with_people().order_by("ref")):
            own = [row for row in rows if row["partnership"] == partnership.ref]
            if not own:
                continue
            lines = ["\t".join(LISTED), *("\t".join(row[name] for name in LISTED) for row in own)]
            client = self.as_(self.teacher(partnership, turn))
            looked = client.post(
                reverse("pupils:choose", args=[partnership.pk]), {"pasted": "\n".join(lines)}, follow=True
            )
            done = client.post(looked.request["PATH_INFO"], {"save": "on", "joined": "beginning"}, follow=True)
            assert f"{len(own)} target pupil" in text_of(done), text_of(done)
        told_apart = Place.objects.values_list(
            "partnership__ref", "pupil__first_name", "pupil__last_name", "pupil__ref"
        )
        known = {(*names, ref): made for ref, *names, made in told_apart}
        assert len(known) == len(rows)
        self.refs = {
            (known[row["first_name"], row["last_name"], row["partnership"]], row["partnership"]): row["pupil"]
            for row in rows
        }

    def collect_grades(self):
        """The coordinator fills in each template and sends it back as the file of a spreadsheet."""
        client = self.as_(self.coordinator)
        for point in self.programme.data_points.all():
            asked = client.get(reverse("pupils:collect_template", args=[self.programme.slug, point.pk, "csv"]))
            header, *rows = csv.reader(io.StringIO(asked.content.decode("utf-8-sig")))
            for row in rows:
                key = (self.refs[row[ROW("Pupil")], row[ROW("Partnership")]], row[ROW("Partnership")], point.name)
                row[GRADE] = self.given.get(key, "")
            file = io.StringIO()
            csv.writer(file).writerows([header, *rows])
            page = reverse("pupils:collect", args=[self.programme.slug])
            sent = SimpleUploadedFile("grades.csv", file.getvalue().encode())
            looked = client.post(page, {"file": sent})
            done = client.post(page, {"pasted": looked.context["text"], "save": "on"}, follow=True)
            assert "A teacher of each partnership checks and submits them." in text_of(done)

    def submit_grades(self):
        rows = DataReturn.objects.filter(expected__gt=0, expected=F("assessed") + F("excused"))
        for turn, row in enumerate(rows):
            partnership = Partnership.objects.with_people().get(pk=row.partnership_id)
            client = self.as_(self.teacher(partnership, turn))
            version = client.get(address("return_check", row)).context["sheet_version"]
            done = client.post(address("return_check", row), {"version": version}, follow=True)
            assert "grades are submitted. Thank you." in text_of(done)

    def end_as_in_the_folder(self):
        for row in table(self.folder, PARTNERSHIPS):
            partnership = Partnership.objects.with_people().get(ref=row["ref"])
            steps = {"completed": ["completed"], "folded": ["folded"], "embedding": ["completed", "embedding"]}
            for status in steps.get(row["status"], []):
                on = life.day_of_step(partnership, status)
                reason = next(iter(life.reasons_for(partnership, status)), "")
                life.move(self.coordinator, partnership, status, on=on, reason=reason)


@pytest.mark.django_db
def test_essex_through_the_pages_gives_the_published_results(tmp_path):
    with time_machine.travel(dt.datetime(2009, 7, 20, 12, tzinfo=dt.UTC), tick=False):
        year = Year(ESSEX, tmp_path)
        year.choose_pupils()
        year.collect_grades()
        year.submit_grades()
        year.end_as_in_the_folder()

    expected = json.loads((ESSEX / "expected.json").read_text())
    assert as_json(Programme.objects.get()) == expected
