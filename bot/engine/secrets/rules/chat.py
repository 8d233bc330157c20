"""Tokens and webhooks of chats: reading what was said, and speaking in a company's name."""

import base64
import binascii

from bot.engine.secrets.rule import Candidate, Rule, genuine, token, when
from bot.engine.secrets.shape import is_placeholder
from bot.severity import Severity

_UUID = rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def _discord_bot(candidate: Candidate) -> bool:
    """Decode the first part: it is the number of the bot."""
    head = candidate.secret.partition(b".")[0]
    try:
        number = base64.urlsafe_b64decode(head + b"=" * (-len(head) % 4))
    except binascii.Error:
        return False
    return number.isdigit() and 16 <= len(number) <= 20 and genuine(candidate)


def _slack_hook(candidate: Candidate) -> bool:
    return not is_placeholder(candidate.secret.rpartition(b"/")[2])


RULES = (
    Rule(
        "slack-token",
        "Slack token",
        Severity.CRITICAL,
        (b"xoxb-", b"xoxp-", b"xoxa-", b"xoxr-", b"xoxs-", b"xoxo-", b"xoxe-"),
        rb"xox[abeoprs]-(?:[0-9]{1,3}-)?(?:[0-9]{8,14}-){1,3}[A-Za-z0-9-]{16,200}",
        "A bot, user or workspace token: messages and files.",
        before=rb"A-Za-z0-9_",
        after=rb"A-Za-z0-9_-",
        binary=True,
    ),
    token(
        "slack-app-token",
        "Slack app token",
        Severity.CRITICAL,
        (b"xapp-1-",),
        rb"[A-Z0-9]{8,14}-[0-9]{8,16}-[a-z0-9]{60,70}",
        "An app-level token.",
    ),
    token(
        "slack-config-token",
        "Slack configuration token",
        Severity.CRITICAL,
        (b"xoxe.xoxb-1-", b"xoxe.xoxp-1-", b"xoxe-1-"),
        rb"[A-Za-z0-9]{100,200}",
        "A token that configures apps.",
    ),
    Rule(
        "slack-webhook",
        "Slack webhook",
        Severity.HIGH,
        (b"hooks.slack.com/",),
        rb"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>[TE][A-Z0-9]{6,12}/[A-Z0-9]{8,19}/[A-Za-z0-9]{20,40})",
        "Whoever has the address posts in the channel.",
        check=when(_slack_hook),
        before=b"",
        binary=True,
    ),
    Rule(
        "discord-webhook",
        "Discord webhook",
        Severity.HIGH,
        (b"discord.com/api/", b"discordapp.com/api/"),
        rb"discord(?:app)?\.com/api/(?:v[0-9]{1,2}/)?webhooks/(?P<secret>[0-9]{17,20}/[A-Za-z0-9_-]{60,72})",
        "Whoever has the address posts in the channel.",
        check=when(lambda candidate: not is_placeholder(candidate.secret.rpartition(b"/")[2])),
        before=b"",
        after=rb"A-Za-z0-9_-",
        binary=True,
    ),
    Rule(
        "discord-bot-token",
        "Discord bot token",
        Severity.CRITICAL,
        (b"discord", b"bot_token", b"bottoken", b"token"),
        rb"(?:discord|token)[A-Za-z0-9_. -]{0,20}[\"']?[ \t]{0,4}[:=(]{1,2}[ \t]{0,4}[\"']?(?:Bot )?"
        rb"(?P<secret>[MNO][A-Za-z0-9_-]{22,28}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38})",
        "A bot's token; its first part is the bot's number, which is verified.",
        check=when(_discord_bot),
        fold=True,
        before=b"",
        after=rb"A-Za-z0-9_.-",
    ),
    Rule(
        "telegram-bot-token",
        "Telegram bot token",
        Severity.HIGH,
        (b":AA",),
        rb"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}",
        "A bot's token: its chats.",
        check=when(lambda candidate: not is_placeholder(candidate.secret.partition(b":")[2])),
        starts=(8, 9, 10),
        before=rb"A-Za-z0-9_.:-",
        after=rb"A-Za-z0-9_-",
        binary=True,
    ),
    Rule(
        "teams-webhook",
        "Microsoft Teams webhook",
        Severity.HIGH,
        (b".webhook.office.com/webhookb2/",),
        rb"\.webhook\.office\.com/webhookb2/(?P<secret>"
        + _UUID
        + b"@"
        + _UUID
        + rb"/[A-Za-z]{1,30}/[a-f0-9]{32}/"
        + _UUID
        + b")",
        "Whoever has the address posts in the channel.",
        check=when(lambda candidate: not is_placeholder(candidate.secret.split(b"/")[-2])),
        before=b"",
        binary=True,
    ),
    Rule(
        "google-chat-webhook",
        "Google Chat webhook",
        Severity.HIGH,
        (b"chat.googleapis.com/v1/spaces/",),
        rb"chat\.googleapis\.com/v1/spaces/[A-Za-z0-9_-]{8,20}/messages\?key=[A-Za-z0-9_-]{39}"
        rb"&(?:amp;)?token=(?P<secret>[A-Za-z0-9_-]{40,50})",
        "Whoever has the address posts in the space.",
        before=b"",
        after=rb"A-Za-z0-9_-",
    ),
)
