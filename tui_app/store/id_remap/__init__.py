"""Id remap."""
