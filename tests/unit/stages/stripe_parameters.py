"""Which parameters the official library types for each call that the stand-in knows.

`python -m unit.stages.stripe_parameters` (source roots and `tests` in PYTHONPATH) writes
`parameters.json` anew.
"""

import json
from pathlib import Path
from typing import Any

import stripe.params as p
from stripe import RequestOptions
from stripe.params import billing_portal, checkout

FILE = Path(__file__).parents[3] / "deploy/stand_ins/stripe/parameters.json"
TYPED: dict[str, Any] = {
    "POST /v1/customers": p.CustomerCreateParams,
    "GET /v1/customers": p.CustomerListParams,
    "GET /v1/customers/search": p.CustomerSearchParams,
    "GET /v1/customers/*": p.CustomerRetrieveParams,
    "POST /v1/customers/*": p.CustomerUpdateParams,
    "GET /v1/customers/*/payment_methods": p.CustomerPaymentMethodListParams,
    "GET /v1/customers/*/payment_methods/*": p.CustomerPaymentMethodRetrieveParams,
    "POST /v1/payment_methods": p.PaymentMethodCreateParams,
    "GET /v1/payment_methods": p.PaymentMethodListParams,
    "GET /v1/payment_methods/*": p.PaymentMethodRetrieveParams,
    "POST /v1/payment_methods/*/attach": p.PaymentMethodAttachParams,
    "POST /v1/payment_methods/*/detach": p.PaymentMethodDetachParams,
    "POST /v1/billing_portal/sessions": billing_portal.SessionCreateParams,
    "GET /v1/billing_portal/configurations": billing_portal.ConfigurationListParams,
    "POST /v1/payment_intents": p.PaymentIntentCreateParams,
    "GET /v1/payment_intents": p.PaymentIntentListParams,
    "GET /v1/payment_intents/search": p.PaymentIntentSearchParams,
    "GET /v1/payment_intents/*": p.PaymentIntentRetrieveParams,
    "POST /v1/payment_intents/*/confirm": p.PaymentIntentConfirmParams,
    "POST /v1/payment_intents/*/cancel": p.PaymentIntentCancelParams,
    "GET /v1/charges": p.ChargeListParams,
    "GET /v1/charges/*": p.ChargeRetrieveParams,
    "GET /v1/balance_transactions": p.BalanceTransactionListParams,
    "GET /v1/balance_transactions/*": p.BalanceTransactionRetrieveParams,
    "POST /v1/checkout/sessions": checkout.SessionCreateParams,
    "GET /v1/checkout/sessions": checkout.SessionListParams,
    "GET /v1/checkout/sessions/*": checkout.SessionRetrieveParams,
    "POST /v1/checkout/sessions/*/expire": checkout.SessionExpireParams,
    "GET /v1/checkout/sessions/*/line_items": checkout.SessionLineItemListParams,
    "POST /v1/refunds": p.RefundCreateParams,
    "GET /v1/refunds": p.RefundListParams,
    "GET /v1/refunds/*": p.RefundRetrieveParams,
    "POST /v1/refunds/*": p.RefundUpdateParams,
    "GET /v1/disputes": p.DisputeListParams,
    "GET /v1/disputes/*": p.DisputeRetrieveParams,
    "GET /v1/events": p.EventListParams,
    "GET /v1/events/*": p.EventRetrieveParams,
    "POST /v1/webhook_endpoints": p.WebhookEndpointCreateParams,
    "GET /v1/webhook_endpoints": p.WebhookEndpointListParams,
    "GET /v1/webhook_endpoints/*": p.WebhookEndpointRetrieveParams,
}


def typed() -> dict[str, list[str]]:
    of_the_library = RequestOptions.__annotations__.keys()
    return {
        route: sorted(params.__annotations__.keys() - of_the_library)
        for route, params in TYPED.items()
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(typed(), indent=1) + "\n", encoding="utf-8")
