"""People who do all that auth lets them do, each method once at least."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

from auth.gateways.authenticator import code_at
from chassis import ids
from journeys.stages.forgotten import Somebody, Stage

COMPANY = {
    "organization_number": "702000009",
    "legal_name": "Neste Bolig AS",
    "billing_address": {"street": "Storgata 4", "postal_code": "0155", "city": "Oslo"},
}
STEP = timedelta(seconds=30)


def live(stage: Stage) -> dict[str, Somebody]:
    """Let people live: one whose company lives on, one who is alone, one who has moved.

    And two who part: one is removed from what they founded, the other closes it.
    """
    names = ("anna", "bo", "cleo", "dina", "eva", "finn")
    anna, bo, cleo, dina, eva, finn = (Somebody(stage, name) for name in names)
    for each in (anna, cleo, dina):
        each.sign_up()
    _company(anna)
    anna.keyed("invite_member", email=bo.email, role="owner")
    bo.sign_up(invitation_token=bo.link())
    anna.keyed("invite_member", email=dina.email)
    dina.call("accept_invitation", token=dina.link())
    _credentials(anna)
    _workspace(anna, dina)
    _alone(stage, cleo)
    _by_admins(stage, anna)
    _part(eva, finn)
    stage.call(None, "public_keys")
    stage.ask_as_services()
    stage.read()
    return {each.email.partition(".")[0]: each for each in (anna, cleo, dina, eva, finn)}


def _company(anna: Somebody) -> None:
    anna.call("update_workspace", **COMPANY, contact_person=anna.name, contact_email=anna.email)
    anna.call("create_project", "media", name="Storgata 4", style_template_id="modern")
    anna.stage.suite.settle()


def _credentials(anna: Somebody) -> None:
    stage = anna.stage
    secret = anna.call("enable_totp")["secret"]
    now = partial(code_at, secret)
    codes = anna.call("confirm_totp", code=now(ids.now()))["recovery_codes"]
    anna.sign_in(code=codes[0])
    anna.call("reauthenticate", password=anna.password, code=codes[1])
    codes = anna.call("new_recovery_codes", code=now(ids.now() + STEP))["recovery_codes"]
    anna.call("disable_totp", code=codes[0])
    anna.call("update_profile", image="https://pictures.example/anna.annasen.jpg")
    changed = stage.secret(f"pw-{ids.token()}")
    anna.call("change_password", current_password=anna.password, new_password=changed)
    anna.password = changed
    stage.call(None, "request_password_reset", email=anna.email)
    anna.password = stage.secret(f"pw-{ids.token()}")
    stage.call(None, "reset_password", token=anna.link(), new_password=anna.password)
    anna.sign_in()
    _moves(anna)
    anna.call("export_my_data")
    anna.call("list_sessions")
    anna.call("revoke_other_sessions")


def _moves(anna: Somebody) -> None:
    """Let them have another address, and the first one back."""
    first, second = anna.email, "anna.annasen@moved.example"
    anna.call("change_email", email=second)
    anna.stage.call(None, "verify_email", token=anna.link(second), password=anna.password)
    anna.email = second
    anna.sign_in()
    assert first != second


def _workspace(anna: Somebody, dina: Somebody) -> None:
    anna.call("complete_onboarding", user_name=anna.name)
    anna.call("set_branding", primary_color="#102030")
    anna.call("change_member_role", user_id=dina.id, role="admin")
    anna.call("list_members")
    guest = anna.keyed("invite_member", email="guest@people.example")
    anna.keyed("resend_invitation", invitation_id=guest["id"])
    anna.call("cancel_invitation", invitation_id=guest["id"])
    anna.stage.call(None, "resend_verification", email=anna.email)


def _alone(stage: Stage, cleo: Somebody) -> None:
    cleo.call("update_workspace", **{**COMPANY, "legal_name": f"{cleo.name} Foto"})
    cleo.call(
        "set_payout_details",
        "affiliate",
        legal_name=f"{cleo.name} Foto",
        organization_number=None,
        vat_registered=False,
        account="98765432103",
        invoice_email=cleo.email,
    )
    clip = {"room_type": "kitchen", "image_generation_id": str(uuid4())}
    described = {"description": f"By {cleo.name}", "clips": [{**clip, "room_label": cleo.name}] * 2}
    cleo.call("create_video", "video", name="A film", **described)
    cleo.call("create_project", "media", name="Storgata 5", style_template_id="modern")
    stage.buyer(cleo.workspace_id, f"{cleo.name} Foto")


def _by_admins(stage: Stage, anna: Somebody) -> None:
    admin, user = stage.admin, {"user_id": anna.id}
    workspace = {"workspace_id": anna.workspace_id}
    admin.call("set_workspace_plan", **workspace, plan="pro", reason=f"asked for by {anna.name}")
    admin.call("set_invoice_eligibility", **workspace, eligible=True, reason="they pay")
    for status in ("suspended", "active", "trial"):
        admin.call("set_workspace_status", **workspace, status=status, reason=f"by {anna.name}")
    made = admin.keyed("create_workspace", name="New", owner_email=anna.email, send_mail=False)
    anna.stage.call(None, "get_invitation", token=made["token"])
    anna.call("list_my_invitations")
    anna.call("decline_invitation", token=made["token"])
    admin.call("rename_user", **user, name=anna.name)
    admin.call("set_system_admin", **user, is_system_admin=True, reason=f"{anna.name} helps")
    admin.call("set_system_admin", **user, is_system_admin=False, reason=f"{anna.name} helped")
    admin.call("ban_user", **user, reason=f"{anna.name} was rude")
    admin.call("unban_user", **user)
    admin.call("end_sessions", **user, reason=f"{anna.name} lost a phone")
    begun = admin.keyed("start_impersonation", **user, reason=f"{anna.name} has asked for help")
    given = stage.call(None, "authenticate", session_token=begun["session_token"])
    stage.call(given["access_token"], "update_profile", name=anna.name)
    stage.call(
        given["access_token"], "create_project", "media", name="S", style_template_id="modern"
    )
    admin.call("stop_impersonation", session_id=begun["session_id"])
    admin.call("list_users", search=anna.name, limit=5)
    admin.call("list_workspaces", search="anna", limit=5)
    admin.call("audit", **user, limit=5)
    anna.sign_in()
    anna.call("sign_out")
    anna.sign_in()
    stage.suite.settle()


def _part(eva: Somebody, finn: Somebody) -> None:
    """Let somebody found a workspace, give it away and be removed; it is closed without them."""
    admin = eva.stage.admin
    eva.sign_up(by_code=True)
    secret = eva.call("enable_totp")["secret"]
    eva.call("confirm_totp", code=code_at(secret, ids.now()))
    admin.call("reset_totp", user_id=eva.id, reason=f"{eva.name} has lost it")
    eva.sign_in()
    eva.call("revoke_session", session_id=eva.call("list_sessions")["items"][-1]["id"])
    eva.keyed("invite_member", email=finn.email, role="admin")
    eva.call("list_invitations")
    finn.sign_up(invitation_token=finn.link())
    eva.call("update_workspace", contact_person=eva.name, contact_email=eva.email)
    eva.call("get_workspace")
    eva.call("transfer_ownership", user_id=finn.id)
    finn.call("remove_member", user_id=eva.id)
    finn.keyed("close_workspace", reason=f"{eva.name} has left")
