"""Lists: filters, query plans, keyset pagination, counts."""
