"""Files that go with a finding: told by their content, pictures written anew, and none ever opened in our name."""

import io
import zipfile

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from lessons.library.files import BIGGEST, NotTaken, read_file
from lessons.services.finding_files import MOST_FILES
from tests.findings.found import everybody, found_by, shown_to
from tests.reading import text_of


def picture(kind="JPEG"):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Zoe Quill"
    Image.new("RGB", (40, 30), "teal").save(out, kind, exif=exif)
    return out.getvalue()


def packed(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


SLIDES = packed(ppt__presentation_dot_xml="<p/>")
OPEN_SLIDES = packed(mimetype="application/vnd.oasis.opendocument.presentation")


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"%PDF-1.7 x", "pdf"), (picture(), "jpg"), (picture("PNG"), "jpg"), (SLIDES, "pptx"), (OPEN_SLIDES, "odp")],
)
def test_what_it_is_stands_in_it(content, kind):
    read, kept = read_file(ContentFile(content))

    assert read == kind
    assert b"Zoe" not in kept
    assert kept == content or kind == "jpg"


def test_what_a_pdf_says_of_its_maker_is_taken_out(tmp_path):
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Author"] = "Zoe Quill"
        with pdf.open_metadata() as said:
            said["dc:creator"] = ["Zoe Quill"]
        pdf.save(tmp_path / "made.pdf")

    kind, kept = read_file(ContentFile((tmp_path / "made.pdf").read_bytes()))

    with pikepdf.open(io.BytesIO(kept)) as pdf:
        assert (kind, len(pdf.pages), dict(pdf.docinfo), "/Metadata" in pdf.Root) == ("pdf", 1, {}, False)


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        (
            "pptx",
            {"ppt__presentation_dot_xml": "<p/>", "docProps__core_dot_xml": "Zoe", "docProps__app_dot_xml": "Zoe"},
        ),
        ("odp", {"mimetype": "application/vnd.oasis.opendocument.presentation", "meta_dot_xml": "Zoe"}),
    ],
)
def test_what_slides_say_of_their_maker_is_taken_out_and_the_rest_stays(kind, parts):
    found, kept = read_file(ContentFile(packed(**parts)))

    with zipfile.ZipFile(io.BytesIO(kept)) as slides:
        texts = {name: slides.read(name).decode() for name in slides.namelist()}
    assert found == kind
    assert len(texts) == len(parts)
    assert next(iter(texts.values())) == next(iter(parts.values()))
    assert [text for text in texts.values() if "Zoe" in text] == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00 program", "none that can be handed out"),
        (b"<svg onload='x'/>", "none that can be handed out"),
        (b"<html><script>", "none that can be handed out"),
        (b"PK\x03\x04 broken", "damaged"),
        (packed(word__document_dot_xml="x"), "no slides"),
        (packed(ppt__presentation_dot_xml="x", ppt__vbaProject_dot_bin="x"), "macros"),
        (packed(mimetype="application/vnd.oasis.opendocument.text"), "no slides"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "older kind"),
        (b"\xff\xd8\xff\xe0 broken picture", "Send"),
        (b"%PDF-" + b"x" * BIGGEST, "At most 10 MB"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(content, told):
    with pytest.raises(NotTaken, match=told):
        read_file(ContentFile(content))


def send(client, finding, content, label="Slides of lesson 2", name="Zoe Quill.pdf"):
    address = reverse("lessons:finding_file_add", args=[finding.pk])
    return client.post(address, {"label": label, "file": SimpleUploadedFile(name, content)}, follow=True)


@pytest.mark.django_db
def test_a_file_is_part_of_what_is_agreed_to_and_is_shown_with_it(as_person):
    group = everybody()
    finding = shown_to(group, "programme")
    version = finding.sheet.version
    page = send(as_person(group.sara), finding, b"%PDF-1.7 x")
    file = finding.files.get()
    address = reverse("lessons:finding_file", args=[file.pk])
    reader = group.people["teacher beside"]
    before = as_person(reader).get(address).status_code

    finding.sheet.refresh_from_db()
    file.is_shown = True
    file.save()
    opened = as_person(reader).get(address)
    opened.close()

    assert "The file is added" in text_of(page)
    assert finding.sheet.version == version + 1
    assert before == 404
    assert opened["Content-Disposition"] == f'attachment; filename="finding-{finding.pk}-{file.pk}.pdf"'
    assert (opened["X-Content-Type-Options"], "Zoe" in file.file.name) == ("nosniff", False)


@pytest.mark.django_db
def test_bad_input_is_told_and_what_was_typed_stays(group, as_person):
    finding = found_by(group)
    client = as_person(group.sara)

    wrong, empty = send(client, finding, b"MZ"), send(client, finding, b"")
    unnamed = send(client, finding, b"%PDF-1.7", label="")
    for _ in range(MOST_FILES):
        finding.files.create(kind="pdf", label="x", file="x.pdf", size=1, added_by=group.sara)
    many = send(client, finding, b"%PDF-1.7")

    assert [answer.status_code for answer in (wrong, empty, unnamed, many)] == [422] * 4
    assert "Slides of lesson 2" in wrong.content.decode()
    assert "Say what the file is." in text_of(unnamed)
    assert "There are 10 files already" in text_of(many)
    assert finding.files.count() == MOST_FILES


@pytest.mark.django_db
def test_a_file_taken_away_goes_from_the_storage_unless_others_still_read_it(
    group, as_person, django_capture_on_commit_callbacks
):
    finding = shown_to(group, "group")
    client = as_person(group.sara)
    for _ in range(2):
        send(client, finding, b"%PDF-1.7 x")
    shown, draft = finding.files.all()
    type(shown).objects.filter(pk=shown.pk).update(is_shown=True)

    with django_capture_on_commit_callbacks(execute=True):
        for file in (shown, draft):
            client.post(reverse("lessons:finding_file_remove", args=[file.pk]))

    assert [default_storage.exists(file.file.name) for file in (shown, draft)] == [True, False]
    assert list(finding.files.values_list("pk", flat=True)) == [shown.pk]
