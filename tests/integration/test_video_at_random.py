"""Films that share pieces, at random: nobody is forgotten, nothing begins or ends by itself."""

from pathlib import Path

from integration.stages import film_checks
from integration.stages.film_stories import BUDGET_CENTS, told
from integration.stages.films_at_work import films_on
from servers.postgres import Server


def test_under_seeds_what_is_asked_for_is_made_once_and_told(
    postgres_server: Server, tmp_path: Path
) -> None:
    bad = []
    with films_on(postgres_server, tmp_path, VIDEO_BUDGET_CENTS=str(BUDGET_CENTS)) as films:
        for seed in range(12):
            happened, wrong = told(films, seed)
            if wrong:
                bad.append(f"seed {seed}: {wrong} after {happened}")
        assert bad == []
        assert film_checks.rebuilt_otherwise(films) == []
