"""For every test: property tests try the same examples each time.

A random example that fails is a find, but not of the change that happens to be tested. With
``SENDOFF_EXPLORE=1`` they try new ones.
"""

import os

from hypothesis import settings

from tests.support.patience import make_qtbot_patient

make_qtbot_patient()

settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True)
if not os.environ.get("SENDOFF_EXPLORE"):
    settings.load_profile("repeatable")
