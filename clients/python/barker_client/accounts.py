"""Signing up, in and out, and the devices that are signed in."""

from collections.abc import Iterable
from functools import partial

from barker_client.calls import Calls, id_part
from barker_client.errors import NotSignedIn
from barker_client.pages import Pages
from barker_client.reading import read
from barker_client.shapes import Session, SignedIn


class Accounts(Calls):
    """What is about who calls, and from where."""

    def sign_up(
        self, handle: str, password: str, *, name: str = "", about: str = "", interests: Iterable[str] = ()
    ) -> SignedIn:
        """Make an account; from now on this client calls as its owner."""
        body = {"handle": handle, "password": password, "name": name, "about": about, "interests": list(interests)}
        return self._signed_in(self.call("POST", "/v1/users", body=body))

    def sign_in(self, handle: str, password: str, *, device: str = "") -> SignedIn:
        """Sign in; from now on this client calls as whom it signed in. `device` is a name to know the session by."""
        body = {"handle": handle.removeprefix("@"), "password": password, "device": device}
        return self._signed_in(self.call("POST", "/v1/sessions", body=body))

    def _signed_in(self, given: object) -> SignedIn:
        found = read(SignedIn, given)
        self.token = found.token
        return found

    def sign_out(self) -> None:
        """Sign this device out; its token is worth nothing any more. May be repeated."""
        try:
            for session in self.sessions():
                if session.current:
                    self.end_session(session.id)
                    break
        except NotSignedIn:
            pass  # which is what was wanted
        self.token = None

    def sign_out_everywhere(self) -> None:
        """Sign all of one's devices out, this one too."""
        try:
            self.call("DELETE", "/v1/me/sessions")
        except NotSignedIn:
            if self.token is None:
                raise
        self.token = None

    def sessions(self, *, limit: int | None = None) -> Pages[Session]:
        """List one's signed-in devices, newest first."""
        return Pages(partial(self.call, "GET"), "/v1/me/sessions", Session, {"limit": limit})

    def session(self, session_id: str) -> Session:
        """Look at one of one's signed-in devices."""
        return read(Session, self.call("GET", f"/v1/me/sessions/{id_part(session_id)}"))

    def end_session(self, session_id: str) -> None:
        """Sign one of one's devices out."""
        self.call("DELETE", f"/v1/me/sessions/{id_part(session_id)}")
