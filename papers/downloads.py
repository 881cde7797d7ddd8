"""Tables as a download: the same columns and rows as CSV or as a workbook."""

from django.http import Http404, HttpResponse

from papers.sheets import csv_bytes, xlsx_bytes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_response(name, ending, columns, rows, title) -> HttpResponse:
    """The file `name.csv` or `name.xlsx`; any other ending does not exist. The name must not name a person."""
    if ending == "csv":
        response = HttpResponse(csv_bytes(columns, rows), content_type="text/csv; charset=utf-8")
    elif ending == "xlsx":
        response = HttpResponse(xlsx_bytes(columns, rows, title), content_type=XLSX)
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response
