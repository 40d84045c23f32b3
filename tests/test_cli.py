"""The command line as a user meets it: help, pipes, formats, exit codes, and words instead of tracebacks."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import __version__
from kg.settings import TABLE
from kg.store.engine import RDF_FORMATS
from tests.conftest import Run, serving

COMMANDS = (
    *("read", "review", "evaluate"),
    *("build", "add", "remove", "validate", "export", "backup", "restore", "check"),
    *("query", "coowners", "show", "explain", "network", "serve"),
)


@pytest.fixture(scope="module")
def help_of(zeren: Run) -> dict[str, str]:
    """Return the help of each command."""
    shown = {command: zeren(command, "--help") for command in COMMANDS}
    assert not [command for command, said in shown.items() if said.returncode]
    return {command: said.stdout for command, said in shown.items()}


def test_help_names_every_command(zeren: Run) -> None:
    shown = zeren("--help").stdout
    for command in COMMANDS:
        assert f"\n  {command}" in shown


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(help_of: dict[str, str], command: str) -> None:
    assert "Examples:" in help_of[command]
    assert f"zeren {command}" in help_of[command]


def test_help_loads_nothing_heavy() -> None:
    program = "import sys, kg.cli, web.command; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"rdflib", "owlrl", "pyshacl", "pyoxigraph", "flask", "uvicorn", "pyvis", "networkx", "IPython", "rich"}
    assert not heavy & set(loaded)


def test_every_setting_is_an_option_and_a_variable(help_of: dict[str, str]) -> None:
    shown = "".join(help_of.values())
    for setting in TABLE:
        assert setting.option in shown
        assert setting.variable in shown


def test_a_token_is_taken_from_the_environment_and_checked_but_never_from_the_command_line(zeren: Run) -> None:
    short = zeren("serve", "--port", "0", env={"ZEREN_WRITE_TOKEN": "short"})
    assert (short.returncode, "ZEREN_WRITE_TOKEN: a token has 16" in short.stderr) == (69, True)
    assert "short" not in short.stderr.replace("too short", "")
    for option in ("--write-token", "--write_token"):
        assert zeren("serve", option, "0123456789abcdef").returncode == 2


def test_version(zeren: Run) -> None:
    assert zeren("--version").stdout.split()[-1] == __version__


def test_read_as_an_outline(zeren: Run, seed_path: Path) -> None:
    shown = zeren("read", str(seed_path))
    assert shown.returncode == 0
    assert "征求意见稿" in shown.stdout
    assert "20.1" in shown.stdout


def test_read_as_json_from_stdin(zeren: Run, seed_path: Path) -> None:
    from_file = zeren("read", "--format", "json", str(seed_path))
    piped = zeren("read", "--format", "json", "-", input=seed_path.read_text("utf-8"))
    plan = json.loads(piped.stdout)
    assert len(plan["tasks"]) == 60
    assert plan["tasks"] == json.loads(from_file.stdout)["tasks"]


def test_several_documents_are_json_lines_and_a_bad_one_stops_nothing(
    zeren: Run, seed_path: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\x00\x01\x02\x03" * 50)
    shown = zeren("read", "--format", "json", str(bad), str(seed_path), str(tmp_path / "none.txt"))
    assert shown.returncode == 65
    assert [len(json.loads(line)["tasks"]) for line in shown.stdout.splitlines()] == [60]
    assert "bad.txt" in shown.stderr
    assert "none.txt" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_build_twice_is_the_same_to_the_byte(zeren: Run, tmp_path: Path) -> None:
    exports: list[str] = []
    for name in ("a", "b"):
        environment = {"ZEREN_STORE": str(tmp_path / name), "PYTHONHASHSEED": str(len(exports))}
        built = zeren("build", env=environment)
        assert built.returncode == 0, built.stderr
        exports.append(zeren("export", env=environment).stdout)
    assert exports[0] == exports[1]
    lines = exports[0].splitlines()
    assert lines == sorted(lines)
    assert len(lines) > 3000


def test_export_in_every_graph_format_says_the_same(zeren: Run) -> None:
    def exported(form: str) -> set[ox.Quad]:
        return set(ox.parse(zeren("export", "--format", form).stdout.encode(), RDF_FORMATS[form]))

    whole = exported("nquads")
    assert whole == exported("trig") == exported("jsonld")
    union = {ox.Quad(*quad.triple) for quad in whole}
    assert union == exported("ntriples") == exported("turtle") == exported("rdfxml")


def test_export_to_a_file_and_of_one_document(zeren: Run, tmp_path: Path) -> None:
    target = tmp_path / "plan.nq"
    assert zeren("export", "--document", "鲅鱼圈", "-o", str(target)).returncode == 0
    assert 0 < len(target.read_text("utf-8").splitlines()) < len(zeren("export").stdout.splitlines())
    assert [p.name for p in tmp_path.iterdir()] == ["plan.nq"]


def test_a_store_is_built_when_there_is_none_and_it_says_so(zeren: Run, tmp_path: Path) -> None:
    shown = zeren("query", "ASK { ?s ?p ?o }", env={"ZEREN_STORE": str(tmp_path / "new")})
    assert shown.stdout.strip() == "true"
    assert "no store yet" in shown.stderr


def test_a_build_of_nothing_leaves_the_store(zeren: Run, seed_folder: Path, tmp_path: Path) -> None:
    environment = {"ZEREN_STORE": str(shutil.copytree(seed_folder, tmp_path / "store"))}
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\x00" * 100)
    failed = zeren("build", str(bad), env=environment)
    assert failed.returncode != 0
    assert "bad.txt" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert zeren("coowners", "20.1", env=environment).returncode == 0


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv", "table"])
def test_query_in_every_row_format(zeren: Run, form: str) -> None:
    shown = zeren("query", "SELECT ?code { ?t zr:mode zr:Led ; zr:code ?code } ORDER BY ?code", "--format", form)
    assert shown.returncode == 0, shown.stderr
    for code in ("12.2", "2.2", "23.1", "8.1"):
        assert code in shown.stdout


def test_query_from_file_and_stdin(zeren: Run, tmp_path: Path) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?t a zr:Task }"
    path = tmp_path / "tasks.rq"
    path.write_text(query, "utf-8")
    for shown in (
        zeren("query", "-f", str(path), "--format", "csv"),
        zeren("query", "--format", "csv", input=query),
        zeren("query", "-", "--format", "csv", input=query),
        zeren("query", query, "--format", "csv", "--document", "鲅鱼圈"),
    ):
        assert list(csv.reader(io.StringIO(shown.stdout))) == [["n"], ["60"]]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("query", "SELECT ?s { ?s ?p }"), 65, "line 1"),
        (("query", "ASK {}", "--format", "turtle"), 65, "json"),
        (("query", "CONSTRUCT WHERE { ?s ?p ?o }", "--format", "csv"), 65, "turtle"),
        (("query", "DELETE WHERE { ?s ?p ?o }"), 65, "update"),
        (("query", f"SELECT * {{ FILTER({'!' * 60000}true) }}"), 75, "ended"),
        (("query", "ASK {}", "--document", "不存在的文件"), 66, "不存在的文件"),
        (("query",), 65, "malformed"),
        (("query", "ASK {}", "-f", "/dev/null"), 2, "not both"),
        (("read", "no-such-file.txt"), 65, "no-such-file.txt"),
        (("read", "/dev/null"), 65, "/dev/null"),
        (("read", ""), 2, "empty"),
        (("coowners",), 2, "TASK"),
        (("coowners", "99.9"), 66, "99.9"),
        (("coowners", "--organization", "食安"), 66, "食品安全委员会办公室"),
        (("show", "昆仑2020"), 66, "昆仑2021"),
        (("serve", "--port", "70000"), 2, "70000"),
        (("serve", "--host", "203.0.113.1"), 69, "203.0.113.1"),
        (("build", "--store", "tests"), 74, "tests"),
    ],
)
def test_bad_input_is_answered_in_words(zeren: Run, arguments: tuple[str, ...], code: int, says: str) -> None:
    shown = zeren(*arguments, input="")
    assert "Traceback" not in shown.stderr
    assert says in shown.stderr
    assert shown.returncode == code, shown.stderr


def test_a_query_stops_at_its_time_limit(zeren: Run) -> None:
    runaway = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?i) }"
    shown = zeren("query", runaway, "--time-limit", "0.5")
    assert shown.returncode == 75
    assert "0.5 s" in shown.stderr


def test_validate_in_words(zeren: Run, seed_path: Path) -> None:
    for shown in (zeren("validate"), zeren("validate", str(seed_path)), zeren("validate", "--lang", "en")):
        assert shown.returncode == 0, shown.stdout + shown.stderr
        assert "鲅鱼圈" in shown.stdout


def test_a_closed_pipe_is_no_error(seed_folder: Path) -> None:
    command = f"{sys.executable} -m kg.cli export | head -n 1"
    environment = {**os.environ, "ZEREN_STORE": str(seed_folder)}
    shown = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, env=environment)
    assert len(shown.stdout.splitlines()) == 1
    assert "Traceback" not in shown.stderr


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_serve_ends_every_process_when_asked(seed_folder: Path, sign: signal.Signals) -> None:
    with serving("--store", str(seed_folder)) as (_, process):
        family = {process.pid, *_descendants(process.pid)}
        assert len(family) > 3
        process.send_signal(sign)
        begun = time.monotonic()
        process.wait(10)
        while any(_alive(pid) for pid in family) and time.monotonic() - begun < 10:
            time.sleep(0.02)
        assert time.monotonic() - begun < 3


def test_a_taken_port_means_the_next(seed_folder: Path) -> None:
    with (
        serving("--store", str(seed_folder)) as (first, _),
        serving("--store", str(seed_folder), "--port", first.rpartition(":")[2]) as (second, _),
    ):
        assert int(second.rpartition(":")[2]) > int(first.rpartition(":")[2])


def _descendants(parent: int) -> set[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout.splitlines()
    children: dict[int, set[int]] = {}
    for line in listed:
        pid, ppid = map(int, line.split())
        children.setdefault(ppid, set()).add(pid)
    found, waiting = set(), [parent]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            found.add(child)
            waiting.append(child)
    return found


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state != "Z"
