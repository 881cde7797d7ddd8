"""Tables as a download: the same columns and rows as CSV or as a workbook."""

from django.http import Http404, HttpResponse

from papers.sheets import Sheet, csv_bytes, json_text, one_table, workbook_bytes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX, "json": "application/json"}


def table_response(name, ending, columns, rows, title) -> HttpResponse:
    """The file `name.csv` or `name.xlsx`; any other ending does not exist. The name must not name a person."""
    if ending == "csv":
        return file_response(csv_bytes(columns, rows), name, ending)
    return sheets_response(name, ending, [Sheet(title, columns, rows)], title)


def sheets_response(name, ending, sheets: list[Sheet], title, about=None) -> HttpResponse:
    """Several tables as the sheets of `name.xlsx`, or as one table in `name.csv`; what they are `about` makes them
    `name.json` too."""
    if ending == "csv":
        return file_response(csv_bytes(*one_table(sheets)), name, ending)
    if ending == "xlsx":
        return file_response(workbook_bytes(sheets, title), name, ending)
    if ending == "json" and about is not None:
        return file_response(json_text(about, sheets), name, ending)
    raise Http404


def file_response(content, name, ending) -> HttpResponse:
    """A download. The name must not name a person."""
    response = HttpResponse(content, content_type=TYPES[ending])
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response
