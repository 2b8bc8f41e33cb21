"""affiliate: who earns what when a referred workspace pays."""
