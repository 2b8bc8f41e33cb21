"""Speed, side by side with peers: never asserted, only measured (`make bench`)."""

from chassis import nameko_queue as nameko_queue  # before nameko: it filters eventlet's warning
