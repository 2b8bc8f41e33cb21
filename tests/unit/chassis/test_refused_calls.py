"""What a caller makes of a broker's no: to this call, to the last one, for good, for now."""

import pytest
from amqp.exceptions import AccessRefused, AMQPError, NotAllowed, PreconditionFailed

from chassis.broker.rpc_line import PUBLISH, Line
from chassis.errors import Forbidden, Unavailable

NO_VHOST = NotAllowed("NOT_ALLOWED - vhost nowhere not found")
NO_ACCESS = NotAllowed("NOT_ALLOWED - access to vhost 'v' refused for user 'guest'")
NO_LOGIN = AccessRefused("ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN")
NO_KEY = AccessRefused("ACCESS_REFUSED - write access to topic refused", PUBLISH)
NO_SUCH_USER_ID = PreconditionFailed("PRECONDITION_FAILED - user_id property set", PUBLISH)
TOO_MANY = "NOT_ALLOWED - connection refused for user 'lim': user connection limit (1) is reached"
TOO_MANY_HERE = "NOT_ALLOWED - access to vhost 'v' refused for user 'lim': connection limit (0)"


def line(patient: bool = False) -> Line:
    return Line("amqp://guest@127.0.0.1:1/", None, "guest", patient)


def made_of(cause: AMQPError, *, patient: bool) -> type[Exception]:
    error = Unavailable("chassis.broker_unavailable", str(cause))
    error.__cause__ = cause
    return type(line(patient)._as_refusal(error))


@pytest.mark.parametrize("cause", [NO_VHOST, NO_ACCESS, NO_LOGIN])
def test_who_is_not_let_in_is_forbidden_and_a_patient_service_waits(cause: AMQPError) -> None:
    assert made_of(cause, patient=False) is Forbidden
    assert made_of(cause, patient=True) is Unavailable


@pytest.mark.parametrize("cause", [NO_KEY, NO_SUCH_USER_ID])
def test_what_may_not_be_published_is_forbidden_to_everybody(cause: AMQPError) -> None:
    assert made_of(cause, patient=False) is made_of(cause, patient=True) is Forbidden


@pytest.mark.parametrize("said", [TOO_MANY, TOO_MANY_HERE, "NOT_ALLOWED - vhost 'v' is down"])
def test_what_passes_is_an_outage(said: str) -> None:
    assert made_of(NotAllowed(said), patient=False) is Unavailable


def test_what_is_said_late_of_an_earlier_request_is_not_taken_for_the_present_one() -> None:
    asked = line()
    asked._sent = 2
    asked._refuse(1, False)
    asked._accept(1, False)
    assert not (asked._refused or asked._accepted)
    asked._refuse(2, False)
    assert asked._refused
