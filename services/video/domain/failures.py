"""What is said of a run that has failed."""

FAILURES = {
    "sources_unavailable": "The pictures could not be fetched",
    "clips_failed": "Not all clips could be made",
    "compile_failed": "The clips could not be joined",
    "over_budget": "It came to cost more than it may",
}
