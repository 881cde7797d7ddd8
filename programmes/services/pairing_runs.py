"""A run of suggestions and its draft: who is accepted for whom. Nothing here makes a partnership before `confirm`."""

from dataclasses import dataclass, replace

from django.db import transaction

from accounts import audit
from jobs.models import Job
from jobs.work import publish
from programmes.models import PairingRun, PartnerSchool, Partnership, Programme, SpecialistTeacher
from programmes.pairing import Asking, Rule, broken, suggest
from programmes.pairing.suggest import STEPS
from programmes.services.pairing_inputs import read
from programmes.services.pairing_words import filled_by, in_the_way
from programmes.services.proposals import propose

ACCEPTED, REJECTED, MADE = "accepted", "rejected", "made"
UNSETTLED = "{row.partner_school}: choose a subject and a year group that {row.chosen} teaches."


class Overtaken(Exception):
    """Some of the pairs can no longer be; nothing was written. `sentences` say which and why."""

    def __init__(self, sentences):
        super().__init__(f"{len(sentences)} pairs")
        self.sentences = sentences


class Closed(Exception):
    """The draft cannot be changed here: newer suggestions replaced it, or the pair is a partnership already."""


@transaction.atomic
def start(person, programme, own_school=False, again=False) -> PairingRun:
    """The run that is in hand, or a new one; with `again` the pairs that were rejected may come back."""
    asking = {"own_school": own_school, "refused": [] if again else rejected(latest(programme))}
    run, new = (
        PairingRun.objects.filter(programme=programme)
        .in_hand()
        .get_or_create(defaults={"programme": programme, "asked_by": person, "asking": asking})
    )
    if new:
        audit.record(person, "pairing.asked", run)
        publish(run)
    return run


def latest(programme) -> PairingRun | None:
    """The newest suggestions that are there."""
    return PairingRun.objects.filter(programme=programme, state=Job.State.DONE).first()


def is_replaced(run) -> bool:
    return PairingRun.objects.filter(programme=run.programme_id, state=Job.State.DONE, pk__gt=run.pk).exists()


def rejected(run) -> list:
    """The pairs (school, specialist) that were rejected in this run, or before it and never asked for again."""
    if run is None:
        return []
    now = [parts(key) for key, choice in run.choices.items() if choice["is"] == REJECTED]
    return sorted({*map(tuple, run.asking["refused"]), *now})


def accepted(run) -> list:
    """The pairs that were accepted in this run and are no partnerships yet."""
    if run is None:
        return []
    pairs = [(parts(key)[0], choice["specialist"]) for key, choice in run.choices.items() if choice["is"] == ACCEPTED]
    return sorted(set(pairs))


def parts(key) -> tuple[int, int]:
    school, _, specialist = key.partition("-")
    return int(school), int(specialist)


def key_of(pair) -> str:
    return f"{pair['wish']}-{pair['specialist']}"


def work_out(run):
    """What the worker does: suggestions on the rows of now. What was accepted before and still fits stays accepted."""
    inputs = read(run.programme)
    kept = accepted(latest(run.programme))
    asking = Asking(
        own_school=run.asking["own_school"],
        refused=frozenset(map(tuple, run.asking["refused"])) - frozenset(kept),
        kept=frozenset(kept),
    )
    result = suggest(inputs.wishes.values(), inputs.teachers.values(), asking, lambda step: run.progress(step, STEPS))
    standing = {(pair["wish"], pair["specialist"]) for pair in result["pairs"]} & set(kept)
    choices = {f"{w}-{t}": {"is": ACCEPTED, "specialist": t} for w, t in sorted(standing)}
    run.finish(result=result, inputs=inputs.fingerprints(), choices=choices, done=STEPS, total=STEPS)


def made_by(run) -> list[int]:
    return [choice["partnership"] for choice in run.choices.values() if choice["is"] == MADE]


@dataclass(frozen=True)
class Row:
    """One suggestion as it stands: the school, who is suggested or chosen instead, what was decided, what hinders."""

    key: str
    pair: dict
    partner_school: PartnerSchool
    suggested: SpecialistTeacher
    chosen: SpecialistTeacher
    decision: str
    problem: str
    partnership: int | None
    subjects: list[str]  # what the partnership may be in: as the school wants, else as the specialist teacher teaches
    year_groups: list[int]

    @property
    def is_changed(self):
        return self.chosen != self.suggested

    @property
    def is_settled(self):
        return len(self.subjects) == len(self.year_groups) == 1


def rows_of(run, inputs=None) -> list[Row]:
    """All suggestions of a run with what became of them; as many queries for one as for five hundred.

    A pair whose school or specialist teacher is gone from the programme is left out: nothing can be said of it.
    """
    inputs = inputs or read(run.programme)
    schools = PartnerSchool.objects.filter(programme=run.programme_id).select_related("school", "area")
    schools = {row.pk: row for row in schools}
    specialists = SpecialistTeacher.objects.filter(programme=run.programme_id).select_related("user", "home_school")
    specialists = {row.pk: row for row in specialists}
    drafts = []
    for pair in run.result["pairs"]:
        choice = run.choices.get(key_of(pair), {"is": ""})
        chosen = choice.get("specialist", pair["specialist"])
        if pair["wish"] in schools and pair["specialist"] in specialists and chosen in specialists:
            drafts.append((pair, choice, schools[pair["wish"]], specialists[chosen]))
    drafts.sort(key=lambda draft: (draft[2].school.name, draft[2].pk))
    hindered = hindrances(run, inputs, drafts)
    return [
        Row(
            key=key_of(pair),
            pair=pair,
            partner_school=school,
            suggested=specialists[pair["specialist"]],
            chosen=chosen,
            decision=choice["is"],
            problem=hindered.get(key_of(pair), ""),
            partnership=choice.get("partnership"),
            subjects=subjects_for(run.programme, school, chosen),
            year_groups=year_groups_for(run.programme, school, chosen),
        )
        for pair, choice, school, chosen in drafts
    ]


def subjects_for(programme, school, specialist) -> list[str]:
    """What the school wants; where it takes any, those of the programme that the specialist teacher teaches."""
    if school.subject:
        return [school.subject]
    taught = {subject.casefold() for subject in specialist.subjects}
    return [subject for subject in programme.subjects if subject.casefold() in taught] or list(programme.subjects)


def year_groups_for(programme, school, specialist) -> list[int]:
    if school.year_group is not None:
        return [school.year_group]
    offered = sorted(programme.year_groups)
    return [year for year in offered if year in specialist.year_groups] or offered


def hindrances(run, inputs, drafts) -> dict[str, str]:
    """For each pair that cannot be made into a partnership at this moment the sentence that says why.

    Accepted ones are tried in order of the schools, each with what those before it leave; undecided ones by themselves.
    """
    asking = Asking(own_school=True)
    wishes, teachers, found = dict(inputs.wishes), dict(inputs.teachers), {}
    taken = {}
    for pair, choice, school, specialist in drafts:
        if choice["is"] in {REJECTED, MADE}:
            continue
        wish, teacher = wishes.get(school.pk), teachers.get(specialist.pk)
        if choice["is"] != ACCEPTED:
            wish, teacher = inputs.wishes.get(school.pk), inputs.teachers.get(specialist.pk)
        if wish is None or wish.is_closed or wish.places < 1:
            found[key_of(pair)] = filled_by(run.programme, school, wish)
            continue
        rules = list(broken(wish, teacher, asking))
        if rules:
            here = taken.get(specialist.pk) if rules == [Rule.ROOM] else None
            found[key_of(pair)] = in_the_way(rules[0], school, specialist, here)
        elif choice["is"] == ACCEPTED:
            wishes[school.pk] = replace(wish, places=wish.places - 1)
            teachers[specialist.pk] = replace(
                teacher, room=teacher.room - 1, paired=teacher.paired | {school.school_id}
            )
            taken[specialist.pk] = school
    return found


@transaction.atomic
def decide(person, run, key, decision, specialist=None) -> PairingRun:
    """Keep what was decided on one suggestion: accepted, with someone else perhaps, rejected, or "" for undecided."""
    run = PairingRun.objects.select_for_update(of=["self"]).select_related("programme").get(pk=run.pk)
    if is_replaced(run) or run.choices.get(key, {}).get("is") == MADE:
        raise Closed(f"pairing run {run.pk}")
    if decision:
        suggested = parts(key)[1]
        run.choices[key] = {"is": decision, "specialist": specialist or suggested, "by": person.pk}
    else:
        run.choices.pop(key, None)
    run.save(update_fields=["choices"])
    return run


@transaction.atomic
def accept_the_rest(person, run) -> int:
    """Everything undecided that is still possible is accepted as suggested. How many that were."""
    run = PairingRun.objects.select_for_update(of=["self"]).select_related("programme").get(pk=run.pk)
    if is_replaced(run):
        raise Closed(f"pairing run {run.pk}")
    rows = [row for row in rows_of(run) if not row.decision and not row.problem]
    for row in rows:
        run.choices[row.key] = {"is": ACCEPTED, "specialist": row.suggested.pk, "by": person.pk}
    run.save(update_fields=["choices"])
    return len(rows)


@transaction.atomic
def confirm(person, run, keys, chosen=None) -> list[Partnership]:
    """The accepted pairs `keys` become partnerships, all of them or, with Overtaken, none; both schools are told.

    Where a school takes any subject or year group, `chosen` says per key in which (subject, year group) it will be.

    Whoever pairs in this programme waits for the programme's row, so what is checked here stays so until it is written.
    A second click finds them made, and gets nothing more.
    """
    Programme.objects.select_for_update(no_key=True).get(pk=run.programme_id)
    run = PairingRun.objects.select_for_update(of=["self"]).select_related("programme").get(pk=run.pk)
    rows = [row for row in rows_of(run) if row.key in keys and row.decision == ACCEPTED]
    what = {row.key: settled(row, *(chosen or {}).get(row.key, (None, None))) for row in rows}
    if sentences := [row.problem or UNSETTLED.format(row=row) for row in rows if row.problem or not what[row.key]]:
        raise Overtaken(sentences)
    made = []
    for row in rows:
        wanted = row.partner_school
        partnership = propose(person, run.programme, row.chosen, wanted.school, *what[row.key], wanted.area)
        run.choices[row.key] = {"is": MADE, "specialist": row.chosen.pk, "partnership": partnership.pk}
        made.append(partnership)
    run.save(update_fields=["choices"])
    if made:
        audit.record(person, "pairing.confirmed", run)
    return made


def settled(row, subject, year_group) -> tuple | None:
    """The subject and year group of a pair: as chosen where there is a choice; None for what is not offered."""
    subject = row.subjects[0] if len(row.subjects) == 1 else subject
    year_group = row.year_groups[0] if len(row.year_groups) == 1 else year_group
    return (subject, year_group) if subject in row.subjects and year_group in row.year_groups else None
