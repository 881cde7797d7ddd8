"""The national register of the demonstration: one file closed a partner school, a newer one is not yet confirmed."""

import csv
import datetime as dt
import io

from django.core.files.base import ContentFile

from accounts.models import Organisation, RegisterFile, RegisterUpdate, School
from accounts.register import services, work
from accounts.register.columns import COLUMNS, LINK_COLUMNS
from accounts.roles import Role
from jobs.work import work_on
from programmes.models import Partnership

SUCCESSOR = "910001"


def use_registers(today):
    """One file is written and a second one is read; both changed a few schools, as a new month does."""
    organisation = Organisation.objects.get(name="Essex")
    if RegisterFile.objects.filter(organisation=organisation).exists():
        return
    coordinator = organisation.membership_set.filter(role=Role.COORDINATOR).first().user
    running = Partnership.objects.filter(programme__organisation=organisation, programme__status="active")
    closed, renamed, closing, moved = [p.partner_school for p in running.select_related("partner_school")[4:8]]
    schools = {school.urn: said_of(school) for school in School.objects.all()}
    name = closed.name.replace(" Primary School", "").replace(" Junior School", "")
    schools[SUCCESSOR] = schools[closed.urn] | {
        "URN": SUCCESSOR,
        "EstablishmentName": f"{name} Academy",
        "EstablishmentNumber": "9001",
        "TypeOfEstablishment (name)": "Academy converter",
    }
    schools[closed.urn] |= {
        "EstablishmentStatus (name)": "Closed",
        "CloseDate": f"{running[0].programme.starts_on:%d-%m-%Y}",
    }
    schools[renamed.urn] |= {"HeadTitle (name)": "Ms", "HeadFirstName": "Orla", "HeadLastName": "Quist"}
    links = [[closed.urn, SUCCESSOR, f"{name} Academy", "Successor", ""]]
    file = read(coordinator, organisation, schools, links, today - dt.timedelta(days=30))
    work_on(RegisterUpdate, services.confirm(coordinator, file).pk, work.write)
    schools[renamed.urn]["EstablishmentName"] = f"{renamed.name}, Mill Lane"
    schools[closing.urn]["EstablishmentStatus (name)"] = "Open, but proposed to close"
    schools[moved.urn] |= {"NumberOfPupils": "214", "PercentageFSM": "11.5"}
    read(coordinator, organisation, schools, links, today)


def read(person, organisation, schools, links, today):
    register = ContentFile(
        table(list(COLUMNS.values()), [row.values() for row in schools.values()]), "edubasealldata.csv"
    )
    linked = ContentFile(table(LINK_COLUMNS, links), f"links_edubasealldata{today:%Y%m%d}.csv")
    file = services.send(person, organisation, register, linked)
    work_on(RegisterFile, file.pk, work.read)
    file.refresh_from_db()
    return file


def table(header, rows):
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode("cp1252")


def said_of(school):
    """A school as the register writes it."""
    row = {column: getattr(school, name) for name, column in COLUMNS.items()}
    row["EstablishmentStatus (name)"] = school.get_status_display()
    for column in ("OpenDate", "CloseDate"):
        row[column] = f"{row[column]:%d-%m-%Y}" if row[column] else ""
    return row
