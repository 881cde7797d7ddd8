"""An address as a square that a phone reads, drawn in one path."""

import qrcode
from django.utils.html import format_html


def qr_drawing(address, title):
    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(address)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return format_html(
        '<svg class="qr" viewBox="0 0 {} {}" role="img"><title>{}</title><path d="{}"/></svg>',
        len(rows),
        len(rows),
        title,
        path,
    )
