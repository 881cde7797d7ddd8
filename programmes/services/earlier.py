from collections import defaultdict

from programmes.models import PartnerTeacher, Programme, SpecialistTeacher


def of_earlier_programmes(users) -> set[int]:
    """Those who took part in programmes that are closed, and in none that is set up or runs."""
    statuses = defaultdict(set)
    specialists = SpecialistTeacher.objects.filter(user__in=users).values_list("user", "programme__status")
    partners = PartnerTeacher.objects.filter(user__in=users).values_list("user", "partnership__programme__status")
    for user, status in [*specialists, *partners]:
        statuses[user].add(status)
    return {user for user, found in statuses.items() if found == {Programme.Status.CLOSED}}
