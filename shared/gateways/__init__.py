"""What several services need of the outside world: blobs, fetches, pictures, mail, paper, fal.

Knows no service, no contract and no unit. `port` holds the values and protocols, and is all that
acts see of it; the rest is put together in a service's `app.py`.
"""
