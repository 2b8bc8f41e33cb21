"""What billing's tables say is on the accounts of its journal."""

from books.projections.ledger import proofs

# By proof: the accounts that it proves, and what the tables say is on them (øre, debit positive).
_TABLES = {
    "receivable": (["receivable"], "(select remaining_ore from documents)"),
    "stripe": (
        ["stripe"],
        "(select came_ore from cards) - (select sent_by_card_ore from paid_back)"
        " - (select taken_ore from disputes)",
    ),
    "disputed": (["disputed"], "(select taken_ore - settled_ore from disputes)"),
    "bank": (
        ["bank"],
        "(select received_ore from transfers) - (select sent_by_bank_ore from paid_back)",
    ),
    "vat_out": (
        ["vat_out"],
        "(select relieved_ore - vat_ore from documents) + (select vat_ore from credited)",
    ),
    "advances": (["advances"], "-(select coalesce(sum(amount_ore), 0) from advance)"),
    "credit": (["credit"], "-(select coalesce(sum(balance_ore), 0) from workspace_credit)"),
    "refunds": (["refunds"], "-(select promised_ore from paid_back)"),
    "unallocated": (["unallocated"], "-(select left_ore from transfers)"),
    "sales": (
        ["sales", "sales_exempt"],
        "(select net_ore from credited) - (select net_ore from documents)",
    ),
    "rounding": (["rounding"], "0"),
    "losses": (
        ["losses"],
        "(select lost_ore - relieved_ore from documents) + (select lost_ore from disputes)",
    ),
}
_DOCUMENTS = """
    select coalesce(sum(net_ore), 0) as net_ore, coalesce(sum(vat_ore), 0) as vat_ore,
        coalesce(sum(gross_ore - credited_ore - paid_ore)
            filter (where state in ('Issued', 'PartPaid')), 0) as remaining_ore,
        coalesce(sum(written_off_ore), 0) as lost_ore,
        coalesce(sum(vat_relieved_ore), 0) as relieved_ore
    from invoice where state not in ('Draft', 'Discarded')"""
_BESIDE = f"""documents as ({_DOCUMENTS}
), credited as (
    select coalesce(sum(net_ore), 0) as net_ore, coalesce(sum(vat_ore), 0) as vat_ore
    from credit_note
), transfers as (
    select coalesce(sum(amount_ore - reversed_ore), 0) as received_ore,
        coalesce(sum(left_ore), 0) as left_ore
    from bank_payment
), paid_back as (
    select
        coalesce(sum(amount_ore) filter (where state = 'Sent' and rail = 'bank'), 0)
            as sent_by_bank_ore,
        coalesce(sum(amount_ore) filter (where state = 'Sent' and rail = 'card'), 0)
            as sent_by_card_ore,
        coalesce(sum(amount_ore) filter (where state in ('Requested', 'Submitted')), 0)
            as promised_ore
    from refund
), cards as (
    select coalesce(sum(amount_ore), 0) as came_ore from card_payment
), disputes as (
    select coalesce(sum(withdrawn_ore - reinstated_ore), 0) as taken_ore,
        coalesce(sum(settled_ore), 0) as settled_ore, coalesce(sum(loss_ore), 0) as lost_ore
    from dispute
)"""  # noqa: S608 - written in the code
PROOFS = proofs(_TABLES, _BESIDE)
