"""What a workspace pays for work. Prices are net øre, whole kroner; null is the default."""

from dataclasses import replace
from uuid import UUID

from chassis.domain import Decider, value
from chassis.errors import Rejected

DEFAULT_PRICE_ORE = {"image_project": 100_000, "video_project": 100_000}
KRONE_ORE = 100


@value
class Price:
    """A net price as it is fixed when work is cleared; version 0 is the default."""

    price_ore: int
    price_version: int


@value
class NewPrice:
    """What work on that kind of target is to cost."""

    kind: str  # image_project | video_project
    price_ore: int | None  # None: the default; 0: free


@value
class SetPrices:
    """From now on work costs so much; what is cleared keeps its price."""

    workspace_id: UUID
    prices: tuple[NewPrice, ...]


@value
class PriceSet:
    workspace_id: UUID
    kind: str
    price_ore: int | None
    price_version: int  # within its kind


@value
class Pricing:
    """The last price that was set of each kind."""

    workspace_id: UUID
    image_project: PriceSet | None = None
    video_project: PriceSet | None = None

    def last(self, kind: str) -> PriceSet | None:
        """Return what was set last for that kind of target."""
        return {"image_project": self.image_project, "video_project": self.video_project}[kind]


def current(pricing: Pricing | None, kind: str) -> Price:
    """Return the price of work on a target of that kind."""
    last = pricing.last(kind) if pricing else None
    return price(kind, last.price_ore, last.price_version) if last else price(kind, None, 0)


def price(kind: str, price_ore: int | None, price_version: int) -> Price:
    """Return a price as it was set, the default filled in."""
    default = DEFAULT_PRICE_ORE[kind]
    return Price(price_ore=default if price_ore is None else price_ore, price_version=price_version)


def decide(pricing: Pricing | None, command: SetPrices) -> list[PriceSet]:
    new = [each for each in command.prices if not _stands(pricing, each)]
    match pricing, command:
        case _, SetPrices() if not all(_is_a_price(each) for each in command.prices):
            raise Rejected("billing.not_whole_kroner", "a price is in whole kroner")
        case _, SetPrices() if not new:
            return []
        case _, SetPrices():
            return [_priced(pricing, command.workspace_id, each) for each in new]


def _stands(pricing: Pricing | None, new: NewPrice) -> bool:
    last = pricing.last(new.kind) if pricing else None
    return new.price_ore == (last.price_ore if last else None)


def _is_a_price(new: NewPrice) -> bool:
    return new.price_ore is None or is_whole_kroner(new.price_ore)


def is_whole_kroner(ore: int) -> bool:
    """Return whether an amount is in whole kroner, and not below 0."""
    return ore >= 0 and ore % KRONE_ORE == 0


def _priced(pricing: Pricing | None, workspace_id: UUID, new: NewPrice) -> PriceSet:
    return PriceSet(
        workspace_id=workspace_id,
        kind=new.kind,
        price_ore=new.price_ore,
        price_version=current(pricing, new.kind).price_version + 1,
    )


def evolve(pricing: Pricing | None, event: PriceSet) -> Pricing:
    pricing = pricing or Pricing(workspace_id=event.workspace_id)
    match event:
        case PriceSet(kind="image_project"):
            return replace(pricing, image_project=event)
        case PriceSet(kind="video_project"):
            return replace(pricing, video_project=event)
        case _:
            raise AssertionError(f"{event} cannot follow {pricing}")


decider = Decider(
    name="pricing",
    decide=decide,
    evolve=evolve,
    events=(PriceSet,),
    creates=(SetPrices,),
)
