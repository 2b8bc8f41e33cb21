"""Who calls, by RPC and by HTTP, and what they may.

Read `edge` first: it is the way of every call, from arguments to a decision and back to JSON.
"""
