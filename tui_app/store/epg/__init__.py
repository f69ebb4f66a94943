"""The stored EPG: programmes, import of XMLTV files, search."""
