"""Files that are not the register: each gets a sentence that says what is wrong and what to do, and changes nothing."""

import io
import zipfile

import pytest
from django.urls import reverse

from accounts.models import RegisterFile, School
from accounts.roles import Role
from bench.registers import HEADER, Register, generate
from tests.factories import MembershipFactory
from tests.registers import as_bytes, read, send_bytes
from tests.world import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client):
    user = person("Amira", Role.COORDINATOR)
    MembershipFactory(user=user, role=Role.COORDINATOR)
    client.force_login(user)
    return user


@pytest.fixture
def good(tmp_path):
    return as_bytes(generate(6), tmp_path)


def words(answer):
    return " ".join(answer.content.decode().split())


def lines(data):
    return data.split(b"\r\n")


def zipped(data):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("edubasealldata.csv", data)
    return held.getvalue()


def workbook(data):
    """As Excel writes one: its first part is the list of its parts."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", data)
    return held.getvalue()


AT_ONCE = {
    "empty": (lambda d: b"", "The file is empty."),
    "blank": (lambda d: b"\r\n  \r\n", "The file is empty."),
    "a zip archive": (zipped, "This is a zip archive, not a CSV file, whatever its name says. Unpack it"),
    "a workbook": (
        workbook,
        "This is an Excel workbook, not a CSV file, whatever its name says. Download the register",
    ),
    "an old workbook": (lambda d: b"\xd0\xcf\x11\xe0" + d, "This is an Excel workbook, not a CSV file"),
    "a pdf": (lambda d: b"%PDF-1.7 " + d, "This is a PDF, not a CSV file"),
    "a web page": (lambda d: b"\xef\xbb\xbf\n<!DOCTYPE html><html>", "This is a web page, not a CSV file"),
    "utf-16": (lambda d: d.decode("cp1252").encode("utf-16"), "The file is in UTF-16"),
    "bytes": (lambda d: b"URN\0\1\2", "This is not a text file"),
    "one column missing": (
        lambda d: d.replace(b'"Postcode"', b'"Post code"', 1),
        "This column is missing: Postcode. The file has Post code, URN, LA (code), LA (name), EstablishmentNumber, "
        "EstablishmentName, TypeOfEstablishment (code), TypeOfEstablishment (name), EstablishmentTypeGroup (code), "
        "EstablishmentTypeGroup (name), EstablishmentStatus (code), EstablishmentStatus (name) and "
        f"{len(HEADER) - 12} others. Download it again from Get Information about Schools, and send it as it is.",
    ),
    "another table": (
        lambda d: b"a,b,c\r\n1,2,3\r\n",
        "These columns are missing: URN, LA (code), LA (name), EstablishmentNumber, EstablishmentName, "
        "TypeOfEstablishment (name), EstablishmentStatus (name), PhaseOfEducation (name), Postcode. "
        "The file has a, b, c.",
    ),
    "the links file": (
        lambda d: b"URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\r\n",
        "This is the links file, not the register. Send it in the second box, and the register here.",
    ),
    "no names of columns": (lambda d: d.split(b"\r\n", 1)[1], "These columns are missing: URN,"),
}


@pytest.mark.parametrize(("spoil", "sentence"), AT_ONCE.values(), ids=AT_ONCE)
def test_what_the_beginning_of_a_file_shows_is_said_at_once(client, coordinator, good, spoil, sentence):
    answer = send_bytes(client, spoil(good))

    assert answer.status_code == 200
    assert sentence in words(answer)
    assert not RegisterFile.objects.exists()


def without_end(data):
    """Broken off within a cell that is not in quotation marks."""
    return data.replace(b'"', b"")[:-300]


def with_row(data, number, **cells):
    """One cell or several of a row written anew."""
    rows = lines(data)
    row = rows[number - 1].split(b'","')
    for name, value in cells.items():
        row[HEADER.index(name.replace("_code", " (code)").replace("_name", " (name)"))] = value
    rows[number - 1] = b'","'.join(row)
    return b"\r\n".join(rows)


def cut_before(data, column):
    """As a spreadsheet writes it, without the blank cells at the end of a row, and broken off at the end of a cell."""
    end = HEADER.index(column)
    rows = [row.split(b'","') for row in lines(data.rstrip())]
    left_out = [b'","'.join(row[:-2]) + b'"' for row in rows[1:-1]]
    return b"\r\n".join([b'","'.join(rows[0]), *left_out, b'","'.join(rows[-1][:end]) + b'"'])


def doubled(data):
    rows = lines(data)
    return b"\r\n".join([*rows[:4], rows[2], *rows[4:]])


AFTER_READING = {
    "broken off in a cell": (lambda d: d[:-300], "The file breaks off in row 7: it is not complete."),
    "broken off in a row": (without_end, "The file breaks off in row 7: it is not complete."),
    "broken off between two cells of many short rows": (
        lambda d: cut_before(d, "Postcode"),
        "The file breaks off in row 7: it is not complete.",
    ),
    "a URN twice": (doubled, "The URN 100001 stands in row 3 and in row 5."),
    "only the names": (lambda d: lines(d)[0] + b"\r\n", "The file has no schools in it"),
    "a stray mark": (lambda d: d.replace(b'"Open"', b'"Op"en"', 1), "A quotation mark is missing in row"),
    "null characters": (lambda d: d + b"\r\n" * 600_000 + b"\0", "The file has null characters in it"),
    "damaged UTF-8": (
        lambda d: d.decode("cp1252").replace("Mill", "Mïll").encode().replace("ï".encode(), b"\xc3", 1),
        "The file is in UTF-8 but damaged",
    ),
    "a wrong URN": (
        lambda d: with_row(d, 3, LA_code=b"881", EstablishmentName=b"Oak").replace(b'"100001"', b'"10001"'),
        "“10001” in the column URN of row 3 is not a URN of six digits.",
    ),
    "a wrong LA": (
        lambda d: with_row(d, 4, LA_code=b"Essex"),
        "“Essex” in the column LA (code) of row 4 is not an LA code of three digits.",
    ),
    "no name": (
        lambda d: with_row(d, 2, EstablishmentName=b" "),
        "A blank cell in the column EstablishmentName of row 2 is not a name of at most 250 letters.",
    ),
    "a status that is none": (
        lambda d: with_row(d, 5, EstablishmentStatus_name=b"Perhaps"),
        "“Perhaps” in the column EstablishmentStatus (name) of row 5 is not “Open”,",
    ),
}


@pytest.mark.parametrize(("spoil", "sentence"), AFTER_READING.values(), ids=AFTER_READING)
def test_what_only_reading_shows_is_said_on_the_files_page(client, coordinator, good, spoil, sentence):
    data = spoil(good)
    sent = send_bytes(client, data)
    assert sent.status_code == 302, words(sent)

    file = read(RegisterFile.objects.get())
    page = words(client.get(file.get_absolute_url()))

    assert (file.state, file.refused) == ("failed", True)
    assert sentence in page
    assert "Nothing of it was used: the register is as it was." in page
    assert not School.objects.exists()
    assert not file.changes.exists()


def test_every_bad_row_is_named_up_to_a_hundred(client, coordinator, tmp_path):
    register = generate(120)
    for urn in register.schools:
        register.change(urn, status=f"Perhaps {urn}")
    send_bytes(client, as_bytes(register, tmp_path))

    file = read(RegisterFile.objects.get())

    assert [problem["row"] for problem in file.problems[:3]] == [2, 3, 4]
    assert len(file.problems) == 101
    assert file.problems[-1]["what"] == "And 20 more rows like these."


def test_the_same_mistake_in_many_rows_is_told_once_with_their_number(client, coordinator, tmp_path):
    register = generate(1300)
    for urn in register.schools:
        register.change(urn, status="Perhaps")
    register.change(100003, la=1000)
    send_bytes(client, as_bytes(register, tmp_path))

    file = read(RegisterFile.objects.get())
    page = words(client.get(file.get_absolute_url()))

    assert [(problem["row"], problem["more"]) for problem in file.problems] == [(2, 1299), (5, 0)]
    assert "and 1,299 rows like it" in page


def test_blank_cells_that_a_spreadsheet_left_out_are_blank_cells(client, coordinator, good):
    rows = lines(good)
    short = [b'","'.join(row.split(b'","')[:-2]) + b'"' for row in rows[1:4]]

    send_bytes(client, b"\r\n".join([rows[0], *short, *rows[4:]]))
    file = read(RegisterFile.objects.get())

    assert (file.state, file.schools) == ("done", 6)


def test_a_wrong_links_file_is_said_beside_its_own_box(client, coordinator, good):
    answer = send_bytes(client, good, links=b"URN,LinkURN\r\n1,2\r\n")
    swapped = send_bytes(client, good, links=good)

    assert "These columns are missing: LinkName, LinkType, LinkEstablishedDate." in words(answer)
    assert list(answer.context["form"].errors) == ["links"]
    assert swapped.context["form"].errors == {
        "links": ["This is the register, not its links file. Send it in the first box."]
    }
    assert not RegisterFile.objects.exists()


def test_a_links_file_that_breaks_off_refuses_both(client, coordinator, tmp_path):
    register = generate(6)
    register.follow(100001, 100002)
    links = register.write_links(tmp_path / "l.csv").read_bytes()
    send_bytes(client, as_bytes(register, tmp_path), links[:-8])

    file = read(RegisterFile.objects.get())

    assert (file.state, file.refused) == ("failed", True)
    (told,) = file.problems
    assert (told["what"], told["row"], told["file"]) == (
        "The file breaks off in row 3: it is not complete.",
        3,
        "links file",
    )


def test_no_file_at_all_is_said(client, coordinator):
    answer = client.post(reverse("accounts:register"), {})

    assert "Choose the file of the register." in words(answer)


def test_a_file_beyond_every_measure_is_refused(client, coordinator, good, monkeypatch):
    monkeypatch.setattr("accounts.register.forms.MEGABYTE", 10)

    answer = send_bytes(client, good)

    assert "The file is larger than 200 MB" in words(answer)


def test_a_name_of_a_file_says_nothing_that_a_page_would_run(client, coordinator, good):
    send_bytes(client, good, name="<script>alert(1)</script>.csv")

    page = client.get(RegisterFile.objects.get().get_absolute_url()).content.decode()

    assert "<script>alert" not in page


def test_a_register_of_one_school_is_a_register(client, coordinator, tmp_path):
    register = Register({123456: generate(1, first=123456).schools[123456]})
    send_bytes(client, as_bytes(register, tmp_path))

    assert read(RegisterFile.objects.get()).schools == 1
