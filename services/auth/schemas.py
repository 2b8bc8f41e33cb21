"""What the door asks of auth's requests beyond their types."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError
from marshmallow.validate import OneOf, Range, Regexp

from auth import reasons
from auth.logos import LOGO_BYTES, SUFFIXES
from chassis.bounds import Size
from chassis.door import rules
from chassis.identity import ROLES
from chassis.marshalling import Form, Rules
from chassis.unit.pages import CURSOR_MAX
from contracts.auth.accounts import (
    ChangeEmail,
    ResendVerification,
    SignIn,
    SignUp,
    UpdateProfile,
    VerifyEmail,
)
from contracts.auth.admins import (
    Audit,
    EndSessions,
    ListUsers,
    ListWorkspaces,
    RenameUser,
    SetSystemAdmin,
)
from contracts.auth.bans import BanUser
from contracts.auth.erasure import EraseSubject
from contracts.auth.impersonation import StartImpersonation
from contracts.auth.invitations import (
    AcceptInvitation,
    DeclineInvitation,
    GetInvitation,
    InviteMember,
    ListInvitations,
)
from contracts.auth.members import ChangeMemberRole, ListMembers
from contracts.auth.passwords import ChangePassword, RequestPasswordReset, ResetPassword
from contracts.auth.second_factor import ConfirmTotp, DisableTotp, NewRecoveryCodes, ResetTotp
from contracts.auth.sessions import Authenticate, ListSessions, Reauthenticate
from contracts.auth.standings import SetInvoiceEligibility, SetWorkspacePlan, SetWorkspaceStatus
from contracts.auth.workspaces import (
    BillingAddress,
    CloseWorkspace,
    CompleteOnboarding,
    CreateWorkspace,
    LogoToUpload,
    SetBranding,
    UpdateWorkspace,
)

COUNTRY = re.compile("[A-Z]{2}")  # ISO 3166-1
BY_A_CALENDAR = Range(max=datetime(9999, 1, 1, tzinfo=UTC))  # in whatever zone it is written
TOKEN = Size(100, least=1)
PASSWORD = Size(128, least=8)
CODE = Size(40, least=1)  # an authenticator's six digits, or a recovery code with its dashes
MAILED_CODE = Size(10, least=1)
CURSOR = Size(CURSOR_MAX, least=1)
COLOUR = Regexp("#[0-9A-Fa-f]{6}\\Z", error="Not a colour such as #1A2B3C.")
SHA256 = re.compile("[0-9a-f]{64}")
STATUSES = ("active", "suspended", "trial")
PLANS = ("free", "pro", "enterprise")
STANDINGS = ("pending", "active", "inactive")
IMAGE_ADDRESS = 2_000  # characters


def account_of(written: str) -> str:
    """Return the folded form of an address; what is none stays as it is, and is nobody's."""
    try:
        return rules.folded(rules.email(written))
    except ValidationError:
        return written


def ip(written: str) -> str:
    """Return an IP address in its shortest form; failures are counted by its network."""
    try:
        return str(ip_address("" if "%" in written else written))  # a zone is its machine's own
    except ValueError:
        raise ValidationError("Not an IP address.") from None


def https_address(written: str) -> None:
    """Refuse what is no https address; it is shown, and never fetched."""
    shown = len(written) <= IMAGE_ADDRESS and not rules.NOT_ON_A_LINE.search(written)
    try:
        parts = urlsplit(written)
        plain = parts.scheme == "https" and parts.hostname and not parts.username
    except ValueError:
        plain = False
    if not (shown and plain):
        raise ValidationError("Not an https address.")


def logo(value: LogoToUpload) -> None:
    """Refuse an announced logo that would not be taken."""
    wrong = {}
    if value.content_type not in SUFFIXES:
        wrong["content_type"] = [f"One of {', '.join(SUFFIXES)}."]
    if not 0 < value.size_bytes <= LOGO_BYTES:
        wrong["size_bytes"] = [f"1 to {LOGO_BYTES}."]
    if not SHA256.fullmatch(value.sha256):
        wrong["sha256"] = ["64 hexadecimal digits in lower case."]
    if wrong:
        raise ValidationError(wrong)


def address(value: BillingAddress) -> None:
    """Refuse what does not fit on a sales document."""
    texts = {"street": value.street, "postal_code": value.postal_code, "city": value.city}
    wrong = {
        name: ["1 to 100 characters, on one line."]
        for name, text in texts.items()
        if not rules.fits(text, 100)
    }
    if not COUNTRY.fullmatch(value.country):
        wrong["country"] = ["Two capital letters."]
    if wrong:
        raise ValidationError(wrong)


ACCOUNT = (Size(rules.EMAIL_CHARACTERS), Form(account_of))

RULES: Mapping[type[Any], Rules] = {
    SignUp: {
        "name": rules.text(200),
        "email": rules.EMAIL,
        "password": PASSWORD,
        "invitation_token": TOKEN,
    },
    VerifyEmail: {"token": TOKEN, "password": PASSWORD, "email": ACCOUNT, "code": MAILED_CODE},
    ResendVerification: {"email": ACCOUNT},
    SignIn: {
        "email": ACCOUNT,
        "password": Size(128),
        "code": CODE,
        "ip": (Size(45), Form(ip)),  # the longest IPv6 address
        "user_agent": rules.line(1_000),  # shown with the session
    },
    UpdateProfile: {"name": rules.text(200), "image": https_address},
    ChangeEmail: {"email": rules.EMAIL},
    Authenticate: {"session_token": TOKEN},
    Reauthenticate: {"password": Size(128), "code": CODE},
    ChangePassword: {"current_password": Size(128), "new_password": PASSWORD},
    RequestPasswordReset: {"email": ACCOUNT},
    ResetPassword: {"token": TOKEN, "new_password": PASSWORD, "code": CODE},
    ConfirmTotp: {"code": CODE},
    DisableTotp: {"code": CODE},
    NewRecoveryCodes: {"code": CODE},
    ResetTotp: {"reason": rules.text(200)},
    ListSessions: {"cursor": CURSOR},
    UpdateWorkspace: {
        "name": rules.text(200),
        "organization_number": rules.ORGANIZATION_NUMBER,
        "legal_name": rules.text(200),
        "billing_address": address,
        "invoice_email": rules.EMAIL,
        "invoice_reference": rules.line(100),
        "contact_email": rules.EMAIL,
        "contact_person": rules.text(200),
    },
    CompleteOnboarding: {
        "user_name": rules.text(200),
        "workspace_name": rules.text(200),
        "organization_number": rules.ORGANIZATION_NUMBER,
    },
    SetBranding: {"logo": logo, "primary_color": COLOUR, "secondary_color": COLOUR},
    CloseWorkspace: {"reason": rules.text(200)},
    CreateWorkspace: {
        "name": rules.text(200),
        "owner_email": rules.EMAIL,
        "plan": OneOf(PLANS),
        "organization_number": rules.ORGANIZATION_NUMBER,
        "legal_name": rules.text(200),
        "reason": rules.text(200),
    },
    SetWorkspaceStatus: {"status": OneOf(STATUSES), "reason": rules.text(200)},
    SetWorkspacePlan: {"plan": OneOf(PLANS), "reason": rules.text(200)},
    SetInvoiceEligibility: {"reason": rules.text(200)},
    ListMembers: {"cursor": CURSOR},
    ChangeMemberRole: {"role": OneOf(ROLES)},
    InviteMember: {"email": rules.EMAIL, "role": OneOf(ROLES)},
    AcceptInvitation: {"token": TOKEN},
    DeclineInvitation: {"token": TOKEN},
    ListInvitations: {"cursor": CURSOR},
    GetInvitation: {"token": TOKEN},
    BanUser: {"reason": rules.text(200), "expires_at": BY_A_CALENDAR},
    EndSessions: {"reason": rules.text(200)},
    SetSystemAdmin: {"reason": rules.text(200)},
    RenameUser: {"name": rules.text(200)},
    ListWorkspaces: {
        "search": rules.text(200),
        "status": OneOf(STATUSES),
        "plan": OneOf(PLANS),
        "cursor": CURSOR,
    },
    ListUsers: {
        "search": rules.text(200),
        "role": OneOf(ROLES),
        "status": OneOf(STANDINGS),
        "cursor": CURSOR,
    },
    Audit: {
        "type": rules.text(100),
        "since": BY_A_CALENDAR,
        "until": BY_A_CALENDAR,
        "cursor": CURSOR,
    },
    StartImpersonation: {"reason": (*rules.text(200), reasons.said)},
    EraseSubject: {"reason": rules.text(200)},
}
