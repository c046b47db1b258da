"""HTTP without an SDK: what really stands on the wire."""
import http.client
import json
import re

from . import tap


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def header(self, name):
        return self.headers.get(name.lower())

    def json(self):
        return json.loads(self.body)


def call(server, method, path, body=None, headers=None):
    """One request on a connection of its own; the whole body."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=30)
    sent = {"Authorization": "Bearer test", **(headers or {})}
    if isinstance(body, (dict, list)):
        body = json.dumps(body)
        sent.setdefault("Content-Type", "application/json")
    try:
        connection.request(method, path, body, sent)
        reply = connection.getresponse()
        answer = Answer(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())
        tap.saw(method, path, answer.status, answer.header("content-type"), answer.body)
        return answer
    finally:
        connection.close()


def responses(server, model, stream, **members):
    body = {"model": model, "input": "hi", **({"stream": True} if stream else {}), **members}
    return call(server, "POST", "/v1/responses", body)


def chat(server, model, stream, usage=False, **members):
    body = {"model": model, "messages": [{"role": "user", "content": "hi"}], **members}
    if stream:
        body["stream"] = True
    if usage:
        body["stream_options"] = {"include_usage": True}
    return call(server, "POST", "/v1/chat/completions", body)


MINTED = [(re.compile(rb'"chatcmpl-[A-Za-z0-9]+"'), b'"chatcmpl-X"'),
          (re.compile(rb'"(created|created_at|completed_at|resets_at)":\d+'), rb'"\1":0'),
          (re.compile(rb"_[0-9a-f]{16,}"), b"_X"),
          (re.compile(rb"resets at [-0-9]+ [:0-9]+ UTC \(in \d+ seconds\)"), b"resets at T (in N seconds)")]


def without_minted(body):
    """The body with ids and times that a server may choose anew for each call taken out."""
    for pattern, stand_in in MINTED:
        body = pattern.sub(stand_in, body)
    return body
