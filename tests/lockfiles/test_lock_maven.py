"""pom.xml with its parents."""

import pytest

from tests.lockfiles.reading import left_open, lock, read, rows

POM = """\
<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <parent>
    <groupId>com.example</groupId><artifactId>parent</artifactId><version>1.0</version>
  </parent>
  <artifactId>shop</artifactId>
  <properties><slf4j>2.0.9</slf4j></properties>
  <dependencies>
    <dependency>
      <groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId><version>${slf4j}</version>
    </dependency>
    <dependency><groupId>${project.groupId}</groupId><artifactId>cart</artifactId><version>${project.version}</version></dependency>
    <dependency><groupId>a</groupId><artifactId>managed</artifactId></dependency>
    <dependency><groupId>a</groupId><artifactId>tests</artifactId><version>[1.0]</version><scope>test</scope></dependency>
    <dependency><groupId>a</groupId><artifactId>range</artifactId><version>[1.0,2.0)</version></dependency>
    <dependency><groupId>a</groupId><artifactId>unknown</artifactId><version>${nowhere}</version></dependency>
    <dependency><groupId>a</groupId><artifactId>far</artifactId></dependency>
    <dependency><groupId>a</groupId><artifactId>file</artifactId><version>1</version><scope>system</scope></dependency>
  </dependencies>
  <profiles><profile><id>p</id><dependencies>
    <dependency><groupId>a</groupId><artifactId>perhaps</artifactId><version>1</version></dependency>
  </dependencies></profile></profiles>
</project>
"""
PARENT = """\
<project>
  <parent><groupId>org.far</groupId><artifactId>boss</artifactId><version>3</version><relativePath/></parent>
  <groupId>com.example</groupId><artifactId>parent</artifactId><version>1.0</version>
  <properties><slf4j>1.0</slf4j><managed>4.5</managed></properties>
  <dependencyManagement><dependencies>
    <dependency><groupId>a</groupId><artifactId>managed</artifactId><version>${managed}</version><scope>provided</scope></dependency>
  </dependencies></dependencyManagement>
  <dependencies>
    <dependency><groupId>a</groupId><artifactId>inherited</artifactId><version>1.1</version></dependency>
  </dependencies>
</project>
"""


def test_pom_with_its_parent() -> None:
    lockfile = read("shop/pom.xml", {"shop/pom.xml": POM, "pom.xml": PARENT})
    assert rows(lockfile) == [
        ("org.slf4j:slf4j-api", "2.0.9", 9, False, True),
        ("com.example:cart", "1.0", 12, False, True),
        ("a:managed", "4.5", 13, True, True),
        ("a:tests", "1.0", 14, True, True),
        ("a:inherited", "1.1", 9, False, True),
    ]
    assert lockfile.dependencies[0].end_line == 11
    assert lockfile.dependencies[-1].path == "pom.xml"
    assert lockfile.includes == ("pom.xml",)
    assert left_open(lockfile) == [
        ("a:range", "[1.0,2.0)", 15),
        ("a:unknown", "${nowhere}", 16),
        ("a:far", "", 17),
        ("a:perhaps", "1", 21),
    ]
    assert "org.far:boss" in lockfile.open[2].why
    assert lockfile.partial


@pytest.mark.parametrize(
    "text",
    [
        "<project><a></project>",
        "<html/>",
        '<!DOCTYPE p [<!ENTITY a "b">]><project>&a;</project>',
        "<project>" + "<a>" * 200,
        "",
    ],
)
def test_broken(text: str) -> None:
    assert lock("pom.xml", text).problem


def test_properties_that_name_each_other_end() -> None:
    values = "".join(f"<p{n}>${{p{n + 1}}}${{p{n + 1}}}${{p{n + 1}}}</p{n}>" for n in range(40))
    text = (
        f"<project><properties>{values}<p40>${{p0}}</p40></properties><dependencies><dependency><groupId>a</groupId>"
        "<artifactId>b</artifactId><version>${p0}</version></dependency></dependencies></project>"
    )
    lockfile = lock("pom.xml", text)
    assert [each.name for each in lockfile.open] == ["a:b"]
