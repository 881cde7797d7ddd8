"""What gives our PDFs their look, as one hash: while it is the same, the same figures give the same file."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

PARTS = ("templates/reports/pdf", "templates/papers", "static/own/pdf", "papers", "reports/kinds")
FONTS = "fonts/atkinson-{}.woff2"
WEIGHTS = ("400", "600", "700", "ext-400", "ext-600", "ext-700")


@cache
def look() -> str:
    """Of the templates of reports, their styles, the drawing of charts and the fonts, as this process has them."""
    fonts = [finders.find(FONTS.format(weight)) for weight in WEIGHTS]
    files = [path for part in PARTS for path in (settings.BASE_DIR / part).rglob("*") if path.suffix != ".pyc"]
    return hash_of([*files, *(Path(font) for font in fonts if font)], settings.BASE_DIR)


def hash_of(files: Iterable[Path], root: Path) -> str:
    """The same for the same names and contents, in whatever order the folder gives them."""
    found = hashlib.sha256()
    for path in sorted(path for path in files if path.is_file()):
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        content = path.read_bytes()
        found.update(f"{name} {len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()
