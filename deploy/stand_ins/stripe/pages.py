"""The pages that Stripe would host, plain, each saying that it is a stand-in's."""

from html import escape
from string import Template

from stand_ins.stripe.cards import GOOD
from stand_ins.stripe.form import Params
from stand_ins.stripe.refusals import Refused
from stand_ins.stripe.samples import Object
from stand_ins.stripe.state import State
from stand_ins.stripe.switches import Switches

_PAGE = Template("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>$title (stand-in)</title>
<body style="font-family: sans-serif; max-width: 40em; margin: 3em auto">
<p style="background: #fd0; padding: 1em"><strong>This is a stand-in, not Stripe.</strong>
No card is charged and no money moves.</p>
<h1>$title</h1>
$content
</body>
</html>
""")
_FORM = Template("""<p>$said</p>
<ul>$lines</ul>
<form method="post">
<label>Test card <input name="card" value="$card"></label>
<button>Pay $amount</button>
</form>
""")


def answered(switches: Switches, path: str, form: Params | None) -> tuple[int, str, str | None]:
    """Return status, page, and where the buyer is sent; a `form` is a page's button pressed."""
    with switches.state.lock:
        match path.split("/"):
            case ["", ""]:
                return (
                    200,
                    _page("Stripe", "<p>Checkouts and portals have their pages here.</p>"),
                    None,
                )
            case ["", "c", "pay", id]:
                return _checkout(switches, id, form)
            case ["", "p", "session", _]:
                return _portal(switches.state, path)
            case _:
                return 404, _page("Stripe", "<p>There is no such page.</p>"), None


def _checkout(switches: Switches, id: str, form: Params | None) -> tuple[int, str, str | None]:
    session = switches.state.objects.get("checkout.session", {}).get(id)
    if session is None:
        return 404, _page("Checkout", "<p>There is no such session.</p>"), None
    said = ""
    if form is not None:
        try:
            switches.pay(id, str(form.get("card") or GOOD))
            back = str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", id)
            return 303, _page("Checkout", "<p>Paid.</p>"), back
        except Refused as refusal:
            said = str(refusal)
    if session["status"] != "open":
        return 200, _page("Checkout", f"<p>This session is {session['status']}.</p>"), None
    lines = "".join(
        f"<li>{escape(each['description'])}: {_amount(each)}</li>"
        for each in switches.state.hidden[id]["lines"]
    )
    asked = _FORM.substitute(said=escape(said), lines=lines, card=GOOD, amount=_amount(session))
    return 200, _page("Checkout", asked), None


def _amount(what: Object) -> str:
    return escape(f"{what['amount_total'] / 100:.2f} {what['currency'].upper()}")


def _portal(state: State, path: str) -> tuple[int, str, str | None]:
    sessions = state.all("billing_portal.session")
    session = next((each for each in sessions if each["url"].endswith(path)), None)
    if session is None:
        return 404, _page("Billing portal", "<p>There is no such session.</p>"), None
    back = session["return_url"]
    way = f'<p><a href="{escape(back)}">Back</a></p>' if back else ""
    return 200, _page("Billing portal", f"<p>Customer {session['customer']}</p>{way}"), None


def _page(title: str, content: str) -> str:
    return _PAGE.substitute(title=title, content=content)
