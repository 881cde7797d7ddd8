"""Impact reports of programmes that still run follow a school that has closed, so that its head can still read them."""

from accounts.register.succession import Following
from jobs.models import Job
from programmes.succession import of_open_programmes
from reports.models import Report


def impact_reports(organisation):
    made = Report.objects.filter(kind=Report.Kind.SCHOOL, state=Job.State.DONE)
    return made.filter(of_open_programmes(organisation))


FOLLOWING = [Following("impact report made before,impact reports made before", impact_reports, "school")]
