"""Many links: hosts' limits, priorities, dead links told from a dead network, the service."""
