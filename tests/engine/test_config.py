"""Image configurations, honest and not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine import parse_config
from bot.engine.config import unread
from bot.inventory import HistoryEntry, ImageConfig, Skipped
from tests.fakes.images import image


def parse(value: object) -> ImageConfig | Skipped:
    return parse_config(json.dumps(value).encode())


def test_a_docker_configuration():
    config = parse(
        {
            "architecture": "arm64",
            "os": "linux",
            "variant": "v8",
            "created": "2024-01-02T03:04:05Z",
            "config": {
                "User": "app:app",
                "Env": ["PATH=/bin", "A=b"],
                "ExposedPorts": {"80/tcp": {}, "443/tcp": {}},
                "Volumes": {"/data": {}},
                "Labels": {"b": "2", "a": "1"},
                "OnBuild": ["COPY . /app"],
            },
            "rootfs": {"type": "layers", "diff_ids": ["sha256:aa", "sha256:bb"]},
            "history": [
                {"created_by": "ADD file:x in /"},
                {"created_by": 'CMD ["sh"]', "empty_layer": True},
                {"created_by": "RUN apk add curl"},
            ],
        }
    )
    assert config == ImageConfig(
        os="linux",
        architecture="arm64",
        variant="v8",
        created="2024-01-02T03:04:05Z",
        user="app:app",
        env=("PATH=/bin", "A=b"),
        exposed_ports=("80/tcp", "443/tcp"),
        volumes=("/data",),
        labels=(("b", "2"), ("a", "1")),
        on_build=("COPY . /app",),
        diff_ids=("sha256:aa", "sha256:bb"),
        history=(
            HistoryEntry("ADD file:x in /", 0),
            HistoryEntry('CMD ["sh"]', None),
            HistoryEntry("RUN apk add curl", 1),
        ),
    )


def test_history_that_does_not_fit_the_layers_is_not_numbered():
    config = parse({"rootfs": {"diff_ids": ["a", "b"]}, "history": [{"created_by": "bazel build"}]})
    assert config.history == (HistoryEntry("bazel build", None),)


def test_keys_in_any_case_as_go_reads_them():
    assert parse({"Config": {"USER": "1000"}}).user == "1000"


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"config": None, "rootfs": None, "history": None},
        {"config": [1], "rootfs": {"diff_ids": {"a": 1}.__len__()}, "history": {}},
        {"config": {"User": 0, "Env": "A=b", "ExposedPorts": 80, "Labels": {"a": 1}, "OnBuild": [None, 1]}},
    ],
)
def test_fields_of_a_wrong_type_count_as_absent(value):
    assert parse(value) == ImageConfig()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b"\xff", b"[" * 100_000, b"1" * 10_000])
def test_what_is_no_configuration_is_skipped(body):
    assert isinstance(parse_config(body), Skipped)


@pytest.mark.parametrize(
    "body",
    [
        b'{"config": {"OnBuild": ["RUN true"], "OnBuild": []}}',
        b'{"config": {"OnBuild": ["RUN true"], "onbuild": []}}',
        b'{"config": {"User": "1000", "user": "0"}}',
        b'{"config": {}, "Config": {"User": "root"}}',
        b'{"rootfs": {"diff_ids": [], "diff_id\xc5\xbf": []}}',  # Go takes U+017F for an s
        b'{"history": [{"empty_layer": true, "Empty_Layer": false}]}',
    ],
)
def test_what_two_readers_would_read_in_two_ways_is_skipped(body):
    assert "twice" in parse_config(body).why


def test_labels_may_differ_in_case():
    labels = parse_config(b'{"config": {"Labels": {"a": "1", "A": "2"}}}').labels
    assert labels == (("a", "1"), ("A", "2"))


def test_an_oversized_configuration_is_skipped():
    skipped = parse_config(b" " * (4 << 20) + b"{}")
    assert isinstance(skipped, Skipped)
    assert skipped.transient


def test_a_long_label_and_a_long_command_are_read_to_their_ends():
    config = parse({"config": {"Labels": {"a": "x" * 300_000}}, "history": [{"created_by": "y" * 300_000}]})
    assert isinstance(config, ImageConfig)
    assert (len(config.labels[0][1]), len(config.history[0].created_by), config.cut) == (300_000, 300_000, ())


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"config": {"Env": ["A=" + "x" * (1 << 20)]}}, "env"),
        ({"config": {"Env": [f"A{number}=1" for number in range(1001)]}}, "env"),
        ({"config": {"ExposedPorts": {f"{number}/tcp": {} for number in range(1001)}}}, "exposedports"),
        ({"config": {"Labels": {"x" * (2 << 20): "1"}}}, "labels"),
        ({"config": {"Labels": dict.fromkeys(map(str, range(1001)), "1")}}, "labels"),
        ({"config": {"Healthcheck": {"Test": ["x" * (2 << 20)]}}}, "test"),
        ({"history": [{"created_by": "RUN true"}] * 1001}, "history"),
        ({"history": [{"created_by": "x" * (2 << 20)}]}, "history"),
    ],
)
def test_what_is_too_long_to_be_read_is_named(value, name):
    config = parse(value)
    assert isinstance(config, ImageConfig)
    assert config.cut == (name,)
    [skipped] = unread(config)
    assert f"of its {name} only the first" in skipped.why
    assert skipped.transient


def test_half_a_surrogate_pair_can_be_written():
    assert parse_config(b'{"config": {"User": "\\ud800"}}').user == "?"


def test_the_fakes_configuration():
    config = parse_config(image(config={"User": "app"}, layers=[{"a": "b"}], history=["COPY a /a"]).config)
    assert (config.user, config.history[1]) == ("app", HistoryEntry("COPY a /a", 1))


keys = st.sampled_from(
    ["config", "User", "Env", "rootfs", "diff_ids", "history", "empty_layer", "Labels", "x"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_hostile_json(value):
    config = parse(value)
    assert isinstance(config, ImageConfig if isinstance(value, dict) else Skipped)
