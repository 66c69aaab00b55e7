"""What a change of the crosswalks would do to a release, without running it.

The statements of a run judge here too: both sides' crosswalks give their meaning to the staged columns, and only the
answers to questions that mean something else are read, judged twice and compared. What they count for is laid over what
the release counts.
"""
