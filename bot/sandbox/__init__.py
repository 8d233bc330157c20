"""Run a program of somebody else on hostile input: without network, credentials, the caller's files or endless time."""

from bot.sandbox.run import NO_ISOLATION, Failed, Finished, Sandbox, SandboxLimits

__all__ = ["NO_ISOLATION", "Failed", "Finished", "Sandbox", "SandboxLimits"]
