"""A year is set up in the browser from nothing: by an authority, and by a network of schools without funding."""

import re
from collections import Counter

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from programmes.models import Partnership, Programme, Signature, academic_year
from reports.demo.setting_up import half_terms
from tests import workers
from tests.factories import MembershipFactory, SchoolFactory
from tests.walking import Walk, beginning
from tests.world import person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

HOMES = ["Kestrel School", "Larch School", "Maple School"]
# Name, home school, subject, year group, how many partnerships they could take.
SPECIALISTS = [
    ("Ada Quill", "Kestrel School", "Maths", "Year 3", "2"),
    ("Ben Tarn", "Birch Lane School", "Writing", "Year 4", "2"),
    ("Cora Wynn", "Kestrel School", "Maths", "Year 5", "2"),
    ("Dev Marsh", "Larch School", "Writing", "Year 6", "2"),
    ("Elin Moss", "Maple School", "Maths", "Year 5", "1"),
    ("Finn Ashby", "Larch School", "Writing", "Year 4", "1"),
]
# Name, area, subject, year group; who teaches there as partner.
PARTNERS = [
    ("Birch Lane School", "Coast", "Maths", "Year 3", ["Gail Penn"]),
    ("Chalk Hill School", "Coast", "Maths", "Year 3", ["Hope Rudd"]),
    ("Dunes School", "Coast", "Writing", "Year 4", ["Ivan Sole"]),
    ("Elmside School", "Inland", "Writing", "Year 4", ["Jana Tull"]),
    ("Fern School", "Inland", "Maths", "Year 5", ["Kit Usher"]),
    ("Gorse School", "Inland", "Writing", "Year 6", ["Lena Vane", "Milo Wray"]),
    ("Heath School", "Inland", "Writing", "Year 6", ["Nora Yates"]),
    ("Juniper School", "Inland", "Maths", "Year 5", ["Otis Zane"]),
    ("Ivy Lane School", "Coast", "Writing", "Year 4", ["Petra Boon"]),
]


OWN = ("Maple School", "", "Maths", "Year 5", ["Quinn Dale"])
HEADS = {
    "Birch Lane School": "Rhys Cole",
    "Chalk Hill School": "Tom Eames",
    "Dunes School": "Tom Eames",  # one head of two schools
    "Elmside School": "Uma Farr",
    "Fern School": "Vic Gale",
    "Gorse School": "Wes Hale",
    "Heath School": "Nora Yates",  # who is the partner teacher too
    "Juniper School": "Xena Ives",
    "Ivy Lane School": "Yann Jole",
    "Kestrel School": "Sara Dunn",
    "Larch School": "Zoe Kerr",
    "Maple School": "Abel Lowe",
}


def mailed_link(mailoutbox):
    """The address in the newest mail, without its host."""
    return re.search(r"https?://[^/\s]+(/\S+)", mailoutbox[-1].body)[1]


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def next_year():
    start = academic_year(timezone.localdate())[0]
    return start.replace(year=start.year + 1)


def written(year):
    return f"{year.year}-{(year.year + 1) % 100:02}"


def pasted(year):
    """Term dates as they stand on an authority's pages."""
    return "\n".join(
        f"{term.name}: {term.starts_on:%A %-d %B %Y} to {term.ends_on:%A %-d %B %Y}" for term in half_terms(year)
    )


def email_of(name):
    return f"{name.lower().replace(' ', '.')}@marland.example"


def names(name):
    first, last = name.split()
    return {"First name": first, "Last name": last, "Email address": email_of(name)}


def arrive(open_as, mailoutbox, found, organisation):
    """An administrator adds the organisation and invites its coordinator; the desk is hers, with nothing on it."""
    administrator = person("Marland", Role.ADMINISTRATOR)
    MembershipFactory(user=administrator, role=Role.ADMINISTRATOR, organisation=None)
    desk = Walk(open_as(administrator), found)
    desk.enter(reverse("today"))
    desk.press("Add an organisation: Add the first organisation")
    desk.fill(organisation)
    desk.press("Add the organisation")
    desk.follow("Invite one for ")
    desk.fill(names("Rosa Keane"))
    desk.press("Send the invitation")
    desk = Walk(open_as(), found)
    desk.enter(mailed_link(mailoutbox))
    desk.press("Accept and sign in")
    desk.page.get_by_text("I cannot scan it").click()
    desk.fill({"Code": code_of(desk.page.locator(".ls-code").inner_text())})
    desk.press("Finish")
    desk.follow("Go on to Lesson Study")
    return desk


def say_what_it_is(desk, subjects, years, funded):
    desk.press("Add a programme")
    desk.fill({"Name": "Lesson study", written(next_year()): True, "Subjects": subjects})
    desk.tick(*years, funded)
    desk.press("Save and continue")


def name_areas(desk, open_as, mailoutbox):
    desk.follow("Areas and their consultants")
    for area in ("Coast", "Inland"):
        desk.fill({"Name of the area": area})
        desk.press("Add the area")
    desk.follow("Invite one")
    desk.fill(names("Hugo Lund"))
    desk.press("Send the invitation")
    guest = Walk(open_as(width=375), desk.found)
    guest.enter(mailed_link(mailoutbox))
    guest.press("Accept and sign in")
    desk.page.reload()
    desk.fill({"Area": "Coast", "Consultant": "Hugo Lund"})
    desk.press("Name as consultant")
    desk.press("All areas are there")


def enter_dates(desk, template):
    """Term dates, the timetable of a template placed on them, and the four data points that are usual."""
    desk.follow("Term dates")
    desk.follow("paste them")
    desk.fill({"Term dates": pasted(next_year())})
    desk.press("Look at them before saving")
    desk.press("Save the term dates")
    desk.follow("Timetable")
    desk.press("Choose a template")
    desk.follow(template)
    desk.press("Use this timetable")
    desk.press("The timetable is complete")
    desk.follow("Data points")
    desk.press("Use these four")
    desk.press("All data points are there")


def choose_scale(desk, scale, levels):
    desk.follow("Assessment")
    desk.fill(scale)
    desk.press("Continue")
    desk.fill(levels)
    desk.press("Save and continue")


def finish_set_up(desk, last, answers):
    desk.follow("Success criteria")
    desk.press("Save and continue")
    desk.follow("Agreement text")
    desk.press("Use this text")
    desk.follow(last)
    desk.fill(answers)
    desk.press("Save and continue")
    desk.follow("Check your answers")
    desk.press("Start the programme")


def recruit(desk, specialists):
    desk.press("Add specialist teachers")
    desk.press("Add a specialist teacher")
    for name, home, subject, year, wanted in specialists:
        desk.fill(names(name) | {"How many partnerships could they take?": wanted})
        desk.choose_school("Home school", home)
        desk.tick(subject, year)
        desk.press("Add to the programme" if name == specialists[-1][0] else "Add, and enter another")
    desk.follow("Back to specialist teachers")
    for name, *_ in specialists:
        desk.follow(name)
        desk.follow("What happens next")
        desk.tick("Recruited")
        desk.press("Save")
        desk.follow("Back to specialist teachers")
    desk.follow("Back to the programme")


def add_partner_schools(desk):
    desk.follow("Partner schools")
    desk.press("Add a school")
    for name, area, subject, year, _ in PARTNERS:
        desk.choose_school("School", name)
        desk.tick("Takes part")
        desk.fill({"Area": area, "Subject wanted": subject, "Year group wanted": year})
        desk.press("Add the school" if name == PARTNERS[-1][0] else "Add, and enter another")
    desk.follow("Back to partner schools")
    desk.follow("Back to the programme")


def pair_by_hand(desk, teacher, school, subject, year):
    desk.follow("Pairing")
    desk.follow("Pair one by hand")
    desk.fill({"Specialist teacher": teacher, "Partner school": school})
    desk.tick(subject, year)
    desk.press("Continue")
    desk.press("Propose this partnership")
    desk.follow(f"Lesson study {written(next_year())}")


def take_suggestions(desk, broker):
    desk.follow("Pairing")
    with workers.running(broker.url):
        desk.press("Suggest pairs for all 8 schools")
        desk.page.get_by_role("heading", name="8 suggested pairs").wait_for(timeout=120_000)
    desk.look()
    desk.press("Accept all 8 that are not decided")
    desk.press("Check and confirm 8 pairs")
    desk.press("Propose 8 partnerships")


def name_partner_teachers(desk, rows):
    desk.follow("Roster")
    for school, *_, teachers in rows:
        desk.follow(school)
        for name in teachers:
            desk.follow("Add a partner teacher")
            desk.fill(names(name))
            desk.press("Add the partner teacher")
        desk.follow("Back to the roster")


def make_agreements(desk, rows):
    desk.follow(rows[0][0])
    desk.follow(f"Lesson study {written(next_year())}")
    desk.follow("Agreement text")
    desk.press(f"Make {len(rows)} agreements")
    desk.press("Make the agreements")


def invite_who_signs(desk, mailoutbox, rows):
    """From the page of each agreement; the links by person, in the order of their invitations."""
    links = {}
    for school, *_ in rows:
        desk.follow(school)
        invite = desk.page.locator(".ls-signers").get_by_role("link", name=re.compile("^Invite "))
        while invite.count():
            asked = re.sub(r"\s+", " ", invite.first.inner_text())
            desk.follow(asked, within=".ls-signers")
            head = HEADS.get(asked.removeprefix("Invite the headteacher of "))
            if head:
                desk.fill(names(head))
            desk.press("Send the invitation")
            links.setdefault(head or asked.removeprefix("Invite "), []).append(mailed_link(mailoutbox))
        desk.follow("All agreements")
    return links


def accept_and_sign(walk, name, links):
    """All that waits for one person, first in the role accepted last; how many signatures it took."""
    for link in links:
        walk.enter(link)
        walk.press("Accept")
    if len(links) == 1:
        return sign_all(walk, name)
    walk.follow("Today")
    signed = sign_all(walk, name)
    walk.press(walk.page.locator(".ls-roles").get_by_role("button").first.inner_text(), within=".ls-roles")
    return signed + sign_all(walk, name)


def sign_all(walk, name):
    """Whatever Today says that has to be signed; how many signatures it took."""
    signed = 0
    while walk.page.get_by_role("link", name=beginning("Sign the agreement of")).count():
        walk.follow("Sign the agreement of")
        while walk.page.get_by_label("Your name", exact=True).count():
            walk.fill({"Your name": name})
            walk.page.get_by_role("checkbox").check()
            walk.press("Sign as")
            signed += 1
        walk.follow("Today")
    return signed


def sign(open_as, found, links):
    """Everyone signs on a phone; how many signatures each of them gave."""
    signed = {}
    for name, mailed in links.items():
        page = open_as(width=375)
        signed[name] = accept_and_sign(Walk(page, found), name, mailed)
        page.context.close()
    return signed


def rows_of(page):
    """The cells of each row of the roster, as one reads them."""
    rows = page.locator("table.ls-roster tbody tr:has(td)")
    return sorted(
        [[" ".join(cell.split()) for cell in row.locator("th, td").all_inner_texts()] for row in rows.all()],
        key=lambda cells: re.search(r"P\d+", cells[0])[0],
    )


def expected_row(p, rows):
    """What the roster has to say: who was entered above, and with whom the pairing put them."""
    _, area, subject, year, teachers = next(row for row in rows if row[0] == p.partner_school.name)
    return [
        f"{p.partner_school} , {subject}, {year}, {p.ref} {p.specialist} with {', '.join(teachers)}",
        f"{area} {subject}, {year} Agreed".strip(),
        f"Signed by all {(2 if p.is_in_own_school else 3) + len(teachers)}",
        "Next none planned",
        " ".join(f"{name[0]} \u2013 {name}: no target pupils" for name in ("October", "December", "March", "Summer")),
        "On course",
    ]


def problems(found):
    return {page: problems for page, problems in found.items() if problems}


def test_a_coordinator_sets_up_the_two_way_programme_from_nothing(open_as, mailoutbox, broker):
    for place, name in enumerate([*HOMES, *(name for name, *_ in PARTNERS)]):
        SchoolFactory(name=name, la_code="811", la_name="Marland", easting=500_000 + 2_000 * place, northing=200_000)
    found, rows = {}, [*PARTNERS, OWN]
    county = {"Local authority": True, "Name": "Marland County Council", "LA code": "811"}

    desk = arrive(open_as, mailoutbox, found, county)
    say_what_it_is(desk, "maths, writing", ["Year 3", "Year 4", "Year 5", "Year 6"], funded="Yes")
    name_areas(desk, open_as, mailoutbox)
    enter_dates(desk, "Essex two-way 2009-10")
    levels = {"Year 3: the expected level is met from": "2b", "Year 3: it is exceeded from": "3c"}
    choose_scale(desk, {"National Curriculum sub-levels": True}, levels)
    finish_set_up(desk, "Training places", {"Staff of each school funded for training": "3"})
    recruit(desk, SPECIALISTS)
    add_partner_schools(desk)
    pair_by_hand(desk, "Moss, Elin", "Maple School", "Maths", "Year 5")
    pair_by_hand(desk, "Ashby, Finn", "Ivy Lane School", "Writing", "Year 4")
    take_suggestions(desk, broker)
    name_partner_teachers(desk, rows)
    make_agreements(desk, rows)
    signed = sign(open_as, found, invite_who_signs(desk, mailoutbox, rows))
    desk.follow("Roster")

    assert problems(found) == {}
    assert signed == Counter(str(row.signed_by) for row in Signature.objects.select_related("signed_by"))
    assert sum(signed.values()) == 9 * 4 + 3 + 1  # one school has one head, another has two partner teachers
    assert desk.page.locator(".ls-lead").inner_text() == "10 partnerships: 10 are on course."
    assert rows_of(desk.page) == [expected_row(p, rows) for p in Partnership.objects.with_people().order_by("ref")]


def test_a_network_without_funding_sets_up_lesson_study_in_each_school(open_as, mailoutbox):
    rows = [
        ("Kestrel School", "", "Maths", "Year 3", ["Gail Penn"]),
        ("Larch School", "", "Maths", "Year 4", ["Ivan Sole", "Kit Usher"]),
    ]
    for name, *_ in rows:
        SchoolFactory(name=name, la_code="811", la_name="Marland")
    found = {}

    desk = arrive(open_as, mailoutbox, found, {"Network of schools": True, "Name": "Tarn Schools"})
    say_what_it_is(desk, "maths", ["Year 3", "Year 4"], funded="No")
    desk.follow("Areas and their consultants")
    desk.press("There are no areas")
    enter_dates(desk, "Lesson study in one school")
    choose_scale(
        desk, {"A scale of your own, from 1 to a number": True, "The highest number, for a scale of your own": "5"}, {}
    )
    finish_set_up(desk, "Review of the agreement", {})
    recruit(
        desk,
        [("Ada Quill", *rows[0][:1], "Maths", "Year 3", "1"), ("Finn Ashby", "Larch School", "Maths", "Year 4", "1")],
    )
    pair_by_hand(desk, "Quill, Ada", "Kestrel School", "Maths", "Year 3")
    pair_by_hand(desk, "Ashby, Finn", "Larch School", "Maths", "Year 4")
    name_partner_teachers(desk, rows)
    make_agreements(desk, rows)
    signed = sign(open_as, found, invite_who_signs(desk, mailoutbox, rows))
    desk.follow("Roster")

    programme = Programme.objects.get()
    assert problems(found) == {}
    assert (programme.organisation.kind, programme.funded, programme.status) == ("network", False, "active")
    assert signed == {
        "Ada Quill": 1,
        "Gail Penn": 1,
        "Sara Dunn": 1,
        "Finn Ashby": 1,
        "Ivan Sole": 1,
        "Kit Usher": 1,
        "Zoe Kerr": 1,
    }
    assert rows_of(desk.page) == [expected_row(p, rows) for p in Partnership.objects.with_people().order_by("ref")]
