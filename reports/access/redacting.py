"""Free text for one pupil's file: what names another child is taken out of it."""

import re
from dataclasses import dataclass

from django.db.models import Q

from lessons.library.names import SHORTEST, UPN, WORDS_TOO, folded, forms_of_word, parts_of_name
from pupils.models import Place, TargetPupil

TAKEN_OUT = "[another pupil]"
WORD = re.compile("[^\\W\\d_]+(?:['\u2019\u2018\u02bc\\-][^\\W\\d_]+)*")
DOTTED = re.compile(r"(?<![\w.])[^\W\d_a-z](?:\. ?[^\W\d_a-z])+\.?(?!\w)")  # P.M. or P. M
NUMBER_OUT = "[a pupil number]"
REPEATED = re.compile(rf"{re.escape(TAKEN_OUT)}(?:[\s\-]+{re.escape(TAKEN_OUT)})+")


def bare(dotted):
    return "".join(filter(str.isalpha, dotted))


@dataclass(frozen=True)
class Children:
    """The names by which one pupil goes, and those of the others that may stand in the same texts."""

    own: frozenset
    own_initials: frozenset
    others: frozenset
    other_initials: frozenset

    def mentions(self, text):
        """Whether this pupil is named in it, by a name or by initials."""
        dotted = {bare(found[0]) for found in DOTTED.finditer(text)}
        return bool(dotted & self.own_initials) or any(
            self.is_one_of(word, self.own, self.own_initials) for word in WORD.findall(text)
        )

    def redact(self, text):
        def put(match):
            word = match[0]
            return TAKEN_OUT if self.is_one_of(word, self.others, self.other_initials) else word

        def put_dotted(match):
            return TAKEN_OUT if bare(match[0]) in self.other_initials else match[0]

        text = UPN.sub(NUMBER_OUT, text)
        return REPEATED.sub(TAKEN_OUT, WORD.sub(put, DOTTED.sub(put_dotted, text)))

    def is_one_of(self, word, names, initials):
        if word.rstrip("s").rstrip("'\u2019") in initials or word in initials:
            return True
        found = forms_of_word(folded(word)) & names
        return bool(found) and (word[0].isupper() or not found <= WORDS_TOO)


def children_around(pupils, former=()) -> Children:
    """These rows, and details that stood at a former school, are one child.

    The others are all target pupils of the schools and partnerships where they were.
    """
    called = [*pupils, *former]
    own = [part for pupil in called for name in (pupil.first_name, pupil.last_name) for part in parts_of_name(name)]
    places = Place.objects.filter(pupil__in=pupils)
    schools = Q(places__partnership__partner_school__in=places.values("partnership__partner_school"))
    together = Q(programme__in={pupil.programme_id for pupil in pupils})
    rows = TargetPupil.objects.filter(together | schools).exclude(pk__in=[pupil.pk for pupil in pupils]).distinct()
    return named(own, {pupil.initials for pupil in called}, rows)


def everybody(programmes) -> Children:
    """For a teacher's file: every target pupil is another one."""
    return named([], set(), TargetPupil.objects.filter(programme__in=programmes))


def named(own, initials, others) -> Children:
    names = {part for pupil in others for name in (pupil.first_name, pupil.last_name) for part in parts_of_name(name)}
    short = {pupil.initials for pupil in others if len(pupil.initials) >= SHORTEST}
    return Children(frozenset(own), frozenset(initials), frozenset(names - set(own)), frozenset(short - initials))
