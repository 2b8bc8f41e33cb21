"""Where a database is: several hosts, in either form that people write."""

import pytest
from psycopg.conninfo import conninfo_to_dict

from chassis.database.address import connect_timeout, parsed
from chassis.errors import Invalid

TWO = {"host": "one,two", "port": "5432,5433", "target_session_attrs": "read-write"}
ANY = "target_session_attrs=read-write"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://app:a%40b@one:5432,two:5433/billing?{ANY}",
        f"postgresql://app:a%40b@/billing?host=one:5432&host=two:5433&{ANY}",
        f"postgresql://app:a%40b@/billing?host=one,two&port=5432,5433&{ANY}",
    ],
)
def test_several_hosts_are_the_same_to_both_libraries_however_they_are_written(url: str) -> None:
    found = parsed(url)
    own = {"user": "app", "password": "a@b", "dbname": "billing"}
    _, given = found.get_dialect()().create_connect_args(found)
    assert given == TWO | own
    written = found.set(drivername="postgresql").render_as_string(hide_password=False)
    assert conninfo_to_dict(written) == TWO | own
    assert parsed(written) == found


def test_a_host_without_a_port_has_the_usual_one_and_one_of_ipv6_has_colons() -> None:
    assert parsed("postgresql://one,[::1]:5433/billing").query == {
        "host": "one,::1",
        "port": ",5433",
    }
    repeated = parsed("postgresql:///billing?host=one&host=[::1]:5433").query
    assert repeated == {"host": "one,::1", "port": ",5433"}


def test_one_host_stays_as_it_is() -> None:
    found = parsed("postgresql://app@one:5433/billing?sslmode=require")
    assert (found.host, found.port, found.query) == ("one", 5433, {"sslmode": "require"})


@pytest.mark.parametrize(
    "wrong", ["billing", "postgresql://one:http/billing", "postgresql://a:1,b:x/"]
)
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(Invalid):
        parsed(wrong)


@pytest.mark.parametrize(("hosts", "seconds"), [("one", 10), ("one,two", 5), ("a,b,c,d,e,f", 2)])
def test_dead_hosts_together_cost_no_more_than_one(hosts: str, seconds: int) -> None:
    assert connect_timeout(parsed(f"postgresql://{hosts}/billing")) == seconds
