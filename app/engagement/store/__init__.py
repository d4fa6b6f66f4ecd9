"""What was synced, in SQLite below the data folder: everything is there without a network.

Reports read the views ``live_issue`` and the tables named in ``schema``; sync writes by ``Store``.
"""
