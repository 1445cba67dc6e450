"""What somebody picks, reserves and keeps waiting: limits, codes, basket, the own ticket."""
