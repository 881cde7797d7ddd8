"""Reports on a school of programmes that still run follow it when it has closed, so that its head can read them."""

from accounts.register.succession import Following
from jobs.models import Job
from programmes.succession import of_open_programmes
from reports.models import OF_A_SCHOOL, Report


def school_reports(organisation):
    made = Report.objects.filter(kind__in=OF_A_SCHOOL, state=Job.State.DONE)
    return made.filter(of_open_programmes(organisation))


FOLLOWING = [Following("report made before,reports made before", school_reports, "school")]
