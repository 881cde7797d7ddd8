"""What is typed and not submitted in a partnership that is about to fold."""

from papers.templatetags.plain import listed, plural_count
from programmes.models import DataReturn, Partnership
from pupils.models import Assessment
from pupils.returns.standing import Standing
from pupils.returns.submitting import differs


def typed_before_fold(partnership: Partnership, on) -> list[str]:
    """Of `programmes.services.life.TOLD_BEFORE_FOLD`: how many grades at which data point, and what to do. A draft of a
    correction says only what it changes.
    """
    returns = partnership.returns.filter(state=DataReturn.State.OPEN, sheet__isnull=False)
    found = []
    for row in returns.select_related("data_point", "partnership__programme", "sheet").order_by("data_point__due_on"):
        given = {
            one.place_id: one
            for one in Assessment.objects.filter(data_point=row.data_point_id, place__partnership=partnership)
        }
        typed = [line for line in Standing(row).rows if line.is_in and line.grade.text.strip()]
        new = [line for line in typed if (one := given.get(line.place.pk)) is None or differs(line, one)]
        if new:
            found.append((row.data_point, len(new)))
    if not found:
        return []
    many = listed([plural_count(number, f"{point} grade") for point, number in found])
    is_one = sum(number for _, number in found) == 1
    them, teachers = "it" if is_one else "them", listed(partnership.teachers, "or")
    return [
        f"{many} {'is' if is_one else 'are'} typed and not submitted, and will not count. If {them} should, ask "
        f"{teachers} to complete and submit {them} first. What is typed is kept, and is there again if the fold is "
        "taken back."
    ]
