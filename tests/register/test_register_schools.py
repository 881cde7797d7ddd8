"""What is kept of a school: the rows of the national register, read whatever became of the file."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import RegisterChange, RegisterFile, School
from bench.registers import Establishment
from tests.registers import bring_up_to_date, confirm, elm, oak, page_of, preview, read, register_of, send_bytes

pytestmark = pytest.mark.django_db


def test_a_school_is_kept_as_the_register_has_it(client, amira, tmp_path):
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
def test_letters_come_through_in_either_encoding(client, amira, tmp_path, encoding):
    name = "St Mary\u2019s Café \u2013 Zoë"

    file = bring_up_to_date(client, tmp_path, register_of(oak(name=name), elm()), encoding)

    assert School.objects.get(urn="123456").name == name
    assert file.encoding == {"cp1252": "Windows-1252"}.get(encoding, "UTF-8")


@pytest.mark.parametrize(("delimiter", "days"), [(";", "%d/%m/%Y"), ("\t", "%Y-%m-%d"), (",", "%d-%m-%Y")])
def test_a_file_that_went_through_a_spreadsheet_is_read_as_well(client, amira, tmp_path, delimiter, days):
    day = dt.date(1998, 9, 1)
    path = register_of(oak(opened=f"{day:{days}}", la=88, pupils="312.0")).write(tmp_path / "r.csv")
    text = path.read_text("cp1252").replace('"088"', '"88"').replace('","', f'"{delimiter}"')

    send_bytes(client, text.encode("cp1252"))
    confirm(client, read(RegisterFile.objects.get()))

    kept = School.objects.get()
    assert (kept.la_code, kept.opened_on, kept.number_of_pupils) == ("088", day, 312)


def test_a_column_that_is_not_in_the_file_leaves_what_is_known(client, amira, tmp_path):
    bring_up_to_date(client, tmp_path, register_of(oak(pupils="312", town="Thaxted")))

    header, row = register_of(oak(name="Oak Hill"), elm()).write(tmp_path / "r.csv").read_text("cp1252").split("\n", 1)
    renamed = header.replace("NumberOfPupils", "Unknown1").replace('"Town"', '"Unknown2"')
    send_bytes(client, f"{renamed}\n{row}".encode("cp1252"))
    confirm(client, read(RegisterFile.objects.latest("pk")))

    known = School.objects.order_by("urn").values_list("name", "number_of_pupils", "town")
    assert list(known) == [("Oak Hill", 312, "Thaxted"), ("Elm School", None, "")]


def test_cells_that_nothing_hangs_on_are_left_blank_and_counted(client, amira, tmp_path):
    odd = oak(pupils="many", opened="31-02-2020", postcode="much too long for it")

    file = bring_up_to_date(client, tmp_path, register_of(odd))
    page = page_of(client, file)

    kept = School.objects.get()
    assert (kept.number_of_pupils, kept.opened_on, kept.postcode) == (None, None, "")
    assert file.left_blank == {"NumberOfPupils": 1, "OpenDate": 1, "Postcode": 1}
    assert "NumberOfPupils: 1 cell" in page


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
    """A school as the register means it, worked out by code of its own."""
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
def test_whatever_came_before_the_last_file_holds_and_holds_again(client, amira, tmp_path, registers):
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
