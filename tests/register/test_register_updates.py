"""A file of the register from upload to the last row: what was shown is written, once, or nothing."""

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from accounts.models import AuditEvent, RegisterFile, RegisterUpdate, School
from accounts.register import services
from accounts.register.reading import NotRead
from accounts.roles import Role
from tests.factories import MembershipFactory, OrganisationFactory
from tests.registers import GONE, bring_up_to_date, confirm, elm, oak, page_of, preview, read, register_of
from tests.world import person

pytestmark = pytest.mark.django_db


def test_the_page_of_the_register_says_when_by_whom_and_how_many(client, amira, tmp_path):
    empty = client.get(reverse("accounts:register")).content.decode()
    bring_up_to_date(client, tmp_path, register_of(oak(), elm(**GONE)))

    page = " ".join(client.get(reverse("accounts:register")).content.decode().split())

    assert "The register is empty" in empty
    assert "2 schools in the register" in page
    assert "by Amira AmiraCoordinator, from" in page
    assert "1 of 2 have not closed." in page
    assert "The register was brought up to date" in page


def test_someone_of_another_organisation_learns_that_but_not_who(client, amira, tmp_path):
    file = bring_up_to_date(client, tmp_path, register_of(oak()))
    other = person("Elsewhere", Role.COORDINATOR)
    MembershipFactory(user=other, organisation=OrganisationFactory(la_code="886"))
    client.force_login(other)

    page = client.get(reverse("accounts:register")).content.decode()
    hidden = client.get(file.get_absolute_url())

    assert "by someone of another organisation" in page
    assert "Amira" not in page
    assert hidden.status_code == 404


def test_every_step_is_recorded_with_ids_only(client, amira, tmp_path):
    file = bring_up_to_date(client, tmp_path, register_of(oak()))

    steps = AuditEvent.objects.filter(did__startswith="register.").order_by("pk")

    assert [(step.did, step.who, step.row, step.about) for step in steps] == [
        ("register.sent", amira, file.pk, ""),
        ("register.confirmed", amira, file.pk, ""),
        ("register.updated", amira, file.pk, ""),
    ]


def test_a_file_set_aside_is_gone_and_cannot_be_confirmed(client, amira, tmp_path):
    file = preview(client, tmp_path, register_of(oak()))

    answer = client.post(reverse("accounts:register_set_aside", args=[file.pk]), follow=True)
    update = confirm(client, file)

    file.refresh_from_db()
    assert "Nothing of it was written." in answer.content.decode()
    assert update is None
    assert not file.changes.exists()
    assert not School.objects.exists()


def test_the_file_is_gone_from_the_disk_once_it_is_written_or_set_aside(
    client, amira, tmp_path, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        first = preview(client, tmp_path, register_of(oak()))
    names = [first.file.name]
    with django_capture_on_commit_callbacks(execute=True):
        confirm(client, first)
    second = preview(client, tmp_path, register_of(oak(name="Oak Hill")))
    names.append(second.file.name)
    kept = default_storage.exists(second.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("accounts:register_set_aside", args=[second.pk]))

    assert kept
    assert [default_storage.exists(name) for name in names] == [False, False]


def test_a_newer_file_of_the_same_person_sets_the_older_preview_aside(client, amira, tmp_path):
    older = preview(client, tmp_path, register_of(oak()))

    newer = preview(client, tmp_path, register_of(oak(), elm()))

    older.refresh_from_db()
    assert older.discarded_at is not None
    assert newer.discarded_at is None


def test_a_file_that_cannot_be_used_leaves_the_preview_and_stays_listed(client, amira, tmp_path):
    good = preview(client, tmp_path, register_of(oak()))
    bad = preview(client, tmp_path, register_of(oak(status="Perhaps")))

    listed = client.get(reverse("accounts:register")).context["files"]
    waits = [file for file, _ in listed]
    preview(client, tmp_path, register_of(oak(), elm()))
    after = [file for file, _ in client.get(reverse("accounts:register")).context["files"]]
    problems = client.get(bad.get_absolute_url()).content.decode()

    good.refresh_from_db()
    assert waits == [bad, good.__class__.objects.get(pk=good.pk)]
    assert (bad in after, good in after) == (True, False)
    assert "Perhaps" in problems
    assert good.discarded_at is not None


def test_confirmed_after_another_update_one_is_told_and_reads_again(client, amira, tmp_path):
    bring_up_to_date(client, tmp_path, register_of(oak()))
    late = preview(client, tmp_path, register_of(oak(name="Oak Hill")))
    RegisterFile.objects.filter(pk=late.pk).update(
        uploaded_by=person("Other", Role.OFFICE)
    )  # not set aside by the next
    bring_up_to_date(client, tmp_path, register_of(oak(name="Oak Lane")))

    page = page_of(client, late)
    refused = confirm(client, late)
    client.post(reverse("accounts:register_again", args=[late.pk]))
    again = read(RegisterFile.objects.latest("pk"))
    update = confirm(client, again)

    assert "The register has changed since this file was read." in page
    assert refused is None
    assert again.changes.get().fields == {"name": ["Oak Lane", "Oak Hill"]}
    assert update.state == "done"
    assert School.objects.get().name == "Oak Hill"


def test_whatever_changed_a_school_meanwhile_the_worker_writes_nothing_that_was_not_shown(client, amira, tmp_path):
    bring_up_to_date(client, tmp_path, register_of(oak(), elm()))
    file = preview(client, tmp_path, register_of(oak(name="Oak Hill"), elm()))
    School.objects.filter(urn="123457").update(name="Elm as a folder has it")

    update = confirm(client, file)
    page = page_of(client, file)

    assert (update.state, update.refused, update.overtaken) == ("failed", True, True)
    assert "The register has changed since this file was read." in page
    assert "Read it again</button>" in page
    assert set(School.objects.values_list("name", flat=True)) == {"Oak School", "Elm as a folder has it"}


def test_confirming_twice_is_confirming_once(client, amira, tmp_path):
    file = preview(client, tmp_path, register_of(oak()))

    confirm(client, file)
    confirm(client, file)

    assert [update.state for update in RegisterUpdate.objects.all()] == ["done"]
    assert School.objects.count() == 1


def test_a_file_that_was_not_read_because_of_us_is_read_again(client, amira, tmp_path):
    file = preview(client, tmp_path, register_of(oak()))
    RegisterFile.objects.filter(pk=file.pk).update(state="failed", failure="Something went wrong on our side.")

    page = page_of(client, file)
    listed = client.get(reverse("accounts:register")).content.decode()
    client.post(reverse("accounts:register_again", args=[file.pk]))
    again = read(RegisterFile.objects.latest("pk"))
    update = confirm(client, again)

    assert "This file was not read" in page
    assert "Something went wrong on our side. Nothing was changed." in page
    assert "Read it again</button>" in page
    assert "Was not read: have it read again" in listed
    assert update.state == "done"


def test_a_file_that_is_spoilt_on_our_disk_before_it_is_written_is_a_failure_of_ours(client, amira, tmp_path):
    file = preview(client, tmp_path, register_of(oak()))
    with default_storage.open(file.file.name, "wb") as spoilt:
        spoilt.write(b"URN\0")

    with pytest.raises(NotRead):
        confirm(client, file)

    update = file.updates.get()
    assert (update.state, update.refused, update.failure) == (
        "failed",
        False,
        "The file can no longer be read. Send it again.",
    )
    assert not School.objects.exists()


def test_a_file_cannot_be_read_again_once_it_is_written(client, amira, tmp_path):
    file = bring_up_to_date(client, tmp_path, register_of(oak()))

    with pytest.raises(services.NotNow):
        services.read_again(amira, file)
    answer = client.post(reverse("accounts:register_again", args=[file.pk]), follow=True)

    assert "The file is not here any more. Send it again." in answer.content.decode()


def test_progress_is_told_by_htmx_and_the_page_comes_anew_at_the_end(client, amira, tmp_path):
    file = preview(client, tmp_path, register_of(oak()))
    address = reverse("accounts:register_progress", args=[file.pk])
    htmx = {"hx-request": "true"}

    over = client.get(address, headers=htmx)
    RegisterFile.objects.filter(pk=file.pk).update(state="running", done=12000, total=52000)
    running = client.get(address, headers=htmx)
    file.refresh_from_db()
    same = client.get(address, {"seen": file.stage}, headers=htmx)

    assert (over.status_code, over["HX-Redirect"]) == (204, file.get_absolute_url())
    assert "12,000 of 52,000 rows are read." in running.content.decode()
    assert same.status_code == 204
