"""A copy of a programme, taken before its pupil data goes: a folder without names that gives the same results."""

import datetime as dt
import io
import json
import zipfile
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from jobs.work import work_on
from papers.sheets import Refused
from programmes.models import Programme
from pupils.loading import load_programme
from pupils.models import Erasure
from pupils.results import as_json
from pupils.retention import erasing
from reports.erasing import copies
from reports.models import ProgrammeCopy
from tests.factories import MembershipFactory
from tests.world import person

pytestmark = pytest.mark.django_db
ESSEX = Path(settings.BASE_DIR) / "data" / "essex-2008-09"
TODAY = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def one_day():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def essex():
    return load_programme(ESSEX).programme


@pytest.fixture
def coordinator(essex):
    user = person("Essex", Role.COORDINATOR)
    MembershipFactory(user=user, role=Role.COORDINATOR, organisation=essex.organisation)
    return user


def made(essex, coordinator):
    copy = copies.order_copy(coordinator, essex)
    work_on(ProgrammeCopy, copy.pk, copies.build_copy)
    copy.refresh_from_db()
    assert copy.state == "done"
    return copy


def unpacked(copy, folder):
    with copy.file.open() as file, zipfile.ZipFile(io.BytesIO(file.read())) as pack:
        pack.extractall(folder)
    return folder / copy.programme.slug


def test_the_copy_loads_again_and_gives_the_same_results(essex, coordinator, tmp_path):
    before = as_json(essex)
    folder = unpacked(made(essex, coordinator), tmp_path)
    settings_file = folder / "programme.toml"
    settings_file.write_text(settings_file.read_text().replace("essex-2008-09", "essex-again"))

    again = load_programme(folder).programme

    assert as_json(again) == before == json.loads((folder / "results.json").read_text())
    assert again.pupils.count() == essex.pupils.count()
    assert again.timetable.count() == essex.timetable.count()


def test_no_pupil_is_named_in_it(essex, coordinator, tmp_path):
    folder = unpacked(made(essex, coordinator), tmp_path)

    words = (folder / "pupils.csv").read_text(encoding="utf-8-sig")

    assert words.splitlines()[0] == "pupil,partnership,year_group"
    everything = "".join(path.read_text(encoding="utf-8-sig") for path in folder.iterdir())
    assert [pupil.ref for pupil in essex.pupils.all() if pupil.upn and pupil.upn in everything] == []


def test_it_is_ordered_downloaded_and_recorded_by_the_coordinator(client, essex, coordinator):
    client.force_login(coordinator)

    def address(name):
        return reverse(f"reports:{name}", args=[essex.slug])

    client.post(address("erase_copy"))
    work_on(ProgrammeCopy, ProgrammeCopy.objects.get().pk, copies.build_copy)
    page = client.get(address("erasing")).content.decode()
    file = client.get(address("erase_copy_download"))

    assert "The copy is ready," in page
    assert file["Content-Disposition"] == 'attachment; filename="essex-2008-09.zip"'
    recorded = AuditEvent.objects.filter(model="reports.programmecopy").order_by("pk").values_list("did", flat=True)
    assert list(recorded) == ["programme.copy ordered", "programme.copy downloaded"]
    file.close()


def test_the_copy_that_is_kept_here_goes_with_the_rest(essex, coordinator):
    copy = made(essex, coordinator)
    erasure = erasing.order_erasure(coordinator, essex, "delete", erasing.counted(essex))
    work_on(Erasure, erasure.pk, erasing.erase)

    assert not ProgrammeCopy.objects.exists()
    assert not default_storage.exists(copy.file.name)


def test_what_is_erased_is_not_loaded_again_by_a_slip(essex, coordinator):
    before = as_json(essex)
    erasure = erasing.order_erasure(coordinator, essex, "delete", erasing.counted(essex))
    work_on(Erasure, erasure.pk, erasing.erase)

    with pytest.raises(Refused) as refused:
        load_programme(ESSEX)
    assert "The pupil data of this programme was erased" in refused.value.problems.as_table()
    assert as_json(Programme.objects.get(slug="essex-2008-09")) == before
    assert before == json.loads((ESSEX / "expected.json").read_text()) | before
