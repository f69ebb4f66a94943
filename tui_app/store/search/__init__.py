"""Search as one types: which words are meant, what they find, in which order, and what of a name is marked.

Nothing is imported here: rapidfuzz is not needed for the first list. `engine.Search` is the door.
"""
