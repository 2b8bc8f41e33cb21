"""RabbitMQ: connections that mend themselves (`address`, `link`), telling, hearing, calling.

`queues` says what is declared and who hears where, `relay` and `rabbit` tell and hear, `rpc` calls.
"""
