"""The room for services that know dangerous sites, and the writer's own lists.

Every link that has a host which can be looked up is put to every service, dead or alive, and so is
every hop of its redirects. A flag wins over any other verdict; a service that fails leaves the
verdict as it is, with the note ``reputation_unknown``. All services are off until the writer turns
them on (`app.linkcheck.reputation.settings`).
"""

from app.linkcheck.reputation.asking import flagged, with_reputation
from app.linkcheck.reputation.service import Flag, Remark, ReputationError, ReputationService

__all__ = ["Flag", "Remark", "ReputationError", "ReputationService", "flagged", "with_reputation"]
