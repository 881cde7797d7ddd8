"""Finding one school of thousands: on its page, and in a form, with scripts and without."""

import pytest
from django import forms
from django.core import signing
from django.urls import reverse

from accounts.models import School
from accounts.school_field import SHOWN, SchoolField
from tests.factories import PartnershipFactory, ProgrammeFactory, SchoolFactory

pytestmark = pytest.mark.django_db


def school(name, **fields):
    return SchoolFactory(name=name, **{"la_code": "881", "la_name": "Essex"} | fields)


def names(rows):
    return [row.name for row in rows]


class ChoosingForm(forms.Form):
    school = SchoolField(label="School")

    def __init__(self, *args, user, action="schools.search", only=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["school"].offer(user, action, **only or {})


def choose(user, **sent):
    data = {key.replace("_", "-"): value for key, value in sent.items()}
    return ChoosingForm(data, user=user)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("st marys", ["St. Mary's C.E. Primary School"]),
        ("ST MARY\N{RIGHT SINGLE QUOTATION MARK}S", ["St. Mary's C.E. Primary School"]),
        ("cafe", ["Café Lane & Mill Road Infants"]),
        ("mill road infants", ["Café Lane & Mill Road Infants"]),
        ("lane and mill", ["Café Lane & Mill Road Infants"]),
        ("infants thaxted", ["Café Lane & Mill Road Infants"]),
        ("thaxted", ["Café Lane & Mill Road Infants", "Oak School"]),
        ("zz9 4bb", ["Oak School"]),
        ("ZZ94BB", ["Oak School"]),
        ("zz9", ["Oak School"]),
        ("123456", ["Oak School"]),
        ("1234", ["Oak School"]),
        ("881/2000", ["St. Mary's C.E. Primary School"]),
        ("8812000", ["St. Mary's C.E. Primary School"]),
        ("Thaxxted", ["Café Lane & Mill Road Infants", "Oak School"]),
        ("Thatxed", ["Café Lane & Mill Road Infants", "Oak School"]),
        ("thaxxted oak", ["Oak School"]),
        ("infnats thatxed", ["Café Lane & Mill Road Infants"]),
        ("Öak", ["Oak School"]),
        ("nowhere at all", []),
        ("  ", []),
        ("\0", []),
        ("%", []),
        ("_", []),
        ("'; --", []),
        ("学校", []),
    ],
)
def test_a_school_is_found_as_people_write_it(typed, found):
    school("St. Mary's C.E. Primary School", establishment_number="2000", town="Halstead")
    school("Café Lane & Mill Road Infants", town="Thaxted", establishment_number="2001")
    school("Oak School", town="Thaxted", postcode="ZZ9 4BB", urn="123456")

    assert names(School.objects.search(typed).order_by("name")) == sorted(found)


MARYS = [
    "Saint Mary's Catholic Primary School",
    "St Marys Church of England Infant School",
    "St. Mary's C of E (VA) Primary School",
    "St.Mary\N{RIGHT SINGLE QUOTATION MARK}s R.C. Primary",
    "St Mary's CofE Primary School",
]
CHURCH, CATHOLIC = [MARYS[1], MARYS[2], MARYS[4]], [MARYS[0], MARYS[3]]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        *[
            (typed, MARYS)
            for typed in ("st marys", "St. Mary's", "saint marys", "Saint Mary", "ST.MARY'S", "sain mary")
        ],
        *[
            (f"st marys {words}", CHURCH)
            for words in ("ce", "C.E.", "c/e", "c of e", "CofE", "church of england", "Church of")
        ],
        *[(f"{words} marys", CATHOLIC) for words in ("rc", "R.C.", "catholic", "roman catholic")],
        ("saint mary's c.e. va", [MARYS[2]]),
        ("voluntary aided", [MARYS[2]]),
        ("gt baddow", ["Great Baddow Junior & Infant School"]),
        ("baddow j&i", ["Great Baddow Junior & Infant School"]),
        ("great baddow junior and infant", ["Great Baddow Junior & Infant School"]),
        ("saints peter and paul", ["SS Peter and Paul's School"]),
        ("ss peter & paul", ["SS Peter and Paul's School"]),
        ("southend on sea", ["Mount Pleasant School"]),
        ("mt pleasant ss1", ["Mount Pleasant School"]),
        ("mount pleasant SS12AA", ["Mount Pleasant School"]),
    ],
)
def test_a_school_is_found_however_its_saint_and_its_church_are_written(typed, found):
    for name in MARYS:
        school(name, town="Maldon", postcode="CM9 5HP")
    school("Great Baddow Junior & Infant School", town="Chelmsford", postcode="CM2 9RZ")
    school("SS Peter and Paul's School", town="Ilford", postcode="IG1 1SA")
    school("Mount Pleasant School", town="Southend-on-Sea", postcode="SS1 2AA")

    assert sorted(names(School.objects.search(typed))) == sorted(found)


def test_the_best_comes_first():
    school("Upper Elm School")
    school("Elm", status=School.Status.CLOSED)
    school("Elmwood School", status=School.Status.CLOSED)
    school("Elmstead School")
    school("Oak School", town="Elm")
    school("Helmsley School")

    assert names(School.objects.search("elm")) == [
        "Elm",
        "Elmstead School",
        "Oak School",
        "Upper Elm School",
        "Helmsley School",
        "Elmwood School",
    ]


def test_the_own_schools_come_before_others(amira, essex):
    school("Elm Abbey", la_code="886")
    school("Elm Road", la_code="881")
    guest = school("Elm Zeal", la_code="887")
    PartnershipFactory(programme=ProgrammeFactory(organisation=essex), partner_school=guest)

    found = School.objects.search("elm", amira.live_memberships)

    assert names(found) == ["Elm Road", "Elm Zeal", "Elm Abbey"]


def test_the_page_lists_what_fits_and_htmx_gets_the_table_alone(client, amira):
    school("Jaywell Junior School", town="Clacton", urn="123456", status=School.Status.CLOSING)
    address = reverse("accounts:schools")

    page = client.get(address, {"q": "jaywell"}).content.decode()
    part = client.get(address, {"q": "jaywell"}, headers={"hx-request": "true"}).content.decode()
    nothing = client.get(address, {"q": "zzz"}).content.decode()

    for words in ("1 school fits", "Jaywell Junior School", "URN 123456", "Essex", "Open, but proposed to close"):
        assert words in page
        assert words in part
    assert "<html" in page
    assert "<html" not in part
    assert "No school in the register fits “zzz”" in nothing


def test_before_anything_is_typed_the_page_lists_the_schools_that_take_part(client, amira, essex):
    school("Far School")
    here = PartnershipFactory(programme=ProgrammeFactory(organisation=essex))

    rows = client.get(reverse("accounts:schools")).context["object_list"]

    assert set(rows) == {here.partner_school, here.specialist.home_school}


def test_one_school_that_fits_is_taken(amira):
    oak = school("Oak School", urn="123456")
    school("Elm School")

    forms_ = [choose(amira, school=typed) for typed in ("oak", "123456", " Oak   School ")]

    assert [(form.is_valid(), form.cleaned_data["school"]) for form in forms_] == [(True, oak)] * 3


def test_several_schools_are_asked_about_and_the_picked_one_is_taken(amira):
    near, far = school("Oak Junior School", town="Clacton"), school("Oak Infant School", town="Harwich")

    asked = choose(amira, school="oak")
    html = str(asked["school"])
    answered = choose(amira, school="oak", school_for="oak", school_is=near.pk)

    assert asked.errors["school"] == ["2 schools fit “oak”. Choose the one you mean, or type more of its name."]
    assert "Which school do you mean?" in html
    assert [f'value="{s.pk}"' in html for s in (near, far)] == [True, True]
    assert answered.is_valid()
    assert answered.cleaned_data["school"] == near


def test_what_was_typed_later_counts_more_than_what_was_picked_before(amira):
    near, elm = school("Oak Junior School"), school("Elm School")

    form = choose(amira, school="elm", school_for="oak", school_is=near.pk)

    assert form.is_valid()
    assert form.cleaned_data["school"] == elm


def test_the_whole_name_of_one_school_is_taken_although_others_begin_so(amira):
    oak = school("Oak School")
    school("Oak School Nursery")

    once = choose(amira, school="oak school")
    taken = once.is_valid() and once.cleaned_data["school"]
    school("Oak School", town="Harwich")
    twice = choose(amira, school="oak school")

    assert taken == oak
    assert not twice.is_valid()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "This field is required."),
        ("   ", "This field is required."),
        ("\0", "This field is required."),
        ("o", "Type at least two letters of the name, the town, the postcode or the URN."),
        ("zzz", "No school here fits “zzz”. Try a part of the name, the town, the postcode or the URN."),
        ("<b>", "No school here fits “<b>”. Try a part of the name, the town, the postcode or the URN."),
    ],
)
def test_what_cannot_be_understood_is_said_in_a_sentence(amira, typed, sentence):
    school("Oak School")

    form = choose(amira, school=typed)

    assert form.errors["school"].data[0].messages == [sentence]
    assert "<b>" not in str(form["school"])


@pytest.mark.parametrize("picked", ["x", "-1", "0", "9" * 30, "1 or 1=1", ""])
def test_a_crafted_pick_is_an_ordinary_error(amira, picked):
    school("Oak Junior"), school("Oak Infant")

    form = choose(amira, school="oak", school_for="oak", school_is=picked)

    assert len(form.errors["school"]) == 1


def test_only_what_is_offered_can_be_chosen(amira):
    school("Oak Closed", status=School.Status.CLOSED)
    abroad, here = school("Oak Abroad", la_code="886"), school("Oak Here")

    only_here = {"action": "people.invite", "only": {"status": "open"}}
    typed = ChoosingForm({"school": "oak"}, user=amira, **only_here)
    crafted = ChoosingForm({"school": "oak", "school-for": "oak", "school-is": abroad.pk}, user=amira, **only_here)

    assert typed.is_valid()
    assert typed.cleaned_data["school"] == here
    assert crafted.errors["school"] == ["Choose from what is offered here."]


def test_many_schools_show_the_best_ten_and_say_how_many_more(amira):
    for number in range(SHOWN + 3):
        school(f"Oak {number:02}")

    form = choose(amira, school="oak")
    html = str(form["school"])

    assert not form.is_valid()
    assert html.count('type="radio"') == SHOWN
    assert "And 3 others." in " ".join(html.split())


def test_a_school_that_stands_is_shown_picked(amira):
    oak = school("Oak School")
    school("Oak School Nursery")

    html = str(ChoosingForm(user=amira, initial={"school": oak.pk})["school"])

    assert 'value="Oak School"' in html
    assert html.count("checked") == 1


def found(client, **asked):
    return client.get(reverse("accounts:schools_found"), {"name": "school", "id": "id_school"} | asked)


def test_while_one_types_the_radios_come_from_what_the_form_offers(client, amira):
    here, abroad = school("Oak Here"), school("Oak Abroad", la_code="886")
    offer = ChoosingForm(user=amira, action="people.invite").fields["school"].widget.offer

    offered = found(client, offer=offer, school="oak").content.decode()
    everything = found(client, school="oak").content.decode()
    short = found(client, offer=offer, school="o").content.decode()
    nothing = found(client, offer=offer, school="zzz").content.decode()

    assert [f'value="{s.pk}"' in offered for s in (here, abroad)] == [True, False]
    assert [f'value="{s.pk}"' in everything for s in (here, abroad)] == [True, True]
    assert "1 school fits" in offered
    assert "radio" not in short
    assert "No school here fits “zzz”." in nothing


@pytest.mark.parametrize(
    "offer",
    ["x", signing.dumps(["schools.search", {}]), "a:b:c"],
    ids=["a word", "signed for another purpose", "parts"],
)
def test_an_offer_that_we_did_not_sign_is_not_found(client, amira, offer):
    assert found(client, offer=offer, school="oak").status_code == 404


def test_the_name_of_a_field_cannot_smuggle_anything_in(client, amira):
    school("Oak School")

    html = found(client, name='x"><script>', xscript="oak").content.decode()

    assert "<script>" not in html
    assert 'name="xscript-is"' in html
