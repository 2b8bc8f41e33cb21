"""What each method does, by the subjects of the contracts."""
