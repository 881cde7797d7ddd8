from pupils.models.places import Assessment, Place, TargetPupil
from pupils.models.scales import Grade, Scale

__all__ = ["Assessment", "Grade", "Place", "Scale", "TargetPupil"]
