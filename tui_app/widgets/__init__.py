"""What is seen: widgets that show values and say what the user did. Import each from its own module.

They know no database, no network, no settings file and no app. Text from strangers is shown literally, never as markup.
"""
