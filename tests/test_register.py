"""The national register from upload to the last row: what is shown is what is written, and twice is once."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent, RegisterChange, RegisterFile, RegisterUpdate, School, SchoolLink
from accounts.register import services
from accounts.register.reading import NotRead
from accounts.roles import Role
from bench.registers import Establishment, Register, generate
from tests.factories import MembershipFactory, OrganisationFactory, PartnershipFactory, ProgrammeFactory, SchoolFactory
from tests.registers import all_schools, bring_up_to_date, confirm, kinds_by_urn, preview, read, send_bytes
from tests.world import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def essex():
    return OrganisationFactory(name="Essex", la_code="881")


@pytest.fixture
def coordinator(client, essex):
    user = person("Amira", Role.COORDINATOR)
    MembershipFactory(user=user, role=Role.COORDINATOR, organisation=essex)
    client.force_login(user)
    return user


def register_of(*establishments):
    return Register({school.urn: school for school in establishments})


def oak(**fields):
    return Establishment(**{"urn": 123456, "la": 881, "name": "Oak School", "number": "2000"} | fields)


def elm(**fields):
    return Establishment(**{"urn": 123457, "la": 881, "name": "Elm School", "number": "2001"} | fields)


def page_of(client, file, query=""):
    return " ".join(client.get(file.get_absolute_url() + query).content.decode().split())


def test_a_school_is_kept_as_the_register_has_it(client, coordinator, tmp_path):
    school = oak(
        name="St Zoë's  School",
        la=7,
        opened="01-09-1998",
        closed="01-01-1900",
        pupils="312",
        town="Thaxted",
        head="Mrs|Ada|Quell",
        postcode="ZZ1 1AA",
    )

    bring_up_to_date(client, tmp_path, register_of(school))

    kept = School.objects.values().get()
    assert {name: kept[name] for name in kept if name not in {"id", "words"}} == {
        "urn": "123456",
        "la_code": "007",
        "la_name": "Authority 7",
        "establishment_number": "2000",
        "name": "St Zoë's School",
        "type": "Community school",
        "status": "open",
        "opened_on": dt.date(1998, 9, 1),
        "closed_on": None,
        "phase": "Primary",
        "low_age": 4,
        "high_age": 11,
        "number_of_pupils": 312,
        "percentage_fsm": Decimal("25.60"),
        "street": "67 Mill Lane",
        "town": "Thaxted",
        "postcode": "ZZ1 1AA",
        "head_title": "Mrs",
        "head_first_name": "Ada",
        "head_last_name": "Quell",
        "easting": 400000 + 123456 % 99991,
        "northing": 200000 + 123456 % 88883,
    }


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_letters_come_through_in_either_encoding(client, coordinator, tmp_path, encoding):
    name = "St Mary\u2019s Café \u2013 Zoë"

    file = bring_up_to_date(client, tmp_path, register_of(oak(name=name), elm()), encoding)

    assert School.objects.get(urn="123456").name == name
    assert file.encoding == {"cp1252": "Windows-1252"}.get(encoding, "UTF-8")


@pytest.mark.parametrize(("delimiter", "days"), [(";", "%d/%m/%Y"), ("\t", "%Y-%m-%d"), (",", "%d-%m-%Y")])
def test_a_file_that_went_through_a_spreadsheet_is_read_as_well(client, coordinator, tmp_path, delimiter, days):
    day = dt.date(1998, 9, 1)
    path = register_of(oak(opened=f"{day:{days}}", la=88, pupils="312.0")).write(tmp_path / "r.csv")
    text = path.read_text("cp1252").replace('"088"', '"88"').replace('","', f'"{delimiter}"')

    send_bytes(client, text.encode("cp1252"))
    confirm(client, read(RegisterFile.objects.get()))

    kept = School.objects.get()
    assert (kept.la_code, kept.opened_on, kept.number_of_pupils) == ("088", day, 312)


def test_nothing_is_written_before_someone_confirms(client, coordinator, tmp_path):
    file = preview(client, tmp_path, register_of(oak(), elm()))

    page = page_of(client, file)

    assert not School.objects.exists()
    assert (file.schools, file.changes_count, file.counts) == (2, 2, {"new": 2})
    assert "2 schools would change" in page
    assert "Nothing is written yet." in page
    assert "New in the register 2" in page


CHANGES = {
    "renamed": ({}, {"name": "Oak Hill School"}, ["renamed"]),
    "closed": ({}, {"status": "Closed", "closed": "31-08-2026"}, ["closed"]),
    "proposed to close": ({}, {"status": "Open, but proposed to close"}, ["closing"]),
    "open again": ({"status": "Closed"}, {}, ["reopened"]),
    "opened": ({"status": "Proposed to open"}, {}, ["opened"]),
    "moved": ({}, {"la": 886}, ["moved"]),
    "other details": ({"pupils": "10"}, {"pupils": "11"}, ["details"]),
    "a new head": ({"head": "Mrs|Ada|Quell"}, {"head": "Mr|Ben|Orrick"}, ["details"]),
    "several at once": ({}, {"name": "Oak", "la": 886, "pupils": "9"}, ["details", "moved", "renamed"]),
    "nothing": ({}, {}, None),
}


@pytest.mark.parametrize(("before", "after", "kinds"), CHANGES.values(), ids=CHANGES)
def test_each_kind_of_change_is_told(client, coordinator, tmp_path, before, after, kinds):
    bring_up_to_date(client, tmp_path, register_of(oak(**before), elm()))

    file = preview(client, tmp_path, register_of(oak(**after), elm()))

    assert kinds_by_urn(file) == ({123456: kinds} if kinds else {})
    assert file.changes_nothing == (kinds is None)


def test_what_changes_is_shown_before_and_after(client, coordinator, tmp_path):
    bring_up_to_date(client, tmp_path, register_of(oak()))

    file = preview(client, tmp_path, register_of(oak(name="Oak Hill", status="Closed", closed="31-08-2026")))
    page = page_of(client, file)

    assert file.changes.get().fields == {
        "name": ["Oak School", "Oak Hill"],
        "status": ["open", "closed"],
        "closed_on": [None, "2026-08-31"],
    }
    assert "<del>Oak School</del> <ins>Oak Hill</ins>" in page
    assert "<ins>Monday 31 August 2026</ins>" in page


def academy(**fields):
    return Establishment(
        **{"urn": 140001, "la": 881, "name": "Oak Academy", "number": "2000", "type": "Academy converter"} | fields
    )


GONE = {"status": "Closed", "closed": "31-08-2026"}


def test_a_school_that_became_an_academy_is_told_with_its_successor(client, coordinator, tmp_path):
    bring_up_to_date(client, tmp_path, register_of(oak(), elm()))
    register = register_of(oak(**GONE), elm(), academy())
    register.follow(123456, 140001)

    file = preview(client, tmp_path, register)
    confirm(client, file)

    assert kinds_by_urn(file) == {123456: ["academy", "closed"], 140001: ["new"]}
    assert file.changes.get(urn="123456").fields["successor"] == [None, "Oak Academy (140001)"]
    link = SchoolLink.objects.get()
    assert (link.predecessor.urn, link.successor.urn, link.kind) == ("123456", "140001", "succeeded")
    assert link.established_on == dt.date(2026, 9, 1)


def test_two_schools_that_merged_are_told_whatever_the_links_call_it(client, coordinator, tmp_path):
    bring_up_to_date(client, tmp_path, register_of(oak(), elm()))
    both = Establishment(urn=140002, la=881, name="Oak and Elm", number="2003")
    register = register_of(oak(**GONE), elm(**GONE), both)
    register.follow(123456, 140002)
    register.follow(123457, 140002, "Successor - amalgamated")

    file = preview(client, tmp_path, register)
    confirm(client, file)

    assert kinds_by_urn(file) == {123456: ["closed", "merged"], 123457: ["closed", "merged"], 140002: ["new"]}
    assert dict(SchoolLink.objects.values_list("predecessor__urn", "kind")) == {
        "123456": "succeeded",
        "123457": "merged",
    }


def test_a_successor_that_becomes_known_later_is_told_then(client, coordinator, tmp_path):
    bring_up_to_date(client, tmp_path, register_of(oak(), elm()))
    bring_up_to_date(client, tmp_path, register_of(oak(**GONE), elm()))
    register = register_of(oak(**GONE), elm())
    register.follow(123456, 123457)

    file = bring_up_to_date(client, tmp_path, register)
    again = preview(client, tmp_path, register)

    assert kinds_by_urn(file) == {123456: ["succeeded"]}
    assert (again.changes_nothing, again.links_count) == (True, 0)


def test_links_that_are_not_ours_or_lead_nowhere_are_left_out(client, coordinator, tmp_path):
    register = register_of(oak(), elm())
    register.links = [
        (123456, 999999, "Far School", "Successor", ""),
        (123456, 123457, "Elm School", "Sixth Form Centre Link", ""),
        (123456, 123456, "Oak School", "Successor", ""),
        ("x", 123457, "Elm School", "Predecessor", "31-02-2020"),
    ]

    bring_up_to_date(client, tmp_path, register)

    assert not SchoolLink.objects.exists()


def test_the_same_file_again_changes_nothing(client, coordinator, tmp_path):
    register = generate(40)
    bring_up_to_date(client, tmp_path, register)
    before = all_schools()

    file = preview(client, tmp_path, register)
    page = page_of(client, file)

    assert (file.changes_count, file.links_count, file.counts) == (0, 0, {})
    assert "Nothing changes" in page
    assert "bring the register up to date</button>" not in page
    assert all_schools() == before


def test_a_school_that_is_not_in_the_file_stays_as_it_is(client, coordinator, tmp_path):
    bring_up_to_date(client, tmp_path, register_of(oak(), elm()))
    used = School.objects.get(urn="123457")
    partnership = PartnershipFactory(partner_school=used, specialist__home_school=used)

    file = bring_up_to_date(client, tmp_path, register_of(oak(name="Oak Hill")))
    page = page_of(client, file, "?kind=absent")

    partnership.refresh_from_db()
    assert partnership.partner_school == used
    assert kinds_by_urn(file) == {123456: ["renamed"], 123457: ["absent"]}
    assert file.changes_count == 1
    assert "They stay as they are." in page


def many(count, first=200000, **fields):
    return [oak(urn=urn, name=f"School {urn}", **fields) for urn in range(first, first + count)]


def test_a_file_without_many_schools_that_are_known_is_asked_about_and_needs_a_tick(
    client, coordinator, essex, tmp_path
):
    closed = many(3, first=300000, status="Closed")
    bring_up_to_date(client, tmp_path, register_of(*many(20), *closed))
    PartnershipFactory(
        programme=ProgrammeFactory(organisation=essex),
        partner_school=School.objects.get(urn="200019"),
        specialist__home_school=School.objects.get(urn="200000"),
    )
    file = preview(client, tmp_path, register_of(*many(10, pupils="7")))

    asked = page_of(client, file)
    refused = client.post(reverse("accounts:register_confirm", args=[file.pk]), follow=True).content.decode()
    written_without_the_tick = RegisterUpdate.objects.filter(register_file=file).count()
    confirm(client, file, as_it_is="on")

    assert "10 of 20 schools that are known here and have not closed are not in it." in asked
    assert "1 of them takes part in your programmes." in asked
    assert "There is a problem" not in asked
    assert "There is a problem" in refused
    assert refused.count("Tick that you have checked it, or set the file aside and send the whole one.") == 2
    assert written_without_the_tick == 0
    assert School.objects.filter(number_of_pupils=7).count() == 10
    assert School.objects.count() == 23
    assert AuditEvent.objects.filter(did="register.confirmed").order_by("pk").last().about == "without 10 schools"


def test_a_few_schools_that_are_not_in_the_file_are_asked_about_by_nobody(client, coordinator, tmp_path):
    closed = many(30, first=300000, status="Closed")
    bring_up_to_date(client, tmp_path, register_of(*many(20), *closed))

    file = preview(client, tmp_path, register_of(*many(11, pupils="7")))
    page = page_of(client, file)
    update = confirm(client, file)

    assert file.missing_count == 9
    assert "known here and have not closed are not in it" not in page
    assert update.state == "done"


def test_a_column_that_is_not_in_the_file_leaves_what_is_known(client, coordinator, tmp_path):
    bring_up_to_date(client, tmp_path, register_of(oak(pupils="312", town="Thaxted")))

    header, row = register_of(oak(name="Oak Hill"), elm()).write(tmp_path / "r.csv").read_text("cp1252").split("\n", 1)
    renamed = header.replace("NumberOfPupils", "Unknown1").replace('"Town"', '"Unknown2"')
    send_bytes(client, f"{renamed}\n{row}".encode("cp1252"))
    confirm(client, read(RegisterFile.objects.latest("pk")))

    known = School.objects.order_by("urn").values_list("name", "number_of_pupils", "town")
    assert list(known) == [("Oak Hill", 312, "Thaxted"), ("Elm School", None, "")]


def test_cells_that_nothing_hangs_on_are_left_blank_and_counted(client, coordinator, tmp_path):
    odd = oak(pupils="many", opened="31-02-2020", postcode="much too long for it")

    file = bring_up_to_date(client, tmp_path, register_of(odd))
    page = page_of(client, file)

    kept = School.objects.get()
    assert (kept.number_of_pupils, kept.opened_on, kept.postcode) == (None, None, "")
    assert file.left_blank == {"NumberOfPupils": 1, "OpenDate": 1, "Postcode": 1}
    assert "NumberOfPupils: 1 cell" in page


def test_the_schools_that_take_part_come_first_and_can_be_shown_alone(client, coordinator, essex, tmp_path):
    bring_up_to_date(client, tmp_path, register_of(oak(), elm(), elm(urn=123458, name="Ash School")))
    PartnershipFactory(
        programme=ProgrammeFactory(organisation=essex),
        partner_school=School.objects.get(urn="123456"),
        specialist__home_school=SchoolFactory(),
    )
    changed = register_of(oak(pupils="1"), elm(pupils="1"), elm(urn=123458, name="Ash School", pupils="1"))

    file = preview(client, tmp_path, changed)
    everything = client.get(file.get_absolute_url()).context["object_list"]
    own = client.get(file.get_absolute_url(), {"mine": "yes"}).context["object_list"]
    searched = client.get(file.get_absolute_url(), {"q": "elm"}).context["object_list"]
    page = page_of(client, file)

    assert [change.name for change in everything] == ["Oak School", "Ash School", "Elm School"]
    assert [change.name for change in own] == ["Oak School"]
    assert [change.name for change in searched] == ["Elm School"]
    assert "1 of them takes part in your programmes." in page
    assert "Other details 3 (1 of yours)" in page


@pytest.mark.parametrize("query", ["?kind=x", "?q=%00", "?q=%25", "?page=2", "?mine=x", "?kind=closed&q=zzz"])
def test_odd_questions_are_answered(client, coordinator, tmp_path, query):
    file = preview(client, tmp_path, register_of(oak()))

    assert client.get(file.get_absolute_url() + query).status_code in {200, 404}


def test_the_page_of_the_register_says_when_by_whom_and_how_many(client, coordinator, tmp_path):
    empty = client.get(reverse("accounts:register")).content.decode()
    bring_up_to_date(client, tmp_path, register_of(oak(), elm(**GONE)))

    page = " ".join(client.get(reverse("accounts:register")).content.decode().split())

    assert "The register is empty" in empty
    assert "2 schools in the register" in page
    assert "by Amira AmiraCoordinator, from" in page
    assert "1 of 2 have not closed." in page
    assert "The register was brought up to date" in page


def test_someone_of_another_organisation_learns_that_but_not_who(client, coordinator, tmp_path):
    file = bring_up_to_date(client, tmp_path, register_of(oak()))
    other = person("Elsewhere", Role.COORDINATOR)
    MembershipFactory(user=other, organisation=OrganisationFactory(la_code="886"))
    client.force_login(other)

    page = client.get(reverse("accounts:register")).content.decode()
    hidden = client.get(file.get_absolute_url())

    assert "by someone of another organisation" in page
    assert "Amira" not in page
    assert hidden.status_code == 404


def test_every_step_is_recorded_with_ids_only(client, coordinator, tmp_path):
    file = bring_up_to_date(client, tmp_path, register_of(oak()))

    steps = AuditEvent.objects.filter(did__startswith="register.").order_by("pk")

    assert [(step.did, step.who, step.row, step.about) for step in steps] == [
        ("register.sent", coordinator, file.pk, ""),
        ("register.confirmed", coordinator, file.pk, ""),
        ("register.updated", coordinator, file.pk, ""),
    ]


def test_a_file_set_aside_is_gone_and_cannot_be_confirmed(client, coordinator, tmp_path):
    file = preview(client, tmp_path, register_of(oak()))

    answer = client.post(reverse("accounts:register_set_aside", args=[file.pk]), follow=True)
    update = confirm(client, file)

    file.refresh_from_db()
    assert "Nothing of it was written." in answer.content.decode()
    assert update is None
    assert not file.changes.exists()
    assert not School.objects.exists()


def test_the_file_is_gone_from_the_disk_once_it_is_written_or_set_aside(
    client, coordinator, tmp_path, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        first = preview(client, tmp_path, register_of(oak()))
    names = [first.file.name]
    with django_capture_on_commit_callbacks(execute=True):
        confirm(client, first)
    second = preview(client, tmp_path, register_of(oak(name="Oak Hill")))
    names.append(second.file.name)
    kept = default_storage.exists(second.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("accounts:register_set_aside", args=[second.pk]))

    assert kept
    assert [default_storage.exists(name) for name in names] == [False, False]


def test_a_newer_file_of_the_same_person_sets_the_older_preview_aside(client, coordinator, tmp_path):
    older = preview(client, tmp_path, register_of(oak()))

    newer = preview(client, tmp_path, register_of(oak(), elm()))

    older.refresh_from_db()
    assert older.discarded_at is not None
    assert newer.discarded_at is None


def test_a_file_that_cannot_be_used_leaves_the_preview_and_stays_listed(client, coordinator, tmp_path):
    good = preview(client, tmp_path, register_of(oak()))
    bad = preview(client, tmp_path, register_of(oak(status="Perhaps")))

    listed = client.get(reverse("accounts:register")).context["files"]
    waits = [file for file, _ in listed]
    preview(client, tmp_path, register_of(oak(), elm()))
    after = [file for file, _ in client.get(reverse("accounts:register")).context["files"]]
    problems = client.get(bad.get_absolute_url()).content.decode()

    good.refresh_from_db()
    assert waits == [bad, good.__class__.objects.get(pk=good.pk)]
    assert (bad in after, good in after) == (True, False)
    assert "Perhaps" in problems
    assert good.discarded_at is not None


def test_confirmed_after_another_update_one_is_told_and_reads_again(client, coordinator, tmp_path):
    bring_up_to_date(client, tmp_path, register_of(oak()))
    late = preview(client, tmp_path, register_of(oak(name="Oak Hill")))
    RegisterFile.objects.filter(pk=late.pk).update(
        uploaded_by=person("Other", Role.OFFICE)
    )  # not set aside by the next
    bring_up_to_date(client, tmp_path, register_of(oak(name="Oak Lane")))

    page = page_of(client, late)
    refused = confirm(client, late)
    client.post(reverse("accounts:register_again", args=[late.pk]))
    again = read(RegisterFile.objects.latest("pk"))
    update = confirm(client, again)

    assert "The register has changed since this file was read." in page
    assert refused is None
    assert again.changes.get().fields == {"name": ["Oak Lane", "Oak Hill"]}
    assert update.state == "done"
    assert School.objects.get().name == "Oak Hill"


def test_whatever_changed_a_school_meanwhile_the_worker_writes_nothing_that_was_not_shown(
    client, coordinator, tmp_path
):
    bring_up_to_date(client, tmp_path, register_of(oak(), elm()))
    file = preview(client, tmp_path, register_of(oak(name="Oak Hill"), elm()))
    School.objects.filter(urn="123457").update(name="Elm as a folder has it")

    update = confirm(client, file)
    page = page_of(client, file)

    assert (update.state, update.refused, update.overtaken) == ("failed", True, True)
    assert "The register has changed since this file was read." in page
    assert "Read it again</button>" in page
    assert set(School.objects.values_list("name", flat=True)) == {"Oak School", "Elm as a folder has it"}


def test_confirming_twice_is_confirming_once(client, coordinator, tmp_path):
    file = preview(client, tmp_path, register_of(oak()))

    confirm(client, file)
    confirm(client, file)

    assert [update.state for update in RegisterUpdate.objects.all()] == ["done"]
    assert School.objects.count() == 1


def test_a_file_that_was_not_read_because_of_us_is_read_again(client, coordinator, tmp_path):
    file = preview(client, tmp_path, register_of(oak()))
    RegisterFile.objects.filter(pk=file.pk).update(state="failed", failure="Something went wrong on our side.")

    page = page_of(client, file)
    listed = client.get(reverse("accounts:register")).content.decode()
    client.post(reverse("accounts:register_again", args=[file.pk]))
    again = read(RegisterFile.objects.latest("pk"))
    update = confirm(client, again)

    assert "This file was not read" in page
    assert "Something went wrong on our side. Nothing was changed." in page
    assert "Read it again</button>" in page
    assert "Was not read: have it read again" in listed
    assert update.state == "done"


def test_a_file_that_is_spoilt_on_our_disk_before_it_is_written_is_a_failure_of_ours(client, coordinator, tmp_path):
    file = preview(client, tmp_path, register_of(oak()))
    with default_storage.open(file.file.name, "wb") as spoilt:
        spoilt.write(b"URN\0")

    with pytest.raises(NotRead):
        confirm(client, file)

    update = file.updates.get()
    assert (update.state, update.refused, update.failure) == (
        "failed",
        False,
        "The file can no longer be read. Send it again.",
    )
    assert not School.objects.exists()


def test_a_file_cannot_be_read_again_once_it_is_written(client, coordinator, tmp_path):
    file = bring_up_to_date(client, tmp_path, register_of(oak()))

    with pytest.raises(services.NotNow):
        services.read_again(coordinator, file)
    answer = client.post(reverse("accounts:register_again", args=[file.pk]), follow=True)

    assert "The file is not here any more. Send it again." in answer.content.decode()


def test_progress_is_told_by_htmx_and_the_page_comes_anew_at_the_end(client, coordinator, tmp_path):
    file = preview(client, tmp_path, register_of(oak()))
    address = reverse("accounts:register_progress", args=[file.pk])
    htmx = {"hx-request": "true"}

    over = client.get(address, headers=htmx)
    RegisterFile.objects.filter(pk=file.pk).update(state="running", done=12000, total=52000)
    running = client.get(address, headers=htmx)
    file.refresh_from_db()
    same = client.get(address, {"seen": file.stage}, headers=htmx)

    assert (over.status_code, over["HX-Redirect"]) == (204, file.get_absolute_url())
    assert "12,000 of 52,000 rows are read." in running.content.decode()
    assert same.status_code == 204


# Property: what stands afterwards is what the file says, worked out by code of its own -----------------------------

FIELDS = {
    "name": st.sampled_from(["Oak School", "Oak Hill", "St Zoë's", 'A, "B"\nC']),
    "la": st.sampled_from([1, 881, 886]),
    "status": st.sampled_from(["Open", "Open, but proposed to close", "Closed", "Proposed to open"]),
    "closed": st.sampled_from(["", "01-01-1900", "31-08-2026"]),
    "pupils": st.sampled_from(["", "0", "412"]),
    "town": st.sampled_from(["", "Thaxted"]),
    "number": st.sampled_from(["", "2000"]),
}
SCHOOLS = st.dictionaries(st.integers(100000, 100007), st.fixed_dictionaries(FIELDS), min_size=1)
REGISTERS = st.lists(SCHOOLS, min_size=1, max_size=4)


def said(urn, fields):
    """A school as the register means it."""
    days = {"": None, "01-01-1900": None, "31-08-2026": dt.date(2026, 8, 31)}
    statuses = {"Open": "open", "Closed": "closed", "Proposed to open": "proposed"}
    return {
        "urn": str(urn),
        "name": " ".join(fields["name"].split()),
        "la_code": f"{fields['la']:03}",
        "status": statuses.get(fields["status"], "closing"),
        "closed_on": days[fields["closed"]],
        "number_of_pupils": int(fields["pupils"]) if fields["pupils"] else None,
        "town": fields["town"],
        "establishment_number": fields["number"],
    }


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(REGISTERS)
def test_whatever_came_before_the_last_file_holds_and_holds_again(client, coordinator, tmp_path, registers):
    School.objects.all().delete()
    expected = {}
    for schools in registers:
        register = register_of(*(Establishment(urn=urn, **fields) for urn, fields in schools.items()))
        before = dict(expected)
        expected |= {urn: said(urn, fields) for urn, fields in schools.items()}
        file = preview(client, tmp_path, register)
        confirm(client, file) if file.changes_count else None
        kept = {int(row["urn"]): row for row in School.objects.values(*said(0, next(iter(schools.values()))))}
        again = preview(client, tmp_path, register)

        assert kept == expected
        assert set(file.changes.real().values_list("urn", flat=True)) == {
            str(urn) for urn in expected if before.get(urn) != expected[urn]
        }
        assert again.changes_nothing

    RegisterChange.objects.all().delete()
