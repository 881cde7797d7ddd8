"""The columns of the national register that we keep, and what a cell of each may be.

The file has about 140 columns that come and go: they are found by name. A school must have its URN, its authority, its
name and its status; a cell of any other column that cannot be understood is left blank and counted.
"""

import datetime as dt
import re
from decimal import Decimal, InvalidOperation

from accounts.models import School
from papers.sheets import Wrong, read_day

UNKNOWN_DAYS = {dt.date(1800, 1, 1), dt.date(1900, 1, 1)}
COLUMNS = {
    "urn": "URN",
    "la_code": "LA (code)",
    "la_name": "LA (name)",
    "establishment_number": "EstablishmentNumber",
    "name": "EstablishmentName",
    "type": "TypeOfEstablishment (name)",
    "status": "EstablishmentStatus (name)",
    "opened_on": "OpenDate",
    "closed_on": "CloseDate",
    "phase": "PhaseOfEducation (name)",
    "low_age": "StatutoryLowAge",
    "high_age": "StatutoryHighAge",
    "number_of_pupils": "NumberOfPupils",
    "percentage_fsm": "PercentageFSM",
    "street": "Street",
    "town": "Town",
    "postcode": "Postcode",
    "head_title": "HeadTitle (name)",
    "head_first_name": "HeadFirstName",
    "head_last_name": "HeadLastName",
    "easting": "Easting",
    "northing": "Northing",
}
REQUIRED_COLUMNS = [
    "URN",
    "LA (code)",
    "LA (name)",
    "EstablishmentNumber",
    "EstablishmentName",
    "TypeOfEstablishment (name)",
    "EstablishmentStatus (name)",
    "PhaseOfEducation (name)",
    "Postcode",
]
LINK_COLUMNS = ["URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate"]
STRICT = {"urn", "la_code", "name", "status"}
STATUSES = {label.casefold(): value for value, label in School.Status.choices}


def urn(cell):
    if not re.fullmatch("[0-9]{6}", cell.strip()):
        raise ValueError
    return cell.strip()


def la_code(cell):
    """Three digits; a spreadsheet may have taken the zeros in front."""
    cell = cell.strip()
    if not re.fullmatch("[0-9]{1,3}", cell):
        raise ValueError
    return cell.zfill(3)


def status(cell):
    try:
        return STATUSES[cell.strip().casefold()]
    except KeyError:
        raise ValueError from None


class Days(dict):
    """Days by cell: the same few thousand come again and again."""

    def __missing__(self, cell):
        text = " ".join(cell.split())
        try:
            on = read_day(text) if text else None
        except Wrong:
            raise ValueError from None
        self[cell] = None if on in UNKNOWN_DAYS else on
        return self[cell]


def number_up_to(most):
    def convert(cell):
        cell = cell.strip()
        if not cell:
            return None
        number = int(cell.removesuffix(".0"))
        if not 0 <= number <= most:
            raise ValueError
        return number

    return convert


def percentage(cell):
    cell = cell.strip().removesuffix("%")
    if not cell:
        return None
    try:
        number = round(Decimal(cell), 2)
    except InvalidOperation:
        raise ValueError from None
    if not 0 <= number <= 100:
        raise ValueError
    return number


def text_of(field):
    longest, may_be_blank = field.max_length, field.name != "name"

    def convert(cell):
        text = " ".join(cell.split())
        if len(text) > longest or not (text or may_be_blank):
            raise ValueError
        return text

    return convert


NUMBERS = {"low_age": 99, "high_age": 99, "number_of_pupils": 100_000, "easting": 1_000_000, "northing": 2_000_000}


def converters():
    """A function for each field: the cell's text to its value, or ValueError."""
    days = Days().__getitem__
    own = {"urn": urn, "la_code": la_code, "status": status, "percentage_fsm": percentage}
    own |= {"opened_on": days, "closed_on": days}
    own |= {name: number_up_to(most) for name, most in NUMBERS.items()}
    return {name: own.get(name) or text_of(School._meta.get_field(name)) for name in COLUMNS}


def blank_of(name):
    """What stands in a field of which the file says nothing."""
    return None if School._meta.get_field(name).null else ""
