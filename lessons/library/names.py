"""Names that stand in a text where none should: a warning for its authors, who know whether it is one."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q

from lessons.library.boxes import QUESTIONS
from programmes.models import PartnerTeacher, SpecialistTeacher
from pupils.models import TargetPupil

WORD = re.compile(r"[^\W\d_]+(?:['\-][^\W\d_]+)*")
UPN = re.compile(r"(?<![0-9A-Z])[A-Z] ?(?:[0-9] ?){11}[0-9A-Z](?![0-9A-Z])", re.IGNORECASE)
SHORTEST = 2  # of one letter are A, B and C
SHORTEST_INSIDE = 3  # of what is looked for within a word that is written together or letter by letter
RUN_TOGETHER = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
LETTER_BY_LETTER = re.compile(r"(?<!\w)(?:[^\W\d_][ .\-_]{1,2}){2,}[^\W\d_](?!\w)")
# What many schools are called besides their own name.
OF_MANY_SCHOOLS = frozenset(
    re.findall(
        r"\w+",
        "academy aided and catholic ce ceva church cofe college community controlled england federation first free "
        "high infant infants junior juniors lower middle nursery of primary rc roman saint school schools secondary st "
        "the trust upper voluntary",
    )
)
# Names that are words as well: with a small first letter they are the word.
WORDS_TOO = frozenset(
    re.findall(r"\w+", "april art bill faith frank grace hope jack joy june mark may rob rose summer sunny will")
)
PLAIN = str.maketrans(dict.fromkeys("\u2019\u2018\u02bc\u2032", "'") | dict.fromkeys("\u2010\u2011\u2013", "-"))
NOT_MARKS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}


def folded(text):
    """Small letters without accents, and one kind of apostrophe and hyphen."""
    plain = unicodedata.normalize("NFKD", text.translate(PLAIN)).casefold()
    return "".join(NOT_MARKS.get(c, c) for c in plain if not unicodedata.combining(c))


def parts_of_name(name):
    """A name as it may stand alone: each of its words, and each part of one with a hyphen or an apostrophe."""
    words = [word.strip("'-") for word in folded(name).split()]
    parts = {part for word in words for part in [word, *word.split("-"), word.replace("'", "")]}
    return {part for part in parts if len(part) >= SHORTEST and any(c.isalpha() for c in part)}


def forms_of_word(word):
    """What a word of a text may be a form of: itself, without its possessive, and its parts around hyphens."""
    forms = {word}
    for form in [word, *word.split("-")]:
        forms |= {form, form.removesuffix("'s"), form.removesuffix("'"), form.replace("'", "")}
        if len(form) > SHORTEST + 1:  # an s whose apostrophe somebody has left out
            forms.add(form.removesuffix("s"))
        if form.endswith("s'"):
            forms.add(form[:-2])
    return forms


@dataclass(frozen=True)
class Names:
    """The names that must not stand in a finding: of pupils nowhere, of teachers and schools on a public page."""

    pupils: frozenset = frozenset()
    teachers: frozenset = frozenset()
    schools: tuple = ()  # each a tuple of words
    together: frozenset = frozenset()  # of pupils, forename and surname without anything between them
    initials: frozenset = frozenset()  # of the study's own target pupils
    owners: dict = field(default_factory=dict)  # any of these of pupils -> the ids of who bear it


@dataclass
class Found:
    """A word of the text in which a name is suspected, as it is written there, and the boxes in which it stands."""

    word: str
    key: str  # by which it is answered
    kind: str  # pupil, number, initials, teacher, school
    boxes: list = field(default_factory=list)
    owners: frozenset = frozenset()  # ids of the pupils who bear the name

    @property
    def is_soft(self):
        """Less sure than a name: initials stand for other things too."""
        return self.kind == "initials"


def names_around(study) -> Names:
    """Of every target pupil at the two schools of the study, whichever programme follows them, and of the teachers."""
    partnership = study.partnership
    schools = [partnership.partner_school, partnership.specialist.home_school]
    at_school = Q(places__partnership__partner_school__in=schools)
    pupils = TargetPupil.objects.filter(
        at_school | Q(places__partnership=partnership), programme__organisation=partnership.programme.organisation_id
    )
    owners, together = defaultdict(set), defaultdict(set)
    for pk, *names in pupils.values_list("pk", "first_name", "last_name").distinct():
        for part in [part for name in names for part in parts_of_name(name)]:
            owners[part].add(pk)
        if all(names):
            for both in (names, names[::-1]):
                together["".join(WORD.findall(folded("".join(both))))].add(pk)
    initials = defaultdict(set)
    for pupil in TargetPupil.objects.filter(places__partnership=partnership):
        if len(pupil.initials) >= SHORTEST:
            initials[pupil.initials].add(pupil.pk)
    specialists = SpecialistTeacher.objects.filter(Q(home_school__in=schools) | Q(pk=partnership.specialist_id))
    partners = PartnerTeacher.objects.filter(partnership__partner_school__in=schools)
    teachers = {*specialists.values_list("user__first_name", "user__last_name")}
    teachers |= {*partners.values_list("user__first_name", "user__last_name")}
    teachers |= {*study.members.values_list("person__first_name", "person__last_name")}
    return Names(
        pupils=frozenset(owners),
        teachers=frozenset(part for both in teachers for name in both for part in parts_of_name(name)),
        schools=tuple({words for school in schools if (words := own_words(school.name))}),
        together=frozenset(together),
        initials=frozenset(initials),
        owners={part: frozenset(pks) for rows in (owners, together, initials) for part, pks in rows.items()},
    )


def names_of_pupils(partnership) -> Names:
    """Of the target pupils of one partnership, in words that only its teachers and the pupils' own head may read."""
    return names_of(TargetPupil.objects.filter(places__partnership=partnership))


def names_of(pupils) -> Names:
    owners = defaultdict(set)
    for pk, *names in pupils.values_list("pk", "first_name", "last_name"):
        for part in [part for name in names for part in parts_of_name(name)]:
            owners[part].add(pk)
    return Names(pupils=frozenset(owners), owners={part: frozenset(pks) for part, pks in owners.items()})


def is_a_word(found) -> bool:
    """Grace is a name, grace is none."""
    return found.word[:1].islower() and bool(forms_of_word(found.key) & WORDS_TOO)


def own_words(name):
    """What a school is called, without the words that many have: Elm Park CofE Primary School is elm park."""
    words = [word for word in WORD.findall(folded(name)) if word not in OF_MANY_SCHOOLS]
    return tuple(words)


def names_in(texts, names) -> list[Found]:
    """Every suspected name in `texts` ((box, text) each), in the order of the text; each word once."""
    found = {}
    for box, text in texts:
        written = as_written(text)
        for kind, word in [*numbers_in(text), *words_in(written, names), *spelt_in(written, names)]:
            key = folded(word)[:120]
            row = found.setdefault((key, kind), Found(word, key, kind))
            if box not in row.boxes:
                row.boxes.append(box)
            row.owners |= owners_of(kind, word, names)
    pupils = {key for key, kind in found if kind == "pupil"}
    return [row for (key, kind), row in found.items() if kind not in {"teacher", "initials"} or key not in pupils]


def as_written(text):
    """Without what has no width, and one kind of apostrophe and hyphen."""
    seen = "".join(c for c in text.translate(PLAIN) if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFC", seen)


def name_forms(word, names):
    """The parts of pupils' names that a word may be: as it stands, written together with others, letter by letter."""
    of_word = forms_of_word(folded(word))
    inside = {folded(part) for part in RUN_TOGETHER.split(word) if part != word}
    found = of_word & (names.pupils | names.together)
    found |= {part for part in inside & names.pupils if len(part) >= SHORTEST_INSIDE}
    if LETTER_BY_LETTER.fullmatch(word):
        letters = "".join(WORD.findall(folded(word))).replace("-", "")
        found |= {name for name in names.pupils if len(name) >= SHORTEST_INSIDE and name in letters}
    return found


def numbers_in(text):
    return [("number", match[0]) for match in UPN.finditer(text)]


def owners_of(kind, word, names):
    forms = {"pupil": lambda: name_forms(word, names), "initials": lambda: {re.sub(r"[. ]", "", word)}}
    return frozenset(pk for form in (forms[kind]() if kind in forms else ()) for pk in names.owners.get(form, ()))


def spelt_in(written, names):
    """Names letter by letter, and initials in capitals, with full stops or without."""
    for match in LETTER_BY_LETTER.finditer(written):
        if name_forms(match[0], names):
            yield "pupil", match[0]
    for short in sorted(names.initials):
        letters = r"(?:\. ?)?".join(map(re.escape, short))
        for match in re.finditer(rf"(?<![\w.]){letters}(?!\w)", written):
            yield "initials", match[0]


def words_in(written, names):
    words = [match[0] for match in WORD.finditer(written)]
    forms = [forms_of_word(folded(word)) for word in words]
    for word, of_word in zip(words, forms, strict=True):
        if name_forms(word, names):
            yield "pupil", word
        elif of_word & names.teachers:
            yield "teacher", word
    firsts = defaultdict(list)
    for school in names.schools:
        firsts[school[0]].append(school)
    for place, of_word in enumerate(forms):
        for school in [school for form in of_word for school in firsts.get(form, ())]:
            here = forms[place : place + len(school)]
            if len(here) == len(school) and all(word in at for word, at in zip(school, here, strict=True)):
                yield "school", " ".join(words[place : place + len(school)])


@dataclass
class Checked:
    """What the check says of a finding: what is open, and which words an author has answered."""

    pupils: list
    initials: list  # which may stand for something else, and keep nobody from agreeing
    others: list  # of teachers and schools, which count on a public page
    answered: list

    @property
    def is_clear(self):
        return not self.pupils


def checked(finding, texts) -> Checked:
    answers = {answer.word: answer for answer in finding.name_answers.select_related("by")}
    titles = {question.key: question.title for question in QUESTIONS}
    labels = [("A file's name", file.label) for file in finding.files.all() if file.removed_at is None]
    rows = names_in([(titles.get(box, box), text) for box, text in texts.items()] + labels, names_around(finding.study))
    # A child of that name who came later has not been thought of.
    still_open = [row for row in rows if row.key not in answers or not row.owners <= {*answers[row.key].of_pupils}]
    open_keys = {row.key for row in still_open}
    return Checked(
        pupils=[row for row in still_open if row.kind in {"pupil", "number"}],
        initials=[row for row in still_open if row.kind == "initials"],
        others=[row for row in still_open if row.kind in {"teacher", "school"}],
        answered=[answers[row.key] for row in rows if row.key in answers and row.key not in open_keys],
    )
