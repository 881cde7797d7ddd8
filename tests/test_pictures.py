"""Photos of pupils' work: kept without where and when they were taken, or refused in a sentence."""

import io
import struct
import zlib
from importlib import import_module

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from papers.pictures import NotAPicture, picture_of

MAKER, ORIENTATION, GPS = 0x010F, 0x0112, 0x8825


def sent(content, name="photo"):
    return SimpleUploadedFile(name, content)


def drawn(size, kind, mode="RGB", colour="navy", **more):
    written = io.BytesIO()
    Image.new(mode, size, colour).save(written, kind, **more)
    return written.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(side):
    """A PNG of a few hundred bytes that says it has side by side pixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def refusal(content):
    with pytest.raises(NotAPicture) as told:
        picture_of(sent(content))
    return str(told.value)


def test_a_photo_stands_upright_is_small_and_says_nothing_of_where_and_with_what_it_was_taken():
    exif = Image.Exif()
    exif[MAKER], exif[ORIENTATION], exif[GPS] = "Canary camera", 6, {1: "N", 2: (53.0, 48.0, 1.5)}

    kept = Image.open(io.BytesIO(picture_of(sent(drawn((3000, 1500), "JPEG", exif=exif))).content))

    assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (1000, 2000), {})
    assert b"Canary" not in picture_of(sent(drawn((3000, 1500), "JPEG", exif=exif, comment=b"Canary"))).content


@pytest.mark.parametrize(
    ("content", "pixel"),
    [
        (drawn((40, 20), "PNG", "RGBA", (0, 0, 0, 0)), (255, 255, 255)),
        (drawn((40, 20), "WEBP", "RGB", (255, 255, 255)), (255, 255, 255)),
        (drawn((40, 20), "JPEG", "CMYK", (0, 0, 0, 0)), (255, 255, 255)),
        (drawn((40, 20), "GIF", "P", 0), (0, 0, 0)),
        (drawn((40, 20), "PNG", "I;16", 0), (0, 0, 0)),
    ],
    ids=["seen through", "webp", "printer's colours", "few colours", "sixteen bits"],
)
def test_every_usual_kind_of_picture_becomes_a_jpeg(content, pixel):
    kept = Image.open(io.BytesIO(picture_of(sent(content)).content))

    assert (kept.format, kept.mode, kept.size, kept.getpixel((20, 10))) == ("JPEG", "RGB", (40, 20), pixel)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty. Take the photo again."),
        (b"PK\x03\x04" + b"x" * 600, "This file is no photo that can be read. Send a photo as JPEG or PNG."),
        (
            b'\xef\xbb\xbf <?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
            "This is a drawing (SVG), which can hold more than a picture. Send a photo as JPEG or PNG.",
        ),
        (b"%PDF-1.7 " + b"x" * 600, "This file is no photo that can be read. Send a photo as JPEG or PNG."),
        (
            drawn((800, 800), "JPEG", quality=95)[:4000],
            "The photo is damaged, or only part of it arrived. Send it again.",
        ),
        (bomb(9000), "The picture has more than 60 million pixels. Take it again in a smaller size."),
        (bomb(60_000), "The picture has more than 60 million pixels. Take it again in a smaller size."),
        (bomb(2000), "The photo is damaged, or only part of it arrived. Send it again."),
    ],
    ids=["empty", "zip", "svg", "pdf", "cut off", "81 million pixels", "a bomb", "too few pixels"],
)
def test_what_is_no_photo_is_refused_in_a_sentence(content, words):
    assert refusal(content) == words


def test_a_file_of_40_mb_is_refused_before_it_is_read():
    assert refusal(b"\xff\xd8" + b"\0" * 40 * 1024 * 1024) == (
        "The photo is 40 MB. At most 20 MB: take it again, or crop it."
    )


def test_half_a_photo_is_refused_also_once_a_pdf_was_made():
    import_module("papers.typesetting")

    assert refusal(drawn((800, 800), "JPEG", quality=95)[:4000]).startswith("The photo is damaged")
