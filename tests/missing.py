"""What some tests cannot do without, as it is said at the end of a run that has missed it."""

NO_BROKER = "no RabbitMQ: AMQP_URI is not set, and none could be installed or run"
NO_EHF_RULES = (
    "no official EHF rules: neither in the folder that EHF_RULES names nor beside the checkout;"
    " services/billing/README.md says where anyone gets them"
)
LOUD = (NO_BROKER, NO_EHF_RULES)
