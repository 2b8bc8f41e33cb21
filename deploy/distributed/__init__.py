"""The suite as processes of its own, over a RabbitMQ and a PostgreSQL."""
