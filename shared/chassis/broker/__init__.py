"""RabbitMQ: a connection that mends itself (`link`), telling (`relay`, `rabbit`), calls (`rpc`)."""
