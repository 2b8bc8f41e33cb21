"""What the services say to each other: events, requests, replies. No mechanism."""

# Who calls over the broker under a name of their own: the services, and the operators' tool.
BROKER_USERS = ("auth", "media", "video", "billing", "affiliate", "operator")
