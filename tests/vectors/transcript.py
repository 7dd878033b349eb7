"""Transcripts on machines that lack a layer of the jail."""


def without_layers(lines):
    """What a machine that lacks a layer is told first (docs/jail.md) belongs to the machine, not to the transcript."""
    while lines and isinstance(lines[0], dict) and str((lines[0].get("Log") or {}).get("WarnOnce", "")).startswith("sandbox: no "):
        lines = lines[1:]
    return lines
