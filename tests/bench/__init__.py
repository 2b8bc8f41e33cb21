"""Speed, side by side with peers: never asserted, only measured (`make bench`)."""

from chassis.green import nameko_queue as nameko_queue  # before nameko: it filters a warning
