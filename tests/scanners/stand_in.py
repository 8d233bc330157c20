"""A program that stands in for Trivy, Syft and Grype: it says what the image itself holds for it to say.

It finds the file `answer.json` in the layers that were laid out for it. For Grype, the list of packages it is given
holds the answer under `grype`.
"""

import sys
from pathlib import Path

_PROGRAM = """#!{python} -IS
import json, pathlib, sys, tarfile, gzip
given = [word.partition(":")[2] for word in sys.argv if word.startswith(("oci-dir:", "sbom:"))]
given += [sys.argv[at + 1] for at, word in enumerate(sys.argv) if word == "--input"]
root = pathlib.Path(given[0])
if root.is_file():
    print(json.dumps(json.loads(root.read_text())["grype"]))
    sys.exit()
def blob(entry):
    return root / "blobs" / entry["digest"].replace(":", "/")
manifest = json.loads(blob(json.loads((root / "index.json").read_text())["manifests"][0]).read_text())
json.loads(blob(manifest["config"]).read_text())
for layer in reversed(manifest["layers"]):
    with tarfile.open(blob(layer)) as archive:
        if "answer.json" in archive.getnames():
            sys.stdout.write(archive.extractfile("answer.json").read().decode())
            sys.exit()
sys.exit("no answer in this image")
"""


def stand_in(folder: Path, name: str, script: str = "") -> Path:
    """Write the program, or an impostor that runs a script of the shell."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n" if script else _PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    return program
