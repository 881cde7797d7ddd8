"""Reading a PDF: its structure and the text of its pages."""

import io

import pikepdf
import pypdfium2


def elements(data):
    """Every element of the structure tree in reading order."""
    found = []

    def walk(node):
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                found.append(kid)
                walk(kid)

    pdf = pikepdf.open(io.BytesIO(data))
    walk(pdf.Root.StructTreeRoot)
    return pdf, found


def pages(data):
    document = pypdfium2.PdfDocument(data)
    texts = [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    document.close()
    return texts
