"""What a request became upstream, asked with any client."""
import pytest

from .speakers import Refused

PLAIN = "f01-plain-text"


class Ask:
    """chat() and response() give the document, sent() the body that went upstream last, refused() checks an error that the server itself gave.
    `speak` is the fixture of that name, `server` one with upstream_requests()."""

    def __init__(self, speak, server):
        self.speak, self.server = speak, server

    def chat(self, model=PLAIN, **members):
        return self.speak(self.server).chat(model, **members)["document"]

    def response(self, model=PLAIN, **members):
        return self.speak(self.server).response(model, **members)["document"]

    def sent(self):
        return self.server.upstream_requests()[-1].body

    def sent_after_chat(self, **members):
        self.chat(**members)
        return self.sent()

    def sent_after_response(self, **members):
        self.response(**members)
        return self.sent()

    def refused(self, call, status=400, **wanted):
        before = len(self.server.upstream_requests())
        with pytest.raises(Refused) as caught:
            call()
        assert caught.value.status == status
        assert {name: getattr(caught.value, name) for name in wanted} == wanted
        assert len(self.server.upstream_requests()) == before, "nothing goes upstream"
