"""Who sells and who buys, as an EHF names them."""

import re

from billing.gateways.document import HOME, Buyer, Seller
from billing.gateways.ubl import Part, group, leaf

REGISTER = "0192"  # ISO 6523: Enhetsregisteret
TOWN = re.compile(r"(\d{4}) +(.+)")


def seller(given: Seller) -> Part:
    """Return the seller, with its VAT number and where it is registered."""
    vat = _tax(f"{HOME}{given.organization_number}MVA", "VAT")
    registered = _tax("Foretaksregisteret", "TAX") if given.in_foretaksregisteret else None
    return _party(given.name, given.organization_number, _seller_address(given), vat, registered)


def buyer(given: Buyer) -> Part:
    """Return the buyer; without an address the country is all that it needs."""
    where = given.address
    lines = (
        (
            leaf("StreetName", where.street),
            leaf("CityName", where.city),
            leaf("PostalZone", where.postal_code),
        )
        if where
        else ()
    )
    address = group("PostalAddress", *lines, _country(given.country))
    return _party(given.legal_name, given.organization_number or "", address)


def _party(name: str, number: str, address: Part, *taxes: Part) -> Part:
    return group(
        "Party",
        leaf("EndpointID", number, schemeID=REGISTER),
        group("PartyName", leaf("Name", name)),
        address,
        *taxes,
        group(
            "PartyLegalEntity",
            leaf("RegistrationName", name),
            leaf("CompanyID", number, schemeID=REGISTER),
        ),
    )


def _tax(company_id: str, scheme: str) -> Part:
    taxed = group("TaxScheme", leaf("ID", scheme))
    return group("PartyTaxScheme", leaf("CompanyID", company_id), taxed)


def _seller_address(given: Seller) -> Part:
    """Return the lines of the setting by their place: the last is the town, if it has a code."""
    *lines, last = given.address
    town = TOWN.fullmatch(last)
    lines = lines if town else [*lines, last]
    street, further, *rest = *lines, "", ""
    return group(
        "PostalAddress",
        leaf("StreetName", street),
        leaf("AdditionalStreetName", further),
        leaf("CityName", town[2]) if town else None,
        leaf("PostalZone", town[1]) if town else None,
        group("AddressLine", leaf("Line", ", ".join(filter(None, rest)))) if any(rest) else None,
        _country(HOME),
    )


def _country(code: str) -> Part:
    return group("Country", leaf("IdentificationCode", code))
