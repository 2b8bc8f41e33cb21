"""Emptying: what services alike do about a workspace that is suspended, closed or erased.

`holding`: what waits is taken back while nothing may be begun; `purging`: what is in it goes, when
its month is over or at once; `files`: what lies below some keys goes, until nobody writes there any
more. What there is to take back or to remove is the service's own.
"""
