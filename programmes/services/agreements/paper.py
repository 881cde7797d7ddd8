from django.utils import timezone

from papers.pdf import render_pdf
from programmes.services.agreements.standing import signers_of


def agreement_pdf(agreement) -> bytes:
    """The agreement on paper: its words, who signed it when and in which capacity, and who has not."""
    signers = signers_of([agreement])[agreement.pk]
    context = {
        "agreement": agreement,
        "s": agreement.sections,
        "signers": signers,
        "signed_count": sum(signer.signed for signer in signers),
        "made_at": timezone.localtime(),
    }
    return render_pdf("programmes/pdf/agreement.html", context, made_at=context["made_at"])
