"""What the services say to each other: events, requests, replies. No mechanism."""
