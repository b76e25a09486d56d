"""Files from elsewhere are read only if they are plain; changes of several are whole, whoever is killed on the way."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from edgemnist.errors import DataError, ModelError, WriteError
from edgemnist.files import (
    check_writable,
    finish_writing,
    hash_bytes,
    lock_folder,
    locking,
    mend,
    open_file,
    open_transaction,
    read_file,
    read_model_file,
    write_atomically,
)
from edgemnist.files.folders import check_replaceable, replace_folder
from edgemnist.files.transaction import JOURNAL
from tests.conftest import ROOT
from tests.killing import list_deaths

OLD_ANSWERS, NEW_ANSWERS = "model_answers_00000000_11111111.npz", "model_answers_22222222_11111111.npz"


def read_tree(folder: Path) -> dict[str, bytes]:
    """All files of a folder, but for the lock, which stays."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files if path.name != locking.LOCK}


def write_tree(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def change(folder: Path, writes: list[tuple[str, bytes]], removals: tuple[str, ...] = ()) -> None:
    with open_transaction(folder) as changes:
        for name, content in writes:
            changes.write(name, content)
        for name in removals:
            changes.remove(name)


# ------------------------------------------------------------------------------------------------------ reading


def make_sparse(path: Path, size: int) -> None:
    """A file of any size, which takes no room on the disk."""
    path.touch()
    os.truncate(path, size)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "model.onnx: no such file"),
        (lambda path: path.mkdir(), "model.onnx: a folder, where one file was expected"),
        (os.mkfifo, "model.onnx: a pipe, where one file was expected"),
        (make_socket, "model.onnx: a socket, where one file was expected"),
        (lambda path: path.symlink_to("/dev/zero"), "model.onnx: a device, where one file was expected"),
        (lambda path: path.symlink_to(path), "model.onnx: can't be read: Too many levels of symbolic links"),
        (lambda path: path.touch(), "model.onnx: the file is empty"),
        (lambda path: make_sparse(path, (1 << 30) + 1), "1,073,741,825 bytes, where at most 1,073,741,824"),
    ],
    ids=["missing", "folder", "pipe", "socket", "device", "loop", "empty", "large"],
)  # fmt: skip
def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path, make: Callable[[Path], None], message: str) -> None:
    path = tmp_path / "model.onnx"
    make(path)
    with pytest.raises(ModelError, match=message):
        read_model_file(path)


@pytest.mark.parametrize(
    "arguments",
    [["verify"], ["predict"], ["kit", "--target", "web", "--output", "kit", "--model"]],
    ids=["verify", "predict", "kit"],
)
def test_no_verb_waits_for_a_pipe(command, tmp_path: Path, monkeypatch, arguments: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("model.onnx")
    np.save("image.npy", np.zeros((1, 28, 28), np.uint8))
    found = command(*arguments, "model.onnx", *(["image.npy"] if arguments == ["predict"] else []))
    assert found.status == 2
    assert "model.onnx: a pipe, where one file was expected" in (found.stdout + found.stderr).replace("\n", " ")
    assert not (tmp_path / "kit").exists()


def test_a_name_that_no_file_can_have_is_an_error() -> None:
    with pytest.raises(ModelError, match=r"'a\\x00b': no name of a file"):
        read_file(Path("a\0b"))


def test_links_that_a_user_names_are_followed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"model.onnx": b"content"})
    (tmp_path / "link.onnx").symlink_to("model.onnx")
    assert read_model_file(tmp_path / "link.onnx") == b"content"


def test_the_limit_of_the_size_is_the_callers_and_so_is_the_error(tmp_path: Path) -> None:
    path = write_tree(tmp_path, {"data.npz": b"12345678"}) / "data.npz"
    assert read_file(path, 8) == b"12345678"
    with pytest.raises(DataError, match=r"data\.npz: 8 bytes, where at most 7 were expected"):
        read_file(path, 7, error=DataError)
    with pytest.raises(DataError, match="no such file") as caught:
        read_file(tmp_path / "none", error=DataError, missing="look elsewhere")
    assert caught.value.hint == "look elsewhere"
    with open_file(path) as stream:
        assert stream.read(3) == b"123"


def test_a_file_that_has_no_size_of_its_own_is_not_read_to_its_end() -> None:
    with pytest.raises(ModelError, match="/proc/version: changed while it was read"):
        read_file(Path("/proc/version"))


# ------------------------------------------------------------------------------------------------------ writing


def test_a_file_is_written_with_its_folders_and_nothing_else(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a" / "b" / "file", b"one")
    write_atomically(tmp_path / "a" / "b" / "file", b"two")
    assert read_tree(tmp_path) == {"a/b/file": b"two"}
    assert [path.name for path in (tmp_path / "a" / "b").iterdir() if path.name != "file"] == [".edgemnist.lock"]


@pytest.mark.parametrize("name", ["../out", "a/b", "", "..", ".edgemnist.lock", ".edgemnist.journal", "nul\0"])
def test_only_plain_names_are_written(tmp_path: Path, name: str) -> None:
    with open_transaction(tmp_path / "in") as changes, pytest.raises(WriteError, match="not the name of a file"):
        changes.write(name, b"")
    assert read_tree(tmp_path) == {}


def test_what_would_stop_a_rename_stops_the_transaction_before_it(tmp_path: Path) -> None:
    write_tree(tmp_path, {"one": b"old", "folder/inside": b""})
    before = read_tree(tmp_path)
    for name in ("folder", "n" * 300):
        with pytest.raises(WriteError, match="can't be written"):
            change(tmp_path, [("one", b"new"), (name, b"new")])
        assert read_tree(tmp_path) == before


def test_only_stored_answers_can_be_removed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"notes.txt": b"", OLD_ANSWERS: b""})
    with pytest.raises(WriteError, match=r"notes\.txt: not removed"):
        change(tmp_path, [], (OLD_ANSWERS, "notes.txt"))
    assert set(read_tree(tmp_path)) == {"notes.txt", OLD_ANSWERS}
    change(tmp_path, [], (OLD_ANSWERS,))
    assert set(read_tree(tmp_path)) == {"notes.txt"}


def test_an_error_in_between_changes_nothing(tmp_path: Path) -> None:
    def break_off() -> None:
        with open_transaction(tmp_path) as changes:
            changes.write("one", b"new")
            changes.write("one", b"newer")
            raise KeyError("in between")

    write_tree(tmp_path, {"one": b"old"})
    with pytest.raises(KeyError, match="in between"):
        break_off()
    assert read_tree(tmp_path) == {"one": b"old"}


def test_a_file_written_twice_is_the_last(tmp_path: Path) -> None:
    change(tmp_path, [("one", b"new"), ("one", b"newer")])
    assert read_tree(tmp_path) == {"one": b"newer"}


@pytest.mark.parametrize("name", ["model.onnx", "other"])
def test_a_planted_link_is_replaced_and_never_written_through(tmp_path: Path, name: str) -> None:
    write_tree(tmp_path, {"victim": b"precious"})
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "model.onnx").symlink_to(tmp_path / "victim")
    change(tmp_path / "in", [("model.onnx", b"new"), (name, b"new")])
    assert read_tree(tmp_path) == {"victim": b"precious", "in/model.onnx": b"new", f"in/{name}": b"new"}
    assert not (tmp_path / "in" / "model.onnx").is_symlink()


def test_a_link_at_the_temporary_name_is_not_followed(tmp_path: Path, monkeypatch) -> None:
    """Nobody can guess the name; if somebody did, nothing is written through it."""
    write_tree(tmp_path, {"victim": b"precious"})
    monkeypatch.setattr(os, "urandom", lambda count: b"\xaa" * count)
    with open_transaction(tmp_path / "in") as changes:
        (tmp_path / "in" / f".edgemnist-{'a' * 16}.part").symlink_to(tmp_path / "victim")
        with pytest.raises(WriteError, match="File exists"):
            changes.write("model.onnx", b"new")
    assert (tmp_path / "victim").read_bytes() == b"precious"
    assert not (tmp_path / "in" / "model.onnx").exists()


def test_temporary_names_are_unpredictable(tmp_path: Path, monkeypatch) -> None:
    names = set()
    for _ in range(20):
        with open_transaction(tmp_path) as changes:
            changes.write("one", b"")
            names |= {path.name for path in tmp_path.iterdir() if path.suffix == ".part"}
    assert len(names) == 20


# ------------------------------------------------------------------------------------------------------ the lock


def test_a_writer_that_does_not_end_is_waited_for_within_a_bound(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(locking, "WAIT_S", 0.2)
    with lock_folder(tmp_path), pytest.raises(WriteError, match=r"another edgemnist has been writing there for 0\.2 s"):
        write_atomically(tmp_path / "file", b"")
    write_atomically(tmp_path / "file", b"")
    assert read_tree(tmp_path) == {"file": b""}


def test_a_lock_that_cannot_be_had_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / locking.LOCK).symlink_to(tmp_path / "elsewhere")
    (tmp_path / "folder" / locking.LOCK).mkdir(parents=True)
    for folder in (Path("/sys/edgemnist"), tmp_path / "link", tmp_path / "folder"):
        with pytest.raises(WriteError, match=f"{folder}: can't be written to: "):
            write_atomically(folder / "file", b"")
    assert not (tmp_path / "elsewhere").exists()
    with pytest.raises(WriteError, match="can't be written to"):
        check_writable(Path("/sys/edgemnist"))


ADDING = """
import sys
from pathlib import Path
from edgemnist.files import open_transaction
folder = Path(sys.argv[1])
for number in range(10):
    with open_transaction(folder) as changes:
        count = int((folder / "count").read_bytes())
        changes.write("count", str(count + 1).encode())
        changes.write("twice", str(2 * (count + 1)).encode())
"""


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    write_tree(tmp_path, {"count": b"0"})
    writers = [subprocess.Popen([sys.executable, "-c", ADDING, tmp_path], cwd=ROOT) for _ in range(4)]
    assert [writer.wait() for writer in writers] == [0] * 4
    assert read_tree(tmp_path) == {"count": b"40", "twice": b"80"}


# ------------------------------------------------------------------------------------------- a writer that is killed

BEFORE = {"model.c": b"old c", "model.h": b"old h", OLD_ANSWERS: b"old", "manifest.json": b"{}", "notes.txt": b"kept"}
AFTER = {"model.c": b"new c", "model.h": b"new h", NEW_ANSWERS: b"new", "manifest.json": b"[]", "notes.txt": b"kept"}


def change_as_export(folder: Path) -> None:
    with open_transaction(folder) as changes:
        for name, content in AFTER.items():
            if name != "notes.txt":
                changes.write(name, content)
        changes.remove(OLD_ANSWERS)


@pytest.mark.parametrize("next_command", [mend, finish_writing, lambda folder: write_atomically(folder / "x", b"")])
def test_a_writer_killed_at_any_call_leaves_a_folder_that_is_whole(tmp_path: Path, next_command) -> None:
    def prepare(number: int) -> Callable[[], None]:
        folder = write_tree(tmp_path / str(number), BEFORE)
        return lambda: change_as_export(folder)

    whole = []
    for deaths in list_deaths(prepare):
        folder = tmp_path / str(deaths)
        next_command(folder)
        if next_command is finish_writing:  # a reader sees a whole; litter is the next writer's to remove
            assert {name: content for name, content in read_tree(folder).items() if ".part" not in name} in (
                BEFORE, AFTER,
            )  # fmt: skip
            mend(folder)
        (folder / "x").unlink(missing_ok=True)
        whole.append(read_tree(folder) == AFTER)
        assert whole[-1] or read_tree(folder) == BEFORE
    assert len(whole) > 20, "killed at each open, fsync, rename and unlink"
    assert whole == sorted(whole), "once the journal stands, the change is made"
    assert whole.count(True) >= 6, "four renames, a removal and the journal's end"


def test_a_mending_that_is_killed_is_mended(tmp_path: Path) -> None:
    def prepare(number: int) -> Callable[[], None]:
        folder = write_tree(tmp_path / str(number), BEFORE)
        with pytest.MonkeyPatch.context() as patch:  # a writer that has just set up its journal
            patch.setattr("edgemnist.files.transaction._take_steps", lambda *steps: os._exit(0))
            child = os.fork()
            if child == 0:
                change_as_export(folder)
            os.waitpid(child, 0)
        assert (folder / JOURNAL).exists()
        return lambda: mend(folder)

    deaths = 0
    for deaths in list_deaths(prepare):
        mend(tmp_path / str(deaths))
        assert read_tree(tmp_path / str(deaths)) == AFTER
    assert deaths > 5


@pytest.fixture
def broken_off(tmp_path: Path) -> Path:
    """A folder whose writer was killed before its first rename."""
    folder = write_tree(tmp_path / "in", {**BEFORE, f".edgemnist-{'1' * 16}.part": b"new c"})
    steps = [[f".edgemnist-{'1' * 16}.part", "model.c", hash_bytes(b"new c")]]
    (folder / JOURNAL).write_text(json.dumps({"schema": 1, "writes": steps, "removals": [OLD_ANSWERS]}))
    return folder


def test_a_journal_is_carried_out(broken_off: Path) -> None:
    mend(broken_off)
    expected = {name: content for name, content in BEFORE.items() if name != OLD_ANSWERS}
    assert read_tree(broken_off) == {**expected, "model.c": b"new c"}


def edit_journal(edit: Callable[[dict], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        document = json.loads((folder / JOURNAL).read_text())
        edit(document)
        (folder / JOURNAL).write_text(json.dumps(document))

    return spoil


def rename_step(name: str, place: int = 1) -> Callable[[Path], None]:
    return edit_journal(lambda document: document["writes"][0].__setitem__(place, name))


def put_a_folder_for_a_part(folder: Path) -> None:
    part = next(path for path in folder.iterdir() if path.name.endswith(".part"))
    part.unlink()
    part.mkdir()


def link_part(folder: Path) -> None:
    (folder / "new").write_bytes(b"new c")
    (folder / f".edgemnist-{'1' * 16}.part").unlink()
    (folder / f".edgemnist-{'1' * 16}.part").symlink_to("new")


def link_journal(folder: Path) -> None:
    (folder / JOURNAL).rename(folder / "journal")
    (folder / JOURNAL).symlink_to("journal")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / JOURNAL).write_text("{"), "no journal of edgemnist: Expecting"),
        (lambda folder: (folder / JOURNAL).write_text("[" * 99_999), "no journal of edgemnist: maximum recursion"),
        (lambda folder: (folder / JOURNAL).write_text("[]"), "no journal of edgemnist: list indices"),
        (lambda folder: os.truncate(folder / JOURNAL, 1 << 21), "2,097,152 bytes, where at most 1,048,576"),
        (edit_journal(lambda document: document.update(schema=2)), "schema 2, expected 1"),
        (edit_journal(lambda document: document.pop("writes")), "'writes'"),
        (edit_journal(lambda document: document["writes"][0].pop()), "missing 1 required positional argument"),
        (edit_journal(lambda document: document.update(removals=["notes.txt"])), "'notes.txt' is to be removed"),
        (edit_journal(lambda document: document.update(removals=[f"../{OLD_ANSWERS}"])), "is to be removed"),
        (rename_step("../out"), r"to become '\.\./out'"),
        (rename_step("/out"), "to become '/out'"),
        (rename_step(".edgemnist.lock"), r"to become '\.edgemnist\.lock'"),
        (rename_step("notes.txt", 0), "'notes.txt' is to become 'model.c'"),
        (rename_step("0" * 64, 2), "isn't what was to become 'model.c'"),
        (link_part, "isn't what was to become 'model.c'"),
        (put_a_folder_for_a_part, "a folder, where one file was expected"),
        (link_journal, "a link, or another user's"),
        (lambda folder: os.chown(folder / JOURNAL, 12_345, -1), "a link, or another user's"),
    ],
    ids=["cut", "deep", "list", "large", "schema", "no writes", "short", "removal", "removal outside", "outside",
         "absolute", "reserved", "no part", "altered", "link", "folder", "journal a link", "another's"],
)  # fmt: skip
def test_a_journal_from_elsewhere_does_no_harm(broken_off: Path, spoil: Callable[[Path], object], message: str) -> None:
    try:
        spoil(broken_off)
    except PermissionError:
        pytest.skip("only root can give files away")
    before = read_tree(broken_off.parent)
    with pytest.raises(WriteError, match=message):
        mend(broken_off)
    with pytest.raises(ModelError, match=f"a change was broken off there, and can't be finished: .*{message}"):
        finish_writing(broken_off)
    assert read_tree(broken_off.parent) == before


def test_only_parts_are_litter(tmp_path: Path) -> None:
    parts = (f".edgemnist-{'a' * 16}.part", f".edgemnist-{'b' * 16}.part")
    others = (".edgemnist-aa.part", "edgemnist.part", f".edgemnist-{'a' * 16}.parts", f"x.edgemnist-{'a' * 16}.part")
    write_tree(tmp_path, dict.fromkeys((parts[0], *others), b""))
    (tmp_path / parts[1]).symlink_to(tmp_path / others[0])
    mend(tmp_path)
    assert set(read_tree(tmp_path)) == set(others)


# ------------------------------------------------------------------------------------------------- whole folders


def make_kit(files: dict[str, bytes]) -> dict[str, bytes]:
    record = {"files": {name: hash_bytes(content) for name, content in files.items()}}
    return {**files, "kit.json": json.dumps(record).encode()}


OLD_KIT, NEW_KIT = make_kit({"main.c": b"old", "sub/old.h": b"old"}), make_kit({"main.c": b"new", "sub/new.h": b"new"})
INSTALLED = {"node_modules/a/index.js": b"installed", ".venv/bin/python": b"installed"}


def list_beside(folder: Path) -> Iterator[str]:
    return (path.name for path in folder.parent.iterdir() if path != folder)


def test_a_kit_killed_at_any_call_is_mended_by_the_next_command(tmp_path: Path) -> None:
    def prepare(number: int) -> Callable[[], None]:
        kit = write_tree(tmp_path / str(number) / "kit", OLD_KIT | INSTALLED)
        return lambda: replace_folder(kit, NEW_KIT)

    found = []
    for deaths in list_deaths(prepare):
        kit = tmp_path / str(deaths) / "kit"
        check_replaceable(kit)
        assert [*list_beside(kit)] in ([], [locking.LOCK])
        found.append(read_tree(kit) == NEW_KIT | INSTALLED)
        assert found[-1] or read_tree(kit) == OLD_KIT | INSTALLED
        replace_folder(kit, NEW_KIT)
        assert read_tree(kit) == NEW_KIT | INSTALLED
        assert [*list_beside(kit)] == []
    assert len(found) > 20
    assert found == sorted(found)


@pytest.mark.sample
def test_a_new_kit_killed_at_any_call_is_there_or_not(tmp_path: Path) -> None:
    def prepare(number: int) -> Callable[[], None]:
        return lambda: replace_folder(tmp_path / str(number) / "kit", NEW_KIT)

    for deaths in list_deaths(prepare):
        kit = tmp_path / str(deaths) / "kit"
        check_replaceable(kit)
        assert not kit.exists() or read_tree(kit) == NEW_KIT
        assert [*list_beside(kit)] in ([], [locking.LOCK]) if kit.parent.exists() else True


def test_a_file_that_was_changed_during_the_work_is_kept(tmp_path: Path) -> None:
    kit = write_tree(tmp_path / "kit", OLD_KIT)
    check_replaceable(kit)
    (kit / "main.c").write_bytes(b"mine")
    with pytest.raises(WriteError, match=r"main\.c was changed, and would be lost"):
        replace_folder(kit, NEW_KIT)
    assert (kit / "main.c").read_bytes() == b"mine"
    assert [*list_beside(kit)] == []


def test_what_is_planted_beside_a_kit_is_not_followed(tmp_path: Path) -> None:
    victim = write_tree(tmp_path / "victim", {"file": b"precious", "node_modules/x": b"x"})
    kit = write_tree(tmp_path / "in" / "kit", OLD_KIT)
    for end in ("part", "old"):
        (kit.parent / f".kit.{'a' * 16}.{end}").symlink_to(victim)
    write_tree(kit.parent, {".kit.a.part": b"", ".kits.aaaaaaaaaaaaaaaa.part": b""})
    replace_folder(kit, NEW_KIT)
    assert read_tree(victim) == {"file": b"precious", "node_modules/x": b"x"}
    assert read_tree(kit) == NEW_KIT
    assert sorted(list_beside(kit)) == [".kit.a.part", ".kits.aaaaaaaaaaaaaaaa.part"]
