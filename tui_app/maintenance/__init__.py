"""Maintenance of a profile's files: check, compact, remove old data; remove and rename whole profiles."""
