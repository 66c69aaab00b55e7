"""Exports to staged tables: facility mentions, assessment headers, raw answers, findings.

One small module per export family (`wide`, `envelopes`, `long`, `findings`, `register`, `plan`, `grants`); what the
columns of one instrument mean stands in `mappings/<instrument>/source.yml`, so another brand needs no code.
"""
