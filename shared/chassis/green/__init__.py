"""nameko and eventlet: no other room knows either of them.

`methods` makes the lines of a service's table, `nameko_ext` and `nameko_queue` tame nameko,
`http_server` keeps strangers from shutting a door, `green` prepares a process.
"""
