"""What the pages of pairing show, as plain values around the rows."""

from collections import Counter
from dataclasses import dataclass, replace

from django.urls import reverse

from programmes.models import PartnerSchool, SpecialistTeacher
from programmes.pairing import Asking, Rule, nearest_cure, ranking
from programmes.pairing.values import kilometres
from programmes.services import pairing_runs
from programmes.services.pairing_inputs import read, what_changed


def standing(programme) -> dict:
    """How many schools are unpaired, how many places are free, and how far the newest suggestions are."""
    inputs, run = read(programme), programme.pairing_runs.first()
    schools = programme.partner_schools.filter(pk__in=[wish.key for wish in inputs.open_wishes])
    latest = pairing_runs.latest(programme)
    return {
        "schools": len(inputs.open_wishes),
        "places": inputs.places,
        "teachers": len(inputs.free),
        "room": inputs.room,
        "joined": len(inputs.wishes),
        "unpaired": [{"row": row, "wish": inputs.wishes[row.pk]} for row in schools.select_related("school", "area")],
        "run": run,
        "latest": latest,
        "summary": summary(latest) if latest else None,
        "shortages": shortages(programme, inputs),
    }


def shortages(programme, inputs) -> list[dict]:
    """Where the room for partnerships could come from: how many specialist teachers lack what, and where it is mended.

    Those whom a status, a number or a subject would let in are told while not every school can have somebody.
    """
    people = {row["pk"]: row for row in programme.specialists.values("pk", "status", "partnerships_wanted")}
    able = [teacher for teacher in inputs.teachers.values() if teacher.is_able]
    list_of, move = (
        reverse(f"programmes:{page}", args=[programme.slug]) for page in ("specialists", "specialists_move")
    )
    unknown = [teacher for teacher in inputs.free if not teacher.subjects or not teacher.year_groups]
    found = [
        shortage(unknown, "with room {has} no subject or no year group entered", "enter it", f"{list_of}?subject=-")
    ]
    if inputs.room < inputs.places:
        takes_none = [teacher for teacher in able if not people[teacher.key]["partnerships_wanted"]]
        full = [teacher for teacher in able if teacher.room < 1 and teacher not in takes_none]
        coming = [teacher for teacher in inputs.teachers.values() if teacher.is_coming]
        found = [
            shortage(coming, "{is} nominated but not yet recruited", "set the status", f"{move}?status=nominated"),
            shortage(takes_none, "{is} to take no partnership", "say how many they can take", f"{list_of}?room=unset"),
            *found,
            shortage(
                full, "{has} all the partnerships they can take", "see who could take another", f"{list_of}?room=full"
            ),
        ]
    return [row for row in found if row]


def shortage(teachers, words, act, url) -> dict | None:
    one = len(teachers) == 1
    said = words.format(has="has" if one else "have", **{"is": "is" if one else "are"})
    return {"count": len(teachers), "words": said, "act": act, "url": url} if teachers else None


def summary(run) -> dict:
    """How the decisions on a run stand, in numbers."""
    decided = [choice["is"] for choice in run.choices.values()]
    pairs = len(run.result["pairs"])
    return {
        "pairs": pairs,
        "accepted": decided.count(pairing_runs.ACCEPTED),
        "rejected": decided.count(pairing_runs.REJECTED),
        "made": decided.count(pairing_runs.MADE),
        "undecided": pairs - len(decided),
    }


def run_page(run) -> dict:
    """The suggestions and open wishes of a run, and whether something has changed since."""
    now = read(run.programme)
    before = read(run.programme, leaving_out=pairing_runs.made_by(run))
    rows = pairing_runs.rows_of(run, now)
    result = run.result
    return {
        "rows": rows,
        "summary": summary(run),
        "acceptable": sum(not row.decision and not row.problem for row in rows),
        "confirmable": sum(row.decision == pairing_runs.ACCEPTED and not row.problem for row in rows),
        "unplaced": unplaced_of(run, now),
        "changed": what_changed(run.inputs, before.fingerprints()),
        "replaced": pairing_runs.is_replaced(run),
        "distance": kilometres(result["metres"]),
        "unknown": result["unknown"],
        "nearest_first": {
            "placed": result["nearest_first"]["placed"],
            "distance": kilometres(result["nearest_first"]["metres"]),
            "differs": result["nearest_first"]["placed"] != len(result["pairs"])
            or result["nearest_first"]["metres"] != result["metres"],
        },
    }


@dataclass(frozen=True)
class Unplaced:
    """A school that got nobody, or not as many as it asked for: why, counted, and what would cure it."""

    partner_school: PartnerSchool
    missing: int
    why: str
    others: list
    cure: str


def unplaced_of(run, now) -> list[Unplaced]:
    wanted = {row["wish"]: row | {"relax": cure_now(run, row, now)} for row in run.result["unplaced"]}
    schools = PartnerSchool.objects.filter(pk__in=wanted).select_related("school")
    cures = [row["relax"]["specialist"] for row in wanted.values() if row["relax"]]
    teachers = SpecialistTeacher.objects.select_related("user", "home_school").in_bulk(cures)
    found = []
    for school in schools:
        row = wanted[school.pk]
        found.append(Unplaced(school, row["missing"], row["why"], row["others"], cure_in_words(row["relax"], teachers)))
    return found


def cure_now(run, row, now) -> dict | None:
    """The nearest rule to relax; where the last place of who it would be has gone since, that of the next one."""
    cure = row["relax"]
    if cure is None or cure["rule"] == Rule.ROOM:
        return cure
    taken = Counter(choice["specialist"] for choice in run.choices.values() if choice["is"] == pairing_runs.ACCEPTED)
    teacher, wish = now.teachers.get(cure["specialist"]), now.wishes.get(row["wish"])
    if teacher and teacher.room > taken[teacher.key]:
        return cure
    if wish is None or wish.is_closed:
        return None
    got = {pair["specialist"] for pair in run.result["pairs"] if pair["wish"] == row["wish"]}
    left = [replace(t, room=t.room - taken[t.key]) for t in now.teachers.values() if t.key not in got]
    refused = frozenset(map(tuple, run.asking["refused"]))
    return nearest_cure(wish, [], left, Asking(own_school=run.asking["own_school"], refused=refused))


def cure_in_words(relax, teachers) -> str:
    """The nearest rule to relax, with who it would be."""
    teacher = relax and teachers.get(relax["specialist"])
    if not teacher:
        return ""
    far = "distance not known" if relax["metres"] is None else kilometres(relax["metres"])
    return f"{teacher} ({teacher.home_school}, {far}) {relax['words']}."


@dataclass(frozen=True)
class Shown:
    """A candidate with the row behind it."""

    specialist: SpecialistTeacher
    distance: str
    reasons_for: list[str]
    reasons_against: list[str]


@dataclass(frozen=True)
class Others:
    count: int
    words: str
    specialists: list[SpecialistTeacher]


def in_order(programme, wish, teachers, asking, notes=None) -> dict:
    """The ranked list of one school with its people; `notes` are more reasons against, by specialist teacher."""
    found = ranking(wish, teachers.values(), asking)
    people = programme.specialists.select_related("user", "home_school").in_bulk(list(teachers))
    notes = notes or {}
    return {
        "ranking": found,
        "best": [
            Shown(
                people[c.teacher],
                "" if c.metres is None else kilometres(c.metres),
                c.reasons_for,
                [*notes.get(c.teacher, []), *c.reasons_against],
            )
            for c in found.best
            if c.teacher in people
        ],
        "others": [
            Others(group.count, group.words, [people[t] for t in group.teachers if t in people])
            for group in found.others
        ],
        "all": len(teachers),
        "impossible": sum(group.count for group in found.others),
    }


def school_page(partner_school, own_school) -> dict:
    programme = partner_school.programme
    inputs, asking = read(programme, school=partner_school), Asking(own_school=own_school)
    wish = inputs.wishes[partner_school.pk]
    found = in_order(programme, wish, inputs.teachers, asking)
    cure = None if found["best"] else nearest_cure(wish, [], inputs.teachers.values(), asking)
    people = programme.specialists.select_related("user", "home_school")
    return {
        "wish": wish,
        "own_school": own_school,
        "cure": cure_in_words(cure, people.in_bulk([cure["specialist"]] if cure else [])),
        **found,
    }


def change_page(run, key) -> dict:
    """For one suggestion: everyone possible at this moment, and who of them is taken by other lines of the draft."""
    school, suggested = pairing_runs.parts(key)
    inputs = read(run.programme)
    row = run.programme.partner_schools.select_related("school").filter(pk=school).first()
    wish = inputs.wishes.get(school)
    taken = {}
    for pair in run.result["pairs"]:
        other = pairing_runs.key_of(pair)
        choice = run.choices.get(other, {"is": "", "specialist": pair["specialist"]})
        if other != key and choice["is"] in {"", pairing_runs.ACCEPTED}:
            word = "accepted" if choice["is"] else "suggested"
            taken.setdefault(choice["specialist"], []).append((word, pair["wish"]))
    names = dict(run.programme.partner_schools.values_list("pk", "school__name"))
    notes = {
        teacher: [f"{word} for {names[other]} in this list" for word, other in places if other in names]
        for teacher, places in taken.items()
    }
    asking = Asking(own_school=run.asking["own_school"])
    return {
        "run": run,
        "key": key,
        "partner_school": row,
        "wish": wish,
        "current": run.choices.get(key, {}).get("specialist", suggested),
        "suggested": suggested,
        **in_order(run.programme, wish, inputs.teachers if wish else {}, asking, notes),
    }


def check_page(run) -> dict:
    """The accepted ones that can be proposed now, and apart from them those that cannot, with the reason."""
    rows = [row for row in pairing_runs.rows_of(run) if row.decision == pairing_runs.ACCEPTED]
    return {
        "rows": [row for row in rows if not row.problem],
        "hindered": [row for row in rows if row.problem],
        "replaced": pairing_runs.is_replaced(run),
    }
