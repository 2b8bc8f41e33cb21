"""Work outside a transaction: claimed, tried, given up (`jobs`), and by the clock (`schedules`)."""
