"""Asking: work that somebody else's models do, asked for once and answered minutes later.

For each service that has paid work done: a call is kept before it is posted, looked at until its
deadline, left when nobody waits for it, settled at what it cost, and forgotten. Read `port` (what a
service orders, and does with what comes), `kept` (the calls), `posting`, `awaiting`, `settling`,
`leaving` (a file a kind of job, and how a call ends), `telling` (the provider's webhook).

What differs from service to service stays there: what is sent, what becomes of the answer, and who
pays. Who the provider is, is `gateways.provider`.
"""
