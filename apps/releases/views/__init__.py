from apps.releases.views.release import release_version
from apps.releases.views.rollback import roll_back

__all__ = ["release_version", "roll_back"]
