"""The contests by name: who takes part, how large, and which figures come of it."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from bench import (
    appending,
    archiving,
    authenticating,
    booking,
    calling,
    carding,
    claiming,
    documenting,
    earning,
    enhancing,
    filling,
    growing,
    invoicing,
    joining,
    latency,
    looking_up,
    reacting,
    rebuilding,
    relaying,
    revoking,
    scaling,
    signing_in,
)
from bench.rounds import medians
from bench.stage import Stage
from bench.telling import bind, told
from chassis.domain import value
from integration.stages.box_database import database


@value
class Size:
    """How much is measured."""

    rounds: int
    seconds: float  # of a round that goes by time
    boxes: int = 100  # full of things, told in a round that goes by events
    paced: int = 2_000  # events of the latency's contest, 100 a second
    writers: int = 16  # in the contest of many
    entries: int = 100_000  # of the journal
    payments: int = 1_000  # imported in one call
    trials: int = 200  # sign-outs
    events: int = 1_000_000  # among which one actor's are looked up
    people: int = 100_000
    megapixels: Sequence[float] = (12, 24, 48)
    clips: Sequence[int] = (2, 8, 20)  # of a film
    clip_s: float = 4.8
    note: Callable[[str], object] = lambda said: None


def run(name: str, stage: Stage, size: Size) -> dict[str, float]:
    """Hold a contest; return its figures by name."""
    return _CONTESTS[name](stage, size)


def _append(stage: Stage, size: Size, name: str, writers: int) -> dict[str, float]:
    with database(stage.server) as own:
        contest = appending.contest(own, writers, size.seconds)
        rates = medians(contest, size.rounds)
        own.change("drop table plain, stored_events")
    return {
        **{f"{name}_{who}_events_s": rate for who, rate in rates.items()},
        f"{name}_vs_eventsourcing": rates["ours"] / rates["eventsourcing"],
        f"{name}_vs_insert": rates["ours"] / rates["insert"],
    }


def _relay(stage: Stage, size: Size) -> dict[str, float]:
    with told(stage, size.boxes) as given:
        bind(given.uri, "bench")
        rates = medians(relaying.contest(given), size.rounds)
    return {
        **{f"relay_{who}_events_s": rate for who, rate in rates.items()},
        "relay_vs_nameko": rates["ours"] / rates["nameko"],
    }


def _reaction(stage: Stage, size: Size) -> dict[str, float]:
    with reacting.contest(stage, size.boxes) as (contest, skipped):
        rates = medians(contest, size.rounds)
    return {
        **{f"reaction_{who}_events_s": rate for who, rate in rates.items()},
        "reaction_vs_nameko": rates["ours"] / rates["nameko"],
        "reaction_from_queue_vs_nameko": rates["ours_from_queue"] / rates["nameko_from_queue"],
        "skipped_events": sum(skipped),
    }


def _rpc(stage: Stage, size: Size) -> dict[str, float]:
    with calling.contest(stage, size.seconds) as contest:
        rates = medians(contest, size.rounds)
    return {
        **{f"rpc_{who}_calls_s": rate for who, rate in rates.items()},
        "rpc_vs_nameko": rates["ours"] / rates["nameko"],
    }


def _authenticate(stage: Stage, size: Size) -> dict[str, float]:
    waited_s = defaultdict[str, list[float]](list)
    with authenticating.contest(stage, size.seconds, waited_s) as contest:
        rates = medians(contest, size.rounds)
    return {
        **{f"{what}_s": rate for what, rate in rates.items()},
        **{f"{what}_p99_ms": _percentiles_ms(waited_s[what])[98] for what in rates},
        "sign_in_vs_argon2": rates["sign_in"] / rates["argon2"],
        **signing_in.figures(stage),
    }


def _revocation(stage: Stage, size: Size) -> dict[str, float]:
    waits = _percentiles_ms(revoking.waits_s(stage, size.trials))
    return {"revocation_p50_ms": waits[49], "revocation_p99_ms": waits[98]}


def _look_up(stage: Stage, size: Size) -> dict[str, float]:
    with looking_up.contest(stage, size.events, size.people) as contest:
        took_s = medians(contest, 4 * size.rounds)  # each is short
    return {
        **{f"{what}_1m_ms": 1_000 * took_s[what] for what in took_s if what.startswith("audit")},
        "list_users_100k_ms": 1_000 * took_s["list_users"],
    }


def _latency(stage: Stage, size: Size) -> dict[str, float]:
    ours = _percentiles_ms(latency.ours(stage, size.paced))
    nameko = _percentiles_ms(latency.nameko(stage, size.paced))
    return {
        "latency_p50_ms": ours[49],
        "latency_p99_ms": ours[98],
        "latency_nameko_p50_ms": nameko[49],
        "latency_nameko_p99_ms": nameko[98],
        "latency_vs_nameko": ours[49] / nameko[49],
    }


def _percentiles_ms(seconds: Sequence[float]) -> Sequence[float]:
    return [1_000 * cut for cut in statistics.quantiles(seconds, n=100)]


def _rebuild(stage: Stage, size: Size) -> dict[str, float]:
    with told(stage, size.boxes) as given:
        rates = medians({"ours": lambda: rebuilding.rate(given)}, size.rounds)
    return {"rebuild_events_s": rates["ours"]}


def _job_claim(stage: Stage, size: Size) -> dict[str, float]:
    slices = size.rounds * claiming.SLICES
    with claiming.order(stage, size.seconds) as contest:
        rates = medians(contest, slices)
    with claiming.amount(stage) as contest:
        costs_s = medians(contest, slices)
    return {
        **{f"job_claim_{who}_jobs_s": rate for who, rate in rates.items()},
        **{f"job_claim_{of}_ms": 1_000 * cost_s for of, cost_s in costs_s.items()},
        "job_claim_fair_vs_fifo": rates["fair"] / rates["fifo"],
        "job_claim_10k_vs_100": max(
            costs_s[f"10k_of_{tenants}"] / costs_s[f"100_of_{tenants}"] for tenants in (1, 100)
        ),
    }


def _scale(stage: Stage, size: Size) -> dict[str, float]:
    skipped: list[int] = []
    with scaling.contest(stage, size.boxes, skipped) as contest:
        rates = medians(contest, size.rounds)
    return {
        **{f"scale_{of}_events_s": rate for of, rate in rates.items()},
        "scale_2_vs_1": rates["2"] / rates["1"],
        "skipped_events": sum(skipped),
    }


def _growth(stage: Stage, size: Size) -> dict[str, float]:
    with growing.contest(stage, size.seconds, size.note) as contest:
        rates = medians(contest, size.rounds)
    return {
        **{f"append_{who}_events_s": rate for who, rate in rates.items()},
        "append_10m_vs_10k": rates["10m"] / rates["10k"],
    }


def _books(stage: Stage, size: Size) -> dict[str, float]:
    with booking.contest(stage) as contest:
        rates = medians(contest, 2 * size.rounds)  # each is short
    return {
        **{f"sale_{who}_journal_s": rate for who, rate in rates.items()},
        "sale_journal_costs": rates["without"] / rates["with"],  # 1: nothing
        **booking.figures(stage, size.entries),
    }


def _inpainting(stage: Stage, size: Size) -> dict[str, float]:
    cost_s = medians(filling.contest(), size.rounds)["inpaint"]
    return {"inpaint_s_per_mp": cost_s / filling.MEGAPIXELS}


def _documents(stage: Stage, size: Size) -> dict[str, float]:
    costs_s = medians(documenting.contest(), size.rounds)
    few, many = documenting.FEW, documenting.MANY
    return {
        **{f"document_{of}_ms": 1_000 * cost_s for of, cost_s in costs_s.items()},
        **{  # what a line costs there and here: 1 where it is the same
            f"document_{of}_line_{many}_vs_{few}": costs_s[f"{of}_{many}"]
            / costs_s[f"{of}_{few}"]
            * few
            / many
            for of in ("pdf", "ehf")
        },
    }


def _invoices(stage: Stage, size: Size) -> dict[str, float]:
    with invoicing.contest(stage) as contest:
        costs_s = medians(contest, size.rounds)
    few, many = documenting.FEW, documenting.MANY
    line = costs_s[f"issue_{many}"] / costs_s[f"issue_{few}"] * few / many
    return {
        **{f"invoice_{of}_ms": 1_000 * cost_s for of, cost_s in costs_s.items()},
        f"invoice_issue_line_{many}_vs_{few}": line,
        **invoicing.imports(stage, size.payments),
    }


def _commissions(stage: Stage, size: Size) -> dict[str, float]:
    with earning.contest(stage) as contest:
        rates = medians(contest, 2 * size.rounds)  # each is short
    return {
        **{f"commission_{who}_events_s": rate for who, rate in rates.items()},
        **{  # 1: nothing
            f"commission_{how}_entries_cost": rates[f"without_{how}"] / rates[f"with_{how}"]
            for how in ("alone", "batch")
        },
        **earning.figures(stage, size.entries),
    }


def _cards(stage: Stage, size: Size) -> dict[str, float]:
    with carding.contest(stage) as contest:
        found = medians(contest, size.rounds)
    return {
        "webhooks_s": found["webhook"],
        "webhooks_bare_s": found["webhook_bare"],
        "webhooks_vs_bare": found["webhook"] / found["webhook_bare"],
        "checkout_own_ms": 1_000 * found["checkout"],
        "receipt_ms": 1_000 * found["receipt"],
        "invoice_line_ms": 1_000 * found["line"],
        "receipt_costs": found["receipt"] / found["line"],  # lines
    }


def _archives(stage: Stage, size: Size) -> dict[str, float]:
    with archiving.contest() as (contest, peak_mb):
        rates = medians(contest, size.rounds)
        peak = peak_mb()
    return {
        "zip_mb_s": rates["zip"],
        "zip_vs_read": rates["zip"] / rates["read"],
        "zip_peak_mb": peak,
    }


def _films(stage: Stage, size: Size) -> dict[str, float]:
    least, most = min(size.clips), max(size.clips)
    with joining.studio(size.clip_s) as studio:
        took_s = medians(joining.contest(studio, size.clips), size.rounds)
        peaks_mb = {clips: joining.peak_mb(studio, clips) for clips in (least, most)}
        waited_ms = joining.join_ms(studio, most)
        loudness = joining.music_lufs(studio, least)
    return {
        **{
            f"film_{of}_vs_ffmpeg": took_s[f"{of}"] / took_s[f"{of}_by_hand"]
            for of in (*size.clips, "logo", "music")
        },
        f"film_clip_{most}_vs_{least}": took_s[f"{most}"] / took_s[f"{least}"] * least / most,
        f"film_{most}_peak_mb": peaks_mb[most],
        f"film_peak_{most}_vs_{least}": peaks_mb[most] / peaks_mb[least],
        "join_ms": waited_ms,
        "music_below_0_lufs": -loudness,
    }


GROWTH = "growth"


def _photographs(stage: Stage, size: Size) -> dict[str, float]:
    most = max(size.megapixels)
    seconds = medians(enhancing.contest(most), size.rounds)
    return {
        "enhance_s_per_mp": seconds["ours"] / most,
        "enhance_vs_opencv": seconds["ours"] / seconds["opencv"],
        **{
            f"enhance_peak_{each:g}_mp_bytes_a_pixel": enhancing.peak_bytes_a_pixel(each)
            for each in size.megapixels
        },
    }


_CONTESTS: Mapping[str, Callable[[Stage, Size], dict[str, float]]] = {
    "append_1": lambda stage, size: _append(stage, size, "append_1", 1),
    "append_16": lambda stage, size: _append(stage, size, "append_16", size.writers),
    "relay": _relay,
    "reaction": _reaction,
    "rpc": _rpc,
    "authenticate": _authenticate,
    "revocation": _revocation,
    "look_up": _look_up,
    "latency": _latency,
    "scale": _scale,
    "job_claim": _job_claim,
    "rebuild": _rebuild,
    "books": _books,
    "documents": _documents,
    "inpainting": _inpainting,
    "invoices": _invoices,
    "commissions": _commissions,
    "cards": _cards,
    "archives": _archives,
    "photographs": _photographs,
    "films": _films,
    GROWTH: _growth,
}
ALL = [name for name in _CONTESTS if name != GROWTH]
