"""Golden files: the bytes of a reply, but for minted ids and times, kept in tests/contract/golden and compared byte for byte.

`pytest --update-golden` writes them anew; the difference then stands in the commit, for a reader to judge."""
from pathlib import Path

from .raw import without_minted

FOLDER = Path(__file__).resolve().parents[1] / "golden"
update = False  # set by conftest from --update-golden


def check(name, body):
    path, got = FOLDER / name, without_minted(body)
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(got)
        return
    assert path.exists(), f"{path} is missing: run with --update-golden"
    assert got == path.read_bytes(), f"the reply is not {path.relative_to(FOLDER)}"
