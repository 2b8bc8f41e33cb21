"""What affiliate's tables say is on the accounts of its journal."""

from books.projections.ledger import proofs

# By proof: the accounts that it proves, and what the tables say is on them (øre, debit positive).
_TABLES = {
    "commission": (["commission"], "(select earned_ore from entries)"),
    "affiliates": (
        ["affiliates"],
        "(select net_ore from sent) - (select earned_ore from entries)",
    ),
    "vat_in": (["vat_in"], "(select vat_ore from sent)"),
    "bank": (["bank"], "-(select net_ore + vat_ore from sent)"),
}
_BESIDE = """entries as (
    select coalesce(sum(earning_amount_ore), 0) as earned_ore from affiliate_earning
), sent as (
    select coalesce(sum(amount_ore), 0) as net_ore, coalesce(sum(vat_ore), 0) as vat_ore
    from payout where state = 'confirmed'
)"""
PROOFS = proofs(_TABLES, _BESIDE)
