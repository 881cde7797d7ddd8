"""What of the calendar follows a school that has closed to its successor: what is still to come."""

from django.utils import timezone

from accounts.register.succession import Following
from programmes.succession import of_open_programmes
from visits.models import Visit


def visits_to_come(organisation):
    ahead = Visit.objects.filter(status=Visit.Status.PLANNED, on__gte=timezone.localdate())
    return ahead.filter(of_open_programmes(organisation, "partnership__"))


FOLLOWING = [Following("visit to come,visits to come", visits_to_come, "host")]
