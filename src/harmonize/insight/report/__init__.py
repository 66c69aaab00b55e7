"""The report of a release: one offline page for people who read and print, without a factory's name."""
