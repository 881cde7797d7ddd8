"""Which column of somebody's list is which: the names that school systems give them, and what is never kept."""

import re
from dataclasses import dataclass, replace

from django.utils import timezone

from papers.sheets import plain_name, quote
from pupils.upn import FORM

FIELDS = {
    "full_name": "Name",
    "first_name": "Forename",
    "last_name": "Surname",
    "year_group": "Year group",
    "class_name": "Class",
    "sex": "Sex",
    "pupil_premium": "Pupil premium",
    "sen": "SEN",
    "eal": "EAL",
    "upn": "UPN",
    "since": "Joined on",
}
NAMES = {"full_name", "first_name", "last_name"}

# As SIMS, Arbor, Bromcom, ScholarPack, Insight and transfer files call them; of two that are there, the first counts.
ALIASES = {
    "full_name": "Name; Full name; Pupil name; Student name; Pupil; Student; Child; Preferred name; Display name; "
    "Legal name; Legal full name; Initials; Pupil initials; Student initials",
    "first_name": "Forename; First name; Preferred forename; Preferred first name; Pupil forename; Student forename; "
    "Student first name; Known as; Chosen name; Given name; Legal forename; Legal first name; Initial of "
    "the forename",
    "last_name": "Surname; Last name; Preferred surname; Preferred last name; Pupil surname; Student surname; Student "
    "last name; Family name; Legal surname; Legal last name; Initial of the surname",
    "year_group": "Year group; Year; NC Year; NC year group; NCyearActual; Year taught in; Current NC year; National "
    "curriculum year; Yr; Yr Gp; Year Grp; Current year group; Curriculum year",
    "class_name": "Class; Class name; Reg; Reg group; Registration group; Registration form; Form; Form group; Tutor "
    "group; Tutor; Registration class; Current class",
    "sex": "Sex; Gender; Legal sex; Sex (legal); M/F; Gender code",
    "pupil_premium": "Pupil premium; PP; Pupil premium indicator; PP indicator; Pupil premium eligible; Pupil premium "
    "recipient; Is pupil premium recipient; Eligible for pupil premium; PPG; Pupil premium status; Pupil "
    "premium?",
    "sen": "SEN; SEN status; SEN provision; SENprovision; SEN stage; SEN code; SEN provision code; "
    "SEND; SEND status; Special educational needs; SEN?",
    "eal": "EAL; English as an additional language; English as additional language; Is EAL; EAL status; EAL "
    "indicator; EAL?",
    "upn": "UPN; Unique pupil number; Unique pupil number (UPN); Pupil number; Pupil UPN",
    "since": "Joined on; Joined; Date joined; Date of admission; Admission date; Date admitted; DOA; Enrolment "
    "date; Start date; Entry date; On roll since; Date on roll; Since; Date of entry",
}
RANKS = {
    plain_name(called): (field, rank)
    for field, names in ALIASES.items()
    for rank, called in enumerate([FIELDS[field], *names.split("; ")])
}

INITIALS = {"initials", "pupilinitials", "studentinitials"}

# What is never kept, by a word that stands in the name of the column.
UNWANTED = {
    "ethnicity": r"ethnic|heritage",
    "religion": r"religio|faith",
    "the date of birth": r"birth|\bdob\b|\bage\b",
    "an address": r"address|post ?code|street|town|county|house|\blsoa\b|easting|northing",
    "contacts": r"contact|parent|mother|father|guardian|carer|phone|mobile|e-?mail|emergency|sibling|next of kin",
    "medical details": r"medic|allerg|doctor|\bgp\b|surgery|dietary|disab|health|nhs|blood",
    "language or nationality": r"language|nationality|country|passport|asylum|refugee|traveller",
    "social care": r"looked after|\blac\b|\bcla\b|in care|care leaver|adopt|safeguard|protection|social",
    "school meals": r"\bfsm\b|free school meal|meal|ever ?6|deprivation",
    "attendance or behaviour": r"attend|absen|behavio|exclu|late",
    "grades, which are entered in the data return": r"grade|level|score|attain|assess|result"
    r"|sats|ks\d|phonics|progress|target",
}
UNWANTED = {what: re.compile(pattern, re.IGNORECASE) for what, pattern in UNWANTED.items()}

LOOK_FOR_HEADER = 20
SEXES = {"m", "f", "male", "female", "boy", "girl"}
A_YEAR = re.compile(r"(?:(?:nc )?year|yr|y)\s*\d{1,2}|reception|year r|yr|r|\d|1[0-3]", re.IGNORECASE)
A_DAY = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
A_WORD = re.compile(r"[^\W\d_][^\d@<>/\\=+]*")
A_FULL_NAME = re.compile(r"[^\W\d_][^\d@,]*,\s*[^\W\d_][^\d@,]*")
A_CLASS = re.compile(r"(?=.*\d)[\w .-]{1,12}|[A-Za-z]{1,3}")

# The same, where no column has a name, by what stands in its cells.
NEVER_BY_CELL = {
    "contacts": re.compile(r"\S+@\S+\.\S+|[+(]?\d(?:[ ()-]*\d){9,13}"),
    "an address": re.compile(
        r"(?:.*\b)?[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|.*\b(?:road|street|lane|avenue|drive|crescent|terrace|rd)\b.*",
        re.IGNORECASE,
    ),
}
YEAR_AT_AN_END = re.compile(r"(\d{4})[-/.]|[-/.](\d{4}|\d{2})$")
LONGEST_NAME = 60
OLDER_THAN = 3  # years: a day so long ago is that of a birth, not of joining


@dataclass(frozen=True)
class Columns:
    """`kept` are (place in the row, header, field or "") each; `ignored` (header, what is never kept or "")."""

    kept: list
    ignored: list
    header_row: int  # 0 where there is none
    guessed: bool
    alike: list  # headers that are used, of several for the same thing


def find(rows) -> Columns:
    """By the names in the row of headers, which need not be the first; else by what stands in the cells."""
    found = header_of(rows)
    return with_unknown(by_name(*found), rows) if found else by_content(rows)


def with_unknown(found, rows):
    """Where a name or the year group is lacking, a column of unknown name may be it: it can be said which."""
    fields = {field for _, _, field in found.kept}
    if "year_group" in fields and ("full_name" in fields or {"first_name", "last_name"} <= fields):
        return found
    unknown = {header for header, why in found.ignored if not why}
    cells = rows[found.header_row - 1]
    more = [
        (place, header, "")
        for place, cell in enumerate(cells)
        if cell
        and (header := quote(cell, marks="", longest=40)) in unknown
        and not never_kept(texts_at(rows[found.header_row :], place))
    ]
    brought = {header for _, header, _ in more}
    ignored = [(header, why) for header, why in found.ignored if header not in brought]
    return replace(found, kept=sorted(found.kept + more), ignored=ignored)


def header_of(rows):
    """The number and cells of the row with most names of columns, two at least or a name of somebody; None without."""
    best = None
    looked = 0
    for number, cells in enumerate(rows, 1):
        if not any(cells):
            continue
        fields = {RANKS[plain_name(cell)][0] for cell in cells if plain_name(cell) in RANKS}
        unwanted = sum(bool(why_unwanted(cell)) for cell in cells if len(cell) < 40)
        worth = len(fields) + min(unwanted, 3) * bool(fields)
        filled = sum(bool(cell) for cell in cells)
        if (worth > 1 or (fields and filled == 1 and looked == 0)) and (best is None or worth > best[0]):
            best = (worth, number, cells)
        looked += 1
        if looked == LOOK_FOR_HEADER:
            break
    return best and best[1:]


def by_name(number, cells):
    known, ignored = {}, []
    for place, cell in enumerate(cells):
        if not cell:
            continue
        field, rank = RANKS.get(plain_name(cell), ("", 0))
        if field:
            known.setdefault(field, []).append((rank, place, quote(cell, marks="", longest=40)))
        else:
            ignored.append((quote(cell, marks="", longest=40), why_unwanted(cell)))
    if {"first_name", "last_name"} & known.keys():  # initials stand for names only where there are none
        initials = [found for found in known.get("full_name", []) if plain_name(cells[found[1]]) in INITIALS]
        ignored += [(header, "") for _, _, header in initials]
        known["full_name"] = [found for found in known.get("full_name", []) if found not in initials]
        known = {field: found for field, found in known.items() if found}
    if {"first_name", "last_name"} <= known.keys():
        ignored += [(header, "the name is in two columns already") for _, _, header in known.pop("full_name", [])]
    alike = [used_of(sorted(found)) for found in known.values() if len(found) > 1]
    kept = [
        (place, header, field if order == 0 else "")
        for field, found in known.items()
        for order, (_, place, header) in enumerate(sorted(found))
    ]
    return Columns(sorted(kept), ignored, number, guessed=False, alike=alike)


def used_of(found):
    """The header of the column that is used, of several for the same thing; of those called alike it is the first."""
    used, *others = (header for _, _, header in found)
    return f"the first {used}" if used in others else used


def why_unwanted(header):
    return next((what for what, pattern in UNWANTED.items() if pattern.search(header)), "")


def by_content(rows):
    """What a column seems to hold; of two of words the first is the forename, the second the surname."""
    width = max((len(cells) for cells in rows), default=0)
    kept, ignored, taken = [], [], set()
    for place in range(width):
        texts = texts_at(rows, place)
        header = f"Column {place + 1}"
        if not texts:
            continue
        if why := never_kept(texts):
            ignored.append((header, why))
            continue
        field = next((field for field in seems(texts) if field not in taken), "")
        taken.add(field)
        kept.append((place, header, field))
    if "first_name" in taken and "last_name" not in taken:  # a single column of names holds both
        kept = [(place, header, "full_name" if field == "first_name" else field) for place, header, field in kept]
    return Columns(kept, ignored, 0, guessed=True, alike=[])


def texts_at(rows, place):
    return [cells[place] for cells in rows[:200] if place < len(cells) and cells[place]]


def never_kept(texts):
    """What a column without a name seems to hold that is never kept; "" where it may be needed."""

    def many(fits):
        return sum(bool(fits(text[: LONGEST_NAME + 1])) for text in texts) * 2 >= len(texts)

    if many(lambda text: A_DAY.fullmatch(text) and is_long_ago(text)):
        return "the date of birth"
    if many(lambda text: len(text) > LONGEST_NAME):
        return "long texts"
    return next((why for why, pattern in NEVER_BY_CELL.items() if many(pattern.fullmatch)), "")


def is_long_ago(text):
    found = YEAR_AT_AN_END.search(text)
    year = int(found[1] or found[2]) if found else 0
    return bool(found) and (year + 2000 if year < 60 else year) < timezone.localdate().year - OLDER_THAN


def seems(texts):
    """What these cells may be, likeliest first. One odd cell does not cost a column of names."""

    def most(fits, of=5, least=4):
        return sum(bool(fits(text)) for text in texts) * of >= len(texts) * least

    def is_word(text):
        return A_WORD.fullmatch(text) and len(text) <= LONGEST_NAME

    if most(lambda text: FORM.fullmatch(re.sub(r"\s+", "", text).upper())):
        return ["upn"]
    if most(lambda text: text.casefold() in SEXES):
        return ["sex"]
    if most(A_YEAR.fullmatch):
        return ["year_group"]
    if most(A_DAY.fullmatch):
        return []
    if most(A_FULL_NAME.fullmatch):
        return ["full_name"]
    if most(lambda text: A_CLASS.fullmatch(text) and any(char.isdigit() for char in text)):
        return ["class_name"]
    if most(is_word, of=2, least=1) or (len(texts) == 1 and any(char.isalpha() for char in texts[0])):
        return ["first_name", "last_name"]
    return []
