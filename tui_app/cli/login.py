"""Read a provider's link (`--url`), test the login, and store what the account said; never the password."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from tui_app.catalog import Account, has_lapsed
from tui_app.cli import documents
from tui_app.cli.errors import describe, warn
from tui_app.cli.interactive import ask_hidden, can_ask
from tui_app.cli.output import day, echo, print_json
from tui_app.cli.session import Session
from tui_app.errors import LoginRefused, PanelError, UsageError
from tui_app.paths import Paths
from tui_app.settings import KnownAccount, PasswordStore, Profile
from tui_app.text import redact, redactor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui_app.xtream.links import PanelLink

STDIN: Final = "-"
_MOST_BYTES: Final = 1 << 16
_PASSWORD_IS_VISIBLE: Final = (
    "The link on the command line contains the password: other programs and the shell history can see it. "
    "Use `--url -` to read the link from standard input."
)


def link_option(*, required: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option `--url`, refused when given twice. Pass its value to `read_link`."""
    return click.option(
        "--url",
        required=required,
        multiple=True,
        metavar="LINK",
        callback=_only_one,
        help="Any link from the provider, or host and port; - reads it from standard input.",
    )


def also_url_option() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option `--also-url`, which may be given several times. Pass its value to `read_also_urls`."""
    return click.option(
        "--also-url",
        "also_urls",
        multiple=True,
        metavar="LINK",
        help="Another address of the same account, tried when the others can't be reached; may be repeated.",
    )


def read_also_urls(links: Sequence[str], profile: Profile, password: str | None) -> tuple[str, ...]:
    """Return the addresses given with `--also-url`, without any login in them."""
    from tui_app.xtream.links import parse_link

    found = [parse_link(link) for link in links]
    for link in found:
        if link.password:
            redactor.learn(link.password)
            warn(_PASSWORD_IS_VISIBLE)
    return tuple(link.completed(profile.username, password).base_url for link in found)


def _only_one(ctx: click.Context, parameter: click.Parameter, links: tuple[str, ...]) -> str | None:
    if len(links) > 1:
        raise UsageError("--url was given more than once.", hint="Give it once.")
    return links[0] if links else None


def read_link(url: str, *, password_stdin: bool) -> PanelLink:
    """Parse the link given with `--url`; `-` reads it from standard input.

    Warn about a password on the command line, where other programs can see it.
    """
    from tui_app.xtream.links import parse_link

    if url != STDIN:
        link = parse_link(url)
        if link.password:
            redactor.learn(link.password)
            warn(_PASSWORD_IS_VISIBLE)
        return link
    if password_stdin:
        raise UsageError(
            "--url - and --password-stdin both read standard input.",
            hint="Omit --password-stdin if the link contains the password; otherwise give the address with --url.",
        )
    link = parse_link(_link_from_stdin())
    redactor.learn(link.password)
    return link


def _link_from_stdin() -> str:
    if can_ask():
        return ask_hidden("Link (not shown)")
    text = sys.stdin.buffer.read(_MOST_BYTES).decode("utf-8", "replace")
    if not text.strip():
        raise UsageError("Standard input has no link.", hint="Pipe it in: xtream-tui profile add NAME --url - < FILE")
    return text


#: Refusals that describe the account; others may be a typing error or a temporary failure.
_LASTING: Final = frozenset(("expired", "banned", "disabled"))


def ask_panel(paths: Paths, profile: Profile, password: str, *, silent: bool = False) -> Account:
    """Log in once. Raises `PanelError` and its subclasses when refused or unreachable.

    When the server asks to wait, say so at a terminal, unless `silent`.
    """
    import asyncio

    from tui_app.sync import test_login

    on_wait = None if silent or not sys.stderr.isatty() else _print_wait
    return asyncio.run(test_login(paths, profile, password, on_wait))


def _print_wait(seconds: float) -> None:
    from tui_app.xtream.http.errors import in_words

    warn(f"The server asks to wait {in_words(seconds)}. Waiting; press Ctrl-C to stop.")


def test_and_remember(session: Session, profile: Profile, *, as_json: bool) -> int:
    """Test a stored profile, store what the login said, print it, and return the exit code."""
    password = PasswordStore(session.paths).read(profile)
    tests = [_test_address(session, profile, address, password, as_json=as_json) for address in profile.addresses]
    addresses = tuple(test.document for test in tests) if profile.also_urls else ()
    if not as_json:
        for tested in addresses:
            echo(f"{tested.url}: {redact(tested.message) or 'login successful'}")
    answered = next((test for test in tests if test.account), None)
    if answered is None or answered.account is None:
        error = tests[0].error
        assert error is not None  # there is one, or an account
        if isinstance(error, LoginRefused) and error.status in _LASTING:
            _save_status(session, profile, error.status)
        return print_refusal(profile.name, error, as_json=as_json, addresses=addresses)
    session.profiles().save_account(profile.name, answered.account, int(time.time()), answered.document.url)
    print_account(profile.name, answered.account, as_json=as_json, addresses=addresses)
    return 0


class _AddressTest(NamedTuple):
    document: documents.profiles.TestedAddress
    account: Account | None
    error: PanelError | None


def _test_address(session: Session, profile: Profile, address: str, password: str, *, as_json: bool) -> _AddressTest:
    """Log in at one address of a profile."""
    try:
        account = ask_panel(session.paths, profile.at(address), password, silent=as_json)
    except PanelError as error:
        status = error.status if isinstance(error, LoginRefused) else error.code
        tested = documents.profiles.TestedAddress(url=address, status=status, message=describe(error).message)
        return _AddressTest(tested, None, error)
    return _AddressTest(documents.profiles.TestedAddress(url=address, status=account.status, message=""), account, None)


def print_account(
    name: str, account: Account, *, as_json: bool, addresses: tuple[documents.profiles.TestedAddress, ...] = ()
) -> None:
    """Print the account as the document of `profile test --json` or as text."""
    if as_json:
        from msgspec import UNSET  # late: msgspec costs 12 ms

        print_json(
            documents.profiles.LoginTest(
                name=name,
                status=account.status,
                expires=account.expires,
                max_connections=account.max_connections,
                message=redact(account.message),
                addresses=addresses or UNSET,
            )
        )
        return
    limit = account.max_connections
    echo(f"{name}: login successful; {standing_words(account.status, account.expires)}.")
    if limit is not None:
        echo(f"At most {limit} {'stream' if limit == 1 else 'streams'} at the same time.")
    if account.message:
        echo(redact(account.message))
    for warning in account.warnings:
        warn(warning)


def standing_words(status: str, expires: int | None) -> str:
    """Return the state of an account: `the account is active, until …`, `the account expired on …`."""
    if has_lapsed(status, expires, time.time()):
        return f"the account expired on {day(expires)}"
    return f"the account is {status}, {f'until {day(expires)}' if expires else 'without an end date'}"


def lapsed_note(known: KnownAccount | None) -> str:
    """Return a sentence on an account that has expired as far as is known, else ""."""
    if known is None or not known.has_lapsed(time.time()):
        return ""
    return f"The account expired on {day(known.expires)}. Renew it with your provider."


def print_untested(name: str) -> None:
    """Print the document of a profile whose login was not tested yet."""
    print_json(
        documents.profiles.LoginTest(name=name, status="untested", expires=None, max_connections=None, message="")
    )


def print_refusal(
    name: str,
    error: PanelError,
    *,
    as_json: bool,
    note: str = "",
    addresses: tuple[documents.profiles.TestedAddress, ...] = (),
) -> int:
    """Print why the login failed, and return the exit code.

    With `as_json` the document has an `error`; stderr gets one line in any case.
    """
    failure = describe(error)
    status = error.status if isinstance(error, LoginRefused) else error.code
    if as_json:
        from msgspec import UNSET  # late: msgspec costs 12 ms

        print_json(
            documents.profiles.LoginTest(
                name=name,
                status=status,
                expires=None,
                max_connections=None,
                message=failure.message,
                addresses=addresses or UNSET,
                error=failure.document,
            )
        )
    warn(" ".join(filter(None, (failure.message, failure.hint, note))))
    return failure.exit_code


def _save_status(session: Session, profile: Profile, status: str) -> None:
    known = profile.account
    account = Account(status=status)
    if known:
        account = replace(
            account, expires=known.expires, max_connections=known.max_connections, timezone=known.timezone
        )
    session.profiles().save_account(profile.name, account, int(time.time()))
