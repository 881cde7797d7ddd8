"""The scales that are shipped, as files beside this one; a service writes them to the database.

They are not rows of a migration: tests that empty the tables would lose them, and an organiser may add more.
"""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

from django.db import transaction
from django.db.models import F

from pupils.models import Grade, Scale

FOLDER = Path(__file__).parent
FREE = re.compile(r"free-([1-9][0-9]{0,2})")
MOST_FREE_GRADES = 100
ROOM = 10_000


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
    """The code that a person means by `text` on this scale, whatever the case and the spacing; None for no grade.

    Level 3b, L3b and 3.b are 3b too, and so is what a spreadsheet puts around it.
    """
    known, said = spellings(name), unwrapped(text)
    ways = (said, re.sub(r"(?<=[0-9])\s*\.\s*(?=[A-Za-z])", "", LEVEL.sub("", said)))
    return next((known[way] for way in map(plain, ways) if way in known), None)


LEVEL = re.compile(r"^(?:level|lev|lvl|l)\.?\s*(?=[0-9])", re.IGNORECASE)
GUARD = re.compile(r"=\s*[\"\N{RIGHT DOUBLE QUOTATION MARK}](.*)[\"\N{RIGHT DOUBLE QUOTATION MARK}]")


def unwrapped(text: str) -> str:
    """Without a spreadsheet's marks of text, an apostrophe before it or ="" around it; full-width letters as plain."""
    said = unicodedata.normalize("NFKC", text).strip()
    guarded = GUARD.fullmatch(said)
    return (
        (guarded[1] if guarded else said)
        .lstrip("'\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}")
        .strip()
    )


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
    """The scale as a row with its grades. Raises UnknownScale.

    It is written when it is not there yet, and gets the grades that its file has gained since. It never loses any.
    """
    file = description(name)
    scale, new = Scale.objects.get_or_create(
        name=name, defaults={"title": file["title"], "has_points": file["has_points"], "step": file.get("step", "")}
    )
    standing = [] if new else [grade.code for grade in scale.grades.all()]
    codes = [grade["code"] for grade in file["grades"]]
    if not set(codes) <= set(standing):
        Scale.objects.select_for_update().get(pk=scale.pk)
        standing = {grade.code: grade for grade in scale.grades.all()}
        positions = {code: position for position, code in enumerate(in_one_order(codes, standing))}
        scale.grades.update(position=F("position") + ROOM)  # aside, as each position is taken once
        for code, grade in standing.items():
            grade.position = positions[code]
        Grade.objects.bulk_update(standing.values(), ["position"])
        Grade.objects.bulk_create(
            Grade(
                scale=scale,
                code=grade["code"],
                position=positions[grade["code"]],
                points=grade.get("points"),
                aliases=grade.get("aliases", []),
            )
            for grade in file["grades"]
            if grade["code"] not in standing
        )
    return scale


def in_one_order(codes, standing):
    """The codes of the file in its order; one that only stands in the database follows the one it follows there."""
    order, before = list(codes), None
    for code in standing:
        if code not in order:
            order.insert(order.index(before) + 1 if before else 0, code)
        before = code
    return order
