from pupils.models.places import Assessment, Place, TargetPupil
from pupils.models.retention import Erasure, FrozenFigures
from pupils.models.scales import Grade, Scale

__all__ = ["Assessment", "Erasure", "FrozenFigures", "Grade", "Place", "Scale", "TargetPupil"]
