"""The hand-over pack: what is in it, for whom, on the page and on paper."""

import datetime as dt
import re

import pypdfium2
import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.roles import Role
from jobs.models import Job
from programmes.models import ActionItem, TimetableStep
from programmes.services import life, people
from reports.handover import SECTIONS, handover
from reports.handover.packs import newest_pack, order_handover, render_handover
from reports.models import HandOverPack
from reports.tasks import make_handover
from tests.factories import BookingFactory, SpecialistTeacherFactory, VisitFactory

pytestmark = pytest.mark.usefixtures("one_day")

TODAY = dt.date(2027, 1, 27)
ROLES = [Role.COORDINATOR, Role.CONSULTANT, Role.SPECIALIST, Role.PARTNER]


@pytest.fixture
def ours(world):
    HandOverPack.objects.all().delete()
    return world[0]


def section(pack, title):
    return next(part["v"] for part in pack["sections"] if part["title"] == title)


def words_of(pdf):
    pages = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in pages)


def made(ours, role):
    pack = order_handover(ours.people[role], ours.partnership)
    make_handover(pack.pk)
    pack.refresh_from_db()
    return pack


def bytes_of(pack):
    with pack.file.open() as file:
        return file.read()


def test_the_sections_are_these():
    titles = [part.title for part in SECTIONS]

    assert titles == [
        "Who and where",
        "Next dates",
        "Open actions",
        "Agreement",
        "Visits so far",
        "Grades",
        "Target pupils",
        "What happened",
    ]


def test_it_tells_what_was_what_comes_and_what_is_open(ours):
    partnership, sst = ours.partnership, ours.people[Role.SPECIALIST]
    visit = VisitFactory(partnership=partnership, on=dt.date(2027, 1, 13), status="took place")
    BookingFactory(visit=visit, person=sst)
    VisitFactory(partnership=partnership, on=dt.date(2027, 1, 20), half="pm")
    VisitFactory(partnership=partnership, on=dt.date(2027, 1, 21), status="cancelled", cancelled_because="Snow")
    for order, (name, first, last) in enumerate(
        [
            ("Observation", dt.date(2026, 11, 2), dt.date(2026, 11, 27)),
            ("Lesson 3", dt.date(2027, 3, 1), TODAY.replace(month=3)),
        ],
        1,
    ):
        TimetableStep.objects.create(
            programme=ours.programme,
            order=order,
            type="visit",
            name=name,
            window_start=first,
            window_end=last,
            half_days=1,
            funded_specialist_half_days=1,
            funded_partner_half_days=0,
        )
    ActionItem.objects.filter(partnership=partnership).delete()
    for what, owner in [("Ask for cover", sst), ("Coordinator's own", ours.people[Role.COORDINATOR])]:
        ActionItem.objects.create(
            programme=ours.programme,
            partnership=partnership,
            what=what,
            owner=owner,
            due_on=dt.date(2027, 1, 20),
            made_by=ours.people[Role.COORDINATOR],
        )

    pack = handover(partnership, ours.people[Role.PARTNER])

    assert [(d["on"], d["when"], d["what"], d["who"]) for d in section(pack, "Next dates")["dates"]] == [
        (
            dt.date(2027, 2, 9),
            "morning",
            "Observation at Ourside Partner School",
            ["Ourside OursideSpecialist", "Ourside OursidePartner"],
        ),
        (dt.date(2027, 6, 25), "", "Summer grades are due", []),
    ]
    assert [step["name"] for step in section(pack, "Next dates")["to_book"]] == ["Lesson 3"]
    so_far = section(pack, "Visits so far")
    assert [(v["on"], v["half"], v["took_place"], v["people"]) for v in so_far["visits"]] == [
        (dt.date(2027, 1, 13), "morning", True, ["Ourside OursideSpecialist"]),
        (dt.date(2027, 1, 20), "afternoon", False, []),
    ]
    assert so_far["took_place"] == 1
    assert [(a["what"], a["late"]) for a in section(pack, "Open actions")["actions"]] == [("Ask for cover", True)]
    theirs = section(handover(partnership, ours.people[Role.COORDINATOR]), "Open actions")["actions"]
    assert [a["what"] for a in theirs] == ["Ask for cover", "Coordinator's own"]
    assert [(r["name"], r["received"], r["expected"]) for r in section(pack, "Grades")["returns"]] == [
        ("October", 1, 1),
        ("Summer", 1, 1),
    ]


def test_it_says_who_was_there_before_and_what_waits_for_a_successor(ours):
    coordinator, partnership = ours.people[Role.COORDINATOR], ours.partnership
    successor = SpecialistTeacherFactory(programme=ours.programme, user__first_name="Sue", user__last_name="Cessor")
    other = VisitFactory(on=ours.visit.on, half=ours.visit.half)
    BookingFactory(visit=other, person=successor.user)
    people.replace_specialist(coordinator, partnership, successor, on=TODAY, because="Parental leave")

    pack = handover(partnership, coordinator)

    rows = [(p["role"], p["name"], p["school"]) for p in section(pack, "Who and where")["people"]]
    assert rows == [
        ("Specialist teacher", "Sue Cessor", successor.home_school.name),
        ("Partner teacher", "Ourside OursidePartner", "Ourside Partner School"),
        ("Headteacher", "Ourside OursideHeadteacher", "Ourside Partner School"),
        ("Headteacher", "Not known", successor.home_school.name),
        ("Area consultant", "Ourside OursideConsultant", ""),
        ("Coordinator", "Ourside OursideCoordinator", ""),
        ("Specialist teacher until 26 January 2027", "Ourside OursideSpecialist", "Ourside Home School"),
    ]
    notes = [date["note"] for date in section(pack, "Next dates")["dates"] if date["note"]]
    assert notes == ["Waits for someone: a person who is booked has left"]
    told = [event["what"] for event in section(pack, "What happened")["events"]]
    assert told[-1] == "Sue Cessor took over from Ourside OursideSpecialist as specialist teacher"


@pytest.mark.parametrize("role", ROLES)
def test_pupils_stand_by_name_for_their_own_teachers_only(client, ours, role):
    client.force_login(ours.people[role])
    own = role in {Role.SPECIALIST, Role.PARTNER}

    page = client.get(reverse("reports:handover", args=[ours.partnership.pk])).content.decode()
    pack = made(ours, role)
    paper, raw = words_of(bytes_of(pack)), bytes_of(pack)

    for words in (page, paper):
        assert ("OursideForename" in words, "OursideFamily" in words) == (own, own)
        assert ("Ourside-C" in words) == (not own)
        assert ours.upn not in words
        assert "Nextdoor" not in words
        assert "Elsewhere" not in words
    assert pack.names_pupils == own
    assert b"OursideFamily" not in raw  # nor in the metadata
    event = AuditEvent.objects.filter(did="handover.viewed").first()
    assert (event.who, event.row, event.about) == (ours.people[role], ours.partnership.pk, "names" if own else "")


def test_heads_and_others_do_not_open_it(client, ours):
    statuses = {}
    for role in (Role.HEADTEACHER, Role.BUDGET_HOLDER, Role.FINANCE, Role.OFFICE):
        client.force_login(ours.people[role])
        statuses[role] = client.get(reverse("reports:handover", args=[ours.partnership.pk])).status_code

    assert set(statuses.values()) == {403}


def test_the_paper_asks_the_database_nothing(ours, django_assert_num_queries):
    pack = handover(ours.partnership, ours.people[Role.SPECIALIST])

    with django_assert_num_queries(0):
        pdf = render_handover(pack, timezone.now())

    assert words_of(pdf).startswith("Lesson Study Hand-over pack Maths, Year 5, Ourside Partner School")


def test_a_pack_is_downloaded_by_whoever_ordered_it_and_by_nobody_else(client, ours):
    person, address = ours.people[Role.SPECIALIST], reverse("reports:handover_download", args=[ours.partnership.pk])
    made(ours, Role.SPECIALIST)
    client.force_login(person)
    mine = client.get(address)
    content = b"".join(mine.streaming_content)
    client.force_login(ours.people[Role.PARTNER])
    theirs = client.get(address)

    assert (mine.status_code, content[:5]) == (200, b"%PDF-")
    assert mine["Content-Disposition"] == f'attachment; filename="hand-over-{ours.programme.slug}-ourside-p.pdf"'
    assert theirs.status_code == 404


def test_a_pack_closes_with_the_partnership(client, ours):
    gone, address = ours.people[Role.PARTNER], reverse("reports:handover_download", args=[ours.partnership.pk])
    made(ours, Role.PARTNER)
    row = ours.partnership.partner_teachers.get()
    people.replace_partner_teacher(
        ours.people[Role.COORDINATOR], row, on=TODAY, because="Left the school", email="n@schools.example"
    )
    client.force_login(gone)

    assert client.get(address).status_code == 403


def test_a_pack_with_names_closes_to_a_teacher_who_is_only_the_consultant_any_more(client, ours):
    """Role and reach come from the same row: what the teacher was given is not the consultant's."""
    person = ours.people[Role.CONSULTANT]
    row = ours.partnership.partner_teachers.get()
    people.add_partner_teacher(ours.people[Role.COORDINATOR], ours.partnership, email=person.email, on=TODAY)
    person = type(person).objects.get(pk=person.pk)
    pack = order_handover(person, ours.partnership)
    make_handover(pack.pk)
    opened = newest_pack(person, ours.partnership)
    own = ours.partnership.partner_teachers.get(user=person)
    people.replace_partner_teacher(ours.people[Role.COORDINATOR], own, on=TODAY, because="Withdrew from the programme")
    person = type(person).objects.get(pk=person.pk)

    assert opened.names_pupils
    assert newest_pack(person, ours.partnership) is None
    assert not handover(ours.partnership, person)["names_pupils"]
    assert row.until is None


def test_whoever_lost_the_partnership_before_the_worker_came_gets_a_sentence_and_no_file(ours):
    person = ours.people[Role.SPECIALIST]
    pack = order_handover(person, ours.partnership)
    successor = SpecialistTeacherFactory(programme=ours.programme)
    people.replace_specialist(None, ours.partnership, successor, on=TODAY, because="Left the school")

    make_handover(pack.pk)

    pack.refresh_from_db()
    assert (pack.state, pack.file.name) == (Job.State.FAILED, "")
    assert pack.failure == "You cannot open this partnership any more, so there is no pack of it for you."


def test_asking_twice_gives_the_one_in_hand(client, ours):
    client.force_login(ours.people[Role.SPECIALIST])
    address = reverse("reports:handover_order", args=[ours.partnership.pk])

    client.post(address)
    client.post(address)
    order_handover(ours.people[Role.PARTNER], ours.partnership)

    assert HandOverPack.objects.in_hand().count() == 2


def test_the_page_says_how_far_the_paper_is(client, ours):
    client.force_login(ours.people[Role.SPECIALIST])
    page = reverse("reports:handover", args=[ours.partnership.pk])
    progress = reverse("reports:handover_progress", args=[ours.partnership.pk])
    before = client.get(page).content.decode()
    pack = order_handover(ours.people[Role.SPECIALIST], ours.partnership)
    waiting = client.get(progress, headers={"HX-Request": "true"}).content.decode()
    same = client.get(progress, {"seen": pack.how_far}, headers={"HX-Request": "true"})
    make_handover(pack.pk)
    ready = client.get(progress, headers={"HX-Request": "true"}).content.decode()

    assert "Make a PDF of it" in before
    assert "waits for its turn" in waiting
    assert "hx-get" in waiting
    assert same.status_code == 204
    assert re.search(r"Download the pack \(PDF, \d+ kB\)", ready)
    assert "hx-get" not in ready
    assert default_storage.exists(HandOverPack.objects.get().file.name)


def test_it_says_who_has_signed_the_agreement(ours):
    current = ours.partnership.agreements.filter(superseded_at=None).get()
    signers = section(handover(ours.partnership, ours.people[Role.SPECIALIST]), "Agreement")["signers"]

    assert len(signers) == current.signatures.count()
    assert sum(bool(row["signed_on"]) for row in signers) == current.signatures.exclude(signed_at=None).count()
    assert {row["school"] for row in signers} == {"Ourside Home School", "Ourside Partner School"}


def test_a_paused_partnership_has_no_days_for_grades_and_its_visits_rest(ours):
    life.move(None, ours.partnership, "paused", on=TODAY, reason="Staff change")

    pack = handover(ours.partnership, ours.people[Role.SPECIALIST])

    dates = [(date["what"], date["note"]) for date in section(pack, "Next dates")["dates"]]
    assert dates == [("Observation at Ourside Partner School", "Rests: the partnership is paused")]
