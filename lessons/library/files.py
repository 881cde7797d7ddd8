"""Files that arrive for a finding: told by what is in them, not by their name; pictures are written anew."""

from zipfile import BadZipFile, ZipFile

from lessons.models import FindingFile
from papers.pictures import NotAPicture, picture_of

BIGGEST = 10 * 1024 * 1024
Kind = FindingFile.Kind
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM")
MOST_PARTS = 20_000
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
        return Kind.PDF, file.read()
    if start.startswith(PICTURES) or (start[:4] == b"RIFF" and start[8:12] == b"WEBP"):
        try:
            return Kind.PICTURE, picture_of(file).content
        except NotAPicture as error:
            raise NotTaken(str(error)) from error
    if start.startswith(b"PK\x03\x04"):
        return slides_in(file), file.read()
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotTaken("These are slides or a document of an older kind. Save them as PPTX or PDF, and send that.")
    raise NotTaken(f"This file is none that can be handed out here. {WHAT_IT_MAY_BE}")


def slides_in(file):
    """Which kind of slides a packed file is, by the list of its parts; nothing of it is unpacked but one short line."""
    try:
        with ZipFile(file) as packed:
            names = set(packed.namelist()[:MOST_PARTS])
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise NotTaken("These slides hold a program (macros). Save them as PPTX without macros, and send that.")
            if "ppt/presentation.xml" in names:
                return Kind.SLIDES
            if "mimetype" in names and opendocument_kind(packed).startswith(
                b"application/vnd.oasis.opendocument.presentation"
            ):
                return Kind.OPEN_SLIDES
    except NotTaken:
        raise  # it is a ValueError too, and says already what is wrong
    # Cut off, packed in a way that is not known here, read badly, with a password, or with parts of no sense.
    except (BadZipFile, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise NotTaken("The file is damaged, or only part of it arrived. Send it again.") from error
    finally:
        file.seek(0)
    raise NotTaken(f"This is a packed file and no slides. {WHAT_IT_MAY_BE}")


def opendocument_kind(packed):
    with packed.open("mimetype") as part:
        return part.read(100)
