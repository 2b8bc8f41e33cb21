"""The books: double entry beside the money events, for each service that moves money.

Rooms as in a service, under the same laws, and no service itself. Read `domain.chart`, then
`projections.entries` (the journal), `projections.ledger` (its proofs), `kept` (which days are
frozen), `acts` (what the methods do), `command` (the books in print).

What differs from service to service stays there: its chart, what each event posts, and what its
tables say is on the accounts.
"""
