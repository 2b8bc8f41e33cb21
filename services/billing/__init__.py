"""billing: what work costs, whether it may start, and the invoices for it."""
