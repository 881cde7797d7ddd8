"""What stays for the own school of a programme whose pupils are erased: its figures, as they were frozen."""

from urllib.parse import urlencode

from accounts.roles import Role
from pupils.retention.freezing import frozen_figures
from reports.frozen import read_shown


def kept_of_school(person, programme) -> dict | None:
    """The rows of the schools whose head the person is, for the table of results; None without any.

    A head read these figures exactly before the pupils were erased, and so reads them afterwards.
    """
    pages = (frozen_figures(programme) or {}).get("pages")
    found = person.memberships_granting("progress.view")
    schools = {urlencode({"school": m.school_id}) for m in found if m.role == Role.HEADTEACHER}
    if not pages or not schools:
        return None
    sections = read_shown(pages["exact"]["shown"]["school"])["sections"][1:]
    rows = [row for section in sections for row in section["rows"] if row["query"] in schools]
    if not rows:
        return None
    return {"sections": [{"title": "", "rows": rows}], "compared": sum(row["b"].n for row in rows)}
