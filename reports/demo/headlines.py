"""What some schools have published of whole year groups, in the three years before the programme."""

import random
from decimal import Decimal

from accounts.models import Membership
from accounts.roles import Role
from reports.headlines.services import enter
from reports.models import HeadlinePercentage

Measure = HeadlinePercentage.Measure
MEASURES = [Measure.KS2_READING, Measure.KS2_WRITING, Measure.KS2_MATHS, Measure.KS2_ALL]
MOST_SCHOOLS, SMALL = 5, 4  # one of them has a small year group


def publish_percentages(programme, today):
    rng = random.Random(41)
    heads = Membership.objects.filter(
        role=Role.HEADTEACHER,
        organisation=programme.organisation,
        school__in=programme.partnerships.values("partner_school"),
    )
    for number, head in enumerate(heads.select_related("user", "school").order_by("school__urn", "pk")[:MOST_SCHOOLS]):
        start = programme.starts_on.year
        for year in range(start - 3, start):
            pupils = SMALL if number == MOST_SCHOOLS - 1 and year == start - 1 else rng.randrange(22, 61)
            reached = [rng.randrange(pupils * 6 // 10, pupils + 1) for _ in MEASURES[:3]]
            reached.append(min(reached))
            shares = [round(Decimal(100 * n) / pupils, 1) for n in reached]
            enter(
                head.user,
                head.school,
                year,
                {measure: (share, pupils) for measure, share in zip(MEASURES, shares, strict=True)},
            )
