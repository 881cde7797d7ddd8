"""The scales that are shipped, as files beside this one; a service writes them to the database.

They are not rows of a migration: tests that empty the tables would lose them, and an organiser may add more.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

from django.db import transaction

from pupils.models import Grade, Scale

FOLDER = Path(__file__).parent
FREE = re.compile(r"free-([1-9][0-9]{0,2})")
MOST_FREE_GRADES = 100


class UnknownScale(ValueError):
    """There is no file and no rule for a scale of this name."""


def shipped() -> list[str]:
    """The names a programme may use, as people write them."""
    return [*sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != "free"), "free-N (for example free-5)"]


@cache
def description(name: str) -> dict:
    """The file of a scale with its grades written out. Raises UnknownScale."""
    free = FREE.fullmatch(name)
    path = FOLDER / ("free.toml" if free else f"{name}.toml")
    if not re.fullmatch(r"[a-z0-9-]+", name) or name == "free" or not path.is_file():
        raise UnknownScale(name)
    file = tomllib.loads(path.read_text(encoding="utf-8"))
    if free:
        highest = int(free[1])
        if not 2 <= highest <= MOST_FREE_GRADES:
            raise UnknownScale(name)
        file["title"] = file["title"].format(n=highest)
        file["numbers"]["to"] = highest
    if numbers := file.get("numbers"):
        file["grades"] = [{"code": str(n), "points": n} for n in range(numbers["from"], numbers["to"] + 1)]
    return file


def expectations(name: str, year_groups) -> dict[int, tuple[str, str]]:
    """The scale's own age-related expectations for these year groups; none where it has none."""
    given = description(name).get("expectations", {})
    found = {year: given.get(str(year), given.get("every")) for year in year_groups}
    return {year: tuple(pair) for year, pair in found.items() if pair}


def find(name: str, text: str) -> str | None:
    """The code that a person means by `text` on this scale, whatever the case and the spacing; None for no grade."""
    return spellings(name).get(plain(text))


@cache
def spellings(name):
    return {
        plain(spelling): grade["code"]
        for grade in description(name)["grades"]
        for spelling in (grade["code"], *grade.get("aliases", []))
    }


def plain(text):
    """Without capitals, and without what stands between two parts; -5 stays apart from 5, and 1 0 from 10."""
    return re.sub(r"(?<=[a-z])[\s_-]+(?=[a-z0-9])|(?<=[0-9])[\s_-]+(?=[a-z])", "", text.strip().casefold())


@transaction.atomic
def load_scale(name: str) -> Scale:
    """The scale as a row with its grades, written when it is not there yet. Raises UnknownScale."""
    file = description(name)
    scale, new = Scale.objects.get_or_create(
        name=name, defaults={"title": file["title"], "has_points": file["has_points"], "step": file.get("step", "")}
    )
    if new:
        Grade.objects.bulk_create(
            Grade(
                scale=scale,
                code=grade["code"],
                position=position,
                points=grade.get("points"),
                aliases=grade.get("aliases", []),
            )
            for position, grade in enumerate(file["grades"])
        )
    return scale
