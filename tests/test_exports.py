"""Everything of an organisation as tables, and a programme as a folder: for its coordinator, without a pupil's name."""

import csv
import io
import json
import zipfile

import pytest
from django.apps import apps
from django.urls import reverse

from accounts.models import AuditEvent, Membership
from accounts.roles import Role
from funding.models import Stage as FundingStage
from jobs.work import work_on
from lessons.models import Finding, Note, ResearchLesson, Study
from programmes.models import ActionItem, DataReturn, Partnership
from pupils.loading import load_programme
from pupils.models import Assessment, Place, TargetPupil
from pupils.results import as_json
from reports.erasing import copies
from reports.exporting.files import DICTIONARY, build_export, order_export
from reports.exporting.tables import ALL, LEFT_OUT, TABLES
from reports.models import OrganisationExport, ProgrammeCopy
from tests.reading import text_of
from tests.world import build_world
from visits.models import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    found = build_world()
    OrganisationExport.objects.all().delete()
    return found


def made(corner):
    export = order_export(corner.people[Role.COORDINATOR], corner.organisation)
    work_on(OrganisationExport, export.pk, build_export)
    export.refresh_from_db()
    return export


def tables_of(export):
    assert export.is_done, export.failure
    with export.file.open() as file, zipfile.ZipFile(io.BytesIO(file.read())) as pack:
        return {name: pack.read(name).decode("utf-8-sig") for name in pack.namelist()}


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_of_every_model_it_is_said_whether_it_goes_out():
    unsaid = [
        model._meta.label
        for app, names in LEFT_OUT.items()
        for model in apps.get_app_config(app).get_models()
        if (model in TABLES) == (model.__name__ in names)
    ]
    gone = [
        name
        for app, names in LEFT_OUT.items()
        for name in names
        if name not in {model.__name__ for model in apps.get_app_config(app).get_models()}
    ]

    assert unsaid == gone == []
    assert len({table.name for table in ALL}) == len(ALL)
    named = [(table, name) for table in ALL for name in (*table.only, *table.without)]
    assert [n for t, n in named if n not in {f.name for f in t.model._meta.concrete_fields}] == []


def test_the_rows_are_those_of_the_organisation_and_of_no_other(world):
    ours = world[0]
    found = tables_of(made(ours))

    assert set(found) == {"README.txt", "dictionary.csv", *(f"{table.name}.csv" for table in ALL)}
    own = {"partnership__programme__organisation": ours.organisation}
    by_hand = {
        "partnerships": Partnership.objects.filter(programme__organisation=ours.organisation),
        "visits": Visit.objects.filter(**own),
        "places": Place.objects.filter(**own),
        "data_returns": DataReturn.objects.filter(**own),
        "assessments": Assessment.objects.filter(place__partnership__programme__organisation=ours.organisation),
        "action_items": ActionItem.objects.filter(programme__organisation=ours.organisation),
    }
    for name, rows in by_hand.items():
        assert [row["id"] for row in rows_of(found[f"{name}.csv"])] == [
            str(pk) for pk in sorted(rows.values_list("pk", flat=True))
        ]
        assert rows.exists()
    everything = "".join(found.values())
    assert "Ourside" in everything
    assert [line for line in everything.splitlines() if "Elsewhere" in line and "Elsewhere Council" not in line] == []


def test_studies_are_there_with_their_days_and_findings_where_they_are_shared(world):
    ours, _, elsewhere = world
    for corner, audience in ((ours, "programme"), (elsewhere, "public")):
        Finding.objects.filter(pk=corner.finding.pk).update(audience=audience)

    found = tables_of(made(ours))

    studies = Study.objects.filter(partnership__programme__organisation=ours.organisation)
    lessons = ResearchLesson.objects.filter(study__in=studies)
    for name, rows in (("studies", studies), ("research_lessons", lessons)):
        assert {row["id"] for row in rows_of(found[f"{name}.csv"])} == {
            str(pk) for pk in rows.values_list("pk", flat=True)
        }
        assert rows.exists()
    assert [row["id"] for row in rows_of(found["findings.csv"])] == [str(ours.finding.pk)]


def test_a_grade_stands_with_the_pupil_that_it_leads_to(world):
    ours = world[0]
    found = {name: rows_of(text) for name, text in tables_of(made(ours)).items() if name.endswith(".csv")}
    place = next(row for row in found["places.csv"] if row["id"] == str(ours.place.pk))
    pupil = next(row for row in found["target_pupils.csv"] if row["id"] == place["pupil"])
    codes = {row["id"]: row["code"] for row in found["grades.csv"]}

    assert (pupil["ref"], pupil["initials"], pupil["year_group"]) == (ours.pupil.ref, ours.pupil.initials, "5")
    assert {codes[row["grade"]] for row in found["assessments.csv"] if row["place"] == place["id"]} == set(
        ours.place.assessments.values_list("grade__code", flat=True)
    )


def test_no_pupil_is_named_and_nothing_of_a_notebook_is_in_it(world):
    ours = world[0]
    everything = "".join(tables_of(made(ours)).values())

    for pupil in TargetPupil.objects.all():
        assert pupil.first_name not in everything
        assert pupil.last_name not in everything
    assert ours.upn not in everything
    notes = [text for text in Note.objects.values_list("text", flat=True) if len(text) > 12]
    assert notes
    shown = {*ActionItem.objects.values_list("what", flat=True), *FundingStage.objects.values_list("name", flat=True)}
    assert [text for text in notes if text in everything and text not in shown] == []


def test_no_cell_is_a_formula(world):
    ours = world[0]
    ActionItem.objects.filter(pk=ours.action.pk).update(what='=HYPERLINK("http://evil.example","x")')

    found = rows_of(tables_of(made(ours))["action_items.csv"])

    assert next(row for row in found if row["id"] == str(ours.action.pk))["what"].startswith("'=HYPERLINK")


def test_the_dictionary_has_a_line_for_every_column(world):
    found = tables_of(made(world[0]))
    told = rows_of(found["dictionary.csv"])

    columns = [
        (name, column)
        for name, text in found.items()
        if name not in {"README.txt", "dictionary.csv"}
        for column in next(csv.reader(io.StringIO(text)))
    ]
    assert sorted(columns) == sorted((row["File"], row["Column"]) for row in told)
    assert list(told[0]) == DICTIONARY
    assert all(row["What it says"] for row in told)
    assert {row["Leads to"] for row in told} - {""} <= set(found)
    status = next(row for row in told if (row["File"], row["Column"]) == ("partnerships.csv", "status"))
    assert "folded: Folded" in status["Values"]


def test_it_is_ordered_watched_and_downloaded_by_a_coordinator(client, world):
    ours = world[0]
    client.force_login(ours.people[Role.COORDINATOR])
    client.post(reverse("reports:export_order", args=[ours.organisation.pk]))
    waiting = text_of(client.get(reverse("reports:exports")))
    export = OrganisationExport.objects.get()
    work_on(OrganisationExport, export.pk, build_export)

    ready = text_of(client.get(reverse("reports:exports")))
    file = client.get(reverse("reports:export_download", args=[ours.organisation.pk]))

    assert "The file waits for its turn." in waiting
    assert "The file is ready," in ready
    assert file["Content-Disposition"] == f'attachment; filename="everything-{ours.organisation.pk}.zip"'
    did = AuditEvent.objects.filter(model="reports.organisationexport").order_by("pk").values_list("did", flat=True)
    assert list(did) == ["export.ordered", "export.downloaded"]
    file.close()


def test_whoever_coordinates_no_more_gets_no_file(world):
    ours = world[0]
    export = order_export(ours.people[Role.COORDINATOR], ours.organisation)
    Membership.objects.filter(user=ours.people[Role.COORDINATOR]).delete()
    work_on(OrganisationExport, export.pk, build_export)
    export.refresh_from_db()

    assert export.has_failed
    assert not export.file
    assert "You do not coordinate this organisation any more" in export.failure


def test_a_programme_is_taken_as_a_folder_at_any_time_and_loads_again_to_the_same_results(client, world, tmp_path):
    ours = world[0]
    ProgrammeCopy.objects.all().delete()
    client.force_login(ours.people[Role.COORDINATOR])
    answer = client.post(reverse("reports:erase_copy", args=[ours.programme.slug]), {"from_exports": "yes"})
    work_on(ProgrammeCopy, ProgrammeCopy.objects.get().pk, copies.build_copy)
    page = text_of(client.get(reverse("reports:exports")))
    content = client.get(reverse("reports:erase_copy_download", args=[ours.programme.slug]))
    with zipfile.ZipFile(io.BytesIO(b"".join(content.streaming_content))) as pack:
        pack.extractall(tmp_path)
    folder = tmp_path / ours.programme.slug
    settings_file = folder / "programme.toml"
    settings_file.write_text(settings_file.read_text().replace(f'"{ours.programme.slug}"', '"taken-again"'))

    again = load_programme(folder).programme

    assert answer.url == reverse("reports:exports")
    assert "Download the folder" in page
    assert as_json(again) == as_json(ours.programme) == json.loads((folder / "results.json").read_text())
    assert set(again.pupils.values_list("ref", flat=True)) == set(ours.programme.pupils.values_list("ref", flat=True))
