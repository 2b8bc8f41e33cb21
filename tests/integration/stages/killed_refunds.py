"""One refund by card, as chance has it: killed between its steps, its reply lost, tried again."""

import random
from uuid import uuid4

from integration.stages.card_buyers import GROSS_ORE, Buyer
from integration.stages.card_kills import ASKED, NOTED, Death, die
from integration.stages.card_sales import Sales

A_SECOND, A_DAY_AND_AN_HOUR = 1, 25 * 3600  # Stripe forgets its keys after a day
LOST = "its reply lost"
REFUNDS = "POST /v1/refunds"


def refunded(sales: Sales, seed: int) -> tuple[list[str], list[str]]:
    """Refund a sale of a new buyer; return what happened on the way, and what is wrong at last."""
    chance, buyer = random.Random(seed), Buyer(sales.shop)
    target, net_ore = sales.paid(buyer), None
    if delivered := chance.random() < 0.5:
        sales.deliver(buyer, target)
        net_ore = chance.choice([None, 20_000])
    key, token = str(uuid4()), str(sales.shop.admin.caller.auth_token)
    asked = {**target, "reason": "Uskarpt.", "net_ore": net_ore, "idempotency_key": key}
    way = ["delivered" if delivered else "not delivered"]
    if chance.random() < 0.5:
        way.append("promised")
        die(
            sales.shop.variables,
            sales.shop.now,
            [Death(after=NOTED, asked=asked, token=token, method="refund_payment")],
        )
    reply = sales.shop.admin.call("refund_payment", **asked)
    steps = [*chance.choices([ASKED, LOST], k=chance.randint(0, 2)), chance.choice([NOTED, LOST])]
    for each in steps:
        if sales.refunds(target)[0]["state"] == "Sent":  # found by a look
            break
        _go_wrong(sales, each)
        later_s = chance.choice([A_SECOND, A_DAY_AND_AN_HOUR])
        way.append(f"{each}, {later_s} s later")
        sales.shop.pass_seconds(later_s)
        sales.shop.worker("refund").release()
        sales.hurry()
    sales.work()

    amount_ore = GROSS_ORE if net_ore is None else net_ore * 5 // 4
    wanted = {
        "at Stripe": [(amount_ore, "succeeded", reply["id"])],
        "here": [(reply["id"], "Sent", amount_ore)],
        "said": amount_ore,
    }
    found = {
        "at Stripe": sales.sent_back(buyer),
        "here": [(e["id"], e["state"], e["amount_ore"]) for e in sales.refunds(target)],
        "said": reply["amount_ore"],
    }
    return way, [f"{name}: {found[name]}" for name in wanted if found[name] != wanted[name]]


def _go_wrong(sales: Sales, step: str) -> None:
    if step == LOST:
        sales.shop.stripe.switch("reply_lost", on=REFUNDS)
        sales.shop.worker("refund").work()
        sales.shop.stripe.unset()
        return
    death = Death(after=step, asked=None, job="refund", gateway="refund")
    die(sales.shop.variables, sales.shop.now, [death])
