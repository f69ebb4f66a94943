"""Parsers for the EPG: short EPG answers of single channels and XMLTV files."""
