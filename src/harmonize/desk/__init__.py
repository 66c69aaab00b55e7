"""The steward's page: the queue, factories, coverage and runs in a browser, served to this computer only.

It stands on the queue (`harmonize.review`) and writes nothing but what that records. Pages are made on the server and
work without JavaScript; nothing is asked of any other host.
"""
