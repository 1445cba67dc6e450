"""Database, errors, clock, language marks and the audit trail. Knows no Flask and none of the features."""
