"""Sending registers as a coordinator does, and doing the worker's part in this process."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import RegisterFile, RegisterUpdate, School
from accounts.register import work
from accounts.register.columns import COLUMNS
from bench.registers import Establishment, Register
from jobs.work import work_on

GONE = {"status": "Closed", "closed": "31-08-2026"}


def as_bytes(register, folder, encoding="cp1252"):
    return register.write(folder / "register.csv", encoding).read_bytes()


def send_bytes(client, data, links=None, name="edubasealldata20261101.csv"):
    """The answer to sending these files."""
    files = {"register": SimpleUploadedFile(name, data, "text/csv")}
    if links is not None:
        files["links"] = SimpleUploadedFile("links.csv", links, "text/csv")
    return client.post(reverse("accounts:register"), files)


def preview(client, folder, register, encoding="cp1252"):
    """The file, sent and read."""
    links = register.write_links(folder / "links.csv", encoding).read_bytes() if register.links else None
    answer = send_bytes(client, as_bytes(register, folder, encoding), links)
    assert answer.status_code == 302, answer.content.decode()
    return read(RegisterFile.objects.latest("pk"))


def read(file):
    work_on(RegisterFile, file.pk, work.read)
    file.refresh_from_db()
    return file


def confirm(client, file, **sent):
    """The file, confirmed and written; the last update of it, if the confirmation was taken."""
    client.post(reverse("accounts:register_confirm", args=[file.pk]), sent)
    update = file.updates.first()
    if update is not None:
        work_on(RegisterUpdate, update.pk, work.write)
        update.refresh_from_db()
    return update


def bring_up_to_date(client, folder, register, encoding="cp1252"):
    file = preview(client, folder, register, encoding)
    assert (file.state, file.problems) == ("done", [])
    update = confirm(client, file)
    assert (update.state, update.failure) == ("done", "")
    return file


def kinds_by_urn(file):
    return {int(change.urn): sorted(change.kinds) for change in file.changes.all()}


def all_schools():
    return list(School.objects.order_by("urn").values_list(*COLUMNS))


def register_of(*establishments):
    return Register({school.urn: school for school in establishments})


def oak(**fields):
    return Establishment(**{"urn": 123456, "la": 881, "name": "Oak School", "number": "2000"} | fields)


def elm(**fields):
    return Establishment(**{"urn": 123457, "la": 881, "name": "Elm School", "number": "2001"} | fields)


def page_of(client, file, query=""):
    return " ".join(client.get(file.get_absolute_url() + query).content.decode().split())
