"""Files and pastes as they come on bad days, made from a seed: (what it is, name, bytes, what becomes of it).

What becomes of it is "refused" (a sentence, and nothing waits), "mend" (cells to mend), "fine", or "any" of these.
"""

import csv
import io
import random
import zipfile

from xlsxwriter import Workbook

from papers.sheets import xlsx_bytes
from tests.world import upn_of

SEED = 20261127
HEADER = ["Forename", "Surname", "Year", "Class", "Sex", "Pupil premium", "SEN", "EAL", "UPN", "Joined"]
FIRST = ["Una", "Léo", "Zoë", "Ned", "Siân", "Omar", "D'Arcy", "Mary-Ann"]
LAST = ["Byrne", "Mbeki", "O'Neill", "Patel", "García", "van den Berg"]
WRONG = {
    "Year": ["", "five", "14", "-1", "5.5", "Year", "5/6", "Nursery", "=A1", "\u0665", "2026", "5 " * 40],
    "SEN": ["Y", "yes", "maybe", "K/E", "=1", "5", "MLD", "#N/A", "√"],
    "Pupil premium": ["maybe", "£1,345", "K", "=TRUE()", "#REF!"],
    "EAL": ["Polish", "maybe", "2", "@SUM(1)"],
    "Sex": ["Z", "girl?", "=1", "FM"],
    "UPN": [
        "A12",
        "A199000000007",
        "1234567890123",
        "=1+1",
        "UPN",
        "A1990000000071",
        "\uff21199000000007",
        "I199205007001",
    ],
    "Joined": [
        "31/2/2027",
        "13/13/2026",
        "1/1",
        "yesterday",
        "0/0/0000",
        "2/11/1066",
        "99999999",
        "3/4/2031",
        "\u0663/\u0664/\u0662\u0660\u0662\u0666",
    ],
    "Forename": ["=HYPERLINK(1)", "Una2", "<b>Una</b>", "x" * 500, "@cmd", "Una|calc", "-", "\u202eanu\u200b7"],
    "Surname": ["=1+1", "1", "{name}", "Byrne\\", "#NAME?"],
    "Class": ["=A1", "<5B>", "x" * 200, "+5B"],
}


def pupils(rng, number=6):
    return [
        [
            rng.choice(FIRST),
            f"{rng.choice(LAST)}{'abcdefghij'[n % 10]}{'abcdefghij'[n // 10 % 10]}",
            *("5", "5B"),
            rng.choice(["F", "M", ""]),
            rng.choice("YNU"),
            rng.choice(["N", "K", "E", ""]),
            *("N", "", ""),
        ]
        for n in range(number)
    ]


def as_csv(rows, separator=",", quoting=csv.QUOTE_MINIMAL):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, quoting=quoting).writerows(rows)
    return out.getvalue()


def everything(next_door_upn):
    rng = random.Random(SEED)
    for make in (
        wrong_cells,
        encodings,
        separators_and_quotes,
        headers,
        shapes,
        workbooks,
        not_lists,
        transfer_files,
    ):
        yield from make(rng)
    yield from others(rng, next_door_upn)


def wrong_cells(rng):
    for column, texts in WRONG.items():
        for text in texts:
            rows = pupils(rng)
            rows[rng.randrange(6)][HEADER.index(column)] = text
            yield f"{column}: {text[:20]!a}", "list.csv", as_csv([HEADER, *rows]).encode(), "mend"
    for number in range(30):
        rows = pupils(rng)
        for _ in range(rng.randint(2, 12)):
            column = rng.choice(list(WRONG))
            rows[rng.randrange(6)][HEADER.index(column)] = rng.choice(WRONG[column])
        yield f"several wrong cells {number}", "list.csv", as_csv([HEADER, *rows]).encode(), "mend"


def encodings(rng):
    text = as_csv([HEADER, *pupils(rng)])
    for codec in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        yield codec, "list.csv", text.encode(codec), "fine"
    for codec in ("utf-16-le", "utf-16-be", "utf-32", "mac_roman", "cp037", "cp437"):
        yield codec, "list.csv", text.encode(codec), "any"
    yield "a letter cut in two", "list.csv", (text * 3).encode().replace("ë".encode(), b"\xc3", 1), "any"
    yield "null characters", "list.csv", text.encode().replace(b"5B", b"5\0B", 1), "refused"
    for number in range(8):
        data = bytearray(text.encode())
        for _ in range(5):
            data[rng.randrange(len(data))] = rng.randrange(256)
        yield f"damaged bytes {number}", "list.csv", bytes(data), "any"


def separators_and_quotes(rng):
    for separator in ",;\t":
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL):
            yield (
                f"parted by {separator!r}",
                "list.csv",
                as_csv([HEADER, *pupils(rng)], separator, quoting).encode(),
                "fine",
            )
    text = as_csv([HEADER, *pupils(rng)])
    yield "parted by |", "list.csv", text.replace(",", "|").encode(), "any"
    yield "parted by spaces", "list.csv", text.replace(",", "  ").encode(), "any"
    yield "a quotation mark that never ends", "list.csv", text.replace("5B", '"5B', 1).encode(), "refused"
    yield "a quotation mark inside a cell", "list.csv", text.replace("5B", '"5"B"', 1).encode(), "any"
    yield "curly quotation marks", "list.csv", text.replace("5B", "“5B”").encode(), "any"
    yield "old line ends", "list.csv", text.replace("\r\n", "\r").encode(), "any"
    yield "two kinds of separators", "list.csv", text.replace(",", ";", 25).encode(), "any"


def headers(rng):
    rows = pupils(rng)
    yield "header in row 3", "list.csv", as_csv([["Class list"], [], HEADER, *rows]).encode(), "fine"
    yield "header in row 12", "list.csv", as_csv([["x"]] * 11 + [HEADER, *rows]).encode(), "fine"
    yield "header in row 60", "list.csv", as_csv([["x"]] * 59 + [HEADER, *rows]).encode(), "any"
    yield (
        "two headers alike",
        "list.csv",
        as_csv([[*HEADER, "Surname"], *([*row, "X"] for row in rows)]).encode(),
        "fine",
    )
    yield "spaces around headers", "list.csv", as_csv([[f"  {name} " for name in HEADER], *rows]).encode(), "fine"
    yield "capitals", "list.csv", as_csv([[name.upper() for name in HEADER], *rows]).encode(), "fine"
    yield "the header twice", "list.csv", as_csv([HEADER, HEADER, *rows]).encode(), "mend"
    yield "the header alone", "list.csv", as_csv([HEADER]).encode(), "refused"
    yield "no header", "list.csv", as_csv(rows).encode(), "any"
    yield "no names", "list.csv", as_csv([HEADER[2:8], *(row[2:8] for row in rows)]).encode(), "refused"
    yield "no year group", "list.csv", as_csv([HEADER[:2], *(row[:2] for row in rows)]).encode(), "mend"
    yield (
        "another language",
        "list.csv",
        as_csv([["Vorname", "Nachname", "Klasse"], *(row[:3] for row in rows)]).encode(),
        "any",
    )
    yield "300 columns", "list.csv", as_csv([[*HEADER, *(f"x{n}" for n in range(300))], *rows]).encode(), "fine"
    yield (
        "grades of a scale",
        "list.csv",
        as_csv([[*HEADER, "KS1 level"], *([*row, "9z"] for row in rows)]).encode(),
        "fine",
    )
    yield (
        "a column of the header is blank",
        "list.csv",
        as_csv([["", *HEADER], *(["x", *row] for row in rows)]).encode(),
        "fine",
    )


def shapes(rng):
    rows = pupils(rng)
    yield "blank rows between", "list.csv", as_csv([HEADER, [], rows[0], [], [], *rows[1:], []]).encode(), "fine"
    yield "short rows", "list.csv", as_csv([HEADER, *(row[:3] for row in rows)]).encode(), "fine"
    yield "surplus cells", "list.csv", as_csv([HEADER, *([*row, "x", "y"] for row in rows)]).encode(), "any"
    yield "a total below", "list.csv", as_csv([HEADER, *rows, ["Total", "6"]]).encode(), "mend"
    yield (
        "trailing spaces",
        "list.csv",
        as_csv([HEADER, *([f" {cell}  " for cell in row] for row in rows)]).encode(),
        "fine",
    )
    yield "100,000 rows", "list.csv", as_csv([HEADER, *(rows * 16_667)]).encode(), "refused"
    yield "1,001 rows", "list.csv", as_csv([HEADER, *pupils(rng, 1001)]).encode(), "refused"
    yield "1,000 rows", "list.csv", as_csv([HEADER, *pupils(rng, 1000)]).encode(), "any"
    yield "a file of 6 MB", "list.csv", as_csv([HEADER, ["x" * 6_000_000]]).encode(), "refused"
    yield "a cell of 100,000 characters", "list.csv", as_csv([HEADER, ["Una", "x" * 100_000, "5"]]).encode(), "mend"
    yield (
        "line breaks in cells",
        "list.csv",
        as_csv([HEADER, *([f"{row[0]}\n", *row[1:]] for row in rows)]).encode(),
        "fine",
    )
    yield "formulas that are defused", "list.csv", as_csv([HEADER, ["'=Una", "Byrne", "5"]]).encode(), "mend"
    yield "the same pupil twice", "list.csv", as_csv([HEADER, *rows, rows[0]]).encode(), "fine"
    same = [[*row[:8], upn_of(4000), ""] for row in rows[:2]]
    yield "the same number twice", "list.csv", as_csv([HEADER, *same]).encode(), "mend"


def book(write):
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as workbook:
        write(workbook, workbook.add_worksheet())
    return out.getvalue()


def workbooks(rng):
    rows = pupils(rng)
    good = xlsx_bytes(HEADER, rows, "Class")

    def merged(workbook, sheet):
        sheet.merge_range("A1:J1", "Class 5B")
        sheet.write_row(1, 0, HEADER)
        for n, row in enumerate(rows):
            sheet.write_row(2 + n, 0, row[:2])
        sheet.merge_range(2, 2, 7, 2, "5")

    def formulas(workbook, sheet):
        sheet.write_row(0, 0, HEADER)
        for n, row in enumerate(rows):
            sheet.write_row(1 + n, 0, row)
            sheet.write_formula(1 + n, 2, "=2+3", None, [5, "#N/A", "", True, 5.5, "Year 5"][n])

    def many_sheets(workbook, sheet):
        sheet.write_row(0, 0, ["Nothing here"])
        second = workbook.add_worksheet()
        for number, row in enumerate([HEADER, *rows]):
            second.write_row(number, 0, row)

    def second_without_rows(workbook, sheet):
        sheet.write_row(0, 0, ["Nothing here"])
        workbook.add_worksheet().write_row(0, 0, HEADER)

    def far_away(workbook, sheet):
        sheet.write_row(0, 0, HEADER)
        sheet.write(1_000_000, 16_000, "x")

    yield "a workbook", "list.xlsx", good, "fine"
    yield "merged cells", "list.xlsx", book(merged), "mend"
    yield "formulas", "list.xlsx", book(formulas), "mend"
    yield "the second sheet", "list.xlsx", book(many_sheets), "fine"
    yield "names of columns alone on the second sheet", "list.xlsx", book(second_without_rows), "refused"
    yield "a cell far away", "list.xlsx", book(far_away), "refused"
    yield "an empty workbook", "list.xlsx", book(lambda workbook, sheet: None), "refused"
    yield (
        "100,000 rows of a workbook",
        "list.xlsx",
        xlsx_bytes(HEADER[:3], [["Una", "Byrne", "5"]] * 100_000, "x"),
        "refused",
    )
    yield "half a workbook", "list.xlsx", good[: len(good) // 2], "refused"
    yield "a workbook called CSV", "list.csv", good, "refused"
    yield "a CSV called workbook", "list.xlsx", as_csv([HEADER, *rows]).encode(), "refused"
    yield "old Excel", "list.xls", b"\xd0\xcf\x11\xe0" + b"x" * 600, "refused"
    yield "old Excel or a password", "list.xlsx", b"\xd0\xcf\x11\xe0" + b"x" * 600, "refused"
    yield "another zip", "list.xlsx", a_zip({"readme.txt": b"x"}), "refused"
    yield "a bomb", "list.xlsx", a_zip({"xl/worksheets/sheet1.xml": b" " * 120_000_000}), "refused"
    for number in range(8):
        data = bytearray(good)
        for _ in range(20):
            data[rng.randrange(len(data))] = rng.randrange(256)
        yield f"a damaged workbook {number}", "list.xlsx", bytes(data), "any"


def a_zip(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def not_lists(rng):
    yield "nothing", "list.csv", b"", "refused"
    yield "blanks", "list.csv", b" \r\n \t\r\n", "refused"
    yield "separators alone", "list.csv", b",,,\n,,,\n", "refused"
    yield "a PDF", "list.csv", b"%PDF-1.7 x", "refused"
    yield "a picture", "list.csv", b"\x89PNG\r\n\x1a\n" + rng.randbytes(900), "any"
    yield "a web page", "list.csv", b"<!DOCTYPE html><html><body>Sign in</body></html>", "refused"
    yield "JSON", "list.csv", b'{"pupils": [{"Forename": "Una"}]}', "any"
    yield "a letter", "list.csv", b"Dear all,\n\nplease find our pupils attached.\n", "any"
    yield "another kind of file", "list.docx", b"PK\x03\x04", "refused"
    yield "no ending", "list", b"Forename,Surname,Year\nUna,Byrne,5\n", "refused"
    for number in range(15):
        yield (
            f"random bytes {number}",
            f"list.{rng.choice(['csv', 'xlsx', 'xml'])}",
            rng.randbytes(rng.randint(1, 3000)),
            "any",
        )
    for number in range(15):
        letters = "".join(chr(rng.choice([9, 10, 34, 44, 59, *range(32, 127), 233, 8364, 128512])) for _ in range(400))
        yield f"random letters {number}", "list.csv", letters.encode(), "any"


def transfer_files(rng):
    one = "<Pupil><Surname>Byrne</Surname><Forename>Una</Forename><NCyearActual>5</NCyearActual></Pupil>"

    def file(inside, before=""):
        return f"{before}<CTfile><CTFpupilData>{inside}</CTFpupilData></CTfile>".encode()

    yield "a transfer file", "list.xml", file(one), "fine"
    yield "without pupils", "list.xml", file(""), "refused"
    yield "broken off", "list.xml", file(one)[:60], "refused"
    yield "with a DOCTYPE", "list.xml", file(one, "<!DOCTYPE x>"), "refused"
    yield "an entity", "list.xml", file("<Pupil><Surname>&x;</Surname></Pupil>"), "refused"
    yield "an unknown encoding", "list.xml", file(one, '<?xml version="1.0" encoding="x-klingon"?>'), "refused"
    yield "nested deeply", "list.xml", file("<a>" * 5000), "refused"
    yield "1,001 pupils of a transfer file", "list.xml", file(one * 1001), "refused"
    yield "a year that is none", "list.xml", file(one.replace(">5<", ">X<")), "mend"
    yield "no year", "list.xml", file("<Pupil><Surname>Byrne</Surname></Pupil>"), "mend"
    yield "another kind of XML", "list.xml", b"<rss><item>Una</item></rss>", "refused"
    yield "a CSV called XML", "list.xml", as_csv([HEADER, *pupils(rng)]).encode(), "refused"
    yield "a long name", "list.xml", file(one.replace("Byrne", "x" * 90_000)), "mend"
    yield "pupils in a pupil", "list.xml", file(one.replace("</Pupil>", f"{one}</Pupil>")), "any"


def others(rng, next_door_upn):
    rows = [["Una", "Byrne", "5", "", "", "", "", "", next_door_upn, ""]]
    yield "the number of another school's pupil", "list.csv", as_csv([HEADER, *rows]).encode(), "mend"
    rows = [["OursideForename", "OursideFamily", "5"]]
    yield "a pupil who is there", "list.csv", as_csv([HEADER, *rows]).encode(), "any"
