"""Which partnerships hang together by a person: what moves in one may have to make room in another."""

from collections import defaultdict


def connected(partnerships, person_id) -> list[int]:
    """The ids of those of the person, of those that share a teacher with one of these, and so on."""
    of_person = defaultdict(list)
    for partnership in partnerships:
        for someone in partnership.teachers:
            of_person[someone.pk].append(partnership)
    found, people, waiting = set(), {person_id}, [person_id]
    while waiting:
        for partnership in of_person[waiting.pop()]:
            found.add(partnership.pk)
            more = {someone.pk for someone in partnership.teachers} - people
            people |= more
            waiting += sorted(more)
    return sorted(found)
