"""Which product an image ships, by endoflife.date's names of products. An image we do not know ships none."""

import re
from functools import lru_cache

_OFFICIAL = {
    "almalinux": "almalinux",
    "alpine": "alpine-linux",
    "amazoncorretto": "amazon-corretto",
    "amazonlinux": "amazon-linux",
    "arangodb": "arangodb",
    "azul-zulu": "azul-zulu",
    "caddy": "caddy",
    "cassandra": "apache-cassandra",
    "centos": "centos",
    "clickhouse": "clickhouse",
    "consul": "consul",
    "couchbase": "couchbase-server",
    "couchdb": "apache-couchdb",
    "debian": "debian",
    "drupal": "drupal",
    "eclipse-temurin": "eclipse-temurin",
    "elasticsearch": "elasticsearch",
    "elixir": "elixir",
    "erlang": "erlang",
    "fedora": "fedora",
    "flink": "apache-flink",
    "golang": "go",
    "haproxy": "haproxy",
    "httpd": "apache-http-server",
    "ibm-semeru-runtimes": "ibm-semeru",
    "influxdb": "influxdb",
    "jetty": "eclipse-jetty",
    "joomla": "joomla",
    "jruby": "jruby",
    "julia": "julia",
    "kibana": "kibana",
    "kong": "kong-gateway",
    "liquibase": "liquibase",
    "logstash": "logstash",
    "mageia": "mageia",
    "mariadb": "mariadb",
    "matomo": "matomo",
    "mediawiki": "mediawiki",
    "memcached": "memcached",
    "mongo": "mongodb",
    "mysql": "mysql",
    "neo4j": "neo4j",
    "nextcloud": "nextcloud",
    "nginx": "nginx",
    "node": "nodejs",
    "openjdk": "openjdk-builds-from-oracle",
    "oraclelinux": "oracle-linux",
    "perl": "perl",
    "photon": "vmware-photon",
    "php": "php",
    "phpmyadmin": "phpmyadmin",
    "plone": "plone",
    "postgres": "postgresql",
    "python": "python",
    "rabbitmq": "rabbitmq",
    "redis": "redis",
    "redmine": "redmine",
    "rocket.chat": "rocket-chat",
    "rockylinux": "rocky-linux",
    "ruby": "ruby",
    "sapmachine": "sapmachine",
    "solr": "solr",
    "sonarqube": "sonarqube-server",
    "spark": "apache-spark",
    "telegraf": "telegraf",
    "tomcat": "tomcat",
    "traefik": "traefik",
    "ubuntu": "ubuntu",
    "valkey": "valkey",
    "varnish": "vinyl-cache",
    "vault": "hashicorp-vault",
    "wordpress": "wordpress",
    "zookeeper": "zookeeper",
}
_VENDORS = {
    "apache/airflow": "apache-airflow",
    "apache/kafka": "apache-kafka",
    "denoland/deno": "deno",
    "envoyproxy/envoy": "envoy",
    "grafana/grafana": "grafana",
    "grafana/grafana-oss": "grafana",
    "hashicorp/consul": "consul",
    "hashicorp/vault": "hashicorp-vault",
    "jenkins/jenkins": "jenkins",
    "mongodb/mongodb-community-server": "mongodb",
    "nginxinc/nginx-unprivileged": "nginx",
    "opensearchproject/opensearch": "opensearch",
    "opensuse/leap": "opensuse",
    "oven/bun": "bun",
    "prom/prometheus": "prometheus",
    "rockylinux/rockylinux": "rocky-linux",
    "valkey/valkey": "valkey",
    "container-registry.oracle.com/os/oraclelinux": "oracle-linux",
    "docker.elastic.co/elasticsearch/elasticsearch": "elasticsearch",
    "docker.elastic.co/kibana/kibana": "kibana",
    "docker.elastic.co/logstash/logstash": "logstash",
    "ghcr.io/oracle/oraclelinux": "oracle-linux",
    "mcr.microsoft.com/azurelinux/base/core": "azure-linux",
    "mcr.microsoft.com/cbl-mariner/base/core": "azure-linux",
    "mcr.microsoft.com/openjdk/jdk": "microsoft-build-of-openjdk",
    "public.ecr.aws/amazoncorretto/amazoncorretto": "amazon-corretto",
    "public.ecr.aws/amazonlinux/amazonlinux": "amazon-linux",
    "quay.io/almalinuxorg/almalinux": "almalinux",
    "quay.io/centos/centos": "centos-stream",
    "quay.io/fedora/fedora": "fedora",
    "quay.io/keycloak/keycloak": "keycloak",
    "quay.io/prometheus/prometheus": "prometheus",
    "quay.io/rockylinux/rockylinux": "rocky-linux",
    "registry.fedoraproject.org/fedora": "fedora",
    "registry.opensuse.org/opensuse/leap": "opensuse",
    "registry.suse.com/bci/bci-base": "sles",
}
#: What Bitnami calls otherwise than the official images do.
_BITNAMI = {
    "apache": "apache-http-server",
    "airflow": "apache-airflow",
    "etcd": "etcd",
    "kafka": "apache-kafka",
    "mongodb": "mongodb",
    "postgresql": "postgresql",
    "prometheus": "prometheus",
}
# Docker Hub's folders of official images built for one architecture.
_OF_ONE_ARCHITECTURE = re.compile(r"(?:amd64|arm32v[567]|arm64v8|i386|mips64le|ppc64le|riscv64|s390x)/")
_UBI = re.compile(
    r"(?:registry\.access\.redhat\.com|registry\.redhat\.io)/ubi[0-9]{1,2}(?:/ubi(?:-[a-z]+)?)?"
)
_DOTNET = re.compile(r"mcr\.microsoft\.com/dotnet/(?:nightly/)?(?:sdk|aspnet|runtime|runtime-deps|monitor)")
_LONGEST = 400


@lru_cache(maxsize=1024)
def product_of(image: str) -> str | None:
    """Return the product of an image name without a tag: python, library/python, docker.io/library/python.

    Official images are known behind any mirror that keeps the folder `library/`.
    """
    name = image[:_LONGEST].removeprefix("index.").removeprefix("docker.io/")
    if found := _VENDORS.get(name):
        return found
    if _UBI.fullmatch(name):
        return "rhel"
    if _DOTNET.fullmatch(name):
        return "dotnet"
    if name.startswith("gcr.io/distroless/"):
        return "debian"
    folder, _, short = name.rpartition("/")
    if folder in ("bitnami", "bitnamilegacy"):
        return _BITNAMI.get(short) or _OFFICIAL.get(short)
    official = not folder or folder == "library" or folder.endswith("/library")
    return _OFFICIAL.get(short) if official or _OF_ONE_ARCHITECTURE.fullmatch(folder + "/") else None
