"""The example in the package's doc is true, and everything public has a doc."""

import doctest
import inspect
import re

import parallax
from conftest import ROOT


def test_the_example_of_the_package_runs():
    failed, tried = doctest.testmod(parallax)
    assert tried >= 4 and failed == 0


def test_the_example_of_the_readme_runs(tmp_path, monkeypatch):
    readme = (ROOT / "python/README.md").read_text()
    code = re.search(r"```python\n(.*?)```", readme, re.S).group(1)
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    monkeypatch.chdir(tmp_path)
    exec(code, {})  # noqa: S102
    assert (tmp_path / "out/report.html").read_bytes() == (tmp_path / "report.html").read_bytes()


def test_everything_public_has_a_doc():
    for name in parallax.__all__:
        value = getattr(parallax, name)
        assert value.__doc__, name
        members = vars(value).items() if inspect.isclass(value) else ()
        named = [member for member in members if not member[0].startswith("_")]
        assert all(member.__doc__ for _, member in named), named
    assert len([name for name in vars(parallax.Results) if not name.startswith("_")]) > 18
    for name, value in vars(parallax.errors).items():
        if inspect.isclass(value):
            assert vars(value)["__doc__"], name
