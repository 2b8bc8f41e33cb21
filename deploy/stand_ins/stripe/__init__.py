"""A stand-in for Stripe: what the suite asks of it, for development, tests and the demo.

It is no Stripe: no card is charged and no money moves. It listens on 127.0.0.1 alone, every reply
has the header `Stand-In`, its pages say what they are, and production refuses its address.

    python -m stand_ins.stripe --port 12111 [--data FOLDER]

or in the process of a test: `with StandIn() as stripe: …stripe.url…`. It speaks API version
2026-10-28.endive to any key sk_test_… and rk_test_…: customers, payment methods, payment intents,
charges, refunds, disputes, balance transactions, Checkout sessions of one payment, portal sessions,
events, webhook endpoints; lists by pages, searches, `expand`, idempotency keys whose answers are
kept for a day, errors as Stripe words them. Objects are Stripe's own samples with fields set.
Parameters that the official library does not type are refused. Cards are Stripe's test cards.

A Checkout is paid on its page, or by

    curl -d '{"session": "cs_test_…"}' http://127.0.0.1:12111/_stand_in/pay

`switches.py` lists these: buyers and banks (pay, dispute, settle_refund, …), time (advance,
set_clock), and what goes wrong (switch: replies lost, kept 500s, 429, 403, refunds that fail,
events twice, late, held, of another version). Events are told, signed, to what `listen` was given,
again until one says 2xx.

What it cannot show: whether Stripe does the same. It takes no fees, knows one account, neither
rights of restricted keys nor what a request costs; it keeps no answer of a refused parameter, and
does one call at a time, so that two with one key never meet (409).
"""
