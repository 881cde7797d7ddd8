"""Photos that arrive: read as a picture or refused in a sentence, and written anew without anything else in them."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

BIGGEST_FILE = 20 * 1024 * 1024
MOST_PIXELS = 60_000_000  # more than a camera makes: about 240 MB in memory
LONGEST_SIDE = 2000
QUALITY = 82
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "BMP"]
DRAWN = (b"<svg", b"<?xml", b"<!doctype svg")


class NotAPicture(ValueError):
    """The file is none that can be kept; its words say why, and what to do."""


@dataclass(frozen=True)
class Picture:
    """A JPEG, and how large it is in pixels."""

    content: bytes
    width: int
    height: int


def picture_of(file) -> Picture:
    """The photo as a JPEG that stands upright, has no side over 2,000 pixels, and holds no place, camera or time."""
    if file.size > BIGGEST_FILE:
        raise NotAPicture(f"The photo is {file.size / 1024 / 1024:.0f} MB. At most 20 MB: take it again, or crop it.")
    start = file.read(512)
    file.seek(0)
    if not start:
        raise NotAPicture("The file is empty. Take the photo again.")
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(DRAWN):
        raise NotAPicture("This is a drawing (SVG), which can hold more than a picture. Send a photo as JPEG or PNG.")
    try:
        return written_anew(file)
    except UnidentifiedImageError as error:
        raise NotAPicture("This file is no photo that can be read. Send a photo as JPEG or PNG.") from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        if isinstance(error, NotAPicture):
            raise
        raise NotAPicture("The photo is damaged, or only part of it arrived. Send it again.") from error


def written_anew(file):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we count the pixels ourselves
        try:
            image = Image.open(file, formats=FORMATS)
        except Image.DecompressionBombError as error:
            raise NotAPicture(too_many()) from error
    if image.width * image.height > MOST_PIXELS:
        raise NotAPicture(too_many())
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is read in the size that is needed
    image = ImageOps.exif_transpose(image)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = io.BytesIO()
    on_white(image).save(written, "JPEG", quality=QUALITY, optimize=True)
    return Picture(written.getvalue(), *image.size)


def smaller(content, longest) -> bytes | None:
    """A JPEG of ours with no side over so many pixels; None where it cannot be read any more."""
    written = io.BytesIO()
    try:
        image = Image.open(io.BytesIO(content), formats=["JPEG"])
        image.draft("RGB", (longest, longest))
        image.thumbnail((longest, longest))
        image.convert("RGB").save(written, "JPEG", quality=QUALITY)
    except (OSError, SyntaxError, ValueError):  # UnidentifiedImageError is an OSError
        return None
    return written.getvalue()


def too_many():
    return f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels. Take it again in a smaller size."


def on_white(image):
    """A new picture: what can be seen through becomes white, and nothing that was written beside it comes along."""
    fresh = Image.new("RGB", image.size, "white")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        image = image.convert("RGBA")
        fresh.paste(image, mask=image)
    else:
        fresh.paste(image.convert("RGB"))
    return fresh
