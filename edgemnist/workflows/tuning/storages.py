"""Where a study is kept: Optuna's journal in a file, or a database that the workers of many machines reach."""

from __future__ import annotations

import functools
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeGuard

from edgemnist import signals
from edgemnist.errors import EdgeMnistError, PackageMissing, UsageError, take_first_line
from edgemnist.quiet import loading
from edgemnist.workflows.tuning import INSTALL
from edgemnist.workflows.tuning.journal import open_journal

with loading("optuna", INSTALL):
    import optuna
    import sqlalchemy
    from optuna.exceptions import StorageInternalError
    from optuna.storages import BaseStorage, RDBStorage

# A worker says so often that it lives, and is taken for dead after that time. It is that long without its server.
HEARTBEAT_S, GRACE_S = 10, 60
PATIENCE_S, PAUSE_S = 300.0, 0.5
# One that was never reached is waited for that long: it may be restarted this moment, or the URL may be wrong.
REACH_S = 10.0
# Tables are made by whoever comes first; who comes at the same time tries again.
OPENINGS = 10
CONNECT_TIMEOUT_S = 10
# Those that ask the database, and whose second call does no harm where the first one's answer was lost.
PATIENT = (
    "create_new_study", "get_study_id_from_name", "get_study_name_from_id", "get_study_directions",
    "get_study_user_attrs", "get_study_system_attrs", "set_study_user_attr", "set_study_system_attr",
    "get_all_studies", "_create_new_trial", "_set_trial_param", "get_trial_id_from_study_id_trial_number",
    "set_trial_state_values", "set_trial_intermediate_value", "set_trial_user_attr", "set_trial_system_attr",
    "get_trial", "_get_trials", "_get_stale_trial_ids",
)  # fmt: skip


@contextmanager
def open_storage(
    place: str, follow: Callable[[Any, Any], object], note: Callable[[str], None] = lambda words: None
) -> Iterator[BaseStorage]:
    """Open where studies are kept, for a while; it is made where it isn't there.

    Args:
        place: Path of a journal, or the URL of a database, which has "://" in it.
        follow: Called with a study and a frozen trial whose worker a database takes for dead.
        note: Called with a sentence when a database's server is waited for.

    Raises:
        EdgeMnistError: It can't be opened.
    """
    if not is_url(place):
        yield open_journal(Path(place))
        return
    storage = _open_database(place, follow, note)
    try:
        yield storage
    finally:
        storage.remove_session()
        storage.engine.dispose()


def is_url(place: str) -> bool:
    """True if a place is the URL of a database, no path."""
    return "://" in place


def show_place(place: str) -> str:
    """Return a place for people, without the password in it."""
    if not is_url(place):
        return place
    try:
        return str(sqlalchemy.engine.make_url(place).render_as_string(hide_password=True))
    except sqlalchemy.exc.ArgumentError:
        return "the storage"


def _open_database(url: str, follow: Callable[[Any, Any], object], note: Callable[[str], None]) -> _PatientStorage:
    for opening in range(OPENINGS):
        try:
            return _PatientStorage(
                url,
                note,
                engine_kwargs=_choose_engine(url),
                heartbeat_interval=HEARTBEAT_S,
                grace_period=GRACE_S,
                heartbeat_stale_trial_callback=follow,
            )
        except (sqlalchemy.exc.IntegrityError, sqlalchemy.exc.ProgrammingError) as error:
            if opening == OPENINGS - 1:
                raise EdgeMnistError(f"{show_place(url)}: {take_first_line(error)}") from error
            time.sleep(PAUSE_S)
        except ImportError as error:
            driver = INSTALL if url.startswith("postgresql") else "install the Python driver of that database"
            raise PackageMissing(f"{show_place(url)}: its driver isn't installed", driver) from error
        except (sqlalchemy.exc.ArgumentError, KeyError, IndexError) as error:
            hint = "such as `storage='postgresql+psycopg://USER:PASSWORD@HOST/DATABASE'`, or the path of a file"
            raise UsageError(f"{show_place(url)}: no URL of a database: {take_first_line(error)}", hint) from error
        except (StorageInternalError, sqlalchemy.exc.SQLAlchemyError, RuntimeError) as error:
            raise _phrase_unreachable(url, error) from error
    raise AssertionError("one of them returns or raises")


def _choose_engine(url: str) -> dict[str, Any]:
    is_served = url.startswith(("postgresql", "mysql", "mariadb"))
    return {"pool_pre_ping": True, "connect_args": {"connect_timeout": CONNECT_TIMEOUT_S} if is_served else {}}


def _phrase_unreachable(place: str, error: BaseException) -> EdgeMnistError:
    if _is_broken(error) or _is_broken(error.__cause__):
        hint = "see that the server runs, and that this machine, user and password may use the database"
    elif isinstance(error, RuntimeError):  # tables of another Optuna's
        hint = "install the Optuna that the other workers have, or choose another `storage`"
    else:
        hint = "see what this user may do in the database, or choose another `storage`"
    return EdgeMnistError(f"{show_place(place)}: {take_first_line(error.__cause__ or error)}", hint)


@contextmanager
def naming_storage(place: str) -> Iterator[None]:
    """Say of a failure of the storage where it was."""
    try:
        yield
    except (StorageInternalError, sqlalchemy.exc.SQLAlchemyError) as error:
        raise _phrase_unreachable(place, error) from error


@contextmanager
def hushed() -> Iterator[None]:
    """Leave out what Optuna says on stderr: each trial is told of by us, and what is experimental is known."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        optuna.logging.set_verbosity(before)


class _Patience(threading.local):
    """What a thread knows of a server that is away.

    Args:
        most_s: Seconds for which it is waited for.
    """

    def __init__(self, most_s: float) -> None:
        self.most_s = most_s

    gave_up = False  # once waited for in vain, it isn't waited for by every call on the way out
    noted = False


class _PatientStorage(RDBStorage):  # type: ignore[misc]  # Optuna's types are not read
    """A database whose server may be away for a while, as when it is restarted.

    Args:
        url: Its URL.
        note: Called with a sentence when the server is waited for.
        options: Of `RDBStorage`.
    """

    def __init__(self, url: str, note: Callable[[str], None], **options: Any) -> None:
        self.patience, self.note, self._shown = _Patience(REACH_S), note, show_place(url)
        self._reach(url, options["engine_kwargs"])
        self.patience = _Patience(PATIENCE_S)
        _wait(RDBStorage.__init__)(self, url, **options)

    def _reach(self, url: str, options: dict[str, Any]) -> None:
        """Connect once: only a server that is known to be there is waited for long."""
        engine = sqlalchemy.create_engine(url, **options)
        try:
            _wait(lambda storage: engine.connect().close())(self)
        finally:
            engine.dispose()

    def record_heartbeat(self, trial_id: int) -> None:
        """Say that this worker lives. Where the server is away, the next beat says it: the thread must not end."""
        with suppress(StorageInternalError, sqlalchemy.exc.SQLAlchemyError):
            super().record_heartbeat(trial_id)

    def say_waiting(self, error: BaseException) -> None:
        """Say once that the server is waited for, and why."""
        if not self.patience.noted:
            reason = take_first_line(getattr(error, "orig", None) or error)
            self.note(f"{self._shown}: {reason}; the server is waited for, at most {self.patience.most_s:g} s")
        self.patience.noted = True


def stop_waiting(storage: BaseStorage) -> None:
    """Let a database whose server is away be waited for no longer by this thread: the user ends it."""
    patience = getattr(getattr(storage, "_backend", storage), "patience", None)
    if patience:
        patience.gave_up = True


def find_fault(storage: BaseStorage) -> EdgeMnistError | None:
    """Return what is wrong with the file of a journal: Optuna makes other errors of it."""
    fault: EdgeMnistError | None = getattr(getattr(storage, "_backend", None), "fault", None)
    return fault


def _wait(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return the method with its calls repeated until the server is there again, or the user ends it."""

    @functools.wraps(method)
    def call(storage: _PatientStorage, *arguments: Any, **options: Any) -> Any:
        patience = storage.patience
        until = time.monotonic() + (0 if patience.gave_up else patience.most_s)
        while True:
            try:
                found = method(storage, *arguments, **options)
                patience.gave_up = patience.noted = False
                return found
            except (StorageInternalError, sqlalchemy.exc.SQLAlchemyError) as error:
                broken = error.__cause__ if isinstance(error, StorageInternalError) else error
                if not _is_broken(broken):
                    raise
                if signals.received() or time.monotonic() > until:
                    patience.gave_up = True
                    raise
                storage.say_waiting(broken)
            try:
                time.sleep(PAUSE_S)
            except KeyboardInterrupt:
                patience.gave_up = True
                raise

    return call


def _is_broken(error: BaseException | None) -> TypeGuard[BaseException]:
    """True if a connection broke off, or can't be made; or if a session was used on once it had broken off."""
    return isinstance(
        error, sqlalchemy.exc.OperationalError | sqlalchemy.exc.InterfaceError | sqlalchemy.exc.PendingRollbackError
    ) or getattr(error, "connection_invalidated", False)


for _name in PATIENT:
    setattr(_PatientStorage, _name, _wait(getattr(RDBStorage, _name)))
