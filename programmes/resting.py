"""When somebody who was reminded lately may be reminded again, in words."""

from django.utils import timezone

from papers.templatetags.plain import longday
from programmes.calendar import working_day_from


def again_from(mail) -> str:
    """Monday 1 February, or 14:30 today. A rest that ends while offices are closed is said to end when they open."""
    moment, today = timezone.localtime(mail.nudge_rests_until), timezone.localdate()
    on = working_day_from(moment.date())
    return f"{moment:%H:%M} today" if on == moment.date() == today else longday(on)
