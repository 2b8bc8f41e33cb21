"""Every contest can be held and gives the figures it is known by; how large is no test."""

import pytest

from bench import contests, growing
from bench.contests import Size
from bench.stage import Stage
from servers.postgres import Server
from servers.rabbit import Broker

FIGURES = {
    "append_1": {"append_1_vs_eventsourcing", "append_1_vs_insert"},
    "append_16": {"append_16_vs_eventsourcing", "append_16_vs_insert"},
    "relay": {"relay_vs_nameko"},
    "reaction": {"reaction_vs_nameko", "reaction_from_queue_vs_nameko", "skipped_events"},
    "rpc": {"rpc_vs_nameko"},
    "authenticate": {
        "authenticate_s",
        "authenticate_p99_ms",
        "me_p99_ms",
        "sign_in_vs_argon2",
        "sign_in_idle_mb",
        "sign_in_peak_mb",
    },
    "revocation": {"revocation_p50_ms", "revocation_p99_ms"},
    "look_up": {"audit_1m_ms", "list_users_100k_ms"},
    "latency": {"latency_p50_ms", "latency_p99_ms", "latency_vs_nameko"},
    "scale": {"scale_2_vs_1"},
    "job_claim": {"job_claim_fair_vs_fifo", "job_claim_10k_vs_100"},
    "rebuild": {"rebuild_events_s"},
    "books": {"sale_journal_costs", "verify_ledger_s", "export_all_s", "export_all_peak_mb"},
    "documents": {"document_pdf_line_300_vs_30", "document_ehf_line_300_vs_30"},
    "inpainting": {"inpaint_s_per_mp"},
    "invoices": {"invoice_issue_line_300_vs_30", "import_s", "import_again_s"},
    "commissions": {
        "commission_batch_entries_cost",
        "create_payout_s",
        "statement_s",
        "rebuild_affiliate_s",
    },
    "cards": {"webhooks_vs_bare", "checkout_own_ms", "receipt_costs"},
    "archives": {"zip_mb_s", "zip_vs_read", "zip_peak_mb"},
    "photographs": {
        "enhance_s_per_mp",
        "enhance_vs_opencv",
        "enhance_peak_0.4_mp_bytes_a_pixel",
    },
    "films": {
        "film_2_vs_ffmpeg",
        "film_logo_vs_ffmpeg",
        "film_music_vs_ffmpeg",
        "film_3_peak_mb",
        "join_ms",
        "music_below_0_lufs",
    },
    "growth": {"append_10m_vs_10k"},
}
QUICK = {
    "append_1",
    "relay",
    "rebuild",
    "documents",
    "archives",
}  # no second process has to start for them
TINY = Size(
    rounds=1,
    seconds=0.2,
    boxes=2,
    paced=150,
    writers=2,
    entries=200,
    payments=5,
    trials=3,
    events=1_000,
    people=100,
    megapixels=(0.4,),
    clips=(2, 3),
    clip_s=0.8,
)


def test_every_contest_is_known_here() -> None:
    assert set(FIGURES) == {*contests.ALL, contests.GROWTH}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.long) for name in FIGURES],
)
def test_a_contest_gives_its_figures(
    name: str, postgres_server: Server, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "LARGE", 50_000)
    figures = contests.run(name, Stage(server=postgres_server, broker=broker), TINY)
    assert figures.keys() >= FIGURES[name]
    assert figures.pop("skipped_events", 0) == 0
    assert all(figure > 0 for figure in figures.values()), figures
