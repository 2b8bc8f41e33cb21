"""Who may import what: a law for each room."""

import sys
from collections.abc import Callable

from architecture.source import DEPLOYED, ROOTS, SERVICES, sources

Judge = Callable[[str, str], bool]  # (service, imported module) -> allowed

SHARED = {"asking", "books", "chassis", "contracts", "clients", "emptying", "gateways"}
OURS = {*SERVICES, *DEPLOYED, *ROOTS, *SHARED}
IMPURE = {  # of the standard library: chance, the clock and the world outside
    "asyncio",
    "http",
    "io",
    "logging",
    "os",
    "pathlib",
    "random",
    "secrets",
    "shutil",
    "socket",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
}
NETWORK = {"boto3", "http", "kombu", "requests", "socket", "stripe", "urllib"}
SQL = {"alembic", "psycopg", "sqlalchemy"}
EDGE = {"eventlet", "kombu", "nameko"}
GROUND = {
    f"chassis.{name}"
    for name in ("domain", "errors", "ids", "metrics", "setting_rules", "settings", "telemetry")
}
STORES = ("gateways.blobs", "gateways.blobs_folder", "gateways.blobs_s3")
POSTS = ("gateways.mail", "gateways.mail_folder", "gateways.mail_smtp")
VALUES = {  # the parts of the frame that a service's own rooms are given values by
    f"chassis.{name}"
    for name in (
        *("asked", "codec", "domain", "errors", "identity", "ids", "money", "personal"),
        *("unit.calls", "unit.deciding", "unit.envelope", "unit.feed", "unit.handling"),
        "unit.store",
        *("door.edge", "door.web", "hearing.forgetting", "hearing.reacting", "running.parts"),
        *("jobs.control", "jobs.jobs", "jobs.pruning", "jobs.schedules"),
    )
}


def top(module: str) -> str:
    return module.partition(".")[0]


def standard(module: str) -> bool:
    return top(module) in sys.stdlib_module_names


def foreign(module: str) -> bool:
    """Whether it is somebody else's library."""
    return not standard(module) and top(module) not in OURS


def below(module: str, *packages: str) -> bool:
    return any(module == each or module.startswith(f"{each}.") for each in packages)


def contract(service: str, module: str) -> bool:
    ours = module in ("chassis.asked", "chassis.domain") or below(module, "contracts")
    return standard(module) or ours


def client(service: str, module: str) -> bool:
    return not below(module, *SERVICES, *DEPLOYED, *SQL, "asking", "books", "emptying")


def shared_gateway(service: str, module: str) -> bool:
    """What several services need of the outside: it knows no service, no contract and no unit."""
    if foreign(module):
        return not below(module, *SQL, *EDGE)
    return standard(module) or below(module, "gateways") or module in GROUND


def port(service: str, module: str) -> bool:
    return standard(module) or module == "chassis.domain"


def frame(service: str, module: str) -> bool:
    return standard(module) or foreign(module) or below(module, "chassis")


def paid_work(service: str, module: str) -> bool:
    """What services alike do about a provider: it knows none of them, and no vendor."""
    if foreign(module):
        return below(module, "sqlalchemy", "prometheus_client", "werkzeug")
    ours = below(module, "asking", "chassis", "gateways")
    return standard(module) or (ours and not below(module, "chassis.green", *STORES, *POSTS))


def leaving(service: str, module: str) -> bool:
    """What services alike do about a workspace: it knows none of them, and no table."""
    ours = below(module, "emptying", "chassis") or module == "gateways.port"
    return standard(module) or (ours and not below(module, "chassis.green"))


def domain(service: str, module: str) -> bool:
    if standard(module):
        return top(module) not in IMPURE
    return below(module, f"{service}.domain", "books.domain") or module in (
        "chassis.domain",
        "chassis.errors",
        "chassis.money",
    )


def projection(service: str, module: str) -> bool:
    if below(module, "sqlalchemy.orm"):
        return False
    own = (f"{service}.domain", f"{service}.projections", f"{service}.tables", f"{service}.kept")
    frame_values = VALUES | {"chassis.unit.pages", "chassis.unit.projection"}
    frame_values -= {"chassis.unit.deciding", "chassis.unit.handling"}
    frame_values |= {"gateways.port"}
    books = ("books.domain", "books.projections", "books.kept")
    ours = below(module, "sqlalchemy", *own, *books)
    return standard(module) or ours or module in frame_values


def translation(service: str, module: str) -> bool:
    """`inbound` and `outbound`: neither SQL nor the network."""
    if standard(module):
        return top(module) not in NETWORK
    kept_out = (f"{service}.gateways", f"{service}.service", f"{service}.app", f"{service}.kept")
    if below(module, service):
        return not below(module, *kept_out, f"{service}.projections")
    return below(module, "contracts") or module in VALUES


def job(service: str, module: str) -> bool:
    if below(module, service):
        return not below(module, f"{service}.service", f"{service}.app")
    ours = below(module, *SHARED - {"chassis"}) or module in VALUES
    return standard(module) or (ours and not below(module, *STORES, *POSTS))


def act(service: str, module: str) -> bool:
    """What a method does: neither a vendor nor nameko; SQL by `projections` and `kept` alone."""
    if standard(module):
        return top(module) not in NETWORK
    if below(module, service):
        around = ("app", "inbound", "jobs", "outbound", "permissions", "schemas", "service")
        return not below(module, *(f"{service}.{room}" for room in around))
    of_the_frame = ("rules", "tokens")
    values = VALUES | {"chassis.unit.pages", *(f"chassis.door.{each}" for each in of_the_frame)}
    values |= {"chassis.telemetry"}  # who somebody is, is found out here: the log is told
    of_a_query = module == "sqlalchemy.Connection"  # a type, handed on
    ours = below(module, "asking.kept", "books", "contracts", "clients", "gateways.port")
    return ours or module in values or of_a_query


def gateway(service: str, module: str) -> bool:
    if foreign(module):
        return not below(module, *SQL, *EDGE)
    if standard(module) or below(module, "gateways", "books.gateways", f"{service}.gateways"):
        return True
    # of the frame's domain module only `value`, which is a form and no state
    return module in ("chassis.domain", "chassis.errors", "chassis.money")


def facade(service: str, module: str) -> bool:
    if below(module, service):
        return not below(module, f"{service}.gateways", f"{service}.app")
    entrances = ("green.methods", "green.nameko_ext", "door.every_service", "every_service")
    ours = below(module, "books.acts", "contracts")
    ours = ours or module in {f"chassis.{each}" for each in entrances}
    return standard(module) or ours


def assembled(service: str, module: str) -> bool:
    ours = below(module, service, *SHARED)
    return standard(module) or (ours and not below(module, "chassis.green"))


def other(service: str, module: str) -> bool:
    """What else a service consists of: schemas, permissions, kept tables, its own actions."""
    if foreign(module):
        return not below(module, *EDGE)
    ours = below(module, service, *SHARED)
    return standard(module) or ours


ROOMS: dict[str, Judge] = {
    "domain": domain,
    "projections": projection,
    "inbound": translation,
    "outbound": translation,
    "jobs": job,
    "acts": act,
    "gateways": gateway,
    "service": facade,
    "app": assembled,
}


def judge(name: str) -> Judge:
    """Return the law of the room that a file lies in, by what it is imported as."""
    match name.split("."):
        case ["contracts", *_]:
            return contract
        case ["clients", *_]:
            return client
        case ["gateways", "port"]:
            return port
        case ["gateways", *_]:
            return shared_gateway
        case ["chassis", *_]:
            return frame
        case ["asking", *_]:
            return paid_work
        case ["emptying", *_]:
            return leaving
        case [_, room, *_]:
            return ROOMS.get(room, other)
        case _:
            return other


def test_a_file_imports_only_what_its_room_may() -> None:
    offences = {
        source.at(line): module
        for source in sources("services", "shared")
        for module, line in source.imported
        if not judge(source.name)(source.package, module)
    }
    assert offences == {}


def test_nameko_and_eventlet_have_their_homes_in_the_frame() -> None:
    edge = (
        "chassis.green.nameko_ext",
        "chassis.green.nameko_queue",
        "chassis.green.nameko_replies",
    )
    doors = ("chassis.green.green", "chassis.green.http_server")
    homes = {"nameko": edge, "eventlet": (*edge, *doors)}
    strays = {
        source.at(line): module
        for source in sources("shared")
        for module, line in source.imported
        for library, home in homes.items()
        if below(module, library) and source.name not in home
    }
    assert strays == {}


def test_pictures_are_decoded_in_a_process_of_their_own_and_nowhere_else() -> None:
    strays = {
        source.at(line): module
        for source in sources("services", "shared", "deploy")
        for module, line in source.imported
        if below(module, "gateways.decoder", "gateways.decoding")
        and source.name != "gateways.decoder"
    }
    assert strays == {}


def test_which_store_and_which_mail_it_is_is_known_to_the_shared_gateways_alone() -> None:
    strays = {
        source.at(line): module
        for source in sources("services", "deploy")
        for module, line in source.imported
        if below(module, *STORES[1:], *POSTS[1:])
    }
    assert strays == {}


def test_nobody_imports_by_the_name_of_a_source_root() -> None:
    found = {
        source.at(line): module
        for source in sources()
        for module, line in source.imported
        if below(module, *ROOTS, "tests")
    }
    assert found == {}


def test_the_table_itself() -> None:
    examples = {
        ("billing.domain.invoice", "billing.domain.payment"): True,
        ("billing.domain.invoice", "chassis.money"): True,
        ("billing.domain.invoice", "sqlalchemy"): False,
        ("billing.domain.invoice", "marshmallow"): False,
        ("billing.domain.invoice", "nameko"): False,
        ("billing.domain.invoice", "random"): False,
        ("billing.domain.invoice", "chassis.ids"): False,
        ("billing.domain.invoice", "contracts.billing"): False,
        ("billing.domain.invoice", "media.domain.customer"): False,
        ("billing.projections.invoices", "sqlalchemy.dialects.postgresql"): True,
        ("billing.projections.invoices", "sqlalchemy.orm"): False,
        ("billing.projections.invoices", "chassis.unit.handling"): False,
        ("billing.projections.invoices", "nameko.rpc"): False,
        ("billing.inbound", "contracts.auth"): True,
        ("billing.inbound", "sqlalchemy"): False,
        ("billing.inbound", "billing.gateways.stripe"): False,
        ("billing.outbound", "requests"): False,
        ("billing.jobs", "billing.gateways.stripe"): True,
        ("billing.jobs", "sqlalchemy"): False,
        ("billing.jobs", "gateways.port"): True,
        ("billing.jobs", "gateways.fetch"): True,
        ("billing.jobs", "gateways.blobs_folder"): False,
        ("billing.jobs", "gateways.mail_smtp"): False,
        ("billing.acts.invoices", "billing.domain.invoice"): True,
        ("billing.acts.invoices", "billing.projections.invoices"): True,
        ("billing.acts.invoices", "billing.kept"): True,
        ("billing.acts.invoices", "contracts.billing"): True,
        ("billing.acts.invoices", "chassis.unit.handling"): True,
        ("billing.acts.invoices", "requests"): False,
        ("billing.acts.invoices", "boto3"): False,
        ("billing.acts.invoices", "gateways.port"): True,
        ("billing.acts.invoices", "gateways.blobs_s3"): False,
        ("billing.acts.invoices", "gateways.fetch"): False,
        ("billing.acts.invoices", "stripe"): False,
        ("billing.acts.invoices", "sqlalchemy.select"): False,
        ("billing.acts.invoices", "sqlalchemy.Connection"): True,
        ("billing.acts.invoices", "nameko"): False,
        ("billing.acts.invoices", "urllib.request"): False,
        ("billing.acts.invoices", "chassis.green.nameko_ext"): False,
        ("billing.acts.invoices", "billing.app"): False,
        ("billing.acts.invoices", "billing.inbound"): False,
        ("billing.gateways.stripe", "stripe"): True,
        ("billing.gateways.stripe", "billing.domain.invoice"): False,
        ("billing.gateways.stripe", "psycopg"): False,
        ("billing.service", "nameko.rpc"): False,
        ("billing.service", "chassis.green.methods"): True,
        ("billing.service", "sqlalchemy"): False,
        ("billing.service", "billing.gateways.stripe"): False,
        ("billing.app", "nameko"): False,
        ("billing.app", "media.app"): False,
        ("billing.names", "media.domain.customer"): False,
        ("billing.names", "embedded.suite"): False,
        ("chassis.unit.store", "contracts.auth"): False,
        ("chassis.unit.store", "billing.app"): False,
        ("contracts.billing", "chassis.codec"): False,
        ("contracts.billing.invoices", "chassis.asked"): True,
        ("contracts.billing.invoices", "contracts.billing.line_items"): True,
        ("contracts.billing.invoices", "chassis.domain"): True,
        ("clients.billing", "psycopg"): False,
        ("billing.domain.postings", "books.domain.entry"): True,
        ("billing.domain.postings", "books.kept"): False,
        ("billing.projections.ledger", "books.projections.ledger"): True,
        ("billing.projections.ledger", "books.acts"): False,
        ("billing.service", "books.acts"): True,
        ("billing.service", "books.kept"): False,
        ("books.domain.entry", "sqlalchemy"): False,
        ("books.domain.entry", "billing.domain.accounts"): False,
        ("books.acts", "sqlalchemy.select"): False,
        ("books.acts", "billing.projections.ledger"): False,
        ("books.gateways.beancount", "sqlalchemy"): False,
        ("books.kept", "billing.tables"): False,
        ("asking.posting", "gateways.provider"): True,
        ("asking.posting", "gateways.blobs_s3"): False,
        ("asking.posting", "media.domain.image"): False,
        ("asking.posting", "requests"): False,
        ("asking.kept", "sqlalchemy"): True,
        ("media.acts.chains", "asking.kept"): True,
        ("media.acts.chains", "asking.posting"): False,
        ("emptying.files", "gateways.port"): True,
        ("emptying.files", "gateways.blobs_s3"): False,
        ("emptying.purging", "media.removing"): False,
        ("emptying.purging", "sqlalchemy"): False,
        ("video.jobs.holding", "emptying.holding"): True,
        ("video.acts.runs", "emptying.purging"): False,
        ("gateways.fetch", "requests"): True,
        ("gateways.fetch", "psycopg"): False,
        ("gateways.fetch", "chassis.errors"): True,
        ("gateways.fetch", "chassis.unit.deciding"): False,
        ("gateways.fetch", "contracts.media"): False,
        ("gateways.fetch", "media.links"): False,
        ("gateways.port", "chassis.domain"): True,
        ("gateways.blobs_s3", "boto3"): True,
        ("gateways.port", "boto3"): False,
        ("gateways.port", "gateways.fetch"): False,
    }
    judged = {
        (room, module): judge(room)(room.partition(".")[0], module) for room, module in examples
    }
    assert judged == examples
