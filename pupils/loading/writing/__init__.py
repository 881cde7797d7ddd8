"""Bringing the database to what the folder says."""

from accounts import audit
from programmes.models import Partnership
from pupils.loading.account import Account
from pupils.loading.folder import Folder
from pupils.loading.writing.partnerships import write_memberships, write_partnerships, write_people
from pupils.loading.writing.programme import write_organisation, write_programme, write_schools
from pupils.loading.writing.pupils import (
    finish_folded,
    follow_people,
    write_assessments,
    write_places,
    write_pupils,
    write_returns,
)

__all__ = ["write"]


def write(files: Folder) -> Account:
    """Everything the folder says, written; a second load of the same folder writes nothing.

    People get their roles but cannot sign in until they are invited, and no mail is sent.
    """
    account = Account(ignored=files.ignored, encodings=files.encodings, not_understood=files.not_understood)
    schools = write_schools(account, files)
    organisation = write_organisation(account, files)
    programme = account.programme = write_programme(account, files, organisation)
    people = write_people(account, files, organisation)
    partnerships = write_partnerships(account, files, programme, schools, people)
    write_memberships(account, programme)
    pupils = write_pupils(account, files, programme)
    places = write_places(account, files, programme, pupils, partnerships)
    touched = write_assessments(account, files, programme, places)
    write_returns(programme, touched)
    follow_people(account)
    finish_folded(programme, account)
    account.counts = {
        "schools": len(files.schools),
        "specialist teachers": len(files.specialists),
        "partnerships": len(files.partnerships),
        "pupils": len(pupils),
        "places": len(files.pupils),
        "assessments": len(files.assessments),
    }
    statuses = [row.status for _, row in files.partnerships]
    account.statuses = {status: statuses.count(status) for status in Partnership.Status.values if status in statuses}
    if not account.changed_nothing:
        audit.record(None, "programmes.loaded", programme)
    return account
