"""Keys of monitoring, mail and telephony."""

import re

from bot.engine.secrets.rule import Candidate, Rule, genuine, named, token, when
from bot.engine.secrets.shape import is_placeholder, is_random
from bot.severity import Severity


def _random(candidate: Candidate) -> bool:
    return is_random(candidate.secret)


def _with_account(candidate: Candidate) -> bool:
    """Count a Twilio key where an account or Twilio itself is named beside it."""
    return re.search(rb"(?i)twilio|AC[a-f0-9]{32}", candidate.around(300)) is not None and genuine(candidate)


RULES = (
    named(
        "datadog-key",
        "Datadog key",
        Severity.HIGH,
        (
            b"datadog",
            b"dd_api_key",
            b"dd_app_key",
            b"dd-api-key",
            b"dd-application-key",
            b"dd_application_key",
        ),
        rb"(?:[a-f0-9]{40}|[a-f0-9]{32})",
        "An API or application key, by the name it is assigned to.",
        check=when(_random),
    ),
    token(
        "new-relic-key",
        "New Relic key",
        Severity.HIGH,
        (b"NRAK-", b"NRII-", b"NRSP-"),
        rb"[A-Za-z0-9_-]{27,32}",
        "A user, insert or query key.",
    ),
    Rule(
        "new-relic-license-key",
        "New Relic licence key",
        Severity.MEDIUM,
        (b"NRAL",),
        rb"(?:eu01xx[a-f0-9]{30}|[a-f0-9]{36})NRAL",
        "Sends data to the account.",
        starts=(36,),
        binary=True,
    ),
    token(
        "grafana-service-account-token",
        "Grafana service account token",
        Severity.HIGH,
        (b"glsa_",),
        rb"[A-Za-z0-9]{32}_[a-fA-F0-9]{8}",
        "A Grafana token: dashboards, and the data sources behind them.",
    ),
    token(
        "grafana-cloud-token",
        "Grafana Cloud token",
        Severity.HIGH,
        (b"glc_eyJ",),
        rb"[A-Za-z0-9+/_-]{40,400}={0,2}",
        "A Grafana Cloud access policy token.",
        reach=500,
        after=rb"A-Za-z0-9+/=_",
    ),
    token(
        "grafana-api-key",
        "Grafana API key",
        Severity.HIGH,
        (b"eyJrIjoi",),
        rb"[A-Za-z0-9+/]{60,300}={0,2}",
        "A Grafana key of the older form.",
        after=rb"A-Za-z0-9+/=_.",
    ),
    token(
        "sentry-token",
        "Sentry token",
        Severity.HIGH,
        (b"sntryu_", b"sntrys_eyJ", b"sntrya_"),
        rb"[A-Za-z0-9+/=_-]{60,400}",
        "A user, organisation or app token.",
        reach=500,
        after=rb"A-Za-z0-9+/=_",
    ),
    named(
        "pagerduty-token",
        "PagerDuty token",
        Severity.HIGH,
        (b"pagerduty", b"pager_duty", b"pd_api"),
        rb"(?:[uy]\+[A-Za-z0-9_-]{18}|[A-Za-z0-9_-]{20})",
        "A PagerDuty key, by the name it is assigned to.",
        check=when(_random),
        after=rb"A-Za-z0-9_/+=.-",
    ),
    token(
        "sendgrid-key",
        "SendGrid API key",
        Severity.HIGH,
        (b"SG.",),
        rb"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
        "Mail in the account's name.",
    ),
    Rule(
        "mailgun-key",
        "Mailgun key",
        Severity.HIGH,
        (b"key-",),
        rb"key-[a-f0-9]{32}",
        "Mail in the account's name, where Mailgun is spoken of.",
        check=when(lambda it: re.search(rb"(?i)mailgun|\bmg_", it.around(300)) is not None and genuine(it)),
        before=rb"A-Za-z0-9_-",
        after=rb"A-Za-z0-9_-",
    ),
    named(
        "mailgun-api-key",
        "Mailgun key",
        Severity.HIGH,
        (b"mailgun", b"mg_api_key"),
        rb"[a-f0-9]{32}-[a-f0-9]{8}-[a-f0-9]{8}",
        "A Mailgun key of the newer form, by the name it is assigned to.",
    ),
    Rule(
        "mailchimp-key",
        "Mailchimp API key",
        Severity.HIGH,
        (b"-us",),
        rb"[a-f0-9]{32}-us[0-9]{1,2}",
        "Mailchimp: lists of customers, and mail to them.",
        starts=(32,),
        before=rb"A-Za-z0-9_-",
        after=rb"A-Za-z0-9_-",
        check=when(lambda it: not is_placeholder(it.secret[:32])),
        binary=True,
    ),
    token(
        "brevo-key",
        "Brevo API key",
        Severity.HIGH,
        (b"xkeysib-", b"xsmtpsib-"),
        rb"[a-f0-9]{64}-[A-Za-z0-9]{16}",
        "Mail in the account's name.",
    ),
    token(
        "resend-key",
        "Resend API key",
        Severity.HIGH,
        (b"re_",),
        rb"[A-Za-z0-9]{8}_[A-Za-z0-9]{24}",
        "Mail in the account's name.",
        check=when(_random),
    ),
    Rule(
        "twilio-api-key",
        "Twilio API key",
        Severity.HIGH,
        (b"SK",),
        rb"SK[a-f0-9]{32}",
        "Telephony on the account's bill, where Twilio or an account is named beside it.",
        check=when(_with_account),
        before=rb"A-Za-z0-9_",
        after=rb"A-Za-z0-9_",
    ),
    named(
        "twilio-auth-token",
        "Twilio auth token",
        Severity.CRITICAL,
        (b"twilio",),
        rb"[a-f0-9]{32}",
        "The account's main secret, by the name it is assigned to.",
    ),
    token(
        "dynatrace-token",
        "Dynatrace token",
        Severity.HIGH,
        (b"dt0c01.", b"dt0s01.", b"dt0s02.", b"dt0s08."),
        rb"[A-Z0-9]{24}\.[A-Z0-9]{64}",
        "A Dynatrace token.",
    ),
    named(
        "snyk-token",
        "Snyk token",
        Severity.MEDIUM,
        (b"snyk_token", b"snyk_api", b"snyk-token", b"snyk_key"),
        rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "A Snyk token: what is known to be wrong with the code.",
    ),
    named(
        "algolia-admin-key",
        "Algolia admin key",
        Severity.HIGH,
        (b"algolia_admin", b"algoliaadmin", b"algolia-admin"),
        rb"[a-f0-9]{32}",
        "An Algolia admin key: all indexes.",
    ),
)
