"""A multipart body read by Python's own mail parser, which shares nothing with ours."""
import email.parser
import email.policy


def parts_of(call):
    """(name, filename, content type, bytes) of each part of a recorded request."""
    head = f"Content-Type: {call.header('content-type')}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + call.raw)
    return [(part.get_param("name", header="content-disposition"), part.get_filename(), part["content-type"] and part.get_content_type(),
             part.get_payload(decode=True)) for part in message.iter_parts()]
