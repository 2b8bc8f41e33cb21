"""Webhook endpoints, and the events that were told to them."""

from stand_ins.stripe.form import Params, changed, text
from stand_ins.stripe.listing import listed
from stand_ins.stripe.refusals import invalid, lacks
from stand_ins.stripe.samples import Object
from stand_ins.stripe.state import API_VERSION, State, fresh


def create(state: State, params: Params) -> Object:
    """Make an endpoint; its secret is in this answer alone."""
    if not isinstance(types := params.get("enabled_events"), list):
        raise lacks("enabled_events")
    if (version := params.get("api_version", API_VERSION)) != API_VERSION:
        raise invalid(f"The stand-in knows {API_VERSION} alone, not {version}", param="api_version")
    made = add(state, text(params, "url"), fresh("whsec"), types)
    made.update(description=params.get("description"), metadata=changed({}, params))
    return {**made, "secret": state.secrets[made["id"]]}


def add(state: State, url: str, secret: str, types: list[str]) -> Object:
    """Make an endpoint that is told events of these types, signed with that secret."""
    fields = {"url": url, "enabled_events": types, "api_version": API_VERSION}
    endpoint = state.add("webhook_endpoint", description=None, **fields)
    state.secrets[endpoint["id"]] = secret
    return endpoint


def move(state: State, url: str, secret: str, types: list[str]) -> Object:
    """Make the listener's endpoint, or set it anew: what is on its way goes to the new address."""
    id = state.hidden.setdefault("listener", {}).get("id")
    if id is None:
        made = add(state, url, secret, types)
        state.hidden["listener"]["id"] = made["id"]
        return made
    endpoint = state.get("webhook_endpoint", id)
    endpoint.update(url=url, enabled_events=types)
    state.secrets[id] = secret
    return endpoint


def retrieve(state: State, params: Params, id: str) -> Object:
    """Return an endpoint."""
    return state.get("webhook_endpoint", id)


def list_all(state: State, params: Params) -> Object:
    """List endpoints."""
    return listed(state.all("webhook_endpoint"), params, "/v1/webhook_endpoints")


def event(state: State, params: Params, id: str) -> Object:
    """Return an event."""
    return state.get("event", id)


def events(state: State, params: Params) -> Object:
    """List events, all or of some types or times."""
    return listed(state.all("event"), params, "/v1/events")
