"""How long what was mailed leads anywhere; an invitation's is its own, a session's too."""

from datetime import timedelta

VERIFICATION = timedelta(hours=24)
EMAIL_CODE = timedelta(minutes=10)
RESET = timedelta(hours=1)
EMAIL_CHANGE = timedelta(hours=24)
SET_PASSWORD = timedelta(hours=24)  # of a system admin who was made on auth's host
EMAIL_CODE_TRIES = 5  # wrong ones, then it is void
