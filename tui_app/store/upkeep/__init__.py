"""The life of a file once it exists: what it takes, whether it is sound, what was slow, making it smaller, rescue."""
