"""A draft's links together with what is known of them, and the edits that would mend them."""

from app.proof.fixes import Fix, fixes
from app.proof.proof import Proof, ProofedLink, offline_verdict, url_of

__all__ = ["Fix", "Proof", "ProofedLink", "fixes", "offline_verdict", "url_of"]
