"""The access policy, as its reader would check it: every URL by every role, at home, next door and elsewhere.

A URL without a row in the table fails the suite.
"""

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from tests.access_rows import (
    BODY,
    GUESTS_READ,
    KEYS,
    MATRIX,
    MEMBERS,
    NOMINATION_PAGES,
    OF_A_PROGRAMME,
    OF_EVERYBODY,
    OF_THE_OFFICE,
    ORDER,
    OTHER_METHODS,
    PUBLIC,
    PUPIL_NAMES,
    SCHOOL_SEES_NAMES,
    TEACHERS_SEE_NAMES,
    UPN_PAGES,
    WHO,
    address_of,
)
from tests.routes import is_sign_in, url_names
from tests.world import build_world, nobody


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Built once; each cell is rolled back to a savepoint.

    Not the `db` fixture: it ends each test with the connection closed, and the world with it.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield (*build_world(), nobody())
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def signed_in(world):
    """A function that gives the cookie of a person: one session for all cells, as it was when it began.

    It is part of the world. A cell that ends it or writes to it is rolled back like any other.
    """
    cookies = {}

    def cookie_of(person):
        if person.pk not in cookies:
            client = Client()
            client.force_login(person)
            client.get(reverse("accounts:account"))  # what the first page of a session notes is no part of a cell
            cookies[person.pk] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return cookies[person.pk]

    return cookie_of


@pytest.fixture
def ask(world, signed_in, client):
    """Ask for a URL as someone, about a corner of the world; nothing that it did stays."""

    def asked(name, method, person, corner):
        address = address_of(name, corner)
        client.cookies.clear()
        if person is not None:
            client.cookies[settings.SESSION_COOKIE_NAME] = signed_in(person)
        with transaction.atomic():
            response = client.generic(method, address, **form_of(name, method))
            body = b"".join(response.streaming_content) if response.streaming else response.content
            transaction.set_rollback(True)
        return response.status_code, body.decode(errors="replace")

    return asked


def form_of(name, method):
    if method != "POST":
        return {}
    pairs = "&".join(f"{key}={value}" for key, value in BODY.get(name, {}).items())
    return {"data": pairs, "content_type": "application/x-www-form-urlencoded"}


def who_is(world, who, corner):
    return {"anon": None, "none": world[3]}.get(who, corner.people.get(who))


def test_the_columns_are_the_roles():
    assert ORDER.split() == [str(getattr(who, "value", who)) for who in WHO]


def test_every_url_has_a_row():
    named = set(url_names(get_resolver().url_patterns))

    assert {name for name in named if not is_sign_in(name)} == {
        row.split()[0].partition("/")[0] for row in MATRIX
    } | set(PUBLIC)


@pytest.mark.parametrize("row", MATRIX)
def test_at_home_everyone_sees_what_the_table_says_and_no_more(world, ask, row):
    """Canaries: names of another organisation, of the school next door, of pupils, pupil numbers, and a nomination."""
    name, method = row.split()
    ours = world[0]

    answers = {who: ask(name, method, who_is(world, who, ours), ours) for who in WHO}

    statuses = {who: status for who, (status, _) in answers.items()}
    leaks = [
        leak
        for who, (status, body) in answers.items()
        if method == "GET" and status == 200
        for leak in leaks_of(world, name, who, body)
    ]
    assert (statuses, leaks) == (dict(zip(WHO, MATRIX[row], strict=True)), [])


def leaks_of(world, name, who, body):
    """What this page shows, though its reader may not see it."""
    ours, next_door, elsewhere, _ = world
    everywhere = who == Role.ADMINISTRATOR
    if "Elsewhere" in body and not everywhere:
        yield who, "another organisation"
    if "Nextdoor" in body and who not in OF_THE_OFFICE and name not in {"reports:download"}:
        yield who, "the school next door"
    named = name in PUPIL_NAMES or (name in TEACHERS_SEE_NAMES and who in {Role.SPECIALIST, Role.PARTNER})
    named |= name in SCHOOL_SEES_NAMES and who in {Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER}
    if not named and ("OursideForename" in body or "OursideFamily" in body):
        yield who, "a pupil's name"
    if name not in UPN_PAGES and ours.upn in body:
        yield who, "a pupil's number"
    if next_door.upn in body or elsewhere.upn in body:
        yield who, "another school's pupil number"
    if "Ourside notebook" in body and who not in MEMBERS and not (who == Role.GUEST and name in GUESTS_READ):
        yield who, "what a group writes"
    if "Ourside discussing" in body and who not in MEMBERS:
        yield who, "what a group says afterwards"
    if "Ourside private" in body and who != Role.PARTNER:
        yield who, "what a member writes for themselves"
    if "Ourside nominat" in body and (name not in NOMINATION_PAGES or who != Role.COORDINATOR):
        yield who, "a nomination"


def expected_elsewhere(name, who, at_home):
    """Whatever a role opens at home is 404 where it does not belong; what it may not open stays closed."""
    if who in {"anon", "none"} or at_home == 403:
        return at_home
    if who == Role.ADMINISTRATOR and name in OF_EVERYBODY:
        return at_home
    return 404


@pytest.mark.parametrize("row", [row for row in MATRIX if row.split()[0] in KEYS])
def test_in_another_organisation(world, ask, row):
    name, method = row.split()
    ours, _, elsewhere, _ = world
    at_home = dict(zip(WHO, MATRIX[row], strict=True))

    answers = {who: ask(name, method, who_is(world, who, elsewhere), ours)[0] for who in WHO}

    assert answers == {who: expected_elsewhere(name, who, at_home[who]) for who in WHO}


@pytest.mark.parametrize(
    "row", [row for row in MATRIX if row.split()[0] in KEYS and row.split()[0] not in OF_A_PROGRAMME]
)
def test_the_school_next_door(world, ask, row):
    name, method = row.split()
    ours, next_door, _, _ = world
    at_home = dict(zip(WHO, MATRIX[row], strict=True))
    neighbours = [who for who in WHO if who not in OF_THE_OFFICE]

    answers = {who: ask(name, method, who_is(world, who, next_door), ours)[0] for who in neighbours}

    assert answers == {who: expected_elsewhere(name, who, at_home[who]) for who in neighbours}


@pytest.mark.parametrize("name", sorted({row.split()[0] for row in MATRIX}))
def test_no_other_method_does_anything(world, ask, name):
    """A method without a row is refused to everyone, and the refusal is all that is recorded."""
    ours = world[0]
    others = [m for m in OTHER_METHODS if f"{name} {m}" not in MATRIX]

    answers = {(m, who): ask(name, m, who_is(world, who, ours), ours)[0] for m in others for who in WHO}

    assert {cell: status for cell, status in answers.items() if status not in {302, 403, 404, 405}} == {}
    assert {status for (m, who), status in answers.items() if who == "anon" and m != "POST"} <= {302, 405}
    assert {status for (m, who), status in answers.items() if who == "anon" and m == "POST"} <= {403}
    assert {status for (_, who), status in answers.items() if who not in {"anon"}} <= {403, 404, 405}


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_say_nothing_of_anyone(world, name, client):
    keys = {"accounts:invitation": ["unknown"], "calendars:feed": ["unknown"], "accounts:demo_sign_in": [1]}
    keys |= {f"lessons:finding_public{more}": ["unknown"] for more in ("", "_poster")}
    keys = (keys | {"lessons:finding_public_file": ["unknown", 1]}).get(name, [])
    method = client.post if name == "accounts:demo_sign_in" else client.get

    response = method(reverse(name, args=keys))

    assert response.status_code == PUBLIC[name]
    assert "Ourside" not in response.content.decode()


def test_a_refusal_is_recorded_with_ids_only(world, client):
    person = world[0].people[Role.FINANCE]
    client.force_login(person)

    client.get(reverse("pupils:list"))

    event = AuditEvent.objects.filter(who=person).values("did", "about", "model", "row").first()
    assert event == {"did": "refused", "about": "pupils.view", "model": "", "row": None}


def test_the_number_of_cells_is_told(capsys):
    """For whoever reads the log: how much of the policy was walked."""
    homes = len(MATRIX) * len(WHO)
    elsewhere = sum(row.split()[0] in KEYS for row in MATRIX) * len(WHO)
    next_door = sum(row.split()[0] in KEYS and row.split()[0] not in OF_A_PROGRAMME for row in MATRIX) * (
        len(WHO) - len(OF_THE_OFFICE)
    )
    names = {row.split()[0] for row in MATRIX}
    others = sum(f"{name} {m}" not in MATRIX for name in names for m in OTHER_METHODS) * len(WHO)
    with capsys.disabled():
        print(f"\nAccess matrix: {homes} + {elsewhere} + {next_door} + {others} cells")

    assert min(homes, elsewhere, next_door, others) > 0
