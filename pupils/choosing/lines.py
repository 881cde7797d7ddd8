"""One line of a list: what each of its cells means, and what is wrong with it, said in the cell."""

import re
import unicodedata
from dataclasses import dataclass, field

from pydantic import TypeAdapter
from pydantic import ValidationError as NotValid

from papers.sheets import Wrong, YearGroup, quote
from pupils.choosing import dates
from pupils.choosing.reading import split_name
from pupils.models import TargetPupil
from pupils.upn import WrongUpn, clean_upn

SEX, YES_NO, SEN = TargetPupil.Sex, TargetPupil.YesNo, TargetPupil.Sen
PICTURES = {"So", "Co", "Cn", "Cs"}
NOT_IN_A_NAME = re.compile(r"[<>=@|/\\{}\[\]\d_+*#\x00-\x1f\x7f]|^[-'\s]*$")
LONGEST_NAME, LONGEST_CLASS = 100, 40
YEAR = TypeAdapter(YearGroup)
SHOWN = ["first_name", "last_name", "year_group", "class_name", "sex", "pupil_premium", "sen", "eal", "upn", "since"]


def plain(text):
    return re.sub(r"[\s_\-,./()]+", "", text).casefold()


def meanings(given):
    return {plain(word): value for value, words in given.items() for word in words.split("; ")}


UNKNOWN = "U; Unknown; Not known; Not sure; ?; Not recorded; Information not yet obtained; -"
SEXES = meanings(
    {
        SEX.FEMALE: "F; Female; Girl",
        SEX.MALE: "M; Male; Boy",
        "": f"{UNKNOWN}; Not specified; X; 9; 0",
    }
)
PREMIUMS = meanings(
    {
        YES_NO.YES: "Y; Yes; True; T; 1; PP; Pupil premium; Eligible; Recipient; Ever 6 FSM; Ever 6; FSM; FSM Ever 6; "
        "Service child; Post LAC; Deprivation; Deprivation Pupil Premium",
        YES_NO.NO: "N; No; False; F; 0; Not eligible; Ineligible; None; Non PP; Not PP",
        YES_NO.UNKNOWN: UNKNOWN,
    }
)
EALS = meanings(
    {
        YES_NO.YES: "Y; Yes; True; T; 1; EAL",
        YES_NO.NO: "N; No; False; F; 0; Not EAL; Non EAL; None; English",
        YES_NO.UNKNOWN: UNKNOWN,
    }
)
SENS = meanings(
    {
        SEN.NONE: "N; No; None; No SEN; No special educational need; No special educational needs; Not SEN; Non SEN; "
        "N - No special educational need; No specialist assessment; False; 0; -",
        SEN.SUPPORT: "K; SEN support; Support; K - SEN support; School action; School action plus; A; P",
        SEN.PLAN: "E; EHCP; EHC plan; EHC; Plan; Education health and care plan; "
        "E - Education, health and care plan; S; Statement; Statemented",
    }
)
CHOICES = {
    "sex": (SEXES, [*SEX.choices, ("U", "Not recorded")], "", "Choose female, male or not recorded."),
    "pupil_premium": (PREMIUMS, YES_NO.choices, YES_NO.UNKNOWN, "Choose yes, no or not known."),
    "sen": (SENS, SEN.choices, SEN.NONE, "Choose none, SEN support or a plan."),
    "eal": (EALS, YES_NO.choices, YES_NO.UNKNOWN, "Choose yes, no or not known."),
}


@dataclass
class Line:
    """`values` by field of what is right, `wrong` by field as (what, mend), `texts` as they stand in the cells."""

    number: int
    texts: dict
    values: dict = field(default_factory=dict)
    wrong: dict = field(default_factory=dict)
    soft: dict = field(default_factory=dict)  # said in the cell, and in nobody's way
    take: bool = True
    chosen: str = ""  # what a person said of somebody who may be there already
    is_known: str = ""  # here, ended, second, subject, twice
    is_likely: bool = False  # by name and year only, so that a person may say that it is another pupil
    found: object = None
    about: str = ""
    kept: str = ""  # of somebody who gets a second place: what the row says otherwise than what is kept of them

    @property
    def initials(self):
        names = (self.values.get(name) or self.texts.get(name, "") for name in ("first_name", "last_name"))
        found = [next((char for char in name if char.isalpha()), "") for name in names]
        return "".join(f"{char.upper()}." for char in found if char) or "no name"

    @property
    def is_added(self):
        return self.take and not self.wrong and self.is_known in {"", "second"}


def texts_of(row, fields):
    """What stands in a row by field, with what a person has corrected; a full name is parted."""
    texts = {}
    for name, cell in zip(fields, row["cells"], strict=True):
        if name == "full_name":
            texts["first_name"], texts["last_name"] = split_name(cell)
        elif name:
            texts[name] = cell
    return texts | row["fixed"]


def read(row, fields, order) -> Line:
    line = Line(row["n"], texts_of(row, fields), take=row["take"], chosen=row["as"])
    for name in SHOWN:
        try:
            line.values[name] = READ[name](line.texts.get(name, "").strip(), order)
        except Wrong as wrong:
            line.wrong[name] = (wrong.what, wrong.mend)
        else:
            say_what_changes(line, name)
    if not {"first_name", "last_name"} & line.wrong.keys() and not line.values["first_name"] + line.values["last_name"]:
        line.wrong["first_name"] = ("There is no name.", "Enter the forename or its initial, or leave the row out.")
    return line


def say_what_changes(line, name):
    """Where a cell is taken for something that does not stand in it."""
    if name not in CHOICES or name not in line.texts:
        return
    text = line.texts[name].strip()
    if name == "sen" and not text:
        line.soft[name] = "Blank is taken as none"
    elif name == "sex" and text and not line.values[name]:
        line.soft[name] = f"{quote(text)} is kept as not recorded"


def is_no_name(text) -> bool:
    """Whether something stands in it that stands in no name, such as a digit or a picture."""
    pictured = any(unicodedata.category(char) in PICTURES for char in text)
    return bool(text) and (pictured or NOT_IN_A_NAME.search(text) is not None)


def a_name(text, order):
    if len(text) > LONGEST_NAME:
        raise Wrong(f"{quote(text)} is too long for a name.", f"Keep it to {LONGEST_NAME} characters.")
    if is_no_name(text):
        raise Wrong(f"{quote(text)} is no name.", "Enter the name in letters, or an initial.")
    return text


def a_year(text, order):
    if not text:
        raise Wrong("The year group is missing.", "Enter its number, such as 5, or R for Reception.")
    try:
        return YEAR.validate_python(text)
    except NotValid:
        raise Wrong(f"{quote(text)} is not a year group.", "Enter its number, such as 5, or R for Reception.") from None


def a_class(text, order):
    if len(text) > LONGEST_CLASS:
        raise Wrong(f"{quote(text)} is too long.", f"Keep the class to {LONGEST_CLASS} characters.")
    if text[:1] in set("=+@<") or set("<>") & set(text):
        raise Wrong(f"{quote(text)} is no name of a class.", "Enter the class, such as 5B, or leave it blank.")
    return text


def a_choice(name):
    meant, _, blank, mend = CHOICES[name]

    def check(text, order):
        if not text:
            return blank
        if (value := meant.get(plain(text))) is None:
            raise Wrong(f"{quote(text)} can mean several things, or nothing.", mend)
        return value

    return check


def a_upn(text, order):
    try:
        return clean_upn(text)
    except WrongUpn as wrong:
        raise Wrong(f"{wrong}.", "Copy it again from your management system, or leave it blank.") from None


def a_day(text, order):
    return dates.read(text, order) if text else None


READ = {
    "first_name": a_name,
    "last_name": a_name,
    "year_group": a_year,
    "class_name": a_class,
    **{name: a_choice(name) for name in CHOICES},
    "upn": a_upn,
    "since": a_day,
}
