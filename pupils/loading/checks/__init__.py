"""What only shows when the files are compared with one another and with what was loaded before."""

from papers.sheets import Problems
from pupils.loading.checks.people import check_partnerships, check_people, check_schools, check_specialists
from pupils.loading.checks.programme import check_programme, check_timetable
from pupils.loading.checks.pupils import check_assessments, check_pupils, check_upns
from pupils.loading.folder import Folder

__all__ = ["check"]


def check(files: Folder, problems: Problems):
    """Add a problem for everything that does not fit together, as far as the files could be read."""
    check_programme(files, problems)
    check_schools(files, problems)
    check_specialists(files, problems)
    check_partnerships(files, problems)
    check_people(files, problems)
    check_pupils(files, problems)
    check_upns(files, problems)
    check_assessments(files, problems)
    check_timetable(files, problems)
