"""Files that arrive for a finding: told by what is in them, not by their name; pictures are written anew.

What a file says of itself beside its content (who made it, with what, under which title) is taken out of it.
"""

import io
import shutil
from contextlib import contextmanager
from zipfile import BadZipFile, ZipFile, ZipInfo

import pikepdf

from lessons.models import FindingFile
from papers.pictures import NotAPicture, picture_of

BIGGEST = 10 * 1024 * 1024
Kind = FindingFile.Kind
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM")
MOST_PARTS = 20_000
MOST_UNPACKED = 200 * 1024 * 1024
# Parts of slides that say who made them, and what stands there instead.
OFFICE = "http://schemas.openxmlformats.org"
ABOUT_SLIDES = {
    "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{OFFICE}/package/2006/metadata/core-properties"/>',
    "docProps/app.xml": f'<Properties xmlns="{OFFICE}/officeDocument/2006/extended-properties"/>',
    "docProps/custom.xml": f'<Properties xmlns="{OFFICE}/officeDocument/2006/custom-properties"/>',
    "meta.xml": '<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'office:version="1.2"><office:meta/></office:document-meta>',
}
WHAT_IT_MAY_BE = "Send a PDF, a picture (JPEG or PNG), or slides (PPTX or ODP)."


class NotTaken(ValueError):
    """The file is none that can go with a finding; its words say why, and what to do."""


def read_file(file) -> tuple[str, bytes]:
    """(kind, what is kept of it)."""
    if file.size > BIGGEST:
        raise NotTaken(f"The file is {file.size / 1024 / 1024:.0f} MB. At most 10 MB: make it smaller.")
    start = file.read(16)
    file.seek(0)
    if not start:
        raise NotTaken("The file is empty. Choose it again.")
    if start.startswith(b"%PDF-"):
        return Kind.PDF, pdf_without_its_maker(file.read())
    if start.startswith(PICTURES) or (start[:4] == b"RIFF" and start[8:12] == b"WEBP"):
        try:
            return Kind.PICTURE, picture_of(file).content
        except NotAPicture as error:
            raise NotTaken(str(error)) from error
    if start.startswith(b"PK\x03\x04"):
        return slides_in(file), slides_without_their_maker(file)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotTaken("These are slides or a document of an older kind. Save them as PPTX or PDF, and send that.")
    raise NotTaken(f"This file is none that can be handed out here. {WHAT_IT_MAY_BE}")


def pdf_without_its_maker(content):
    """The same pages. One that cannot be opened here stays as it came."""
    written = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if "/Info" in pdf.trailer:
                del pdf.trailer["/Info"]
            for part in [pdf.Root, *pdf.pages]:
                if "/Metadata" in part:
                    del part["/Metadata"]
            pdf.save(written)
    except pikepdf.PdfError:
        return content
    return written.getvalue()


@contextmanager
def damage_told():
    """Says in a sentence that a packed file cannot be read; what was refused for another reason says that."""
    try:
        yield
    except NotTaken:
        raise  # it is a ValueError too, and says already what is wrong
    # Cut off, packed in a way that is not known here, read badly, with a password, or with parts of no sense.
    except (BadZipFile, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise NotTaken("The file is damaged, or only part of it arrived. Send it again.") from error


def slides_without_their_maker(file):
    """Every part as it came, but for those that tell of the makers."""
    written = io.BytesIO()
    with damage_told(), ZipFile(file) as packed:
        if not ABOUT_SLIDES.keys() & set(packed.namelist()):
            file.seek(0)
            return file.read()
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise NotTaken("These slides are too big once they are unpacked. Make them smaller, or send a PDF.")
        with ZipFile(written, "w") as anew:
            for part in packed.infolist():
                if part.filename in ABOUT_SLIDES:
                    said = f'<?xml version="1.0" encoding="UTF-8"?>\n{ABOUT_SLIDES[part.filename]}'
                    anew.writestr(part.filename, said, part.compress_type)
                else:
                    same = ZipInfo(part.filename, part.date_time)
                    same.compress_type = part.compress_type
                    with packed.open(part) as old, anew.open(same, "w") as new:
                        shutil.copyfileobj(old, new)
    return written.getvalue()


def slides_in(file):
    """Which kind of slides a packed file is, by the list of its parts; nothing of it is unpacked but one short line."""
    with damage_told(), ZipFile(file) as packed:
        names = set(packed.namelist()[:MOST_PARTS])
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise NotTaken("These slides hold a program (macros). Save them as PPTX without macros, and send that.")
        if "ppt/presentation.xml" in names:
            return Kind.SLIDES
        if "mimetype" in names and opendocument_kind(packed).startswith(
            b"application/vnd.oasis.opendocument.presentation"
        ):
            return Kind.OPEN_SLIDES
    raise NotTaken(f"This is a packed file and no slides. {WHAT_IT_MAY_BE}")


def opendocument_kind(packed):
    with packed.open("mimetype") as part:
        return part.read(100)
