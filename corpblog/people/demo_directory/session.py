"""One client's connection: reads requests, answers them. TLS is demanded before any password or content."""

import logging
import secrets
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import messages
from .ber import ENUMERATED, OCTETS, SEQUENCE, BerError, Reader, encode, read_element
from .directory import Directory
from .entries import BadNameError, Entry, Name, Tree, read_name
from .filters import Filter, read_filter
from .messages import Answer, Code, Op, Request
from .passwords import password_fits

logger = logging.getLogger("corpblog.demo_directory")

# As OpenLDAP's default: who wants more must ask for pages.
UNPAGED_LIMIT = 500
IDLE_SECONDS = 120
_TLS_HANDSHAKE = b"\x16"
_SCOPES = (0, 1, 2)
_READ_ONLY = "This demo directory is read-only: edit its data file."


class RefusedError(Exception):
    """The request is answered with this result."""

    def __init__(self, code: Code, text: str = "", matched: str = "") -> None:
        super().__init__(text)
        self.code, self.text, self.matched = code, text, matched


@dataclass(frozen=True)
class _Search:
    tree: Tree
    base: Name
    scope: int
    test: Filter


class Session:
    """The state of one connection (RFC 4511, 4.2.1 and 4.14)."""

    def __init__(self, connection: socket.socket, directory: Directory, tls: ssl.SSLContext) -> None:
        self._socket = connection
        self._directory = directory
        self._tls = tls
        self._bound_as: Entry | None = None
        self._pages: dict[bytes, list[Entry]] = {}

    def serve(self) -> None:
        """Answers until the client leaves, is silent for too long, or says something that is not LDAP."""
        self._socket.settimeout(IDLE_SECONDS)
        try:
            # The same port speaks LDAP and LDAPS: a TLS handshake begins with 0x16, an LDAP message with 0x30.
            if self._socket.recv(1, socket.MSG_PEEK) == _TLS_HANDSHAKE:
                self._secure()
            while self._answer_next():
                pass
        except BerError as error:
            self._say_goodbye(error)
        except (OSError, EOFError, ssl.SSLError) as error:
            logger.info("Connection ended: %s", error)
        finally:
            self._socket.close()

    @property
    def _secured(self) -> bool:
        return isinstance(self._socket, ssl.SSLSocket)

    def _secure(self) -> None:
        # Reads are exact and unbuffered, so bytes that were smuggled in behind the StartTLS request land in the
        # handshake and break it; they can never be taken for a request that came through TLS.
        self._socket = self._tls.wrap_socket(self._socket, server_side=True)

    def _read(self, count: int) -> bytes:
        received = bytearray()
        while len(received) < count:
            chunk = self._socket.recv(count - len(received))
            if not chunk:
                raise EOFError("client left")
            received += chunk
        return bytes(received)

    def _send(self, message_id: int, operation: bytes, *controls: bytes) -> None:
        self._socket.sendall(messages.message(message_id, operation, *controls))

    def _say_goodbye(self, error: BerError) -> None:
        notice = messages.extended(Code.PROTOCOL_ERROR, str(error), oid=messages.NOTICE_OF_DISCONNECTION)
        try:
            self._send(0, notice)
        except OSError:
            logger.info("Client left before the notice of disconnection.")

    def _answer_next(self) -> bool:
        tag, content = read_element(self._read)
        if tag != SEQUENCE:
            raise BerError("not an LDAP message")
        request = messages.read_request(content)
        match request.op:
            case Op.UNBIND:
                return False
            case Op.ABANDON:
                return True  # Requests are answered one after the other: there is never one left to abandon.
            case Op.BIND:
                self._answer(request, Answer.BIND, self._bind)
            case Op.SEARCH:
                self._answer_search(request)
            case Op.COMPARE:
                self._answer(request, Answer.COMPARE, self._compare)
            case Op.EXTENDED:
                self._answer_extended(request)
            case Op.MODIFY | Op.ADD | Op.DELETE | Op.RENAME:
                self._send(request.message_id, messages.result(request.op + 1, Code.UNWILLING_TO_PERFORM, _READ_ONLY))
            case _:
                raise BerError(f"unknown operation {request.op:#x}")
        return True

    def _answer(self, request: Request, tag: Answer, act: Callable[[Request], Code]) -> None:
        try:
            self._check_controls(request)
            code, text, matched = act(request), "", ""
        except RefusedError as refused:
            code, text, matched = refused.code, refused.text, refused.matched
        self._send(request.message_id, messages.result(tag, code, text, matched=matched))

    def _check_controls(self, request: Request, *known: str) -> None:
        for control in request.controls:
            if control.critical and control.oid not in known:
                raise RefusedError(Code.UNAVAILABLE_CRITICAL_EXTENSION, f"Control {control.oid} is not known here.")

    def _entry(self, tree: Tree, name: Name) -> Entry:
        if (entry := tree.find(name)) is not None:
            return entry
        nearest = next((tree.find(name[at:]) for at in range(1, len(name)) if tree.find(name[at:])), None)
        raise RefusedError(Code.NO_SUCH_OBJECT, matched=nearest.dn if nearest else "")

    # Bind

    def _bind(self, request: Request) -> Code:
        self._bound_as = None  # A bind that fails leaves the connection anonymous.
        version, name = request.body.integer(), _name(request.body.text())
        if version != 3:
            raise RefusedError(Code.PROTOCOL_ERROR, "Only LDAP version 3 is spoken here.")
        if request.body.next_tag != 0x80:
            raise RefusedError(Code.AUTH_METHOD_NOT_SUPPORTED, "Only simple binds are known here.")
        password = request.body.content(0x80)
        if not name and not password:
            return Code.SUCCESS
        if not password:
            # RFC 4513, 5.1.2: a name without a password is not a sign-in, and must not look like one.
            raise RefusedError(Code.UNWILLING_TO_PERFORM, "A bind with a name needs a password.")
        if not self._secured:
            raise RefusedError(Code.CONFIDENTIALITY_REQUIRED, "Passwords only over TLS.")
        self._bound_as = self._authenticated(name, password)
        return Code.SUCCESS

    def _authenticated(self, name: Name, password: bytes) -> Entry:
        entry = self._directory.tree.find(name)
        fits = password_fits(password, entry.password_hash if entry else "")
        if entry is None or not fits or entry.locked:
            # One answer for all three: who guesses names or passwords learns nothing.
            raise RefusedError(Code.INVALID_CREDENTIALS)
        return entry

    # Search

    def _answer_search(self, request: Request) -> None:
        cookie: bytes | None = None
        code, text, matched = Code.SUCCESS, "", ""
        try:
            self._check_controls(request, messages.PAGED_RESULTS)
            cookie, code = self._search(request)
        except RefusedError as refused:
            code, text, matched = refused.code, refused.text, refused.matched
        controls = () if cookie is None else (messages.page_control(cookie),)
        self._send(request.message_id, messages.result(Answer.SEARCH_DONE, code, text, matched=matched), *controls)

    def _search(self, request: Request) -> tuple[bytes | None, Code]:
        body = request.body
        base, scope = _name(body.text()), body.integer(ENUMERATED)
        body.integer(ENUMERATED)  # How to follow aliases: there are none.
        size_limit = body.integer()
        body.integer()  # The time limit: no search here takes a second.
        types_only = body.boolean()
        if scope not in _SCOPES:
            raise RefusedError(Code.PROTOCOL_ERROR, "Unknown scope.")
        tree = self._directory.tree
        test = read_filter(body, tree.known_attributes | {"objectclass"})
        wanted = list(_texts(body.nested(SEQUENCE)))
        search = _Search(tree, base, scope, test)
        found, cookie, code = self._found(request, search, size_limit)
        for entry in found:
            chosen = list(entry.chosen(wanted))
            self._send(request.message_id, messages.entry(entry.dn, chosen, types_only=types_only))
        return cookie, code

    def _found(self, request: Request, search: "_Search", size_limit: int) -> tuple[list[Entry], bytes | None, Code]:
        if not search.base and search.scope == 0:
            return [entry for entry in [_root(search.tree)] if search.test(entry)], None, Code.SUCCESS
        if self._bound_as is None:
            raise RefusedError(Code.INSUFFICIENT_ACCESS_RIGHTS, "Bind before you search.")
        page = next((c for c in request.controls if c.oid == messages.PAGED_RESULTS), None)
        if page is not None:
            return self._page(search, *messages.read_page_request(page.value))
        matching = self._matching(search)
        limit = min(size_limit or UNPAGED_LIMIT, UNPAGED_LIMIT)
        code = Code.SIZE_LIMIT_EXCEEDED if len(matching) > limit else Code.SUCCESS
        return matching[:limit], None, code

    def _matching(self, search: "_Search") -> list[Entry]:
        self._entry(search.tree, search.base)
        return [entry for entry in search.tree.in_scope(search.base, search.scope) if search.test(entry) is True]

    def _page(self, search: "_Search", size: int, cookie: bytes) -> tuple[list[Entry], bytes, Code]:
        if cookie and cookie not in self._pages:
            raise RefusedError(Code.UNWILLING_TO_PERFORM, "This page cookie is not known here.")
        waiting = self._pages.pop(cookie) if cookie else self._matching(search)
        self._pages.clear()  # One paged search at a time: cookies that are never fetched must not pile up.
        size = max(0, min(size, UNPAGED_LIMIT))
        page, rest = waiting[:size], waiting[size:]
        following = b""
        if rest and size:
            following = secrets.token_bytes(12)
            self._pages[following] = rest
        return page, following, Code.SUCCESS

    def _compare(self, request: Request) -> Code:
        if self._bound_as is None:
            raise RefusedError(Code.INSUFFICIENT_ACCESS_RIGHTS, "Bind before you compare.")
        tree = self._directory.tree
        entry = self._entry(tree, _name(request.body.text()))
        assertion = request.body.content(SEQUENCE)
        attribute = Reader(assertion).text()
        if not entry.values(attribute):
            raise RefusedError(Code.NO_SUCH_ATTRIBUTE)
        test = read_filter(_equality(assertion), tree.known_attributes)
        return Code.COMPARE_TRUE if test(entry) else Code.COMPARE_FALSE

    # Extended operations

    def _answer_extended(self, request: Request) -> None:
        oid = request.body.text(0x80)
        if oid == messages.WHO_AM_I:
            who = f"dn:{self._bound_as.dn}" if self._bound_as else ""
            self._send(request.message_id, messages.extended(Code.SUCCESS, value=who))
        elif oid != messages.START_TLS:
            answer = messages.extended(Code.PROTOCOL_ERROR, "This operation is not known here.")
            self._send(request.message_id, answer)
        elif self._secured:
            answer = messages.extended(Code.OPERATIONS_ERROR, "TLS is already there.", oid=oid)
            self._send(request.message_id, answer)
        else:
            self._send(request.message_id, messages.extended(Code.SUCCESS, oid=oid))
            self._bound_as = None
            self._secure()


def _name(text: str) -> Name:
    try:
        return read_name(text)
    except BadNameError as error:
        raise RefusedError(Code.INVALID_DN_SYNTAX, "This is not a distinguished name.") from error


def _texts(reader: Reader) -> Iterator[str]:
    while not reader.at_end:
        yield reader.text(OCTETS)


def _equality(assertion: bytes) -> Reader:
    return Reader(encode(0xA3, assertion))


def _root(tree: Tree) -> Entry:
    return Entry(
        "",
        {
            "objectClass": ("top",),
            "namingContexts": (tree.suffix,),
            "supportedLDAPVersion": ("3",),
            "supportedExtension": (messages.START_TLS, messages.WHO_AM_I),
            "supportedControl": (messages.PAGED_RESULTS,),
            "vendorName": ("Corpblog demo directory",),
        },
    )
