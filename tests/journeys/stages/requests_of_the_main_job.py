"""A good request for every RPC method, on what came of the main job: for tests to spoil."""

from typing import Any

from demo.main_job import BUYER, PAYEE, Outcome

DIGEST = "0" * 64
NOBODYS = "00000000-0000-0000-0000-000000000001"
NOT_MADE = (  # the main job makes none of what they ask for
    "get_credit_note",
    "get_invoicing_run",
    "get_invitation",
    "erasure_status",
)


Requests = dict[str, dict[str, Any]]  # arguments by method


def requests(outcome: Outcome) -> dict[str, Requests]:
    """Return by service what the customer, or a system admin about them, would ask."""
    workspace = outcome.project["workspace_id"]
    earning = outcome.earnings[0]
    own = {
        "auth": _auth(workspace, outcome.project["user_id"]),
        "media": _media(outcome, workspace),
        "video": _video(outcome),
        "billing": _billing(outcome, workspace),
        "affiliate": _affiliate(outcome, earning["affiliate_workspace_id"], workspace),
    }
    every: Requests = {
        "events_read": {"after": None, "types": None, "limit": 10},
        "describe": {},
    }
    return {service: {**asked, **every} for service, asked in own.items()}


def _auth(workspace: str, user: str) -> dict[str, dict[str, Any]]:
    here = {"workspace_id": workspace}  # as it may be named; else one's own is meant
    return {
        "sign_up": {"name": "N", "email": "n@new.example", "password": "a long password"},
        "verify_email": {"token": "unknown", "password": "a long password"},
        "sign_in": {"email": "kari@buyer.example", "password": "not the password"},
        "authenticate": {"session_token": "unknown"},
        "public_keys": {},
        "me": {},
        "get_workspace": here,
        "update_workspace": {"name": "Another name", **BUYER, **here},
        "set_invoice_eligibility": {"workspace_id": workspace, "eligible": True, "reason": "r"},
        "sign_out": {},
        "revoke_session": {"session_id": NOBODYS},
        "revoke_other_sessions": {},
        "list_sessions": {"limit": 5, "cursor": None},
        "resend_verification": {"email": "n@new.example"},
        "update_profile": {"name": "Another name", "image": "https://pictures.example/me.jpg"},
        "change_email": {"email": "another@buyer.example"},
        "reauthenticate": {"password": "not the password"},
        "change_password": {"current_password": "not it", "new_password": "a longer password"},
        "request_password_reset": {"email": "n@new.example"},
        "reset_password": {"token": "unknown", "new_password": "a longer password"},
        "enable_totp": {},
        "confirm_totp": {"code": "000000"},
        "disable_totp": {"code": "000000"},
        "new_recovery_codes": {"code": "000000"},
        "reset_totp": {"user_id": user, "reason": "r"},
        "complete_onboarding": {"user_name": "N", "workspace_name": "W"},
        "set_branding": {"primary_color": "#1A2B3C", "secondary_color": None, **here},
        "close_workspace": {"reason": "r", **here},
        "create_workspace": {"name": "W", "owner_email": "o@owner.example"},
        "set_workspace_status": {"workspace_id": workspace, "status": "trial", "reason": "r"},
        "set_workspace_plan": {"workspace_id": workspace, "plan": "pro", "reason": "r"},
        "branding": {"workspace_id": workspace},
        "list_members": {"limit": 5, "cursor": None, **here},
        "change_member_role": {"user_id": NOBODYS, "role": "admin"},
        "transfer_ownership": {"user_id": NOBODYS},
        "remove_member": {"user_id": NOBODYS},
        "invite_member": {"email": "guest@new.example", "role": "member", **here},
        "resend_invitation": {"invitation_id": NOBODYS},
        "cancel_invitation": {"invitation_id": NOBODYS},
        "accept_invitation": {"token": "unknown"},
        "decline_invitation": {"token": "unknown"},
        "list_invitations": {"limit": 5, "cursor": None, **here},
        "list_my_invitations": {},
        "get_invitation": {"token": "unknown"},
        "end_sessions": {"user_id": NOBODYS, "reason": "r"},
        "set_system_admin": {"user_id": NOBODYS, "is_system_admin": True, "reason": "r"},
        "rename_user": {"user_id": user, "name": "Another name"},
        "list_workspaces": {"search": "work", "limit": 5, "cursor": None},
        "list_users": {"search": "kari", "limit": 5, "cursor": None},
        "audit": {"user_id": user, "limit": 5, "cursor": None},
        "start_impersonation": {"user_id": user, "reason": "a customer asked for help"},
        "stop_impersonation": {"session_id": NOBODYS},
        "erase_subject": {"user_id": NOBODYS, "reason": "r"},
        "erasure_status": {"user_id": NOBODYS},
        "export_my_data": {},
        "ban_user": {"user_id": user, "reason": "r", "expires_at": None},
        "unban_user": {"user_id": user},
        "billing_profile": {"workspace_id": workspace},
    }


def _media(outcome: Outcome, workspace: str) -> dict[str, dict[str, Any]]:
    project, image = outcome.project["id"], outcome.project["images"][0]["id"]
    announced = {
        "file_name": "p.jpg",
        "content_type": "image/jpeg",
        "size_bytes": 1,
        "sha256": DIGEST,
        "mask_of": None,
    }
    return {
        "create_project": {
            "name": "N",
            "style_template_id": "modern",
            "room_type": "kitchen",
            "project_id": project,
        },
        "request_uploads": {"project_id": project, "files": [announced]},
        "confirm_uploads": {"project_id": project, "image_ids": [image]},
        "set_room_type": {"project_id": project, "image_ids": [image], "room_type": "kitchen"},
        "start_project": {"project_id": project, "max_price_ore": 100_000},
        "get_project": {"project_id": project},
        "list_projects": {"limit": 5, "cursor": None},
        "update_project": {
            "project_id": project,
            "name": "N",
            "style_template_id": "modern",
            "room_type": "kitchen",
        },
        "delete_project": {"project_id": project},
        "project_stats": {},
        "retry_image": {"image_generation_id": image},
        "regenerate_image": {
            "image_generation_id": image,
            "style_template_id": "modern",
            "room_type": "kitchen",
        },
        "edit_image": {
            "image_generation_id": image,
            "mode": "remove",
            "mask_id": NOBODYS,
            "prompt": "p",
        },
        "select_version": {"image_generation_id": image},
        "cancel_image": {"image_generation_id": image},
        "delete_images": {"project_id": project, "image_generation_ids": [image]},
        "get_image": {"image_generation_id": image},
        "list_images": {
            "project_id": project,
            "status": "completed",
            "room_type": None,
            "limit": 5,
            "cursor": None,
        },
        "list_versions": {"image_generation_id": image},
        "download_project": {
            "project_id": project,
            "image_generation_ids": [image],
            "label": False,
        },
        "set_alteration": {
            "image_generation_id": image,
            "alteration": "material",
            "reason": "r",
        },
        "publish_original": {"image_generation_id": image},
        "revoke_original": {"image_generation_id": image},
        "disclosure": {"image_generation_id": image},
        "source_link": {
            "image_generation_id": image,
            "workspace_id": workspace,
            "version_id": None,
        },
        "list_style_templates": {},
        "list_room_types": {},
    }


def _video(outcome: Outcome) -> dict[str, dict[str, Any]]:
    video, images = outcome.video["id"], outcome.project["images"]
    here, clip_id = {"video_project_id": video}, outcome.video["clips"][0]["id"]
    clips = [{"image_generation_id": image["id"], "room_type": "kitchen"} for image in images]
    look = {
        "description": None,
        "aspect_ratio": "16:9",
        "music_track_id": None,
        "music_volume": 50,
        "generate_native_audio": True,
        "motion": "normal",
        "show_logo": False,
        "end_card": False,
    }
    picture = {
        "content_type": "image/jpeg",
        "size_bytes": 1,
        "sha256": DIGEST,
    }
    slots = [{"image_generation_id": image["id"]} for image in images[:2]]
    return {
        "create_video": {"name": "N", "clips": clips, **look, **here},
        "create_from_storyboard": {
            "name": "N",
            "storyboard_id": "social-teaser",
            "slots": slots,
            **look,
            **here,
        },
        "update_video": {"name": "N", **look, **here},
        "new_revision": here,
        "delete_video": here,
        "request_uploads": {"files": [{"file_name": "p.jpg", **picture}]},
        "confirm_uploads": {"upload_ids": [NOBODYS]},
        "add_clip": {"clip": clips[0], "at": 0, **here},
        "update_clip": {
            "clip_id": clip_id,
            "image_generation_id": images[0]["id"],
            "room_type": "kitchen",
            "room_label": None,
            "end_image_generation_id": None,
            "duration_seconds": 5,
            "transition_type": "cut",
            "motion_prompt": None,
            **here,
        },
        "remove_clip": {"clip_id": clip_id, **here},
        "reorder_clips": {"clip_ids": [clip_id], **here},
        "auto_arrange": here,
        "start_video": {"max_price_ore": 100_000, **here},
        "retry_failed": here,
        "compile_without_failed": here,
        "cancel_video": here,
        "raise_cap": {"cap_cents": 10_000, "reason": "r", **here},
        "get_video": {"revision": None, **here},
        "list_videos": {"status": "completed", "limit": 5, "cursor": None},
        "list_clips": here,
        "video_stats": {},
        "estimate": here,
        "diff_cost": {
            "clips": clips,
            "aspect_ratio": "1:1",
            "generate_native_audio": False,
            **here,
        },
        "manifest": {"revision": None, **here},
        "progress": {"run_id": outcome.video["trigger_run_id"], "progress_token": None},
        "add_music_track": {
            "name": "N",
            "category": "calm",
            "mood": "warm",
            "file": {**picture, "content_type": "audio/wav"},
            "artist": None,
            "bpm": 72,
            "license_type": "royalty-free",
            "attribution": None,
            "music_track_id": None,
        },
        "deactivate_music_track": {"music_track_id": NOBODYS},
        "list_music_tracks": {"category": "calm", "mood": None, "limit": 5, "cursor": None},
        "list_storyboards": {},
    }


def _billing(outcome: Outcome, workspace: str) -> dict[str, dict[str, Any]]:
    invoice, project = outcome.invoice["id"], outcome.project["id"]
    target = {"target_kind": "image_project", "target_id": project}
    transfer = {
        "external_id": "another",
        "paid_on": outcome.invoice["issue_date"],
        "amount_ore": 100,
        "kid": None,
        "text": None,
    }
    return {
        "can_use_invoice_billing": {},
        "set_pricing": {"workspace_id": workspace, "image_project_price_ore": 200_000},
        "get_pricing": {"workspace_id": workspace},
        "price_at": {
            "target_kind": "image_project",
            "at": "2026-01-01T12:00:00Z",
            "workspace_id": workspace,
        },
        "get_payment_status": target,
        "list_line_items": {"workspace_id": workspace, "status": "invoiced"},
        "cancel_line_item": {"line_item_id": outcome.lines[0]["id"], "reason": "r"},
        "create_invoices": {"workspace_id": workspace},
        "preview_invoice": {"workspace_id": workspace},
        "discard_invoice": {"invoice_id": invoice, "reason": "r"},
        "run_invoicing": {"month": "2026-01", "issue": False},
        "get_invoicing_run": {"run_id": NOBODYS},
        "issue_invoice": {"invoice_id": invoice, "buyer_confirmed": False},
        "explain_invoice": {"invoice_id": invoice},
        "billing_stats": {},
        "revenue_stats": {},
        "paid_net": {"date_from": "2026-01-01", "date_to": "2026-01-31", "limit": 5},
        "record_invoice_payment": {
            "invoice_id": invoice,
            "amount_ore": 100,
            "paid_on": outcome.invoice["issue_date"],
            "source": "bank",
            "external_id": "another",
        },
        "reverse_invoice_payment": {
            "invoice_id": invoice,
            "source": "bank",
            "external_id": "another",
            "reason": "bounced",
        },
        "import_bank_payments": {"payments": [transfer]},
        "allocate_bank_payment": {"bank_payment_id": NOBODYS, "invoice_id": invoice},
        "return_bank_payment": {
            "bank_payment_id": NOBODYS,
            "reference": "r",
            "paid_on": outcome.invoice["issue_date"],
        },
        "list_bank_payments": {"state": "unallocated", "limit": 5, "cursor": None},
        "get_credit": {"workspace_id": workspace},
        "credit_invoice": {
            "invoice_id": invoice,
            "reason": "r",
            "lines": [{"line_item_id": outcome.lines[0]["id"], "net_ore": 100}],
            "refund": False,
            "rebill": False,
        },
        "list_credit_notes": {"workspace_id": workspace, "invoice_id": invoice},
        "get_credit_note": {"credit_note_id": NOBODYS},
        "write_off_invoice": {
            "invoice_id": invoice,
            "reason": "r",
            "vat_relief": True,
            "ground": "insolvency",
            "reference": "r",
        },
        "refund_payment": {**target, "reason": "r", "net_ore": 20_000},
        "refund_credit": {"workspace_id": workspace, "amount_ore": 100, "reason": "r"},
        "confirm_refund": {"refund_id": NOBODYS, "reference": "r", "paid_on": "2026-01-01"},
        "fail_refund": {"refund_id": NOBODYS, "reason": "r"},
        "list_refunds": {"state": "Sent", "workspace_id": workspace},
        "get_invoice": {"invoice_id": invoice},
        "list_invoices": {"workspace_id": workspace, "limit": 5, "cursor": None},
        "send_invoice": {"document_id": invoice},
        "document": {"document_id": invoice, "format": "ehf"},
        "invoice_pdf": {"invoice_id": invoice},
        "verify_ledger": {},
        "export_journal": {"date_from": "2026-01-01", "date_to": "2026-01-31"},
        "list_disputes": {"state": "Open", "limit": 5, "cursor": None},
        "reconcile": {"against": "stripe", "date_from": "2026-01-01", "date_to": "2026-01-31"},
        "start_checkout": target,
        "charge_saved_card": target,
        "create_billing_portal_session": {},
        "set_auto_charge": {"enabled": True},
        "list_payment_methods": {},
    }


def _affiliate(outcome: Outcome, affiliate: str, referred: str) -> dict[str, dict[str, Any]]:
    payout = {"payout_id": outcome.payout["id"]}
    (entry, *_) = outcome.earnings
    earning = {"earning_id": entry["id"]}
    relationship = {"relationship_id": entry["affiliate_relationship_id"]}
    return {
        "create_relationship": {
            "affiliate_workspace_id": affiliate,
            "referred_workspace_id": referred,
            "commission_percent": 20,
            "notes": "because",
        },
        "change_commission": {**relationship, "commission_percent": 30},
        "end_relationship": {**relationship, "reason": "r"},
        "hold_earning": {**earning, "reason": "r"},
        "release_earning": earning,
        "reject_earning": {**earning, "reason": "r"},
        "explain_earning": {"invoice_id": outcome.invoice["id"]},
        "simulate": {
            "commission_percent": 30,
            "date_from": "2026-01-01",
            "date_to": "2026-01-31",
            "affiliate_workspace_id": affiliate,
        },
        "set_payout_details": PAYEE,
        "get_payout_details": {},
        "list_earnings": {"affiliate_workspace_id": affiliate, "status": "pending"},
        "list_relationships": {"limit": 5, "cursor": None},
        "create_payout": {"cutoff": "2026-01-01", "affiliate_workspace_id": affiliate},
        "approve_payout": payout,
        "confirm_payout": {**payout, "reference": "r", "paid_on": "2026-01-01"},
        "fail_payout": {**payout, "reason": "r"},
        "cancel_payout": {**payout, "reason": "r"},
        "export_payouts": {"payout_ids": [payout["payout_id"]]},
        "settlement_note": payout,
        "list_payouts": {"limit": 5, "cursor": None},
        "get_payout": payout,
        "affiliate_stats": {},
        "get_balance": {"affiliate_workspace_id": affiliate},
        "statement": {"month": "2026-01", "affiliate_workspace_id": affiliate},
        "reconcile": {"date_from": "2026-01-01", "date_to": "2026-01-31"},
        "verify_ledger": {},
        "export_journal": {"date_from": "2026-01-01", "date_to": "2026-01-31"},
    }
