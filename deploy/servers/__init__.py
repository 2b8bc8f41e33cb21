"""Servers that we start ourselves: a PostgreSQL from a wheel, a RabbitMQ that is installed.

`postgres.Server` and `rabbit_node.Node` are each a server over one folder; `make demo`,
`make up-local` and the tests run on them. `rabbit.private_broker` finds a broker for one run, and
tries harder. Neither knows a service: who starts them says what is kept in them.
"""
