"""What Stripe's stand-in has to tell billing, some of it now and the rest later, in any order."""

import random
from typing import Any

from integration.stages.billing_shop import Billing
from integration.stages.card_news import News


class Wire:
    """The events that nobody has told yet; the stand-in lives in this process."""

    def __init__(self, shop: Billing) -> None:
        """Pass over what has happened before."""
        self.shop, self.news = shop, News(shop)
        self._seen = len(self.objects("event"))
        self._waiting: list[dict[str, Any]] = []

    def objects(self, kind: str) -> list[dict[str, Any]]:
        """Return all objects of a kind, oldest first, to be read: they are not copied."""
        state = self.shop.stripe.state
        with state.lock:
            return list(state.objects.get(kind, {}).values())

    def some(self, chance: random.Random) -> None:
        """Tell most of what waits."""
        self._look()
        chance.shuffle(self._waiting)
        self._tell(chance, chance.randint(0, len(self._waiting)) + len(self._waiting) // 2)

    def all(self, chance: random.Random) -> None:
        """Tell all of it."""
        self._look()
        chance.shuffle(self._waiting)
        self._tell(chance, len(self._waiting))

    def _look(self) -> None:
        events = self.objects("event")
        self._waiting += events[self._seen :]
        self._seen = len(events)

    def _tell(self, chance: random.Random, count: int) -> None:
        now, self._waiting = self._waiting[:count], self._waiting[count:]
        for event in now:
            for _ in range(chance.choice((1, 1, 1, 2))):
                status, said = self.news.tell(event)
                assert status == 200, (said, event["type"])
