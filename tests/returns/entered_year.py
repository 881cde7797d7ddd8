"""A programme's year as people enter it: the folder gives all but pupils, grades and ends, which come by the pages."""

import csv
import datetime as dt
import io
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from accounts.roles import Role
from programmes.models import DataReturn, Partnership, Programme
from programmes.services import life
from pupils.collecting.template import COLUMNS
from pupils.models import Place
from tests.factories import MembershipFactory
from tests.folders import ASSESSMENTS, PARTNERSHIPS, PUPILS, REASONS, TOML, Maker
from tests.loads import load
from tests.reading import text_of
from tests.returns.entering import address
from tests.world import person

ROW, GRADE = COLUMNS.index, COLUMNS.index("Grade")
ENDED = REASONS[-1]
NOT_LISTED = {"partnership", "pupil", "subject"}
LETTERS = str.maketrans("0123456789", "abcdefghij")
STEPS = {"completed": ["completed"], "folded": ["folded"], "embedding": ["completed", "embedding"]}


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
    (target / TOML).write_text(re.sub(r'status = "\w+"', 'status = "active"', toml), encoding="utf-8")
    return target


def own_name(ref):
    """A surname that nobody else of the folder has."""
    return f"Quayle {ref.translate(LETTERS)}"


class WholeYear(Maker):
    """Of the folders made from a seed those that can come about on the pages: every grade of a return is there or has a
    reason, a second place is at the same school, and a partnership that folds gives nothing from some day on."""

    def make_partnerships(self):
        super().make_partnerships()
        for partnership in self.partnerships:
            folded = partnership["status"] == "folded"
            if not folded:
                partnership["status"] = self.rng.choice(["completed", "completed", "completed", "embedding", "active"])
            partnership["ended_on"] = "" if partnership["status"] == "active" else self.end.isoformat()
            self.stops = getattr(self, "stops", {}) | {
                partnership["ref"]: self.rng.randrange(len(self.points)) if folded else len(self.points)
            }

    def add_place(self, pupil, partnership):
        schools = {p["ref"]: p["partner_school_urn"] for p in self.partnerships}
        held = [row["partnership"] for row in self.pupil_rows if row["pupil"] == pupil["pupil"]]
        if any(schools[ref] != partnership["partner_school_urn"] for ref in held):
            return
        pupil["first_name"], pupil["last_name"] = pupil["first_name"] or "Q", own_name(pupil["pupil"])
        super().add_place(pupil, partnership)
        place, grades = self.places[-1], self.places[-1]["grades"]
        for number, (name, _) in enumerate(self.points):
            if number >= self.stops[partnership["ref"]]:
                grades[name] = ENDED
            elif grades[name] in {"", ENDED}:
                grades[name] = self.rng.choice(["absent", "not required"])
        for end in (0, -1):
            code = grades[self.points[end][0]]
            place["last" if end else "first"] = code if code in self.grades else None

    def write_csv(self, name, rows):
        with (self.path / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows({key: value.strip() for key, value in row.items()} for row in rows if any(row.values()))


class Posts:
    """What people do, as posts of the pages' forms."""

    def as_(self, user):
        client = Client()
        client.force_login(user)
        return client

    def choose(self, user, partnership, pasted, number):
        client = self.as_(user)
        looked = client.post(reverse("pupils:choose", args=[partnership.pk]), {"pasted": pasted}, follow=True)
        done = client.post(looked.request["PATH_INFO"], {"save": "on", "joined": "beginning"}, follow=True)
        assert f"{number} target pupil" in text_of(done), text_of(done)

    def template(self, user, programme, point):
        asked = self.as_(user).get(reverse("pupils:collect_template", args=[programme.slug, point.pk, "csv"]))
        return asked.content.decode("utf-8-sig")

    def collect(self, user, programme, content):
        client, page = self.as_(user), reverse("pupils:collect", args=[programme.slug])
        looked = client.post(page, {"file": SimpleUploadedFile("grades.csv", content)}, follow=True)
        done = client.post(looked.request["PATH_INFO"], {"save": "on"}, follow=True)
        assert "A teacher of each partnership checks and submits them." in text_of(done)

    def submit(self, user, row):
        client = self.as_(user)
        version = client.get(address("return_check", row)).context["sheet_version"]
        done = client.post(address("return_check", row), {"version": version}, follow=True)
        assert "grades are submitted. Thank you." in text_of(done)


class Windows:
    """The same in windows of a browser: from Today, with the mouse and the clipboard."""

    def __init__(self, open_as):
        self.open_as, self.pages = open_as, {}

    def as_(self, user):
        if user.pk not in self.pages:
            self.pages[user.pk] = self.open_as(user)
        return self.pages[user.pk]

    def choose(self, user, partnership, pasted, number):
        page = self.as_(user)
        page.goto(reverse("pupils:choose", args=[partnership.pk]))
        page.get_by_label("Paste rows from a spreadsheet").fill(pasted)
        page.get_by_role("button", name="Look at the pupils").click()
        page.get_by_label("From the beginning").check()
        page.get_by_role("button", name=re.compile("^Add ")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(rf"^{number} target pupil"))

    def template(self, user, programme, point):
        page = self.as_(user)
        page.goto(reverse("pupils:collect", args=[programme.slug]))
        template = reverse("pupils:collect_template", args=[programme.slug, point.pk, "csv"])
        with page.expect_download() as download:
            page.locator(f"a[href='{template}']").click()
        return download.value.path().read_text(encoding="utf-8-sig")

    def collect(self, user, programme, content):
        page = self.as_(user)
        page.goto(reverse("pupils:collect", args=[programme.slug]))
        file = {"name": "grades.csv", "mimeType": "text/csv", "buffer": content}
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_role("button", name="Look at the grades").click()
        page.get_by_role("button", name=re.compile("^Put ")).click()
        expect(page.get_by_text("A teacher of each partnership checks and submits them.")).to_be_visible()

    def submit(self, user, row):
        page = self.as_(user)
        page.goto(address("return", row))
        page.get_by_role("button", name="Check your answers").click()
        page.get_by_role("button", name="I declare this, submit").click()
        expect(page.get_by_text("grades are submitted. Thank you.")).to_be_visible()


def first_name(row):
    """Under the header that the folder has for it."""
    return row["first_name"] if "first_name" in row else row["Forename"]


class Year:
    """What people enter in the programme that `folder` describes, by posts or in windows: `hands`."""

    def __init__(self, folder, tmp_path, hands):
        self.folder, self.hands = folder, hands
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
            (row["pupil"], row["partnership"], row["data_point"].casefold()): row["grade"] or row["not_assessed_reason"]
            for row in table(folder, ASSESSMENTS)
            if row["not_assessed_reason"] != ENDED  # which comes with the fold
        }

    def teacher(self, partnership, turn):
        """Now one of the two, now the other."""
        return partnership.teachers[turn % len(partnership.teachers)]

    def choose_pupils(self):
        rows = table(self.folder, PUPILS)
        for turn, partnership in enumerate(Partnership.objects.with_people().order_by("ref")):
            own = [row for row in rows if row["partnership"] == partnership.ref]
            if own:
                listed = [name for name in rows[0] if name not in NOT_LISTED]
                lines = ["\t".join(listed), *("\t".join(row[name] for name in listed) for row in own)]
                self.hands.choose(self.teacher(partnership, turn), partnership, "\n".join(lines), len(own))
        told_apart = Place.objects.values_list(
            "partnership__ref", "pupil__first_name", "pupil__last_name", "pupil__ref"
        )
        known = {(*names, ref): made for ref, *names, made in told_apart}
        assert len(known) == len(rows)
        self.refs = {
            (known[first_name(row), row["last_name"], row["partnership"]], row["partnership"]): row["pupil"]
            for row in rows
        }

    def collect_grades(self):
        """The coordinator fills in each template and sends it back as the file of a spreadsheet."""
        for point in self.programme.data_points.all():
            asked = self.hands.template(self.coordinator, self.programme, point)
            header, *rows = csv.reader(io.StringIO(asked))
            for row in rows:
                key = (self.refs[row[ROW("Pupil")], row[ROW("Partnership")]], row[ROW("Partnership")])
                row[GRADE] = self.given.get((*key, point.name.casefold()), "")
            file = io.StringIO()
            csv.writer(file).writerows([header, *rows])
            if any(row[GRADE] for row in rows):
                self.hands.collect(self.coordinator, self.programme, file.getvalue().encode())

    def submit_grades(self):
        rows = DataReturn.objects.filter(expected__gt=0, expected=F("assessed") + F("excused"))
        for turn, row in enumerate(rows.order_by("pk")):
            partnership = Partnership.objects.with_people().get(pk=row.partnership_id)
            self.hands.submit(self.teacher(partnership, turn), row)

    def end_as_in_the_folder(self):
        for row in table(self.folder, PARTNERSHIPS):
            partnership = Partnership.objects.with_people().get(ref=row["ref"])
            for status in STEPS.get(row["status"], []):
                on = life.day_of_step(partnership, status)
                reason = next(iter(life.reasons_for(partnership, status)), "")
                life.move(self.coordinator, partnership, status, on=on, reason=reason)

    def go_through(self):
        self.choose_pupils()
        self.collect_grades()
        self.submit_grades()
        self.end_as_in_the_folder()
