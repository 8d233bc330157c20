"""Keys of model providers and data platforms."""

from bot.engine.secrets.rule import Candidate, Rule, token, when
from bot.engine.secrets.shape import is_placeholder, mixes
from bot.severity import Severity


def _mixed(candidate: Candidate) -> bool:
    return mixes(candidate.secret) and not is_placeholder(candidate.secret)


def _two_cases(candidate: Candidate) -> bool:
    body = candidate.secret[3:]
    return not is_placeholder(body) and body.lower() != body != body.upper()


RULES = (
    token(
        "hugging-face-token",
        "Hugging Face token",
        Severity.HIGH,
        (b"hf_",),
        rb"[A-Za-z]{34}",
        "A Hugging Face token: private models and data, often also to publish.",
        check=when(_two_cases),
    ),
    token(
        "hugging-face-organisation-token",
        "Hugging Face organisation token",
        Severity.HIGH,
        (b"api_org_",),
        rb"[A-Za-z]{34}",
        "A Hugging Face token of an organisation.",
    ),
    Rule(
        "openai-key",
        "OpenAI API key",
        Severity.HIGH,
        (b"sk-",),
        rb"sk-(?:proj-|svcacct-|admin-|None-)?[A-Za-z0-9_-]{20,120}T3BlbkFJ[A-Za-z0-9_-]{20,120}",
        "An OpenAI key: use on its owner's bill, and stored files.",
        prefilter=b"T3BlbkFJ",
        before=rb"A-Za-z0-9_-",
        after=rb"A-Za-z0-9_-",
        binary=True,
    ),
    token(
        "anthropic-key",
        "Anthropic API key",
        Severity.HIGH,
        (b"sk-ant-api03-", b"sk-ant-admin01-", b"sk-ant-oat01-", b"sk-ant-sid01-"),
        rb"[A-Za-z0-9_-]{80,120}",
        "An Anthropic key: use on its owner's bill; an admin key makes others.",
    ),
    token(
        "openrouter-key",
        "OpenRouter API key",
        Severity.HIGH,
        (b"sk-or-v1-",),
        rb"[a-f0-9]{64}",
        "An OpenRouter key: use on its owner's bill.",
    ),
    token(
        "groq-key", "Groq API key", Severity.HIGH, (b"gsk_",), rb"[A-Za-z0-9]{52}", "Use on its owner's bill."
    ),
    token(
        "xai-key", "xAI API key", Severity.HIGH, (b"xai-",), rb"[A-Za-z0-9]{80}", "Use on its owner's bill."
    ),
    token(
        "perplexity-key",
        "Perplexity API key",
        Severity.HIGH,
        (b"pplx-",),
        rb"[A-Za-z0-9]{48}",
        "Use on its owner's bill.",
    ),
    token(
        "replicate-token",
        "Replicate token",
        Severity.HIGH,
        (b"r8_",),
        rb"[A-Za-z0-9]{37}",
        "Use on its owner's bill.",
        check=when(_mixed),
    ),
    token(
        "nvidia-key",
        "NVIDIA API key",
        Severity.HIGH,
        (b"nvapi-",),
        rb"[A-Za-z0-9_-]{60,70}",
        "An NVIDIA key: models, and images of its registry.",
    ),
    token(
        "langsmith-key",
        "LangSmith API key",
        Severity.HIGH,
        (b"lsv2_pt_", b"lsv2_sk_"),
        rb"[a-f0-9]{32}_[a-f0-9]{10}",
        "What models were asked and what they said.",
    ),
    token(
        "databricks-token",
        "Databricks token",
        Severity.CRITICAL,
        (b"dapi",),
        rb"[a-f0-9]{32}(?:-[0-9])?",
        "A Databricks token: the workspace's data.",
    ),
    token(
        "pinecone-key",
        "Pinecone API key",
        Severity.HIGH,
        (b"pcsk_",),
        rb"[A-Za-z0-9]{5,8}_[A-Za-z0-9]{50,70}",
        "A Pinecone key: the project's indexes.",
    ),
    token(
        "airtable-token",
        "Airtable token",
        Severity.HIGH,
        (b"pat",),
        rb"[A-Za-z0-9]{14}\.[a-f0-9]{64}",
        "An Airtable token: its bases.",
    ),
)
